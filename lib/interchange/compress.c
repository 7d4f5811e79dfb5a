/* zlib at its best level, in pieces, with the host's memory. Without zlib there is only the refusal. */
#include "config.h"

#include "lib/core/error.h"
#include "lib/interchange/compress.h"

#ifdef TRMI_HAVE_ZLIB

#include <zlib.h>

#include "lib/core/checksum.h"
#include "lib/core/memory.h"

enum {
    INPUT_PIECE = 1 << 30, /* zlib counts in 32 bits */
    OUTPUT_PIECE = 65536
};

static voidpf allocate_for_zlib(voidpf allocator, uInt items, uInt size)
{
    return trmi_allocate(allocator, (uint64_t)items * size);
}

static void release_for_zlib(voidpf allocator, voidpf memory)
{
    trmi_release(allocator, memory);
}

/* Runs zlib until it has taken its input, or until the stream has ended when `mode` is Z_FINISH. */
static trm_status drain(z_stream *stream, int mode, uint8_t *piece, trmi_output *output, uint32_t *crc,
                        trm_error *error)
{
    do {
        stream->next_out = piece;
        stream->avail_out = OUTPUT_PIECE;
        (void)deflate(stream, mode); /* cannot fail: there is always room, and the state is valid */
        const size_t made = OUTPUT_PIECE - stream->avail_out;
        *crc = trmi_crc32c(*crc, piece, made);
        const trm_status status = trmi_output_append(output, piece, made, error);
        if (status != TRM_OK)
            return status;
    } while (stream->avail_out == 0);
    return TRM_OK;
}

static trm_status deflate_all(z_stream *stream, const uint8_t *data, uint64_t bytes, uint8_t *piece,
                              trmi_output *output, uint32_t *crc, trm_error *error)
{
    trm_status status;
    do {
        const uInt part = bytes < INPUT_PIECE ? (uInt)bytes : INPUT_PIECE;
        stream->next_in = (z_const Bytef *)data;
        stream->avail_in = part;
        data += part;
        bytes -= part;
        status = drain(stream, bytes == 0 ? Z_FINISH : Z_NO_FLUSH, piece, output, crc, error);
    } while (bytes > 0 && status == TRM_OK);
    return status;
}

trm_status trmi_compress(trmi_output *output, const void *data, uint64_t bytes, uint32_t *crc,
                         trm_error *error)
{
    *crc = 0;
    trm_allocator allocator = *output->allocator;
    z_stream stream = { .zalloc = allocate_for_zlib, .zfree = release_for_zlib, .opaque = &allocator };
    uint8_t *piece = trmi_allocate(&allocator, OUTPUT_PIECE);
    trm_status status = TRM_ERROR_MEMORY;
    if (piece != NULL && deflateInit(&stream, Z_BEST_COMPRESSION) == Z_OK) {
        status = deflate_all(&stream, data, bytes, piece, output, crc, error);
        deflateEnd(&stream);
    } else {
        trmi_fail(error, status, "no memory to deflate with");
    }
    trmi_release(&allocator, piece);
    return status;
}

#else

trm_status trmi_compress(trmi_output *output, const void *data, uint64_t bytes, uint32_t *crc,
                         trm_error *error)
{
    (void)output, (void)data, (void)bytes, (void)crc;
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED, "deflated weights need a build with zlib; write them raw");
}

#endif
