/* A page that shows a trace and needs nothing else: page/trace.html with the trace in it. */
#include <string.h>

#include "bindings/trace/trace_html.h"
#include "bindings/trace/traced.h"

static const char place[] = "@TRACE@";

/* In JSON a < stands in texts alone, where a browser would take some for the end of the script. */
static void write_inside_html(FILE *to, const char *json, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (json[i] == '<')
            fputs("\\u003c", to);
        else
            fputc(json[i], to);
}

void traced_write_page(const char *json, size_t size, FILE *to)
{
    const char *hole = strstr(trace_html, place);
    fwrite(trace_html, 1, (size_t)(hole - trace_html), to);
    write_inside_html(to, json, size);
    fputs(hole + sizeof place - 1, to);
}
