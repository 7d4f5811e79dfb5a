/* Talking to people and machines: errors, colours, progress; JSON as bindings/trace/record.h has it. Results
 * go to stdout, talk to stderr. */
#ifndef TRM_CLI_REPORT_H
#define TRM_CLI_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <trm/trm.h>

#include "bindings/trace/record.h"

/* "trm: sentence" on stderr. Returns STATUS_DATA. */
int report_error(const char *format, ...);

/* The same, unless --quiet was given, about what ends nothing. */
void report_warning(const char *format, ...);

/* The failure of a call whose options are those of the command line. Returns STATUS_USAGE when they were
 * wrong, else STATUS_DATA. */
int report_failure(const char *command, trm_status status, const trm_error *error);

/* Text that others wrote, into which control characters and marks of direction may have been put to steer a
 * terminal: they become '?'. */
void write_plain(FILE *to, const char *text, size_t length);

/* Puts '?' for the bytes beyond ASCII of a text that is not UTF-8. */
void make_utf8(char *text);

/* A line of talk on stderr, unless --quiet was given. */
void report_talk(const char *format, ...);
void report_be_quiet(bool quiet);

/* The same as a result, on stdout. */
void report_result(const char *format, ...);

/* Whether the stream is a terminal that shows colours (and NO_COLOR is not set). */
bool has_colours(FILE *stream);

/* Flushes stdout; false when that, or anything written before, failed. */
bool report_written(void);

/* Notes that what went to standard output past the stream did not arrive, and why (errno). */
void report_not_written(int why);

/* The same at the end: STATUS_DATA and a sentence when it failed, else `status`. A reader that had enough is
 * no failure to talk about: STATUS_CLOSED_PIPE, also where SIGPIPE is ignored. */
int report_flush(int status);

/* Set by ctrl-C from catch_interrupts() on. */
bool was_interrupted(void);
void catch_interrupts(void);

/* Seconds since some fixed moment. */
double seconds_now(void);

/* Progress on a terminal: nothing in the first second, then a line that is rewritten. `done` of `total` (0:
 * unknown) in any unit; `before` of it was done when it began. */
typedef struct progress {
    double begin, shown, before;
    bool visible;
} progress;
progress progress_begin(void);
void progress_show(progress *progress, double done, double total, const char *what);
void progress_end(progress *progress);

#endif
