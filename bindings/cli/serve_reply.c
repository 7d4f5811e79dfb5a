#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/serve_reply.h"

#include <stdlib.h>

#include "bindings/cli/asking.h"
#include "bindings/trace/text_stream.h"

/* A reply that is being written: a line of its own. */
typedef struct reply_line {
    char *text;
    size_t length;
    FILE *to;
    record r;
} reply_line;

/* A client whose reply finds no memory would wait for it for ever: its line is cut. */
static void cut(serve_client *client)
{
    client->gone = client->ended = true;
}

static bool begin(reply_line *reply, serve_client *client, const serve_request *request, serve_status status)
{
    static const char *const names[] = { "answered", "abstained", "refused", "busy", "late" };
    reply->to = text_stream_open(&reply->text, &reply->length);
    if (reply->to == NULL)
        cut(client);
    if (reply->to == NULL)
        return false;
    reply->r = record_begin(reply->to);
    record_key(&reply->r, "id");
    fputs(request->id != NULL ? request->id : "null", reply->to);
    record_text(&reply->r, "status", names[status]);
    return true;
}

static void end(reply_line *reply, serve_client *client)
{
    record_end(&reply->r);
    fputc('\n', reply->to);
    const bool good = text_stream_close(reply->to, &reply->text, &reply->length) &&
                      serve_client_reply(client, reply->text, reply->length);
    if (!good)
        cut(client);
    free(reply->text);
}

void serve_reply_sentence(serve_client *client, const serve_request *request, serve_status status,
                          const char *sentence)
{
    reply_line reply = { .text = NULL };
    if (!begin(&reply, client, request, status))
        return;
    record_text(&reply.r, "message", sentence);
    end(&reply, client);
}

void serve_reply_answer(const serve_request *request, const session *s, const batch *b, size_t i)
{
    const bool none = is_withheld(s, b, i) || b->stops[i] == TRM_STOP_OVERFLOW;
    trm_error error = TRM_ERROR_INIT;
    reply_line reply = { .text = NULL };
    char *answer = malloc(b->positions);
    const bool good = answer != NULL && trm_model_decode(s->model, &b->shape, b->answers + i * b->positions,
                                                         b->positions, answer, &error) == TRM_OK;
    if (!good) {
        serve_reply_sentence(request->client, request, SERVE_REFUSED,
                             answer != NULL ? error.message : "no memory for the answer");
    } else if (begin(&reply, request->client, request, none ? SERVE_ABSTAINED : SERVE_ANSWERED)) {
        asking_record_answer(&reply.r, s, b, i, answer);
        record_number(&reply.r, "milliseconds", 1000.0 * (seconds_now() - request->arrival));
        end(&reply, request->client);
    }
    free(answer);
}
