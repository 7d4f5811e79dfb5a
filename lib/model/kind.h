/* A kind of block: everything that differs between mixers, attention and the others, as one row of a table.
 * The table stands in lib/net/kind_table.c, where the functions are; a model knows it through this header
 * alone. */
#ifndef TRMI_MODEL_KIND_H
#define TRMI_MODEL_KIND_H

#include "lib/core/executor.h"
#include "lib/core/memory.h"
#include "lib/model/config.h"
#include "lib/model/tensors.h"

struct trmi_activations;
struct trmi_scratch;
struct trmi_extent;
struct trmi_question;
struct trmi_reading;

/* What a file's directory says of a model's size, where no configuration has been read: each number is within
 * its limit, or 0 where the file does not say it. Nothing else has been checked. */
typedef struct trmi_dimensions {
    uint64_t prefix, positions, channels, heads, blocks, high_blocks;
    uint32_t position_encoding; /* trm_position_encoding */
} trmi_dimensions;

typedef struct trmi_kind {
    uint32_t block;   /* trm_block */
    const char *name; /* as files and command lines spell it */

    bool any_shape;    /* questions have shapes of their own, within the model's bounds */
    bool by_character; /* a puzzle's token is the model's token of the same character; else of the same
                          number, as published */

    /* What has to hold for the numbers of a configuration beyond the bounds of each. */
    trm_status (*check)(const trmi_config *config, trm_error *error);
    /* Fills what is 0 in a new model's configuration with the usual. */
    void (*complete)(trmi_config *config);

    /* Matrices of a block: how many, and what each is: the end of its name, layout and groups; the rest of
     * the tensor is filled in by the caller. */
    uint32_t (*slots)(const trmi_config *config);
    void (*matrix)(const trmi_config *config, uint32_t slot, trmi_tensor *tensor);

    /* Multiply-adds of one block in one evaluation of a question of `rows` rows (of the model's own where it
     * has no nodes), matrix products only. `heard`: for each relation how many different rows its lists
     * say. */
    uint64_t (*products)(const trmi_config *config, uint64_t rows, const uint64_t *heard);

    /* Memory that depends on the model alone, such as tables of angles: carves (or measures) model->tables,
     * then fills it. */
    void (*tables)(trm_model *model, trmi_arena *arena);
    /* At least what tables() takes, from the directory alone, so that a workspace has room for it. */
    void (*bound_tables)(const trmi_dimensions *dimensions, trmi_arena *arena);
    void (*fill_tables)(trm_model *model);

    /* Memory of an evaluation: what lies between phases, and what a thread works in. It depends on the
     * largest question, whose extent is given. */
    void (*activations)(struct trmi_activations *activations, const trmi_config *config,
                        const struct trmi_extent *most, trmi_arena *arena);
    void (*scratch)(struct trmi_scratch *scratch, const trmi_config *config, const struct trmi_extent *most,
                    trmi_arena *arena);

    /* x of a question whose tokens have been checked; spare lanes become zeros. */
    void (*embed)(const trm_model *model, const struct trmi_question *question, float *x);
    /* What y says of the question; false when one of the numbers overflowed. `head` has head_size()
       numbers. */
    bool (*read)(const trm_model *model, const struct trmi_question *question, const float *y, float *head,
                 struct trmi_reading *reading);
    uint64_t (*head_size)(const trmi_config *config, const struct trmi_extent *most);

    /* A block is these phases; between them all threads meet. The argument is a trmi_phase
       (lib/net/phase.h). */
    trmi_work *const *phases;
    uint32_t phase_count;
} trmi_kind;

/* A build that has relational models alone knows their row before it runs. */
#if defined(TRM_WITHOUT_MIXER) && defined(TRM_WITHOUT_ATTENTION)
extern const trmi_kind trmi_kind_relational;
#define TRMI_KIND(kind) ((void)(kind), &trmi_kind_relational)
#else
#define TRMI_KIND(kind) (kind)
#endif

/* What opening a file asks a kind for. */
#ifdef TRM_WITHOUT_FILES
#define TRMI_FOR_FILES(function) (1 ? NULL : (function))
#else
#define TRMI_FOR_FILES(function) (function)
#endif

/* The row of that number or name, or NULL. */
TRMI_EXPORT const trmi_kind *trmi_kind_of(uint32_t block);
const trmi_kind *trmi_kind_named(const char *name);

#endif
