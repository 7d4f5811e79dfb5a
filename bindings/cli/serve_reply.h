/* What trm serve says of a request, as one line of JSON to its client. */
#ifndef TRM_CLI_SERVE_REPLY_H
#define TRM_CLI_SERVE_REPLY_H

#include "bindings/cli/serve_client.h"
#include "bindings/cli/serve_request.h"

typedef enum serve_status {
    SERVE_ANSWERED,  /* "answered" */
    SERVE_ABSTAINED, /* "abstained": no answer was called right */
    SERVE_REFUSED,   /* "refused": the request is none */
    SERVE_BUSY,      /* "busy": there is no room in the queue */
    SERVE_LATE       /* "late": the deadline came before the first step */
} serve_status;

/* Without an answer, but with a sentence. */
void serve_reply_sentence(serve_client *client, const serve_request *request, serve_status status,
                          const char *sentence);

/* The answer to puzzle i of a batch that was read. */
void serve_reply_answer(const serve_request *request, const session *s, const batch *b, size_t i);

#endif
