/* Requests that wait for their turn: so many and no more. */
#ifndef TRM_CLI_SERVE_QUEUE_H
#define TRM_CLI_SERVE_QUEUE_H

#include "bindings/cli/serve_request.h"

enum { SERVE_QUEUE_BYTES = 67108864 }; /* of all their puzzles together */

typedef struct serve_queue {
    serve_request *requests; /* in the order in which they came */
    size_t count, room, bytes;
} serve_queue;

/* False without memory. */
bool serve_queue_create(serve_queue *queue, size_t room);

/* Whether there is room for a puzzle of so many bytes. */
bool serve_queue_takes(const serve_queue *queue, size_t bytes);

/* Adds a request, which belongs to the queue from then on. */
void serve_queue_add(serve_queue *queue, const serve_request *request);

/* Takes a request out: it is the caller's again. */
serve_request serve_queue_take(serve_queue *queue, size_t index);

void serve_queue_free(serve_queue *queue);

#endif
