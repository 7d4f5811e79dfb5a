/* Who asks trm serve: lines come in, replies go out, and neither waits for the other. */
#ifndef TRM_CLI_SERVE_CLIENT_H
#define TRM_CLI_SERVE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVE_LONGEST_LINE = 1048576, SERVE_MOST_WAITING = 4194304, SERVE_BLOCK = 65536 };

/* What came and was not taken yet: bytes begin .. end. */
typedef struct serve_bytes {
    char *at;
    size_t begin, end, room;
} serve_bytes;

typedef struct serve_client {
    int in, out;         /* descriptors; of a socket the same */
    bool is_socket;      /* else the standard streams */
    bool ended;          /* nothing more comes */
    bool gone;           /* nobody reads the replies */
    bool failed;         /* standard input could not be read, which was told */
    bool skipping;       /* the rest of a line that is too long */
    serve_bytes came;    /* lines */
    serve_bytes replies; /* that nobody has read yet */
    double taken;        /* when some were last taken, as seconds_now() */
    size_t requests;     /* of it, that have no reply */
} serve_client;

typedef enum serve_line {
    SERVE_NO_LINE, /* yet */
    SERVE_LINE,
    SERVE_LINE_TOO_LONG
} serve_line;

/* Where SERVE_BLOCK bytes that come have room; NULL without memory. */
char *serve_client_room(serve_client *client);

/* So many came there; none: nothing more will. */
void serve_client_heard(serve_client *client, size_t bytes);

/* It cannot be heard, for a number of errno. */
void serve_client_unheard(serve_client *client, int why);

/* The next whole line, without its end, until the next call. The last one of an input that has ended needs no
   end. */
serve_line serve_client_line(serve_client *client, const char **line, size_t *length);

/* Adds a reply, to be written when there is room. False without memory. */
bool serve_client_reply(serve_client *client, const char *text, size_t length);

/* The replies that wait to be written. */
const char *serve_client_next(const serve_client *client, size_t *bytes);

/* So many of them were written. */
void serve_client_told(serve_client *client, size_t bytes);

/* They cannot be, for a number of errno. */
void serve_client_untold(serve_client *client, int why);

/* Whether more should be read: one that reads no replies is not asked for more. */
bool serve_client_listens(const serve_client *client);

/* What it has not asked yet it will not ask. */
void serve_client_hear_no_more(serve_client *client);

bool serve_client_has_replies(const serve_client *client);

/* Whether all is done. */
bool serve_client_finished(const serve_client *client);

/* Its seat is free then. */
void serve_client_free(serve_client *client);

#endif
