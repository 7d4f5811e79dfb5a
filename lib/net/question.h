/* A question as networks see it: how large it is, and who hears whom. */
#ifndef TRMI_NET_QUESTION_H
#define TRMI_NET_QUESTION_H

#include "lib/kernels/relation.h"
#include "lib/model/model.h"

/* How large a question is. */
typedef struct trmi_extent {
    uint32_t positions;  /* S */
    uint32_t fields;     /* F, 1: none */
    uint32_t helpers;    /* nodes behind the S F that answer */
    uint32_t rows;       /* N of its states: P + S, or S F and the helpers */
    uint64_t group_rows; /* relational: rows of all that groups say, once for each group and aggregate */
    uint64_t band_rows;  /* of these, those of the lists of one band of each relation */
    bool in_place; /* relational: lists of nodes stay within a position: blocks may write where they read */
    bool banded;   /* in place, by one thread: groups are heard as a band begins and forgotten as it ends */
    bool anew;     /* relational: x is not kept but made of the tokens, row by row, wherever it is added */
} trmi_extent;

typedef struct trmi_question {
    trmi_extent extent;
    const int32_t *tokens;        /* S */
    uint32_t identifier;          /* of a row of the puzzle table, where there is one */
    const int32_t *helper_tokens; /* one for each helper */
    const float *features;        /* for each position, then each helper; NULL where the model has none */
    const trmi_relation_table *relations; /* as many as the model has, in its order */
} trmi_question;

/* What is read from a state. */
typedef struct trmi_reading {
    float *logits; /* S x V; a token that can be no answer has -INFINITY */
    float *cells;  /* S: the logit of "this position is right"; NULL where it is not wanted, or not known */
    float halt_logit, continue_logit;
} trmi_reading;

/* The extent of a question of the model's own shape, without relations. */
static inline trmi_extent trmi_own_extent(const trmi_config *config)
{
    return (
        trmi_extent) { .positions = config->positions, .fields = config->fields, .rows = trmi_rows(config) };
}

#endif
