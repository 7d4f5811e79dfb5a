/* The header of a table of puzzles: which column is what, and what separates columns. */
#ifndef TRMI_PUZZLES_TABLE_COLUMNS_H
#define TRMI_PUZZLES_TABLE_COLUMNS_H

#include "lib/puzzles/list.h"

typedef struct trmi_table_header {
    char separator;
    bool exact;                     /* begins as TRMI_CSV_HEADER, to the byte: spaces and quotes are cells */
    bool spaced;                    /* a space behind each separator belongs to it */
    size_t columns;                 /* in a row */
    size_t place[TRMI_LIST_FIELDS]; /* from 1; 0: there is no such column */
    bool words;                     /* ratings may be words: the column is not called as in TRMI_CSV_HEADER */
} trmi_table_header;

/* Reads a line as a header. False when no column is that of questions. */
bool trmi_table_header_read(trmi_table_header *header, const trm_csv *list);

/* A cut through a line, from field to field. */
typedef struct trmi_table_cut {
    char *at, *end; /* end has a zero, or a separator, that may be overwritten */
    char separator;
    bool quotes, spaced, first, more;
} trmi_table_cut;

/* The next field, without its quotes; a zero is put behind it. False when there was no further one, or when
 * something follows a closing quote: then *stray is true. */
bool trmi_table_cut_field(trmi_table_cut *cut, char **text, size_t *length, bool *stray);

#endif
