/* A request to trm serve: a puzzle with an identity, a deadline and options of its own, in one line of JSON
   (doc/serve.md). */
#ifndef TRM_CLI_SERVE_REQUEST_H
#define TRM_CLI_SERVE_REQUEST_H

#include <stdbool.h>

#include "bindings/cli/session.h"

struct serve_client;

typedef struct serve_request {
    char *id;     /* in JSON, as it came; NULL: the line has none */
    char *puzzle; /* the line without what only the server reads, in JSON */
    size_t puzzle_bytes;
    char *wishes;             /* the options in JSON: the same text where they are the same */
    solve_settings settings;  /* what these make of the server's own */
    double arrival, deadline; /* as seconds_now(); deadline 0: none */
    struct serve_client *client;
} serve_request;

/* A puzzle's sentence, as long as the library's. */
enum { SERVE_SENTENCE = sizeof((trm_error *)NULL)->message };

/* Reads a line. False and a sentence when it is no request; the request is to be released in either case, and
 * has the line's id where it has one. `command` has the options, `usual` what they are where the line says
 * nothing. */
bool serve_request_read(serve_request *to, const char *line, size_t length, const cli_command *command,
                        const solve_settings *usual, char sentence[SERVE_SENTENCE]);

void serve_request_free(serve_request *request);

#endif
