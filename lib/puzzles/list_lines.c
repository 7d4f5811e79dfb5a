/* Lines out of the bytes of a list. Only the line grows, up to a limit. */
#include "lib/puzzles/list.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

enum { FIRST_LINE_BYTES = 4096 };

static trm_status append_to_line(trm_csv *list, const void *bytes, size_t count, trm_error *error)
{
    const size_t needed = list->length + count + 1;
    const char first = list->length > 0 ? list->line[0] : count > 0 ? *(const char *)bytes : '\0';
    const int most = first == '{' ? TRMI_LIST_OBJECT_BYTES : TRMI_LIST_LINE_BYTES;
    if (needed > (size_t)most)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%.200s: line %" PRIu64
                         ": expected a line of less than %d bytes, found a longer one",
                         list->name, list->number + 1, most);
    if (needed > list->capacity) {
        const size_t capacity = 2 * needed > FIRST_LINE_BYTES ? 2 * needed : FIRST_LINE_BYTES;
        char *line = trmi_allocate(&list->allocator, capacity);
        if (line == NULL)
            return trmi_no_memory(error, "reading %.200s, line %" PRIu64, list->name, list->number + 1);
        if (list->length > 0)
            memcpy(line, list->line, list->length);
        trmi_release(&list->allocator, list->line);
        list->line = line;
        list->capacity = capacity;
    }
    memcpy(list->line + list->length, bytes, count);
    list->length += count;
    list->line[list->length] = '\0';
    return TRM_OK;
}

/* Appends what the list has up to the next end of a line. */
static trm_status read_on(trm_csv *list, bool *found, trm_error *error)
{
    bool ended = false;
    const size_t before = list->length;
    *found = false;
    while (!ended) {
        trmi_byte_block *from;
        trm_status status = trmi_list_bytes_next(&list->bytes, &from, error);
        if (status != TRM_OK)
            return status;
        const size_t left = from->filled - from->at;
        if (left == 0)
            break;
        const uint8_t *begin = from->bytes + from->at, *end = memchr(begin, '\n', left);
        const size_t count = end != NULL ? (size_t)(end - begin) : left;
        ended = end != NULL;
        from->at += count + (ended ? 1 : 0);
        *found = true;
        status = append_to_line(list, begin, count, error);
        if (status != TRM_OK)
            return status;
    }
    if (list->length > before && list->line[list->length - 1] == '\r')
        list->line[--list->length] = '\0';
    list->number += *found;
    return TRM_OK;
}

/* A byte order mark, which nobody sees. */
static void drop_mark(trm_csv *list)
{
    static const char mark[3] = "\xef\xbb\xbf";
    if (list->number != 1 || list->task.cell[0xef] || list->length < sizeof mark ||
        memcmp(list->line, mark, sizeof mark) != 0)
        return;
    list->length -= sizeof mark;
    memmove(list->line, list->line + sizeof mark, list->length + 1);
}

trm_status trmi_list_line(trm_csv *list, bool *found, trm_error *error)
{
    if (list->kept) {
        list->kept = false;
        *found = true;
        return TRM_OK;
    }
    list->length = 0;
    TRMI_TRY(read_on(list, found, error));
    if (*found)
        drop_mark(list);
    return TRM_OK;
}

trm_status trmi_list_longer_line(trm_csv *list, bool *found, trm_error *error)
{
    TRMI_TRY(append_to_line(list, "\n", 1, error));
    return read_on(list, found, error);
}

trm_status trmi_list_fail(const trm_csv *list, trm_error *error, const char *format, ...)
{
    char sentence[400];
    va_list values;
    va_start(values, format);
    vsnprintf(sentence, sizeof sentence, format, values);
    va_end(values);
    return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: line %" PRIu64 ": %s", list->name, list->number,
                     sentence);
}
