#include "bindings/cli/serve_client.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

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

char *serve_client_room(serve_client *client)
{
    return make_room(&client->came, SERVE_BLOCK) ? client->came.at + client->came.end : NULL;
}

void serve_client_heard(serve_client *client, size_t bytes)
{
    client->came.end += bytes;
    client->ended = bytes == 0;
}

void serve_client_unheard(serve_client *client, int why)
{
    client->ended = true;
    client->failed = !client->is_socket;
    if (client->failed)
        report_error("standard input: %s", strerror(why));
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

const char *serve_client_next(const serve_client *client, size_t *bytes)
{
    *bytes = left_of(&client->replies);
    return client->replies.at + client->replies.begin;
}

void serve_client_told(serve_client *client, size_t bytes)
{
    take(&client->replies, bytes);
    client->taken = seconds_now();
}

void serve_client_untold(serve_client *client, int why)
{
    client->gone = client->ended = true;
    if (!client->is_socket)
        report_not_written(why);
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

void serve_client_free(serve_client *client)
{
    free(client->came.at);
    free(client->replies.at);
    *client = (serve_client) { .in = -1 };
}
