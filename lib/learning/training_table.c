#include "lib/learning/training_table.h"

#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/learning/trainer.h"

/* -- the table -- */

#define MOST_STEPS 1e15
#define ANY 0x1p64 /* no bound */

/* clang-format off */
#define ROW(kind, field, least, most, number, shift, words, help) \
    { #field, help, words, offsetof(trm_train_options, field), kind, least, most, number, shift }
#define SWITCH(field, number, shift, help) ROW(TRM_OPTION_SWITCH, field, 0, 1, number, shift, NULL, help)
#define WORD(field, least, most, number, shift, words, help) \
    ROW(TRM_OPTION_WORD, field, least, most, number, shift, words, help)
#define COUNT(field, least, most, number, help) \
    ROW(TRM_OPTION_COUNT, field, least, most, number, 0, NULL, help)
#define LONG(field, least, most, number, help) ROW(TRM_OPTION_LONG, field, least, most, number, 0, NULL, help)
#define REAL(field, most, number, help) ROW(TRM_OPTION_REAL, field, 0, most, number, 0, NULL, help)

/* In the order in which they are shown. Numbers and shifts are those of checkpoints, for good; a new option
 * has bits that were 0. */
const trmi_option_row trmi_option_rows[TRMI_OPTION_ROWS] = {
    LONG(steps, 1, MOST_STEPS, 2, "optimiser steps of the whole run"),
    COUNT(batch, 1, 40000, 0, "puzzles of a step"),
    LONG(seed, 0, ANY, 3, "of everything that is drawn"),
    WORD(optimiser, TRM_OPTIMISER_ADAMW, TRM_OPTIMISER_MUON, 4, 0, "adamw adam-atan2 muon",
         "muon for the network's matrices and adamw for the rest, adamw or adam-atan2"),
    COUNT(maximum_steps, 1, TRMI_MAXIMUM_STEPS, 5,
          "supervision steps before a puzzle is replaced in any case"),
    REAL(learning_rate, 10, 6, "of adamw or adam-atan2"),
    REAL(weight_decay, 100, 7, "the same"),
    REAL(beta1, TRMI_BELOW_ONE, 8, "the same"),
    REAL(beta2, TRMI_BELOW_ONE, 9, "the same"),
    REAL(muon_learning_rate, 10, 10, "of muon"),
    REAL(muon_weight_decay, 100, 11, "the same"),
    REAL(muon_momentum, TRMI_BELOW_ONE, 12, "the same"),
    REAL(puzzle_learning_rate, 10, 13, "of puzzle embeddings"),
    REAL(puzzle_weight_decay, 100, 14, "the same"),
    LONG(warm_up, 0, MOST_STEPS, 15, "steps over which the learning rates rise"),
    SWITCH(cosine, 16, 0, "learning rates fall to 0 over the run as a cosine"),
    SWITCH(curriculum, 16, 8,
           "T 1 n 2 for the first 30 % of the run, T 2 n 4 until 60 %, then the model's own"),
    REAL(clip, 1e6, 17, "largest norm of a gradient; 0: any"),
    REAL(smoothing, TRMI_BELOW_ONE, 18, "of the labels"),
    REAL(halt_weight, 1000, 19, "of the halt loss beside the answer's"),
    REAL(cell_weight, 1000, 24, "relational models: of the loss of what cells say of themselves"),
    REAL(exploration, 1, 20, "share of the puzzles that must go on for a drawn number of steps"),
    REAL(replacement, 1, 25,
         "replace rightly answered puzzles with this probability, not by their halt logit; 0: by it"),
    ROW(TRM_OPTION_REAL, wrong_givens, 0, 1, 26, 32, NULL,
        "models with fields: share of puzzles with a wrong given, which no answer is right for"),
    SWITCH(staggered, 26, 0, "the first puzzles begin at drawn steps, as if under way"),
    REAL(average, TRMI_BELOW_ONE, 21, "decay of the averaged weights, which are the result"),
    LONG(average_begin, 0, ANY, 22, "the step from which on they are averaged"),
    COUNT(states, 1, 64, 23, "latent states of each puzzle, of which the best one learns"),
    COUNT(shards, 1, 1024, 1, "parts of a batch that threads take: the most threads that find work"),
    SWITCH(recompute, 16, 16, "less memory for a fifth more time"),
    SWITCH(plain, 16, 24, "puzzles as they are, not each under a random symmetry of its task"),
    WORD(precision, 0, TRM_PRECISION_INT8, 16, 32, "fp32 int8",
         "fp32, or int8: learn with rounded weights, for trm quantize to lose less"),
};
/* clang-format on */

TRM_API trm_status trm_train_option(uint32_t index, trm_option_info *info, trm_error *error)
{
    static const trm_train_options usual = TRM_TRAIN_OPTIONS_INIT;
    trm_option_info found = TRM_OPTION_INFO_INIT;
    if (info == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_train_option: info must not be NULL");
    if (index < TRMI_OPTION_ROWS) {
        const trmi_option_row *row = &trmi_option_rows[index];
        found.name = row->name;
        found.help = row->help;
        found.words = row->words;
        found.offset = row->offset;
        found.kind = row->kind;
        found.least = row->least;
        found.most = row->most;
        found.usual = trmi_option_value(row, &usual);
    }
    return trmi_write_struct(info, &found, sizeof found, sizeof found, "trm_option_info", error);
}

/* -- values -- */

/* As it lies in memory: an integer, or the bits of a double. */
static uint64_t whole_value(const trmi_option_row *row, const trm_train_options *options)
{
    const char *at = (const char *)options + row->offset;
    uint64_t whole;
    uint32_t half;
    memcpy(&half, at, sizeof half);
    if (row->kind != TRM_OPTION_LONG && row->kind != TRM_OPTION_REAL)
        return half;
    memcpy(&whole, at, sizeof whole);
    return whole;
}

static double real_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double trmi_option_value(const trmi_option_row *row, const trm_train_options *options)
{
    const uint64_t value = whole_value(row, options);
    return row->kind == TRM_OPTION_REAL ? real_of(value) : (double)value;
}

/* -- checkpoints -- */

/* In a checkpoint a real number that shares its eight bytes with other options is a float. */
static bool is_float(const trmi_option_row *row)
{
    return row->kind == TRM_OPTION_REAL && row->shift > 0;
}

static uint64_t mask_of(const trmi_option_row *row)
{
    switch (row->kind) {
    case TRM_OPTION_SWITCH:
    case TRM_OPTION_WORD:
        return UINT8_MAX;
    case TRM_OPTION_COUNT:
        return UINT32_MAX;
    case TRM_OPTION_LONG:
    case TRM_OPTION_REAL:
        break;
    }
    return is_float(row) ? UINT32_MAX : UINT64_MAX;
}

void trmi_options_list(const trm_train_options *options, uint64_t list[TRMI_OPTION_NUMBERS])
{
    memset(list, 0, TRMI_OPTION_NUMBERS * sizeof *list);
    for (int i = 0; i < TRMI_OPTION_ROWS; i++) {
        const trmi_option_row *row = &trmi_option_rows[i];
        const uint64_t value = whole_value(row, options);
        const uint64_t stored = is_float(row) ? trmi_bits_of_float((float)real_of(value)) : value;
        list[row->number] |= stored << row->shift;
    }
}

void trmi_options_unlist(const uint64_t list[TRMI_OPTION_NUMBERS], trm_train_options *options)
{
    for (int i = 0; i < TRMI_OPTION_ROWS; i++) {
        const trmi_option_row *row = &trmi_option_rows[i];
        char *at = (char *)options + row->offset;
        const uint64_t value = list[row->number] >> row->shift & mask_of(row);
        const double real = is_float(row) ? (double)trmi_float_of_bits((uint32_t)value) : real_of(value);
        const uint32_t half = (uint32_t)value;
        if (row->kind == TRM_OPTION_REAL)
            memcpy(at, &real, sizeof real);
        else if (row->kind == TRM_OPTION_LONG)
            memcpy(at, &value, sizeof value);
        else
            memcpy(at, &half, sizeof half);
    }
}
