/* JSON objects on one line. No name here begins with json_: the JSON library of libtrm-train owns those, and
 * would call ours. */
#ifndef TRM_TRACE_RECORD_H
#define TRM_TRACE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct record {
    FILE *to;
    bool more;
} record;
record record_begin(FILE *to);
void record_key(record *r, const char *key);
void record_text(record *r, const char *key, const char *text);
void record_number(record *r, const char *key, double number); /* six digits */
void record_float(record *r, const char *key, float number);   /* nine, enough to find the same float again */
void record_integer(record *r, const char *key, uint64_t number);
void record_end(record *r);

/* Values alone. JSON has null for numbers that are infinite or none. */
void write_json_float(FILE *to, float number);
void write_json_text(FILE *to, const char *text); /* what is not UTF-8 as by write_json_bytes() */
void write_json_bytes(FILE *to, const char *bytes,
                      size_t length); /* each byte a character, those beyond 0x7f of Latin-1 */

bool is_utf8(const char *text);

/* Bytes of the character at `text` that steers a terminal or turns the order of letters round: controls of
 * ASCII and of Latin-1, separators of lines, marks of direction; 0 for any other. */
size_t steering(const char *text, size_t length);

#endif
