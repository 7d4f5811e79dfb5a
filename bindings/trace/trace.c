/* A trace as a text. */
#define _POSIX_C_SOURCE 200809L

#include "bindings/trace/trace.h"

#include <locale.h>
#include <stdlib.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

#include "bindings/trace/text_stream.h"
#include "bindings/trace/traced.h"

static bool write_kind(const traced *t, trace_kind kind, FILE *to)
{
    char *json;
    size_t size;
    switch (kind) {
    case TRACE_PICTURE:
        return traced_write_picture(t, to);
    case TRACE_PAGE:
        if (trace_write(t, TRACE_JSON, &json, &size, NULL) != TRM_OK)
            return false;
        traced_write_page(json, size, to);
        trace_text_free(json);
        return true;
    default:
        traced_write_json(t, to);
        return true;
    }
}

static trm_status write_text(const traced *t, trace_kind kind, char **text, size_t *size, trm_error *error)
{
    FILE *memory = text_stream_open(text, size);
    bool good = memory != NULL && write_kind(t, kind, memory);
    good = good && ferror(memory) == 0;
    if (memory != NULL)
        good = text_stream_close(memory, text, size) && good;
    if (good)
        return TRM_OK;
    if (error != NULL)
        snprintf(error->message, sizeof error->message, "not enough memory for the text of a trace");
    free(*text);
    *text = NULL;
    return TRM_ERROR_MEMORY;
}

/* Numbers have points, also in a program whose locale has commas. */
trm_status trace_write(const traced *t, trace_kind kind, char **text, size_t *size, trm_error *error)
{
    const locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    const locale_t before = plain != (locale_t)0 ? uselocale(plain) : (locale_t)0;
    *text = NULL;
    *size = 0;
    const trm_status status = write_text(t, kind, text, size, error);
    if (plain != (locale_t)0) {
        uselocale(before);
        freelocale(plain);
    }
    return status;
}

void trace_text_free(char *text)
{
    free(text);
}
