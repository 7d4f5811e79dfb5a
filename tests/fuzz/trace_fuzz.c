/* Any bytes as a trace. What is read can be drawn, and is the same when it was written and read again. */
#include <stdlib.h>
#include <string.h>

#include "bindings/trace/trace.h"
#include "tests/fuzz/target.h"

static char *written(const traced *t, trace_kind kind, size_t *size)
{
    char *text;
    if (trace_write(t, kind, &text, size, NULL) != TRM_OK || strlen(text) != *size)
        abort();
    return text;
}

static void check_again(const char *json, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    traced *again;
    size_t other_size;
    if (trace_read(json, size, &again, &error) != TRM_OK)
        abort();
    char *other = written(again, TRACE_JSON, &other_size);
    if (other_size != size || memcmp(json, other, size) != 0)
        abort();
    trace_text_free(other);
    trace_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    traced *t;
    char *exact = malloc(size > 0 ? size : 1); /* so that a read beyond it is seen */
    if (exact == NULL)
        return 0;
    if (size > 0)
        memcpy(exact, data, size);
    const trm_status status = trace_read(exact, size, &t, &error);
    if ((status == TRM_OK) != (t != NULL) || (status != TRM_OK && error.message[0] == '\0'))
        abort();
    for (trace_kind kind = TRACE_JSON; t != NULL && kind <= TRACE_PICTURE; kind++) {
        size_t length;
        char *text = written(t, kind, &length);
        if (kind == TRACE_JSON)
            check_again(text, length);
        trace_text_free(text);
    }
    trace_free(t);
    free(exact);
    return 0;
}
