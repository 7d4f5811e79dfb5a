/* Talking to people and machines: errors, colours, progress, JSON. Results go to stdout, talk to stderr. */
#ifndef TRM_CLI_REPORT_H
#define TRM_CLI_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* "trm: sentence" on stderr. Returns STATUS_DATA. */
int report_error(const char *format, ...);

/* A line of talk on stderr, unless --quiet was given. */
void report_talk(const char *format, ...);
void report_be_quiet(bool quiet);

/* Whether the stream is a terminal that shows colours (and NO_COLOR is not set). */
bool has_colours(FILE *stream);

/* Flushes stdout; STATUS_DATA and a sentence when that failed, else `status`. */
int report_flush(int status);

/* Set by ctrl-C from catch_interrupts() on. */
bool was_interrupted(void);
void catch_interrupts(void);

/* Seconds since some fixed moment. */
double seconds_now(void);

/* Progress on a terminal: nothing in the first second, then a line that is rewritten. `done` of `total` (0: unknown) in any unit. */
typedef struct progress {
    double begin, shown;
    bool visible;
} progress;
progress progress_begin(void);
void progress_show(progress *progress, double done, double total, const char *what);
void progress_end(progress *progress);

/* A JSON object on one line. */
typedef struct json {
    FILE *to;
    bool more;
} json;
json json_begin(FILE *to);
void json_key(json *j, const char *key);
void json_text(json *j, const char *key, const char *text);
void json_number(json *j, const char *key, double number);
void json_integer(json *j, const char *key, uint64_t number);
void json_write_text(FILE *to, const char *text);
void json_end(json *j);

#endif
