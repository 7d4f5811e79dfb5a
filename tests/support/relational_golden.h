/* The golden files of relational models (tests/golden/README.md): the model, the questions, and every tensor
 * by its name, as the reference model takes them. */
#ifndef TRM_TESTS_RELATIONAL_GOLDEN_H
#define TRM_TESTS_RELATIONAL_GOLDEN_H

#include <jansson.h>

#include "lib/interchange/safetensors.h"
#include "tests/support/reference_relational.h"

enum { GOLDEN_QUESTIONS = 16, GOLDEN_KEPT = 512 };

typedef struct relational_golden {
    trm_allocator allocator;
    trmi_safetensors file;
    json_t *config; /* of the metadata */
    reference_relational model;
    uint32_t steps, questions;
    reference_question question[GOLDEN_QUESTIONS];
    void *kept[GOLDEN_KEPT]; /* what is freed at the end */
    uint32_t kept_count;
} relational_golden;

/* Says on standard error what is wrong with the file, and ends the program. */
void relational_golden_open(relational_golden *golden, const char *path);
/* The model alone, of a file that need not be a golden one. */
void relational_golden_open_model(relational_golden *golden, const char *path);
void relational_golden_close(relational_golden *golden);

/* The numbers of the tensor of that name, which has as many; they live as long as the golden file. NULL where
 * there is no such tensor. */
double *relational_golden_numbers(relational_golden *golden, const char *name, size_t count);

#endif
