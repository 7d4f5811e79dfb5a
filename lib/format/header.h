/* The first bytes of a .trm file. */
#ifndef TRMI_FORMAT_HEADER_H
#define TRMI_FORMAT_HEADER_H

#include <trm/trm.h>

typedef struct trmi_header {
    uint16_t minor;
    uint64_t directory_offset, directory_bytes; /* inside the file */
    uint32_t metadata_count, tensor_count;      /* as many as the directory has room for */
    uint32_t directory_crc;
} trmi_header;

/* The header of a file of `bytes` bytes at `data`, validated. */
trm_status trmi_header_read(trmi_header *header, const uint8_t *data, uint64_t bytes, trm_error *error);

#endif
