/* The format of NumPy's arrays: eight bytes that name it and its version, the length of the header in 2 or 4
 * bytes, the header, then the numbers. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "lib/puzzles/npy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/core/error.h"
#include "lib/core/host.h"

static trm_status fail(const trmi_npy *npy, const char *sentence, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "%s: %s", npy->name, sentence);
}

/* Takes `count` bytes; TRM_ERROR_FORMAT where the file ends before. */
static trm_status take(trmi_npy *npy, void *to, size_t count, trm_error *error)
{
    uint8_t *at = to;
    while (count > 0) {
        trmi_byte_block *from;
        const trm_status status = trmi_list_bytes_next(&npy->bytes, &from, error);
        if (status != TRM_OK)
            return status;
        const size_t left = from->filled - from->at, some = left < count ? left : count;
        if (some == 0)
            return fail(npy, "expected a whole array, found an end before it", error);
        memcpy(at, from->bytes + from->at, some);
        from->at += some;
        at += some;
        count -= some;
    }
    return TRM_OK;
}

/* -- opening -- */

static trm_status open_file(trmi_npy *npy, int folder, const char *file, bool *found, trm_error *error)
{
    struct stat about;
    npy->bytes.descriptor = openat(folder, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *found = npy->bytes.descriptor >= 0;
    if (!*found)
        return errno == ENOENT ? TRM_OK : trmi_fail_system(error, npy->name, "cannot be opened");
    if (fstat(npy->bytes.descriptor, &about) != 0)
        return trmi_fail_system(error, npy->name, "cannot be read");
    if (!S_ISREG(about.st_mode))
        return trmi_fail(error, TRM_ERROR_FILE, "%s: expected a file", npy->name);
    npy->bytes.size = (uint64_t)about.st_size;
    return TRM_OK;
}

/* The length of the header, which the version says how to write. */
static trm_status read_length(trmi_npy *npy, uint32_t *length, trm_error *error)
{
    uint8_t begin[8], bytes[4] = { 0 };
    TRMI_TRY(take(npy, begin, sizeof begin, error));
    if (memcmp(begin, "\x93NUMPY", 6) != 0)
        return fail(npy, "expected an array of NumPy, found another kind of file", error);
    if (begin[6] < 1 || begin[6] > 3)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected an array in version 1 to 3, found %u.%u",
                         npy->name, (unsigned)begin[6], (unsigned)begin[7]);
    trm_status status = take(npy, bytes, begin[6] == 1 ? 2 : 4, error);
    *length = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    if (status == TRM_OK && *length > TRMI_NPY_HEADER_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%s: expected a header of at most %d bytes, found one of %" PRIu32, npy->name,
                         TRMI_NPY_HEADER_BYTES, *length);
    return status;
}

static trm_status read_header(trmi_npy *npy, trm_error *error)
{
    uint32_t length = 0;
    char text[TRMI_NPY_HEADER_BYTES + 1];
    TRMI_TRY(read_length(npy, &length, error));
    TRMI_TRY(take(npy, text, length, error));
    text[length] = '\0';
    trm_status status = trmi_npy_header_read(&npy->header, text, length, error);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, npy->name);
}

/* rows x numbers x width: 32 bits each of the first two. */
static trm_status check_size(const trmi_npy *npy, trm_error *error)
{
    const trmi_byte_block *block = &npy->bytes.stored;
    const uint64_t before = npy->bytes.stored_bytes - (block->filled - block->at);
    const uint64_t left = npy->bytes.size - before, numbers = npy->header.rows * npy->header.numbers;
    if (left % npy->header.width == 0 && left / npy->header.width == numbers)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "%s: expected %" PRIu64 " numbers of %" PRIu32 " bytes behind the header (%s), found "
                     "%" PRIu64 " bytes",
                     npy->name, numbers, npy->header.width, npy->header.shape, left);
}

trm_status trmi_npy_open(trmi_npy *npy, int folder, const char *file, bool *found, trm_error *error)
{
    static const uint64_t line = 0; /* has none */
    npy->bytes.name = npy->name;
    npy->bytes.line = &line;
    TRMI_TRY(open_file(npy, folder, file, found, error));
    if (*found)
        TRMI_TRY(read_header(npy, error));
    if (*found)
        TRMI_TRY(check_size(npy, error));
    return TRM_OK;
}

void trmi_npy_close(trmi_npy *npy)
{
    if (npy->bytes.name != NULL && npy->bytes.descriptor >= 0)
        close(npy->bytes.descriptor);
    npy->bytes.name = NULL;
}

/* -- rows -- */

static int64_t number_at(const uint8_t *bytes, const trmi_npy_header *header)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < header->width; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    const uint64_t sign = UINT64_C(1) << (8 * header->width - 1);
    if (header->is_signed && (value & sign) != 0)
        return (int64_t)(value - sign) - (int64_t)(sign - 1) - 1;
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

trm_status trmi_npy_next(trmi_npy *npy, int64_t *numbers, trm_error *error)
{
    uint8_t bytes[8];
    trm_status status = TRM_OK;
    for (uint64_t i = 0; status == TRM_OK && i < npy->header.numbers; i++) {
        status = take(npy, bytes, npy->header.width, error);
        numbers[i] = status == TRM_OK ? number_at(bytes, &npy->header) : 0;
    }
    npy->row += status == TRM_OK;
    return status;
}
