/* The server, and how it waits for what its clients say and for those who have not read their replies: by
 * select(), on Windows by two threads. */
#ifndef TRM_CLI_SERVE_LISTEN_H
#define TRM_CLI_SERVE_LISTEN_H

#include "bindings/cli/serve_client.h"
#include "bindings/cli/serve_solver.h"

enum { MOST_CLIENTS = 64 };

typedef struct server {
    const solve_settings *settings;
    session session;
    serve_solver solver;
    serve_queue queue;
    serve_client clients[MOST_CLIENTS]; /* those that are there have a descriptor */
    int socket;                         /* -1: none is listened to */
    bool crowded; /* there is no descriptor for another client: for a moment none is taken */
    bool ending;
    double answered; /* when all was, as seconds_now(); 0: not yet */
    int status;      /* of the command */
} server;

bool serve_is_there(const serve_client *client);

/* Whether more of it is wanted now. */
bool serve_hears(const server *s, const serve_client *client);

typedef enum serve_patience { SERVE_AT_ONCE, SERVE_A_MOMENT, SERVE_FOR_EVER } serve_patience;

/* Listens on a socket of this path from now on; false after telling what is wrong. */
bool serve_listen_open(server *s, const char *path);

/* From here on signals are heard: none that comes while nobody listens is missed. */
void serve_listen_begin(server *s);

/* Hears and tells what there is, waiting for the first of it, or for a signal. */
void serve_listen(server *s, serve_patience patience);

/* Takes no more clients. */
void serve_listen_to_no_more(server *s);

/* A client that is done. */
void serve_listen_leave(serve_client *client);

#endif
