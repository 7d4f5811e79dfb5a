/* CRC-32C (Castagnoli, reflected, initial value and final complement as in RFC 3720). */
#ifndef TRMI_CORE_CHECKSUM_H
#define TRMI_CORE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/core/export.h"

/* The checksum of `bytes` bytes following data whose checksum is `crc` (0 at the beginning). */
TRMI_EXPORT uint32_t trmi_crc32c(uint32_t crc, const void *data, size_t bytes);

/* The portable way, which the other is checked against. */
uint32_t trmi_crc32c_portable(uint32_t crc, const void *data, size_t bytes);

/* The way of TRMI_CPU_SSE42; only in builds with TRMI_HAVE_X86. */
uint32_t trmi_crc32c_sse42(uint32_t crc, const void *data, size_t bytes);

#endif
