/* Traces: a puzzle that was solved, with every step of every run, as JSON (doc/trace.md), as a page and as a
 * picture. What the command and the Python package share; declare.py reads this file, so that it has no more
 * than declarations. */
#ifndef TRM_TRACE_TRACE_H
#define TRM_TRACE_TRACE_H

#include <stddef.h>
#include <trm/trm.h>

typedef struct traced traced;

typedef enum trace_kind {
    TRACE_JSON = 0,   /* on one line, without its end */
    TRACE_PAGE = 1,   /* HTML that needs nothing else */
    TRACE_PICTURE = 2 /* SVG */
} trace_kind;

/* Solves one question and keeps all that was seen. `name` is that of the model's file, whose folder is left
 * out. A watcher of the options looks on, too. Free what is made. */
trm_status trace_solve(const trm_model *model, const char *name, const trm_questions *question,
                       const trm_solve_options *options, traced **made, trm_error *error);

enum { TRACE_MOST_BYTES = 268435456 }; /* of JSON that is read */

/* Reads a trace that was written as JSON: what is none, another version, or holds numbers that nothing could
 * have been is refused. */
trm_status trace_read(const char *json, size_t size, traced **made, trm_error *error);

/* The same trace gives the same bytes, whatever the locale. Free the text, whose end is a zero byte beyond
   `size`. */
trm_status trace_write(const traced *t, trace_kind kind, char **text, size_t *size, trm_error *error);
void trace_text_free(char *text);

void trace_free(traced *t);

#endif
