/* Whether a model's belief in itself can be believed: how often it is right where it says that it is, and the
 * expected calibration error over 15 bins of equal width. */
#ifndef TRM_CLI_TRUST_H
#define TRM_CLI_TRUST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bindings/cli/report.h"

enum { TRUST_BINS = 15 };

/* Probabilities that were said, and what came of them. */
typedef struct calibration {
    uint64_t count[TRUST_BINS], right[TRUST_BINS];
    double said[TRUST_BINS];
} calibration;

void calibration_add(calibration *c, double probability, bool right);

/* The mean distance, over all that was said, between what a bin says and what is right in it; 0 to 1. */
double calibration_error(const calibration *c);

/* Of questions and of their cells. */
typedef struct trust {
    double threshold;           /* of the halt probability */
    uint64_t questions, sure;   /* sure: the model called its answer right */
    uint64_t mistaken;          /* of those: it was not */
    calibration answers, cells; /* at the step where each run stopped */
} trust;

/* A question whose answer the model believes in so far. */
void trust_add(trust *t, uint32_t stop, double halt_probability, bool right);

void trust_print(const trust *t);
void trust_record(const trust *t, record *r);

#endif
