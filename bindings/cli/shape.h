/* The dimensions of a new model, as init and train take them. */
#ifndef TRM_CLI_SHAPE_H
#define TRM_CLI_SHAPE_H

#include <trm/train.h>

#include "bindings/cli/options.h"

typedef struct model_shape {
    uint32_t block, gate, position_encoding, likelihood;
    uint64_t channels, prefix, blocks, heads, token_hidden, channel_hidden, cycles, updates, maximum_steps;
    /* relational */
    const char *relations, *sizes;
    uint64_t fields, helper_tokens, features;
    double start_noise;
    uint32_t halting;
} model_shape;

extern const choice block_choices[], gate_choices[], position_choices[], likelihood_choices[],
    halting_choices[];

/* clang-format off */
#define SHAPE_ROWS(type, shape, block_default, channel_default, prefix_default, gate_default, \
                   likelihood_default) \
    CHOICE_ROW(type, shape.block, "block", "KIND", block_choices, "mixer, attention or relational (default " block_default ")"), \
    NUMBER_ROW(type, shape.channels, "channels", "D", 1, 65536, "channels (default " channel_default ")"), \
    NUMBER_ROW(type, shape.prefix, "prefix", "P", 0, 65535, \
               "rows before a puzzle's tokens (default " prefix_default ")"), \
    NUMBER_ROW(type, shape.blocks, "blocks", "K", 1, 256, "blocks of the network (default 2)"), \
    NUMBER_ROW(type, shape.heads, "heads", "H", 1, 1024, \
               "attention heads (default: one for each 64 channels)"), \
    NUMBER_ROW(type, shape.cycles, "cycles", "T", 1, 65536, "updates of the answer in a step (default 3)"), \
    NUMBER_ROW(type, shape.updates, "updates", "n", 1, 65536, \
               "updates of the thought before each of them (default 6)"), \
    NUMBER_ROW(type, shape.maximum_steps, "maximum-steps", "N", 1, 65536, "supervision steps (default 16)"), \
    CHOICE_ROW(type, shape.gate, "gate", "KIND", gate_choices, "plain or normed SwiGLU (default " gate_default ")"), \
    NUMBER_ROW(type, shape.token_hidden, "token-hidden", "H", 1, 1048576, \
               "hidden width over positions (default: 8/3, to a multiple of 256)"), \
    NUMBER_ROW(type, shape.channel_hidden, "channel-hidden", "H", 1, 1048576, \
               "hidden width over channels (default: the same)"), \
    CHOICE_ROW(type, shape.position_encoding, "position-encoding", "KIND", position_choices, \
               "none, learned or rotary (default: none, rotary with attention)"), \
    CHOICE_ROW(type, shape.likelihood, "likelihood", "KIND", likelihood_choices, \
               "softmax or stablemax (default " likelihood_default ")"), \
    TEXT_ROW(type, shape.relations, "relations", "TEXT", \
             "relational: names such as row,column,cell, or NAME=SOURCE/LEVEL/AGGREGATES, spaces between (default: the task's)"), \
    NUMBER_ROW(type, shape.fields, "fields", "F", 1, 256, \
               "relational: values that are alike (default: sudoku, latin, colouring: all but the blank)"), \
    TEXT_ROW(type, shape.sizes, "sizes", "TEXT", \
             "relational: sizes that it takes beside its own: \"4x4 6x6\", \"5x5-30x30\", or numbers of positions; train --rules: " \
             "those of puzzles made up, such as 4-6"), \
    NUMBER_ROW(type, shape.helper_tokens, "helper-tokens", "N", 0, 65536, "relational: kinds of helpers (default 0)"), \
    NUMBER_ROW(type, shape.features, "features", "N", 0, 256, \
               "relational: real numbers with each position and helper (default 0)"), \
    REAL_ROW(type, shape.start_noise, "start-noise", "X", 100, \
             "relational: deviation of the random numbers that a run begins with (default 0)"), \
    CHOICE_ROW(type, shape.halting, "halting", "RULE", halting_choices, "relational: softmin (default) or product")
/* clang-format on */

/* Relations as an option names them; names lie in `text`. */
typedef struct relation_list {
    char text[2048];
    trm_relation_info relations[32];
} relation_list;

/* The shape in the options of trm_init(), whose other fields stay; its task and alphabet are there. `list`
 * lives as long as these. False after telling what is wrong. */
bool shape_apply(const cli_command *command, const model_shape *shape, relation_list *list,
                 trm_init_options *to);

/* Whether the command's option of this name was given. */
bool shape_was_given(const cli_command *command, const char *name);

#endif
