/* dataset.json, which the published code writes beside its arrays: what holds for all puzzles of the
   folder. */
#ifndef TRMI_PUZZLES_ARRAY_ABOUT_H
#define TRMI_PUZZLES_ARRAY_ABOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trm/trm.h>

enum { TRMI_ABOUT_NAME = 32 };

typedef struct trmi_array_about {
    char set[TRMI_ABOUT_NAME]; /* what the names of the arrays begin with: "all" */
    int64_t cells;             /* of each puzzle; 0: not said */
    int64_t vocabulary;        /* tokens, with padding; 0: not said */
} trmi_array_about;

/* Reads the text, which is changed, and has a zero behind it; "" for a folder without the file. TRM_ERROR_FORMAT; TRM_ERROR_UNSUPPORTED for what no list of puzzles has. The sentence
 * does not name the file. */
trm_status trmi_array_about_read(trmi_array_about *about, char *text, size_t bytes, trm_error *error);

#endif
