/* Nothing of the header is used before it is bounded. */
#include "lib/format/header.h"

#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/format/layout.h"

static trm_status check_magic(const uint8_t *data, uint64_t bytes, trm_error *error)
{
    if (bytes < TRMI_HEADER_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected a .trm file of at least %d bytes, found %llu",
                         TRMI_HEADER_BYTES, (unsigned long long)bytes);
    if (memcmp(data, TRMI_MAGIC, 8) == 0)
        return TRM_OK;
    if (data[8] == '{')
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected a .trm file, found what looks like safetensors: convert it first");
    if (memcmp(data, "PK\3\4", 4) == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected a .trm file, found a zip archive; a PyTorch checkpoint has to "
                         "be saved as safetensors and converted first");
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "offset 0: expected the magic bytes 89 54 52 4d 0d 0a 1a 0a of a .trm file, found %02x "
                     "%02x %02x %02x "
                     "%02x %02x %02x %02x",
                     data[0], data[1], data[2], data[3], data[4], data[5], data[6], data[7]);
}

static trm_status check_version(const uint8_t *data, trm_error *error)
{
    const uint16_t major = trmi_load16(data + TRMI_HEADER_MAJOR),
                   minor = trmi_load16(data + TRMI_HEADER_MINOR);
    if (major == TRMI_FORMAT_MAJOR)
        return TRM_OK;
    if (major == TRMI_FORMAT_MAJOR << 8)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "offset %d: expected little-endian numbers, found a file written big-endian",
                         TRMI_HEADER_MAJOR);
    return trmi_fail(error, TRM_ERROR_VERSION, "offset %d: expected format version %d, found %u.%u",
                     TRMI_HEADER_MAJOR, TRMI_FORMAT_MAJOR, (unsigned)major, (unsigned)minor);
}

static trm_status check_header_crc(const uint8_t *data, trm_error *error)
{
    const uint32_t expected = trmi_load32(data + TRMI_HEADER_CRC),
                   found = trmi_crc32c(0, data, TRMI_HEADER_CRC);
    if (expected == found)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_CHECKSUM,
                     "offset %d: expected header checksum %08x, found %08x: the file is damaged",
                     TRMI_HEADER_CRC, (unsigned)expected, (unsigned)found);
}

static trm_status check_file_bytes(const uint8_t *data, uint64_t bytes, trm_error *error)
{
    const uint64_t claimed = trmi_load64(data + TRMI_HEADER_FILE_BYTES);
    if (claimed == bytes)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "offset %d: expected a file of %llu bytes, found %llu: it %s",
                     TRMI_HEADER_FILE_BYTES, (unsigned long long)claimed, (unsigned long long)bytes,
                     bytes < claimed ? "was cut short" : "has bytes behind its end");
}

static trm_status check_reserved(const trmi_header *h, const uint8_t *data, trm_error *error)
{
    if (h->minor > TRMI_FORMAT_MINOR ||
        (trmi_load32(data + TRMI_HEADER_RESERVED_A) == 0 && trmi_load64(data + TRMI_HEADER_RESERVED_B) == 0))
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "header: expected zeros in the reserved fields, found other bytes");
}

static trm_status check_limit(const char *what, uint64_t value, uint64_t most, trm_error *error)
{
    if (value <= most)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "header: expected at most %llu %s, found %llu",
                     (unsigned long long)most, what, (unsigned long long)value);
}

/* The directory lies in the file, and is large enough for its entries. */
static trm_status check_directory_place(const trmi_header *h, uint64_t bytes, trm_error *error)
{
    const uint64_t least = (uint64_t)h->metadata_count * TRMI_METADATA_HEAD_BYTES +
                           (uint64_t)h->tensor_count * TRMI_TENSOR_HEAD_BYTES;
    if (h->directory_offset < TRMI_HEADER_BYTES || h->directory_offset % TRMI_ENTRY_ALIGNMENT != 0 ||
        h->directory_offset > bytes || h->directory_bytes > bytes - h->directory_offset)
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "offset %d: expected a directory inside the file of %llu bytes, found %llu bytes at %llu",
            TRMI_HEADER_DIRECTORY_OFFSET, (unsigned long long)bytes, (unsigned long long)h->directory_bytes,
            (unsigned long long)h->directory_offset);
    if (h->directory_bytes < least)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "offset %d: expected a directory of at least %llu bytes for its entries, found %llu",
                         TRMI_HEADER_DIRECTORY_BYTES, (unsigned long long)least,
                         (unsigned long long)h->directory_bytes);
    return TRM_OK;
}

trm_status trmi_header_read(trmi_header *h, const uint8_t *data, uint64_t bytes, trm_error *error)
{
    TRMI_TRY(check_magic(data, bytes, error));
    TRMI_TRY(check_version(data, error));
    TRMI_TRY(check_header_crc(data, error));
    TRMI_TRY(check_file_bytes(data, bytes, error));
    *h = (trmi_header) {
        .minor = trmi_load16(data + TRMI_HEADER_MINOR),
        .directory_offset = trmi_load64(data + TRMI_HEADER_DIRECTORY_OFFSET),
        .directory_bytes = trmi_load64(data + TRMI_HEADER_DIRECTORY_BYTES),
        .metadata_count = trmi_load32(data + TRMI_HEADER_METADATA_COUNT),
        .tensor_count = trmi_load32(data + TRMI_HEADER_TENSOR_COUNT),
        .directory_crc = trmi_load32(data + TRMI_HEADER_DIRECTORY_CRC),
    };
    TRMI_TRY(check_reserved(h, data, error));
    TRMI_TRY(check_limit("metadata entries", h->metadata_count, TRMI_MAXIMUM_METADATA, error));
    TRMI_TRY(check_limit("tensors", h->tensor_count, TRMI_MAXIMUM_TENSORS, error));
    TRMI_TRY(check_limit("bytes of directory", h->directory_bytes, TRMI_MAXIMUM_DIRECTORY_BYTES, error));
    return check_directory_place(h, bytes, error);
}
