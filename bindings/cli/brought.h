/* What questions of a batch bring along: lists of who hears whom, helpers, real numbers, one question after
   another. */
#ifndef TRM_CLI_BROUGHT_H
#define TRM_CLI_BROUGHT_H

#include <stdbool.h>
#include <trm/trm.h>

enum { MOST_RELATIONS = 32, RELATION_NAME = 32 };

/* Numbers of four bytes. */
typedef struct number_list {
    void *at;
    size_t count, room;
} number_list;

typedef struct brought_lists {
    char name[RELATION_NAME];
    uint32_t lists; /* of each question */
    number_list first, heard;
} brought_lists;

typedef struct brought {
    size_t questions, relation_count;
    brought_lists lists[MOST_RELATIONS];
    trm_relation relations[MOST_RELATIONS];
    number_list helpers, features;
    uint64_t most_heard; /* of one question */
} brought;

/* Whether a question brings lists for the same relations as those that are there. */
bool brought_fits(const brought *b, const trm_questions *question);

/* Adds what a question of so many nodes (positions and helpers) brings, which fits; false without memory. */
bool brought_add(brought *b, const trm_questions *question, size_t nodes, size_t helpers, uint32_t features);

/* Puts all of it into the struct for the questions. */
void brought_put(const brought *b, trm_questions *to);

void brought_clear(brought *b);
void brought_free(brought *b);

#endif
