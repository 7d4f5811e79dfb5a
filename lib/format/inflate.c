/* zlib does the work, with the host's allocator; builds without zlib fail with a sentence. */
#include "config.h"

#include "lib/format/inflate.h"

#include "lib/core/error.h"
#include "lib/core/memory.h"

#ifdef TRMI_HAVE_ZLIB

#include <assert.h>
#include <limits.h>

#define ZLIB_CONST
#include <zlib.h>

static void *allocate_for_zlib(void *allocator, unsigned items, unsigned bytes)
{
    return trmi_allocate(allocator, (uint64_t)items * bytes);
}

static void release_for_zlib(void *allocator, void *memory)
{
    trmi_release(allocator, memory);
}

/* zlib counts in unsigned int: the rest of both buffers goes in as it fits. How far it came is told by its
 * pointers, because its own totals are unsigned long, which wraps at 4 GiB on some machines. */
static int inflate_all(z_stream *stream, const Bytef *to_end, const Bytef *from_end)
{
    int result = Z_OK;
    while (result == Z_OK) {
        const uint64_t from_left = (uint64_t)(from_end - stream->next_in),
                       to_left = (uint64_t)(to_end - stream->next_out);
        stream->avail_in = from_left < UINT_MAX ? (uInt)from_left : UINT_MAX;
        stream->avail_out = to_left < UINT_MAX ? (uInt)to_left : UINT_MAX;
        result = inflate(stream, Z_NO_FLUSH);
    }
    return result;
}

trm_status trmi_inflate(void *to, uint64_t to_bytes, const void *from, uint64_t from_bytes,
                        const trm_allocator *allocator, trm_error *error)
{
    trm_allocator own = *allocator;
    assert(to != NULL && to_bytes > 0 && from_bytes > 0);
    z_stream stream = { .next_in = from,
                        .next_out = to,
                        .zalloc = allocate_for_zlib,
                        .zfree = release_for_zlib,
                        .opaque = &own };
    if (inflateInit(&stream) != Z_OK)
        return trmi_no_memory(error, "zlib's state");
    const int result = inflate_all(&stream, (const Bytef *)to + to_bytes, (const Bytef *)from + from_bytes);
    const uint64_t read = (uint64_t)(stream.next_in - (const Bytef *)from);
    const uint64_t written = (uint64_t)(stream.next_out - (const Bytef *)to);
    inflateEnd(&stream);
    if (result == Z_MEM_ERROR)
        return trmi_no_memory(error, "zlib's window");
    if (result == Z_STREAM_END && read == from_bytes && written == to_bytes)
        return TRM_OK;
    return trmi_fail(
        error, TRM_ERROR_FORMAT,
        "expected a zlib stream of %llu bytes that expands to %llu, found %s after %llu and %llu",
        (unsigned long long)from_bytes, (unsigned long long)to_bytes,
        result == Z_STREAM_END  ? "its end"
        : result == Z_BUF_ERROR ? "more"
                                : "damage",
        (unsigned long long)read, (unsigned long long)written);
}

#else

trm_status trmi_inflate(void *to, uint64_t to_bytes, const void *from, uint64_t from_bytes,
                        const trm_allocator *allocator, trm_error *error)
{
    (void)to, (void)to_bytes, (void)from, (void)from_bytes, (void)allocator;
    return trmi_fail(
        error, TRM_ERROR_UNSUPPORTED,
        "expected raw weights, as this build has no zlib, found deflated ones: convert the file");
}

#endif
