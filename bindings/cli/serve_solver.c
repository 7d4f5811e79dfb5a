#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/serve_solver.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/serve_reply.h"

bool serve_solver_create(serve_solver *s, session *of)
{
    *s = (serve_solver) { .session = of, .shape = TRM_SHAPE_INIT };
    if (!batch_create(&s->batch, of))
        return false;
    s->requests = calloc(s->batch.capacity, sizeof *s->requests);
    if (s->requests == NULL)
        report_error("not enough memory for %zu requests", s->batch.capacity);
    return s->requests != NULL;
}

/* ------------------------------------------------------------------------------------------- replies */

static void release(serve_request *request)
{
    request->client->requests--;
    serve_request_free(request);
}

static void refuse(serve_request *request, const char *sentence)
{
    serve_reply_sentence(request->client, request, SERVE_REFUSED, sentence);
    release(request);
}

static void refuse_batch(serve_solver *s, const char *sentence)
{
    for (size_t i = 0; i < s->batch.count; i++)
        if (s->requests[i].id != NULL)
            refuse(&s->requests[i], sentence);
    batch_clear(&s->batch);
    s->open = 0;
}

/* ------------------------------------------------------------------------------------------- seats */

/* What the reader says of the one line of a request, without the place in it: that is not the client's. */
static const char *without_place(const char *sentence)
{
    static const char place[] = "request: line 1: ";
    return strncmp(sentence, place, sizeof place - 1) == 0 ? sentence + sizeof place - 1 : sentence;
}

/* Reads a request's puzzle, which lasts as long as the reader; false and a sentence when it is none. */
static bool read_puzzle(const serve_solver *s, const serve_request *request, trm_csv **rows, row_fields *row,
                        trm_error *error)
{
    const rows_wanted wanted = { s->session->model, s->session->grid, NULL, NULL, TRM_CSV_LINES };
    if (rows_open_memory(rows, request->puzzle, request->puzzle_bytes, "request", &wanted, error) != TRM_OK ||
        rows_read(*rows, row, error) != TRM_OK)
        return false;
    if (row->line > 0 && rows_zero_byte(row) == 0)
        return true;
    snprintf(error->message, sizeof error->message, "expected a question, found %s",
             row->line == 0 ? "none" : "byte 0x00 in one");
    return false;
}

/* The first of a batch says its shape. */
static bool seat_first(serve_solver *s, const row_fields *row, const serve_request *request, trm_error *error)
{
    batch *b = &s->batch;
    session_ask(s->session, &request->settings);
    if (!batch_fits(b, s->session, row) && !batch_take_shape_of(b, s->session, row)) {
        snprintf(error->message, sizeof error->message, "no memory for a puzzle of that size");
        return false;
    }
    return batch_add(b, s->session, row, error);
}

typedef enum seating { SEATED, NOT_HERE, NO_PUZZLE } seating;

static seating seat(serve_solver *s, serve_request *request, trm_error *error)
{
    trm_csv *rows = NULL;
    row_fields row;
    seating found = NO_PUZZLE;
    if (read_puzzle(s, request, &rows, &row, error)) {
        if (s->batch.count > 0 && !batch_fits(&s->batch, s->session, &row))
            found = NOT_HERE;
        else if (s->batch.count > 0 ? batch_add(&s->batch, s->session, &row, error)
                                    : seat_first(s, &row, request, error))
            found = SEATED;
    }
    trm_csv_close(rows);
    return found;
}

/* Goes through the queue once; the first that is a puzzle begins the batch. */
static void seat_all(serve_solver *s, serve_queue *queue)
{
    size_t i = 0;
    while (i < queue->count && s->batch.count < s->batch.capacity) {
        serve_request *at = &queue->requests[i];
        trm_error error = TRM_ERROR_INIT;
        if (s->batch.count > 0 && strcmp(at->wishes, s->requests[0].wishes) != 0) {
            i++;
            continue;
        }
        const seating found = seat(s, at, &error);
        if (found == NOT_HERE) {
            i++;
            continue;
        }
        serve_request taken = serve_queue_take(queue, i);
        if (found == SEATED)
            s->requests[s->batch.count - 1] = taken;
        else
            refuse(&taken, without_place(error.message));
    }
}

/* Nobody waits for these any more. */
static void drop_what_is_over(serve_queue *queue)
{
    for (size_t i = queue->count; i > 0; i--) {
        const serve_request *at = &queue->requests[i - 1];
        const bool late = at->deadline > 0.0 && seconds_now() >= at->deadline;
        if (!late && !at->client->gone)
            continue;
        serve_request over = serve_queue_take(queue, i - 1);
        if (late)
            serve_reply_sentence(over.client, &over, SERVE_LATE,
                                 "expected time for a step, found the deadline over");
        release(&over);
    }
}

/* A solver for other options or another shape is another one. */
static bool find_solver(serve_solver *s, trm_error *error)
{
    const serve_request *first = &s->requests[0];
    if (s->solver != NULL &&
        (strcmp(s->wishes, first->wishes) != 0 || memcmp(&s->shape, &s->batch.shape, sizeof s->shape) != 0)) {
        trm_solver_free(s->solver);
        s->solver = NULL;
    }
    free(s->wishes);
    s->wishes = strdup(first->wishes);
    s->shape = s->batch.shape;
    asking_views(s->session, &s->batch, &first->settings);
    return s->wishes != NULL && batch_find_solver(&s->batch, s->session, &s->solver, error);
}

void serve_solver_begin(serve_solver *s, serve_queue *queue)
{
    trm_error error = TRM_ERROR_INIT;
    drop_what_is_over(queue);
    seat_all(s, queue);
    s->open = s->batch.count;
    s->slowest = 0.0;
    if (s->open == 0)
        return;
    const trm_questions questions = batch_questions(&s->batch);
    if (!find_solver(s, &error) || trm_solver_load(s->solver, &questions, &error) != TRM_OK)
        refuse_batch(s, error.message[0] != '\0' ? error.message : "no memory for it");
}

/* ------------------------------------------------------------------------------------------- steps */

/* Replies where a run is over, or would be too late after another step as slow as the slowest. */
static void reply_to_those_that_ended(serve_solver *s)
{
    batch *b = &s->batch;
    const double next = seconds_now() + s->slowest;
    for (size_t i = 0; i < b->count; i++) {
        serve_request *request = &s->requests[i];
        const bool running = b->stops[i] == TRM_STOP_RUNNING,
                   late = request->deadline > 0.0 && next > request->deadline;
        if (request->id == NULL || (running && !late && !request->client->gone))
            continue;
        if (running)
            b->stops[i] = TRM_STOP_DEADLINE;
        serve_reply_answer(request, s->session, b, i);
        release(request);
        s->open--;
    }
}

void serve_solver_step(serve_solver *s)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_answers answers = batch_answers(&s->batch);
    const double begin = seconds_now();
    if (trm_solver_step(s->solver, NULL, &error) != TRM_OK ||
        trm_solver_read(s->solver, &answers, &error) != TRM_OK) {
        refuse_batch(s, error.message);
        return;
    }
    const double taken = seconds_now() - begin;
    s->slowest = taken > s->slowest ? taken : s->slowest;
    reply_to_those_that_ended(s);
    if (s->open == 0)
        batch_clear(&s->batch);
}

void serve_solver_free(serve_solver *s)
{
    for (size_t i = 0; s->requests != NULL && i < s->batch.count; i++)
        serve_request_free(&s->requests[i]);
    trm_solver_free(s->solver);
    free(s->requests);
    free(s->wishes);
    batch_free(&s->batch);
}
