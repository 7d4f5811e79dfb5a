/* What a model is: every number of design.md section 2, whether it came from a .trm file, a checkpoint or the
 * command line. */
#ifndef TRMI_MODEL_CONFIG_H
#define TRMI_MODEL_CONFIG_H

#include <stdbool.h>

#include <trm/trm.h>

#include "lib/core/export.h"

/* Limits of doc/format.md. They keep every product below inside 64 bits and every index inside 32. */
enum {
    TRMI_MAXIMUM_CHANNELS = 65536,
    TRMI_MAXIMUM_POSITIONS = 65536, /* prefix and sequence together, too */
    TRMI_MAXIMUM_VOCABULARY = 65536,
    TRMI_MAXIMUM_IDENTIFIERS = 16777216,
    TRMI_MAXIMUM_BLOCKS = 256,
    TRMI_MAXIMUM_HEADS = 1024,
    TRMI_MAXIMUM_HIDDEN = 1048576,
    TRMI_MAXIMUM_CYCLES = 65536, /* T and n each */
    TRMI_MAXIMUM_STEPS = 65536,
    TRMI_LANES = 16, /* width of a panel */
};

typedef struct trmi_config {
    uint32_t architecture;      /* trm_architecture */
    uint32_t block;             /* trm_block */
    uint32_t position_encoding; /* trm_position_encoding */
    uint32_t gate;              /* trm_gate */
    uint32_t likelihood;        /* trm_likelihood */
    uint32_t channels;          /* D */
    uint32_t positions;         /* S */
    uint32_t prefix;            /* P */
    uint32_t vocabulary;        /* V */
    uint32_t identifiers;       /* rows of the puzzle-embedding table, 0: none */
    uint32_t puzzle_width;      /* numbers in such a row, at most P * D, 0: none */
    bool registers;             /* the prefix is P learned rows; excludes a puzzle table */
    bool head_bias;             /* of the token head */
    uint32_t blocks;            /* K; HRM: of the low network */
    uint32_t high_blocks;       /* HRM only */
    uint32_t heads;             /* h, attention only */
    uint32_t token_hidden;      /* mixer only */
    uint32_t channel_hidden;
    uint32_t cycles;  /* T */
    uint32_t updates; /* n */
    uint32_t maximum_steps;
    uint32_t grid_rows, grid_columns; /* both 0 or product S */
    double rotary_base;               /* rotary only */
    double norm_epsilon;
    bool quantised; /* some weights are 8-bit integers: told by the tensors, not by metadata */
} trmi_config;

/* Everything that has to hold between the numbers; the message names the field, what it is and what it may
 * be. */
TRMI_EXPORT trm_status trmi_config_check(const trmi_config *config, trm_error *error);

/* N = P + S */
static inline uint32_t trmi_rows(const trmi_config *config)
{
    return config->prefix + config->positions;
}

/* channels, a hidden width or a head's width rounded up to whole panels */
static inline uint32_t trmi_padded(uint32_t width)
{
    return (width + TRMI_LANES - 1) / TRMI_LANES * TRMI_LANES;
}

/* The width of one head in memory: D / h rounded up to whole panels, so that every head begins at a panel. */
static inline uint32_t trmi_head_width(const trmi_config *config)
{
    return trmi_padded(config->channels / config->heads);
}

#endif
