/* A model in memory that can be taught outside a trainer: one lesson at a time, from a fresh state. */
#ifndef TRM_TESTS_CLASSROOM_H
#define TRM_TESTS_CLASSROOM_H

#include "lib/learning/lesson.h"

typedef struct classroom {
    trm_allocator allocator;
    void *image; /* a .trm file */
    size_t bytes;
    trm_model *model; /* in place over it */
    trmi_parameters parameters;
    trmi_relation_table relations[TRMI_RELATIONS]; /* of the model's own shape */
    trmi_question question;
    void *tables; /* their lists */
    uint64_t tables_bytes;
    trmi_desk desk;
    float *sums, *flat; /* gradients: added up by lessons; of classroom_reduce() */
    float *y, *z;       /* the state after the last lesson */
} classroom;

/* `data` is any file that trm_convert_memory() reads. On failure there is nothing to close. */
trm_status classroom_open(classroom *room, const void *data, size_t bytes, bool recompute, trm_error *error);

/* The same for questions with so many helpers. */
trm_status classroom_open_for(classroom *room, const void *data, size_t bytes, bool recompute,
                              uint32_t helpers, trm_error *error);
void classroom_close(classroom *room);

/* Teaches the room's question, of which tokens and the like are set, from the state in y and z. */
trmi_lesson classroom_teach_on(classroom *room, const int32_t *labels, float *puzzle);

/* Teaches one puzzle from a fresh state: losses, gradients. `puzzle` receives the gradient of its embedding,
 * or is NULL. */
trmi_lesson classroom_teach(classroom *room, const int32_t *tokens, const int32_t *labels,
                            uint32_t identifier, float *puzzle);

/* flat = factor times the gradients since the room was opened. */
void classroom_reduce(classroom *room, float factor);

/* The last lesson's logits, S x V in panels. */
const trmi_value *classroom_logits(const classroom *room);

/* The parameter whose published name is the end of `name`; NULL when there is none. */
const trmi_parameter *classroom_parameter(const trmi_parameters *parameters, const char *name);

/* Numbers in the logical matrix of a parameter, and those numbers row by row, from `values` as they lie in
 * memory. */
uint64_t classroom_count(const trmi_parameter *parameter);
void classroom_unpack(const trmi_parameter *parameter, const float *values, float *to);

/* The largest difference, relative to the largest number of `published`; infinite for what is not a number,
 * and for any difference from zeros. */
double classroom_distance(const float *ours, const float *published, uint64_t count);

#endif
