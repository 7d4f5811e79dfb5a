#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/serve_queue.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

bool serve_queue_create(serve_queue *queue, size_t room)
{
    *queue = (serve_queue) { .requests = calloc(room, sizeof *queue->requests), .room = room };
    if (queue->requests == NULL)
        report_error("not enough memory for a queue of %zu", room);
    return queue->requests != NULL;
}

bool serve_queue_takes(const serve_queue *queue, size_t bytes)
{
    return queue->count < queue->room && bytes <= SERVE_QUEUE_BYTES - queue->bytes;
}

void serve_queue_add(serve_queue *queue, const serve_request *request)
{
    queue->bytes += request->puzzle_bytes;
    queue->requests[queue->count++] = *request;
}

serve_request serve_queue_take(serve_queue *queue, size_t index)
{
    serve_request *at = &queue->requests[index];
    const serve_request taken = *at;
    queue->bytes -= taken.puzzle_bytes;
    queue->count--;
    memmove(at, at + 1, (queue->count - index) * sizeof *at);
    return taken;
}

void serve_queue_free(serve_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        serve_request_free(&queue->requests[i]);
    free(queue->requests);
    *queue = (serve_queue) { .room = 0 };
}
