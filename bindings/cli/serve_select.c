/* Listening with select(): signals come while it waits, and at no other time. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bindings/cli/report.h"
#include "bindings/cli/serve_listen.h"
#include "bindings/cli/serve_socket.h"

/* ------------------------------------------------------------------------------------------- one client */

static bool is_for_later(int why)
{
    return why == EINTR || why == EAGAIN || why == EWOULDBLOCK;
}

/* Once; without blocking after a poll. */
static void hear(serve_client *client)
{
    char *room = serve_client_room(client);
    const ssize_t got = room != NULL ? read(client->in, room, SERVE_BLOCK) : 0;
    if (room == NULL)
        client->gone = client->ended = true;
    else if (got >= 0)
        serve_client_heard(client, (size_t)got);
    else if (!is_for_later(errno))
        serve_client_unheard(client, errno);
}

/* A pipe with room takes so many at once; a socket has room again as soon as one such piece is read. */
static ssize_t write_piece(const serve_client *client)
{
    size_t left;
    const char *at = serve_client_next(client, &left);
    const size_t piece = left < PIPE_BUF ? left : PIPE_BUF;
    return client->is_socket ? send(client->out, at, piece, MSG_DONTWAIT) : write(client->out, at, piece);
}

static void tell(serve_client *client)
{
    ssize_t put;
    do {
        put = write_piece(client);
        if (put > 0)
            serve_client_told(client, (size_t)put);
    } while (put > 0 && client->is_socket && serve_client_has_replies(client));
    if (put < 0 && !is_for_later(errno))
        serve_client_untold(client, errno);
}

/* Who says no more may still listen; who has closed both ways does not. */
static void look_at(serve_client *client)
{
    struct pollfd at = { .fd = client->in };
    if (client->is_socket && client->ended && poll(&at, 1, 0) > 0 && (at.revents & (POLLHUP | POLLERR)) != 0)
        client->gone = true;
}

void serve_listen_leave(serve_client *client)
{
    if (client->is_socket)
        close(client->in);
    serve_client_free(client);
}

/* ------------------------------------------------------------------------------------------- all of them */

static serve_client *find_seat(server *s)
{
    for (size_t i = 0; i < MOST_CLIENTS; i++)
        if (!serve_is_there(&s->clients[i]))
            return &s->clients[i];
    return NULL;
}

static void accept_client(server *s)
{
    serve_client *seat = find_seat(s);
    const int descriptor = seat != NULL ? serve_socket_accept(s->socket) : -1;
    s->crowded = descriptor < 0;
    if (descriptor >= FD_SETSIZE)
        close(descriptor);
    else if (descriptor >= 0)
        *seat = (serve_client) { .in = descriptor, .out = descriptor, .is_socket = true };
}

/* What is heard and said in one moment. */
typedef struct exchange {
    fd_set in, out;
    int most;
} exchange;

static void note(fd_set *set, int descriptor, exchange *e)
{
    FD_SET(descriptor, set);
    e->most = descriptor > e->most ? descriptor : e->most;
}

static exchange exchange_of(server *s)
{
    exchange e = { .most = -1 };
    FD_ZERO(&e.in);
    FD_ZERO(&e.out);
    for (size_t i = 0; i < MOST_CLIENTS; i++) {
        const serve_client *client = &s->clients[i];
        if (serve_hears(s, client))
            note(&e.in, client->in, &e);
        if (serve_is_there(client) && serve_client_has_replies(client))
            note(&e.out, client->out, &e);
    }
    if (s->socket >= 0 && !s->crowded && find_seat(s) != NULL)
        note(&e.in, s->socket, &e);
    return e;
}

/* A client that reads slowly has freed less of its socket than select() calls room. */
static bool may_have_room(const server *s, const serve_client *client)
{
    return s->ending && client->is_socket && serve_client_has_replies(client);
}

static void talk(server *s, const exchange *e)
{
    for (size_t i = 0; i < MOST_CLIENTS; i++) {
        serve_client *client = &s->clients[i];
        if (!serve_is_there(client))
            continue;
        if (FD_ISSET(client->in, &e->in))
            hear(client);
        if (FD_ISSET(client->out, &e->out) || may_have_room(s, client))
            tell(client);
        look_at(client);
    }
    if (s->socket >= 0 && FD_ISSET(s->socket, &e->in))
        accept_client(s);
}

/* ------------------------------------------------------------------------------------------- waiting */

static sigset_t open_signals; /* as they were when the command began */

/* Signals wait until the server listens, so that none is missed. */
void serve_listen_begin(server *s)
{
    sigset_t held;
    (void)s;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, &open_signals);
    signal(SIGPIPE, SIG_IGN);
    catch_interrupts();
}

/* While somebody speaks pselect() lets no signal in: those who speak without end would keep the server from
   ending. */
static void let_signals_in(void)
{
    sigset_t held;
    sigprocmask(SIG_SETMASK, &open_signals, &held);
    sigprocmask(SIG_SETMASK, &held, NULL);
}

void serve_listen(server *s, serve_patience patience)
{
    static const struct timespec at_once, a_moment = { .tv_nsec = 100000000 };
    const struct timespec *longest = patience == SERVE_AT_ONCE                  ? &at_once
                                     : patience == SERVE_A_MOMENT || s->crowded ? &a_moment
                                                                                : NULL;
    exchange e = exchange_of(s);
    s->crowded = false;
    const int ready = pselect(e.most + 1, &e.in, &e.out, NULL, longest, &open_signals);
    if (ready < 0) { /* a signal: nothing is known */
        FD_ZERO(&e.in);
        FD_ZERO(&e.out);
    }
    let_signals_in();
    talk(s, &e);
}

bool serve_listen_open(server *s, const char *path)
{
    return serve_socket_open(path, &s->socket);
}

void serve_listen_to_no_more(server *s)
{
    serve_socket_close(s->socket, s->settings->socket);
    s->socket = -1;
}
