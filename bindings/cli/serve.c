/* trm serve: a model that stays. Requests come on standard input or on a socket, replies go back as they are
 * there. One loop does it all: between two steps of a batch it listens. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bindings/cli/report.h"
#include "bindings/cli/serve_listen.h"
#include "bindings/cli/serve_reply.h"

enum { USUAL_QUEUE = 256, USUAL_RUNS = 64, USUAL_LINGER = 10000 };

static const solve_settings defaults = { .threads = 1,
                                         .batch = BATCH_BY_THREADS,
                                         .queue = USUAL_QUEUE,
                                         .most_runs = USUAL_RUNS,
                                         .linger = USUAL_LINGER };
/* clang-format off */
static const option options[] = {
    TEXT_ROW(solve_settings, socket, "socket", "PATH",
             "listen on a Unix socket at PATH, for up to 64 clients at once (default: standard input and output)"),
    NUMBER_ROW(solve_settings, queue, "queue", "N", 1, 65536,
               "at most N requests wait (default 256); beyond that clients of a socket are told so, and standard input is not read"),
    POSITIVE_ROW(solve_settings, budget, "deadline", "MS", 1000000000,
                 "milliseconds that a request has where it asks for no fewer (default: no limit)"),
    NUMBER_ROW(solve_settings, most_runs, "most-runs", "N", 1, 65536,
               "the most runs that a request may ask for (default 64)"),
    POSITIVE_ROW(solve_settings, linger, "linger", "MS", 1000000000,
                 "after a signal, milliseconds that the last replies wait for those who read none of them (default 10000)"),
    HOW_ROWS("8 for each thread"),
    LAST_ROW,
};
/* clang-format on */

/* ------------------------------------------------------------------------------------------- requests */

static void take_line(server *s, serve_client *client, const char *line, size_t length)
{
    serve_request request;
    char sentence[SERVE_SENTENCE];
    if (!serve_request_read(&request, line, length, &serve_command, s->settings, sentence)) {
        serve_reply_sentence(client, &request, SERVE_REFUSED, sentence);
        serve_request_free(&request);
    } else if (!serve_queue_takes(&s->queue, request.puzzle_bytes)) {
        snprintf(sentence, sizeof sentence, "expected room in the queue, found %zu requests waiting",
                 s->queue.count);
        serve_reply_sentence(client, &request, SERVE_BUSY, sentence);
        serve_request_free(&request);
    } else {
        request.client = client;
        client->requests++;
        serve_queue_add(&s->queue, &request);
    }
}

