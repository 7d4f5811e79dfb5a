/* Listening on Windows, where nothing waits for pipes, files and consoles alike: a thread reads standard
 * input, another writes to standard output, a block at a time, and events say when one is done. */
#include <windows.h>

#include <errno.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/cli/serve_listen.h"

/* One way of the two. The thread has the block between `go` and `done`, the server at all other times. */
typedef struct stream {
    HANDLE go, done;
    bool busy; /* the thread has the block, or the server has not looked yet */
    int file;
    char block[SERVE_BLOCK];
    int bytes; /* that came, that are to be written, that were; -1: none, for `why` */
    int why;
} stream;

static stream input, output;

static DWORD WINAPI read_blocks(void *given)
{
    stream *in = given;
    while (WaitForSingleObject(in->go, INFINITE) == WAIT_OBJECT_0) {
        in->bytes = (int)read(in->file, in->block, SERVE_BLOCK);
        in->why = errno;
        SetEvent(in->done);
    }
    return 0;
}

static DWORD WINAPI write_blocks(void *given)
{
    stream *out = given;
    while (WaitForSingleObject(out->go, INFINITE) == WAIT_OBJECT_0) {
        out->bytes = write(out->file, out->block, (unsigned)out->bytes);
        out->why = errno;
        SetEvent(out->done);
    }
    return 0;
}

static bool begin(stream *way, int file, LPTHREAD_START_ROUTINE work)
{
    way->file = file;
    way->go = CreateEventW(NULL, FALSE, FALSE, NULL);
    way->done = CreateEventW(NULL, TRUE, FALSE, NULL);
    const HANDLE thread =
        way->go != NULL && way->done != NULL ? CreateThread(NULL, 0, work, way, 0, NULL) : NULL;
    if (thread != NULL)
        CloseHandle(thread);
    return thread != NULL;
}

void serve_listen_begin(server *s)
{
    serve_client *client = &s->clients[0];
    catch_interrupts();
    if (!begin(&input, client->in, read_blocks) || !begin(&output, client->out, write_blocks)) {
        client->gone = client->ended = client->failed = true;
        report_error("not enough memory for two threads");
    }
}

static void give(stream *way)
{
    way->busy = true;
    ResetEvent(way->done);
    SetEvent(way->go);
}

static bool is_done(const stream *way)
{
    return way->busy && WaitForSingleObject(way->done, 0) == WAIT_OBJECT_0;
}

static void hear(serve_client *client)
{
    input.busy = false;
    char *room = serve_client_room(client);
    if (room == NULL) {
        client->gone = client->ended = true;
    } else if (input.bytes >= 0) {
        memcpy(room, input.block, (size_t)input.bytes);
        serve_client_heard(client, (size_t)input.bytes);
    } else {
        serve_client_unheard(client, input.why);
    }
}

/* Small pieces, so that a reader who is slow is seen to read. */
enum { PIECE = 4096 };

static void begin_to_tell(const serve_client *client)
{
    size_t left;
    const char *at = serve_client_next(client, &left);
    output.bytes = left < PIECE ? (int)left : PIECE;
    memcpy(output.block, at, (size_t)output.bytes);
    give(&output);
}

static void end_telling(serve_client *client)
{
    output.busy = false;
    if (output.bytes >= 0)
        serve_client_told(client, (size_t)output.bytes);
    else
        serve_client_untold(client, output.why);
}

/* Control-C comes on a thread of its own: it is looked for ten times a second. */
void serve_listen(server *s, serve_patience patience)
{
    serve_client *client = &s->clients[0];
    const DWORD longest = patience == SERVE_AT_ONCE ? 0 : 100;
    const bool hears = serve_hears(s, client);
    HANDLE awaited[2];
    DWORD count = 0;
    if (hears && !input.busy)
        give(&input);
    if (serve_client_has_replies(client) && !output.busy)
        begin_to_tell(client);
    if (hears)
        awaited[count++] = input.done;
    if (output.busy)
        awaited[count++] = output.done;
    if (count > 0)
        WaitForMultipleObjects(count, awaited, FALSE, longest);
    else
        Sleep(longest);
    if (hears && is_done(&input))
        hear(client);
    if (is_done(&output))
        end_telling(client);
}

bool serve_listen_open(server *s, const char *path)
{
    (void)s;
    report_error("--socket %s: expected a system with Unix sockets, found Windows", path);
    return false;
}

void serve_listen_to_no_more(server *s)
{
    s->socket = -1;
}

void serve_listen_leave(serve_client *client)
{
    serve_client_free(client);
}
