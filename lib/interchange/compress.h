/* Deflates one tensor into an output. */
#ifndef TRMI_INTERCHANGE_COMPRESS_H
#define TRMI_INTERCHANGE_COMPRESS_H

#include "lib/core/output.h"

/* Appends a zlib stream of the data and tells the checksum of what was appended. TRM_ERROR_UNSUPPORTED in a
 * build without zlib. */
trm_status trmi_compress(trmi_output *output, const void *data, uint64_t bytes, uint32_t *crc,
                         trm_error *error);

#endif
