/* Random numbers, the same on every machine, and models made of them. A test that fails is run again by the
 * seed that it printed. */
#ifndef TRM_TESTS_RANDOM_H
#define TRM_TESTS_RANDOM_H

#include "lib/model/config.h"

typedef struct random_source {
    uint64_t state;
} random_source;

/* The seed of this run: TRM_TEST_SEED in the environment, or 1; printed to stderr by the first call. */
uint64_t random_seed(void);

/* Independent numbers for each `stream` of the run's seed. */
random_source random_begin(uint64_t stream);

uint64_t random_next(random_source *source);

/* 0 .. limit - 1 */
uint32_t random_below(random_source *source, uint32_t limit);

/* Evenly from -1 to 1, and with mean 0 and variance 1. */
double random_even(random_source *source);
double random_normal(random_source *source);

/* `count` values of 0 .. limit - 1. */
void random_tokens(random_source *source, int32_t *tokens, size_t count, uint32_t limit);

/* A small model of that kind, with every width ragged: 20 channels, 9 positions behind 2 prefix rows of a
 * table of 3 puzzles. */
enum { RANDOM_POSITIONS = 9, RANDOM_VOCABULARY = 7 };
trmi_config random_config(trm_block block);

/* Makes a relational model of it, with the positions, the vocabulary and the widths that it has: a grid of
 * one row, or of two, whose values, all tokens but the first, are alike; or without values where `fields` is
 * false. */
void random_make_relational(trmi_config *config, bool fields);

/* A file in memory; free(file.data) releases it. */
typedef struct random_file {
    void *data;
    size_t bytes;
} random_file;

/* A safetensors file with the published names. Weights of a matrix have a standard deviation of scale /
 * sqrt(its columns): with 0.5 the recursion contracts, with 1 small differences grow. Like the two that
 * follow, it ends the test program on a failure. */
random_file random_checkpoint(const trmi_config *config, random_source *source, double scale);

/* The same converted to .trm, aligned for use in place. Without data when `deflate` is asked for in a build
 * without zlib. */
random_file random_model_file(const trmi_config *config, random_source *source, double scale, bool deflate);

/* Opened; the file's data must outlive the model. */
trm_model *random_model_open(const random_file *file);

#endif