static bool is_blank(const char *line, size_t length)
{
    size_t i = 0;
    while (i < length && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
        i++;
    return i == length;
}

/* Standard input waits where a socket's clients are told that there is no room. */
static bool has_room_for(const server *s, const serve_client *client)
{
    return client->is_socket || serve_queue_takes(&s->queue, SERVE_LONGEST_LINE);
}

bool serve_hears(const server *s, const serve_client *client)
{
    return serve_is_there(client) && serve_client_listens(client) && has_room_for(s, client);
}

static void take_lines(server *s, serve_client *client)
{
    static const char too_long[] = "request: expected a line of at most 1048576 bytes, found a longer one";
    static const serve_request nobody;
    const char *line;
    size_t length;
    serve_line got;
    while (has_room_for(s, client) && (got = serve_client_line(client, &line, &length)) != SERVE_NO_LINE)
        if (got == SERVE_LINE_TOO_LONG)
            serve_reply_sentence(client, &nobody, SERVE_REFUSED, too_long);
        else if (!is_blank(line, length))
            take_line(s, client, line, length);
}

/* ------------------------------------------------------------------------------------------- clients */

bool serve_is_there(const serve_client *client)
{
    return client->in >= 0;
}

static bool is_working(const server *s)
{
    return s->solver.open > 0 || s->queue.count > 0;
}

/* Those who do not read their replies keep a server that ends for so long and no longer. */
static void leave_behind(server *s)
{
    const double since = seconds_now() - s->settings->linger / 1000.0;
    if (!s->ending || is_working(s))
        return;
    if (s->answered == 0.0)
        s->answered = seconds_now();
    for (size_t i = 0; s->answered <= since && i < MOST_CLIENTS; i++) {
        serve_client *client = &s->clients[i];
        if (!serve_is_there(client) || !serve_client_has_replies(client) || client->taken > since)
            continue;
        client->gone = client->ended = true;
        client->failed = !client->is_socket;
        report_error("%s: expected replies to be read within %g ms; what is left is lost",
                     client->is_socket ? "a client" : "standard output", s->settings->linger);
    }
}

/* Listens: at once where there is work to go on with, else until somebody speaks, or a signal comes. */
static void listen_to_all(server *s)
{
    serve_listen(s, is_working(s) ? SERVE_AT_ONCE : s->ending ? SERVE_A_MOMENT : SERVE_FOR_EVER);
    if (was_interrupted() && !s->ending) {
        s->ending = true;
        serve_listen_to_no_more(s);
        for (size_t i = 0; i < MOST_CLIENTS; i++)
            serve_client_hear_no_more(&s->clients[i]);
    }
    for (size_t i = 0; i < MOST_CLIENTS; i++)
        if (serve_is_there(&s->clients[i]))
            take_lines(s, &s->clients[i]);
}

/* Those that are done leave; false when nobody is there and nobody can come. */
static bool somebody_is_there(server *s)
{
    bool anybody = s->socket >= 0;
    for (size_t i = 0; i < MOST_CLIENTS; i++) {
        serve_client *client = &s->clients[i];
        if (serve_is_there(client) && serve_client_finished(client) && client->requests == 0) {
            s->status = client->failed ? STATUS_DATA : s->status;
            serve_listen_leave(client);
        }
        anybody = anybody || serve_is_there(client);
    }
    return anybody;
}

/* ------------------------------------------------------------------------------------------- the server */

static int serve(server *s)
{
    serve_listen_begin(s);
    while (somebody_is_there(s)) {
        listen_to_all(s);
        if (s->solver.open == 0 && s->queue.count > 0)
            serve_solver_begin(&s->solver, &s->queue);
        if (s->solver.open > 0)
            serve_solver_step(&s->solver);
        leave_behind(s);
    }
    return s->status;
}

/* Where requests come from; false after telling what is wrong. */
static bool open_doors(server *s, const char *model)
{
    const char *path = s->settings->socket;
    for (size_t i = 0; i < MOST_CLIENTS; i++)
        s->clients[i].in = -1;
    if (path == NULL)
        s->clients[0] = (serve_client) { .in = STDIN_FILENO, .out = STDOUT_FILENO };
    else if (!serve_listen_open(s, path))
        return false;
    report_talk("serving %s on %s", model, path != NULL ? path : "standard input");
    return true;
}

static int run_serve(const void *given, char **operands, int count)
{
    const solve_settings *settings = given;
    static server s = { .socket = -1 };
    int status = STATUS_DATA;
    (void)count;
    s.settings = settings;
    if (!session_agree("serve", settings))
        return STATUS_USAGE;
    report_be_quiet(settings->quiet);
    if (session_open(&s.session, operands[0], settings) && serve_solver_create(&s.solver, &s.session) &&
        serve_queue_create(&s.queue, settings->queue) && open_doors(&s, operands[0]))
        status = serve(&s);
    serve_listen_to_no_more(&s);
    serve_solver_free(&s.solver);
    serve_queue_free(&s.queue);
    session_close(&s.session);
    return status;
}

const cli_command serve_command = {
    "serve",
    "[OPTIONS] MODEL",
    "Answers requests, one object in JSON a line, until the input ends or a signal comes: doc/serve.md has "
    "what they say. Options "
    "are those of requests that say nothing else.",
    options,
    sizeof(solve_settings),
    &defaults,
    1,
    1,
    run_serve,
};
