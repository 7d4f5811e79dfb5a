/* The sentence of a failure. It is made in memory of our own, cleaned, and then copied as far as the caller's
 * struct reaches: names from files can be in it, and neither their control characters nor a cut inside a
 * character shall reach a terminal. */
#include "lib/core/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum {
    MESSAGE_OFFSET = offsetof(trm_error, message),
    MESSAGE_BYTES = sizeof((trm_error *)0)->message,
    STRUCT_LIMIT = 65536, /* a larger `size` was never set: hands off what may be no struct at all */
};

/* Whether `error` reaches beyond `offset`, and how far it can be trusted to. */
static size_t error_reach(const trm_error *error, size_t offset)
{
    if (!error || error->size <= offset || error->size > STRUCT_LIMIT)
        return 0;
    return error->size - offset;
}

void trmi_fail_plainly(trm_error *error, trm_status status)
{
    assert(status != TRM_OK);
    if (error_reach(error, offsetof(trm_error, status)) >= sizeof error->status)
        error->status = status;
    if (error_reach(error, MESSAGE_OFFSET) > 0)
        error->message[0] = '\0';
}

#ifndef TRM_WITHOUT_MESSAGES

/* Bytes of a well-formed, printable UTF-8 character at p, of which `left` bytes are there; 0 when there is
 * none. */
static size_t printable_bytes(const unsigned char *p, size_t left)
{
    static const struct {
        unsigned char first, last, second_least, second_most, bytes;
    } forms[] = {
        /* Unicode 15, table 3-7, without U+0080..009F, which are control characters */
        { 0x20, 0x7e, 0, 0, 1 },       { 0xc2, 0xc2, 0xa0, 0xbf, 2 }, { 0xc3, 0xdf, 0x80, 0xbf, 2 },
        { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
        { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
        { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        if (p[0] < forms[f].first || p[0] > forms[f].last)
            continue;
        if (forms[f].bytes == 1)
            return 1;
        if (forms[f].bytes > left || p[1] < forms[f].second_least || p[1] > forms[f].second_most)
            return 0;
        for (size_t i = 2; i < forms[f].bytes; i++)
            if (p[i] < 0x80 || p[i] > 0xbf)
                return 0;
        return forms[f].bytes;
    }
    return 0;
}

/* Copies whole characters of a sentence of `bytes` bytes to a buffer of `capacity`, '?' for what is not
 * printable, and a zero. A sentence that was cut ends before an incomplete character. */
static void copy_printable(char *to, size_t capacity, const char *sentence, size_t bytes, bool cut)
{
    const unsigned char *from = (const unsigned char *)sentence;
    size_t read = 0, written = 0;
    assert(capacity > 0);
    while (read < bytes) {
        const size_t length = printable_bytes(from + read, bytes - read), room = capacity - 1 - written;
        const bool tail = length == 0 && from[read] >= 0xc2 && bytes - read < 4;
        if (length > room || room == 0 || (cut && tail))
            break;
        if (length > 0)
            memcpy(to + written, from + read, length);
        else
            to[written] = '?';
        written += length > 0 ? length : 1;
        read += length > 0 ? length : 1;
    }
    to[written] = '\0';
}

static void put_sentence(trm_error *error, const char *sentence, size_t bytes, bool cut)
{
    const size_t reach = error_reach(error, MESSAGE_OFFSET);
    if (reach == 0)
        return;
    copy_printable(error->message, reach < MESSAGE_BYTES ? reach : MESSAGE_BYTES, sentence, bytes, cut);
    if (error->size > sizeof *error)
        memset((char *)error + sizeof *error, 0, error->size - sizeof *error);
}

trm_status trmi_fail(trm_error *error, trm_status status, const char *format, ...)
{
    char sentence[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const size_t length = trmi_write_message(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    trmi_fail_plainly(error, status);
    put_sentence(error, sentence, strlen(sentence), length >= sizeof sentence);
    return status;
}

trm_status trmi_fail_within(trm_error *error, trm_status status, const char *where)
{
    const size_t reach = error_reach(error, MESSAGE_OFFSET);
    return trmi_fail(error, status, "%s: %s", where, reach > 0 ? error->message : "");
}

#endif

static size_t struct_size(const void *structure)
{
    size_t size;
    memcpy(&size, structure, sizeof size);
    return size;
}

static trm_status check_struct_size(size_t size, size_t least, const char *what, trm_error *error)
{
    if (size >= least && size <= STRUCT_LIMIT)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "%s.size is %zu, expected %zu to %d: fill the struct with its _INIT macro", what, size,
                     least, STRUCT_LIMIT);
}

trm_status trmi_read_struct(void *to, size_t known, const void *from, size_t least, const char *what,
                            trm_error *error)
{
    const size_t size = struct_size(from);
    assert(to != from && least <= known);
    TRMI_TRY(check_struct_size(size, least, what, error));
    for (size_t i = known; i < size; i++)
        if (((const unsigned char *)from)[i] != 0)
            return trmi_fail(error, TRM_ERROR_ARGUMENT,
                             "%s has a field at byte %zu, but this library (%s) knows %zu bytes", what, i,
                             trm_version_text(), known);
    memcpy(to, from, size < known ? size : known);
    memcpy(to, &known, sizeof known);
    return TRM_OK;
}

trm_status trmi_read_element(void *to, size_t known, const void *array, size_t index, const char *what,
                             trm_error *error)
{
    const size_t size = struct_size(array);
    TRMI_TRY(check_struct_size(size, sizeof size, what, error));
    const char *element = (const char *)array + index * size;
    if (struct_size(element) != size)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "%s[%zu].size is %zu, expected %zu, as in the first",
                         what, index, struct_size(element), size);
    return trmi_read_struct(to, known, element, sizeof size, what, error);
}

trm_status trmi_check_struct(const void *to, size_t least, const char *what, trm_error *error)
{
    return check_struct_size(struct_size(to), least, what, error);
}

trm_status trmi_write_struct(void *to, const void *from, size_t known, size_t least, const char *what,
                             trm_error *error)
{
    const size_t size = struct_size(to);
    assert(to != from && least <= known);
    TRMI_TRY(check_struct_size(size, least, what, error));
    memcpy(to, from, size < known ? size : known);
    memcpy(to, &size, sizeof size);
    if (size > known)
        memset((char *)to + known, 0, size - known);
    return TRM_OK;
}

/* Not pointers: in firmware the linker drops what nobody asks for. */
const char *trm_status_name(trm_status status)
{
    static const char names[][sizeof "TRM_ERROR_UNSUPPORTED"] = {
        [TRM_OK] = "TRM_OK",
        [TRM_ERROR_ARGUMENT] = "TRM_ERROR_ARGUMENT",
        [TRM_ERROR_MEMORY] = "TRM_ERROR_MEMORY",
        [TRM_ERROR_WORKSPACE] = "TRM_ERROR_WORKSPACE",
        [TRM_ERROR_FILE] = "TRM_ERROR_FILE",
        [TRM_ERROR_FORMAT] = "TRM_ERROR_FORMAT",
        [TRM_ERROR_VERSION] = "TRM_ERROR_VERSION",
        [TRM_ERROR_CHECKSUM] = "TRM_ERROR_CHECKSUM",
        [TRM_ERROR_UNSUPPORTED] = "TRM_ERROR_UNSUPPORTED",
        [TRM_ERROR_PUZZLE] = "TRM_ERROR_PUZZLE",
    };
    return (size_t)status < sizeof names / sizeof *names ? names[status] : "unknown status";
}
