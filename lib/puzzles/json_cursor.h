/* Where a line of JSON is read, and the few things that stand there: text, numbers, brackets. */
#ifndef TRMI_PUZZLES_JSON_CURSOR_H
#define TRMI_PUZZLES_JSON_CURSOR_H

#include <stdbool.h>

#include <trm/trm.h>

typedef struct trmi_json_cursor {
    char *begin, *at, *end;
    trm_error *error;
} trmi_json_cursor;

/* "column N: expected ..., found ...", of what stands there. */
trm_status trmi_json_fail(const trmi_json_cursor *c, const char *expected);

/* Takes the character, behind spaces, if it stands there. */
bool trmi_json_take(trmi_json_cursor *c, char character);
trm_status trmi_json_expect(trmi_json_cursor *c, char character);

/* The character that stands there, behind spaces; 0 at the end. */
char trmi_json_next(trmi_json_cursor *c);

/* Text, unescaped where it stands, with a zero behind it. */
trm_status trmi_json_string(trmi_json_cursor *c, char **text, size_t *length);

/* A whole number from `least` to `most`. */
trm_status trmi_json_whole(trmi_json_cursor *c, int64_t least, int64_t most, int64_t *number);

/* A number that is finite as a float. */
trm_status trmi_json_real(trmi_json_cursor *c, float *number);

#endif
