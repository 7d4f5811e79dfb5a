/* Puzzles of a task that nobody has named, as characters: what a survey looks at. */
#ifndef TRMI_PUZZLES_SAMPLE_H
#define TRMI_PUZZLES_SAMPLE_H

#include <stdbool.h>

#include <trm/train.h>

#include "lib/task/relations.h"

enum { TRMI_SAMPLE_ROWS = 100000, TRMI_SAMPLE_BYTES = 64 << 20 };

typedef struct trmi_sample_row {
    uint64_t begin;         /* of its question in `text`; its answer follows */
    uint32_t cells, fields; /* fields 0: not said */
    uint32_t brings;        /* a checksum of its relations */
    size_t list;            /* number of the list that it is from */
    uint64_t line;          /* of that list */
} trmi_sample_row;

/* A relation that puzzles bring, and what answers have where one cell hears another. */
typedef struct trmi_sample_relation {
    char name[TRMI_RELATION_NAME_BYTES];
    uint64_t rows;                  /* that bring it */
    bool nodes;                     /* lists of nodes: nothing is counted */
    uint64_t pairs, equal, greater; /* the one that hears is greater */
} trmi_sample_relation;

typedef struct trmi_sample {
    trm_allocator allocator;
    const char *const *paths;
    uint64_t count, room;
    trmi_sample_row *row; /* count */
    uint8_t *text;
    uint64_t used, text_room;
    uint32_t cells, most_cells; /* of each row, 0: they differ; of the largest */
    uint32_t rows, columns;     /* that all rows name; 0: none, or several */
    uint32_t helper_tokens;     /* kinds of helpers that rows bring */
    uint32_t relation_count;
    trmi_sample_relation relation[TRMI_RELATIONS];
    bool cut; /* the lists have more rows */
} trmi_sample;

static inline const uint8_t *trmi_sample_question(const trmi_sample *sample, uint64_t row)
{
    return sample->text + sample->row[row].begin;
}
static inline const uint8_t *trmi_sample_answer(const trmi_sample *sample, uint64_t row)
{
    return sample->text + sample->row[row].begin + sample->row[row].cells;
}

/* Reads lists into a sample that is zero. TRM_ERROR_PUZZLE for rows without an answer, or with one of another
 * length, else as trm_csv_open() and trm_csv_next(). Clear it in either case. */
trm_status trmi_sample_read(trmi_sample *sample, const char *const *paths, size_t count,
                            const trm_csv_options *options, trm_error *error);
void trmi_sample_clear(trmi_sample *sample);

/* Counts rows that repeat another. TRM_ERROR_PUZZLE for equal questions with different answers, with their
   rows. */
trm_status trmi_sample_compare(const trmi_sample *sample, uint64_t *repeated, trm_error *error);

/* TRM_ERROR_PUZZLE: "LIST, line N: " before the sentence that is in `error`. */
trm_status trmi_sample_fail(const trmi_sample *sample, uint64_t row, trm_error *error);

#endif
