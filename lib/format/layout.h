/* The bytes of a .trm file, version 1.1. doc/format.md is the specification; reader and writer share these
 * numbers. All numbers are little-endian. Regions: header, directory (metadata entries, then tensor entries),
 * tensors. */
#ifndef TRMI_FORMAT_LAYOUT_H
#define TRMI_FORMAT_LAYOUT_H

#define TRMI_MAGIC \
    "\x89TRM\r\n\x1a\n" /* 8 bytes: not text, and damaged by transfers that change line ends \
                                        */

enum {
    TRMI_FORMAT_MAJOR = 1,
    TRMI_FORMAT_MINOR = 1, /* the newest that is known; a file names the oldest that has all it uses */
    TRMI_HEADER_BYTES = 64,
    TRMI_TENSOR_ALIGNMENT = 64, /* of a tensor's offset */
    TRMI_ENTRY_ALIGNMENT = 8,   /* of a directory entry's size */
};

/* Offsets in the header. */
enum {
    TRMI_HEADER_MAGIC = 0,             /* 8 bytes */
    TRMI_HEADER_MAJOR = 8,             /* u16 */
    TRMI_HEADER_MINOR = 10,            /* u16 */
    TRMI_HEADER_RESERVED_A = 12,       /* u32, 0 */
    TRMI_HEADER_FILE_BYTES = 16,       /* u64 */
    TRMI_HEADER_DIRECTORY_OFFSET = 24, /* u64, 64 in 1.0, multiple of 8 */
    TRMI_HEADER_DIRECTORY_BYTES = 32,  /* u64 */
    TRMI_HEADER_METADATA_COUNT = 40,   /* u32 */
    TRMI_HEADER_TENSOR_COUNT = 44,     /* u32 */
    TRMI_HEADER_DIRECTORY_CRC = 48,    /* u32, CRC-32C of the directory */
    TRMI_HEADER_CRC = 52,              /* u32, CRC-32C of header bytes 0..51 */
    TRMI_HEADER_RESERVED_B = 56,       /* u64, 0 */
};

/* Offsets in a metadata entry; then key, zero byte, value (text and bytes: and a zero byte), zeros up to
 * entry_bytes. */
enum {
    TRMI_METADATA_ENTRY_BYTES = 0, /* u32, multiple of 8 */
    TRMI_METADATA_KEY_BYTES = 4,   /* u16, without its zero byte */
    TRMI_METADATA_TYPE = 6,        /* u8, trm_metadata_type */
    TRMI_METADATA_RESERVED = 7,    /* u8, 0 */
    TRMI_METADATA_VALUE_BYTES = 8, /* u32: 8 for numbers; text and bytes without the zero byte */
    TRMI_METADATA_RESERVED_B = 12, /* u32, 0 */
    TRMI_METADATA_HEAD_BYTES = 16,
};

/* Offsets in a tensor entry; then name, zero byte, zeros up to entry_bytes. */
enum {
    TRMI_TENSOR_ENTRY_BYTES = 0,   /* u32, multiple of 8 */
    TRMI_TENSOR_NAME_BYTES = 4,    /* u16, without its zero byte */
    TRMI_TENSOR_TYPE = 6,          /* u8 */
    TRMI_TENSOR_LAYOUT = 7,        /* u8, trmi_layout */
    TRMI_TENSOR_ENCODING = 8,      /* u8 */
    TRMI_TENSOR_RESERVED = 9,      /* 3 bytes, 0 */
    TRMI_TENSOR_CRC = 12,          /* u32, CRC-32C of the stored bytes */
    TRMI_TENSOR_ROWS = 16,         /* u64, as stored: padding included */
    TRMI_TENSOR_COLUMNS = 24,      /* u64 */
    TRMI_TENSOR_OFFSET = 32,       /* u64, from the file's first byte, multiple of 64 */
    TRMI_TENSOR_STORED_BYTES = 40, /* u64 */
    TRMI_TENSOR_HEAD_BYTES = 48,
};

enum {
    TRMI_TYPE_F32 = 1, /* IEEE 754 binary32 */
    /* 2 (bf16) is reserved for a later minor version */
    TRMI_TYPE_I8 = 3, /* integers of -127 .. 127, then an f32 for each row by which they are multiplied */
    TRMI_I8_MINOR = 1 /* the version that brought it */
};

enum {
    TRMI_ENCODING_RAW = 1,
    TRMI_ENCODING_DEFLATE = 2, /* a zlib stream (RFC 1950) of the raw bytes */
};

/* Limits: a reader refuses what is beyond. */
enum {
    TRMI_MAXIMUM_METADATA = 4096,
    TRMI_MAXIMUM_TENSORS = 8192,
    TRMI_MAXIMUM_KEY_BYTES = 255,
    TRMI_MAXIMUM_NAME_BYTES = 255,
    TRMI_MAXIMUM_VALUE_BYTES = 1048576,
    TRMI_MAXIMUM_DIRECTORY_BYTES = 16777216,
};

#endif
