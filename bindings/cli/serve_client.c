#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/serve_client.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bindings/cli/report.h"

enum { BLOCK = 65536 };

/* Room for so many behind the end. What was taken goes first. */
static bool make_room(serve_bytes *bytes, size_t more)
{
    if (bytes->room - bytes->end >= more)
        return true;
    if (bytes->begin > 0)
        memmove(bytes->at, bytes->at + bytes->begin, bytes->end - bytes->begin);
    bytes->end -= bytes->begin;
    bytes->begin = 0;
    if (bytes->room - bytes->end >= more)
        return true;
    const size_t room = 2 * (bytes->end + more);
    char *at = realloc(bytes->at, room);
    if (at == NULL)
        return false;
    bytes->at = at;
    bytes->room = room;
    return true;
}

static size_t left_of(const serve_bytes *bytes)
{
    return bytes->end - bytes->begin;
}

static void take(serve_bytes *bytes, size_t count)
{
    bytes->begin += count;
    if (bytes->begin == bytes->end)
        bytes->begin = bytes->end = 0;
}

bool serve_client_read(serve_client *client)
{
    serve_bytes *came = &client->came;
    if (!make_room(came, BLOCK))
        return false;
    const ssize_t got = read(client->in, came->at + came->end, BLOCK);
    if (got > 0)
        came->end += (size_t)got;
    client->ended = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK);
    client->failed = client->ended && got < 0 && !client->is_socket;
    if (client->failed)
        report_error("standard input: %s", strerror(errno));
    return true;
}

/* The rest of a line that was too long, up to its end. */
static void skip_rest(serve_client *client)
{
    const char *begin = client->came.at + client->came.begin;
    const char *end = memchr(begin, '\n', left_of(&client->came));
    take(&client->came, end != NULL ? (size_t)(end - begin) + 1 : left_of(&client->came));
    client->skipping = end == NULL;
}

serve_line serve_client_line(serve_client *client, const char **line, size_t *length)
{
    if (client->skipping && left_of(&client->came) > 0)
        skip_rest(client);
    const size_t left = left_of(&client->came);
    if (left == 0)
        return SERVE_NO_LINE;
    const char *begin = client->came.at + client->came.begin, *end = memchr(begin, '\n', left);
    if (end == NULL && !client->ended && left <= SERVE_LONGEST_LINE)
        return SERVE_NO_LINE;
    *line = begin;
    *length = end != NULL ? (size_t)(end - begin) : left;
    client->skipping = end == NULL && !client->ended;
    take(&client->came, *length + (end != NULL));
    return *length > SERVE_LONGEST_LINE ? SERVE_LINE_TOO_LONG : SERVE_LINE;
}

bool serve_client_reply(serve_client *client, const char *text, size_t length)
{
    if (client->gone)
        return true;
    if (!make_room(&client->replies, length))
        return false;
    memcpy(client->replies.at + client->replies.end, text, length);
    client->replies.end += length;
    return true;
}

/* A pipe with room takes so many at once; a socket has room again as soon as one such piece is read. */
static ssize_t write_piece(const serve_client *client)
{
    const char *at = client->replies.at + client->replies.begin;
    const size_t left = left_of(&client->replies), piece = left < PIPE_BUF ? left : PIPE_BUF;
    return client->is_socket ? send(client->out, at, piece, MSG_DONTWAIT) : write(client->out, at, piece);
}

void serve_client_write(serve_client *client)
{
    ssize_t put;
    do {
        put = write_piece(client);
        if (put > 0) {
            take(&client->replies, (size_t)put);
            client->taken = seconds_now();
        }
    } while (put > 0 && client->is_socket && left_of(&client->replies) > 0);
    if (put < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
        client->gone = client->ended = true;
        if (!client->is_socket)
            report_not_written(errno);
    }
}

/* Who says no more may still listen; who has closed both ways does not. */
void serve_client_look(serve_client *client)
{
    struct pollfd at = { .fd = client->in };
    if (client->is_socket && client->ended && poll(&at, 1, 0) > 0 && (at.revents & (POLLHUP | POLLERR)) != 0)
        client->gone = true;
}

bool serve_client_listens(const serve_client *client)
{
    return !client->ended && left_of(&client->replies) < SERVE_MOST_WAITING;
}

void serve_client_hear_no_more(serve_client *client)
{
    client->ended = true;
    client->came.begin = client->came.end = 0;
}

bool serve_client_has_replies(const serve_client *client)
{
    return !client->gone && left_of(&client->replies) > 0;
}

bool serve_client_finished(const serve_client *client)
{
    return client->gone || (client->ended && client->requests == 0 && left_of(&client->replies) == 0 &&
                            left_of(&client->came) == 0);
}

void serve_client_close(serve_client *client)
{
    if (client->is_socket)
        close(client->in);
    free(client->came.at);
    free(client->replies.at);
    *client = (serve_client) { .in = -1 };
}
