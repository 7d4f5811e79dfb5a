/* Two layers, each with a buffer of its own: stored bytes from the system, plain bytes out of them. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/puzzles/list_bytes.h"

/* -- stored bytes -- */

static ssize_t copy_stored(trmi_list_bytes *b, uint8_t *to, size_t room)
{
    const size_t size = b->memory_left < room ? b->memory_left : room;
    if (size > 0)
        memcpy(to, b->memory, size);
    b->memory += size;
    b->memory_left -= size;
    return (ssize_t)size;
}

/* Reads more behind the first `kept` bytes of the block; nothing came when the file has ended. */
static trm_status read_stored(trmi_list_bytes *b, size_t kept, trm_error *error)
{
    uint8_t *to = b->stored.bytes + kept;
    const size_t room = TRMI_LIST_BLOCK - kept;
    ssize_t got;
    do
        got = b->descriptor < 0 ? copy_stored(b, to, room) : read(b->descriptor, to, room);
    while (got < 0 && errno == EINTR);
    b->stored.at = 0;
    b->stored.filled = kept + (got > 0 ? (size_t)got : 0);
    if (got < 0)
        return trmi_fail_system(error, b->name, "cannot be read");
    b->stored_bytes += (uint64_t)got;
    return TRM_OK;
}

/* The first block has the two bytes by which gzip is known, if the file has them. */
static trm_status read_first_block(trmi_list_bytes *b, trm_error *error)
{
    TRMI_TRY(read_stored(b, 0, error));
    if (b->stored.filled == 1)
        TRMI_TRY(read_stored(b, 1, error));
    return TRM_OK;
}

/* -- plain bytes -- */

#ifdef TRMI_HAVE_ZLIB

typedef struct inflating {
    bool ended; /* a gzip member has ended; perhaps another follows */
    z_stream stream;
} inflating;

static voidpf allocate_for_inflate(voidpf b, uInt items, uInt size)
{
    return trmi_allocate(((trmi_list_bytes *)b)->allocator, (uint64_t)items * size);
}

static void release_for_inflate(voidpf b, voidpf memory)
{
    trmi_release(((trmi_list_bytes *)b)->allocator, memory);
}

enum { GZIP_WINDOW = 15 + 16 }; /* zlib: the largest window, and gzip around it */

static trm_status begin_gzip(trmi_list_bytes *b, trm_error *error)
{
    inflating *made = trmi_allocate(b->allocator, sizeof *made);
    if (made != NULL)
        made->stream =
            (z_stream) { .zalloc = allocate_for_inflate, .zfree = release_for_inflate, .opaque = b };
    if (made == NULL || inflateInit2(&made->stream, GZIP_WINDOW) != Z_OK) {
        trmi_release(b->allocator, made);
        return trmi_no_memory(error, "inflating %.200s", b->name);
    }
    b->inflating = made;
    return TRM_OK;
}

static void end_gzip(trmi_list_bytes *b)
{
    inflating *made = b->inflating;
    if (made != NULL)
        inflateEnd(&made->stream);
    trmi_release(b->allocator, made);
}

static trm_status fail_gzip(const trmi_list_bytes *b, const char *what, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: line %" PRIu64 ": the gzip data is damaged: %s",
                     b->name, *b->line + 1, what);
}

/* One call of zlib: some stored bytes for some plain ones. */
static trm_status inflate_some(trmi_list_bytes *b, trm_error *error)
{
    inflating *i = b->inflating;
    trmi_byte_block *from = &b->stored, *to = &b->plain;
    i->stream.next_in = from->bytes + from->at;
    i->stream.avail_in = (uInt)(from->filled - from->at);
    i->stream.next_out = to->bytes;
    i->stream.avail_out = TRMI_LIST_BLOCK;
    const int code = inflate(&i->stream, Z_NO_FLUSH);
    from->at = from->filled - i->stream.avail_in;
    to->filled = TRMI_LIST_BLOCK - i->stream.avail_out;
    i->ended = code == Z_STREAM_END;
    if (code == Z_MEM_ERROR)
        return trmi_no_memory(error, "reading %.200s, line %" PRIu64, b->name, *b->line + 1);
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        return TRM_OK;
    return fail_gzip(b, i->stream.msg != NULL ? i->stream.msg : "it is not what zlib expects", error);
}

/* Members of a gzip file follow each other. */
static trm_status fill_plain(trmi_list_bytes *b, trm_error *error)
{
    inflating *i = b->inflating;
    trm_status status = TRM_OK;
    b->plain.at = b->plain.filled = 0;
    while (status == TRM_OK && b->plain.filled == 0) {
        if (b->stored.at == b->stored.filled)
            status = read_stored(b, 0, error);
        const bool over = status == TRM_OK && b->stored.filled == 0;
        if (over && i->ended)
            break;
        if (over)
            status = fail_gzip(b, "it ends too early", error);
        if (status == TRM_OK && i->ended && inflateReset(&i->stream) != Z_OK)
            status = fail_gzip(b, "what follows its end cannot be read", error);
        if (status == TRM_OK)
            status = inflate_some(b, error);
    }
    b->plain_bytes += b->plain.filled;
    return status;
}

#else

static trm_status begin_gzip(trmi_list_bytes *b, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "%.200s: expected a plain file, as this build has no zlib, found a gzipped one",
                     b->name);
}

static void end_gzip(trmi_list_bytes *b)
{
    (void)b;
}

static trm_status fill_plain(trmi_list_bytes *b, trm_error *error)
{
    return begin_gzip(b, error);
}

#endif

trm_status trmi_list_bytes_begin(trmi_list_bytes *b, trm_error *error)
{
    const trm_status status = read_first_block(b, error);
    const bool gzip = b->stored.filled >= 2 && b->stored.bytes[0] == 0x1f && b->stored.bytes[1] == 0x8b;
    return status == TRM_OK && gzip ? begin_gzip(b, error) : status;
}

trm_status trmi_list_bytes_next(trmi_list_bytes *b, trmi_byte_block **from, trm_error *error)
{
    const bool gzip = b->inflating != NULL;
    *from = gzip ? &b->plain : &b->stored;
    if ((*from)->at < (*from)->filled)
        return TRM_OK;
    return gzip ? fill_plain(b, error) : read_stored(b, 0, error);
}

void trmi_list_bytes_end(trmi_list_bytes *b)
{
    end_gzip(b);
    b->inflating = NULL;
}
