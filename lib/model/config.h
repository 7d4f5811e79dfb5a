/* What a model is: every number of doc/model.md, whether it came from a .trm file, a checkpoint or the
 * command line. */
#ifndef TRMI_MODEL_CONFIG_H
#define TRMI_MODEL_CONFIG_H

#include <stdbool.h>

#include <trm/trm.h>

#include "lib/core/export.h"
#include "lib/core/parts.h"
#include "lib/task/relations.h"

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
    TRMI_MAXIMUM_FEATURES = 256,
    TRMI_LANES = 16, /* width of a panel */
};

/* How what the nodes say of themselves becomes a halt logit (doc/model.md, halting). */
typedef enum trmi_halting {
    TRMI_HALTING_LOGIT = 1, /* no nodes: a head of its own at the first row */
    TRMI_HALTING_SOFTMIN = 2,
    TRMI_HALTING_PRODUCT = 3,
    TRMI_HALTING_DIFFERENCE = 4 /* as LOGIT, of the halt logit less the continue logit */
} trmi_halting;

/* The shapes that a model without a size of its own answers: the least and the most of each number. */
typedef struct trmi_bounds {
    uint32_t least_rows, most_rows;
    uint32_t least_columns, most_columns;
    uint32_t least_fields, most_fields;
    uint32_t most_positions;
} trmi_bounds;

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
    uint32_t box_rows, box_columns;   /* both 0: none */
    uint32_t fields;        /* F of the model's own shape; 1: positions have no nodes of their own */
    uint32_t first_value;   /* with fields: the token of the first */
    uint32_t helper_tokens; /* tokens of nodes that answer nothing, counted from 0 */
    uint32_t features;      /* real numbers that come with a node */
    uint32_t halting;       /* trmi_halting */
    bool cell_confidence;   /* taught to say of each position whether it is right */
    double start_noise;     /* deviation of z's start */
    double halt_threshold;  /* probability above which the model halts; 0: where the halt logit is above 0 */
    trmi_relations relations; /* in the order of their products */
    trmi_bounds bounds;       /* 0: that of the model's own shape */
    double rotary_base;       /* rotary only */
    double norm_epsilon;
    bool quantised; /* some weights are 8-bit integers: told by the tensors, not by metadata */
} trmi_config;

/* Everything that has to hold between the numbers; the message names the field, what it is and what it may
 * be. */
TRMI_EXPORT trm_status trmi_config_check(const trmi_config *config, trm_error *error);

/* A model's own shape. */
static inline trmi_shape trmi_config_shape(const trmi_config *config)
{
    return (trmi_shape) { .positions = config->positions,
                          .rows = config->grid_rows,
                          .columns = config->grid_columns,
                          .box_rows = config->box_rows,
                          .box_columns = config->box_columns,
                          .fields = config->fields };
}

/* Whether a head of its own says when to halt: a halt and a continue logit. No relational model's does. */
static inline bool trmi_halts_by_head(const trmi_config *config)
{
    return (!TRMI_RELATIONAL_ALONE || TRMI_HAS_FILES) &&
           (config->halting == TRMI_HALTING_LOGIT || config->halting == TRMI_HALTING_DIFFERENCE);
}

/* N = P + S, with fields S F */
static inline uint32_t trmi_rows(const trmi_config *config)
{
    return config->prefix + config->positions * config->fields;
}

static inline bool trmi_has_fields(const trmi_config *config)
{
    return config->fields > 1;
}

/* How many tokens a question may have in a shape of `fields` fields: with fields they end with the shape's
   last value, which may come before the vocabulary's end. */
static inline uint32_t trmi_known_tokens(const trmi_config *config, uint32_t fields)
{
    return trmi_has_fields(config) ? config->first_value + fields : config->vocabulary;
}

/* What the token head says of a row: a logit of each token, or of its node's value alone. */
static inline uint32_t trmi_outputs(const trmi_config *config)
{
    return trmi_has_fields(config) ? 1 : config->vocabulary;
}

/* The rows of embed.tokens: with fields those of the tokens that are no values, "this value", "another
   value". */
static inline uint32_t trmi_token_classes(const trmi_config *config)
{
    return (trmi_has_fields(config) ? config->first_value + 2 : config->vocabulary) + config->helper_tokens;
}

/* The hidden width of a SwiGLU over `size` inputs in the published code: round(4 size 2 / 3), to a multiple
   of 256. */
static inline uint32_t trmi_usual_hidden(uint32_t size)
{
    return (uint32_t)(((16 * (uint64_t)size + 3) / 6 + 255) / 256 * 256);
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
