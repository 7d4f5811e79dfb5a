/* A page that shows a trace and needs nothing else: bindings/cli/page/trace.html with the trace in it. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/cli/trace_html.h"
#include "bindings/cli/traced.h"

static const char place[] = "@TRACE@";

/* In JSON a < stands in texts alone, where a browser would take some for the end of the script. */
static void write_inside_html(FILE *to, const char *json, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (json[i] == '<')
            fputs("\\u003c", to);
        else
            fputc(json[i], to);
}

bool traced_write_page(const traced *t, FILE *to)
{
    char *json = NULL;
    size_t length = 0;
    const char *hole = strstr(trace_html, place);
    FILE *memory = open_memstream(&json, &length);
    bool good = memory != NULL && hole != NULL && traced_write_json(t, memory);
    if (memory != NULL && fclose(memory) != 0)
        good = false;
    if (good) {
        fwrite(trace_html, 1, (size_t)(hole - trace_html), to);
        write_inside_html(to, json, length);
        fputs(hole + sizeof place - 1, to);
    } else if (memory == NULL) {
        report_error("not enough memory");
    }
    free(json);
    return good;
}
