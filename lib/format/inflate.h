/* Deflated tensors (zlib streams, RFC 1950). */
#ifndef TRMI_FORMAT_INFLATE_H
#define TRMI_FORMAT_INFLATE_H

#include <trm/trm.h>

/* Expands a stream that must fill exactly to_bytes and end with from's last byte. */
trm_status trmi_inflate(void *to, uint64_t to_bytes, const void *from, uint64_t from_bytes,
                        const trm_allocator *allocator, trm_error *error);

#endif
