/* The one list of the tensors that a configuration has: the reader binds by it, writers pack by it. */
#ifndef TRMI_MODEL_TENSORS_H
#define TRMI_MODEL_TENSORS_H

#include <assert.h>
#include <stdbool.h>

#include "lib/core/export.h"
#include "lib/model/config.h"

/* How numbers lie in the file and in memory.
 * rows:   [rows][columns]
 * panels: [stored rows / 16][columns][16], for matrices that multiply channels: row r, column c at ((r / 16)
 * * columns + c) * 16 + r % 16 */
typedef enum trmi_layout { TRMI_LAYOUT_ROWS = 1, TRMI_LAYOUT_PANELS = 2 } trmi_layout;

/* Which weight it is. Those of blocks are told apart by network, block and slot. */
typedef enum trmi_role {
    TRMI_EMBED_TOKENS,     /* embed.tokens      V (with fields: classes of tokens) x D, rows */
    TRMI_EMBED_POSITIONS,  /* embed.positions   N x D, rows: prefix rows have positions too */
    TRMI_EMBED_PUZZLES,    /* embed.puzzles     identifiers x puzzle_width, rows */
    TRMI_EMBED_REGISTERS,  /* embed.registers   P x D, rows */
    TRMI_EMBED_FEATURES,   /* embed.features    features x D, rows */
    TRMI_STATE_Y,          /* state.y           1 x D, rows (H_init) */
    TRMI_STATE_Z,          /* state.z           1 x D, rows (L_init) */
    TRMI_BLOCK_MATRIX,     /* NET.I.PART        slot of block I; lib/net has a file for each kind */
    TRMI_HEAD_TOKENS,      /* head.tokens       V (with fields: 1) x D, panels */
    TRMI_HEAD_TOKENS_BIAS, /* head.tokens.bias  1 x V (1), rows */
    TRMI_HEAD_HALT,        /* head.halt         2 x D, panels: halt, continue; of nodes: 1 x D */
    TRMI_HEAD_HALT_BIAS,   /* head.halt.bias    1 x 2 (1), rows */
    TRMI_ROLE_COUNT
} trmi_role;

/* Slots of mixers and of attention: what mixes positions, then what mixes channels. */
enum {
    TRMI_SLOT_MIX_IN,           /* tokens.gate_up, attention.qkv */
    TRMI_SLOT_MIX_OUT,          /* tokens.down, attention.out */
    TRMI_SLOT_CHANNELS_GATE_UP, /* channels.gate_up */
    TRMI_SLOT_CHANNELS_DOWN,    /* channels.down */
    TRMI_PUBLISHED_SLOTS
};

/* NET above: "net" in a TRM, "low" and "high" in an HRM. */
typedef enum trmi_network_index {
    TRMI_NETWORK_LOW = 0, /* TRM: the only one */
    TRMI_NETWORK_HIGH = 1
} trmi_network_index;

typedef struct trmi_tensor {
    char name[64];
    trmi_role role;
    uint32_t kind;              /* trm_block of the model */
    trmi_network_index network; /* of a block's matrix, as block and slot */
    uint32_t block, slot;
    uint32_t relation; /* that a relational block's matrix multiplies, where it does */
    trmi_layout layout;
    /* The logical matrix is `groups` groups of `group_rows` rows by `column_groups` groups of `group_columns`
     * columns. In memory each group is padded with zeros to stored_group_rows and stored_group_columns. */
    uint32_t groups, group_rows, stored_group_rows;
    uint32_t column_groups, group_columns, stored_group_columns;
} trmi_tensor;

/* Rows and columns as stored in the file (panels: rows are a multiple of 16). */
static inline uint64_t trmi_tensor_rows(const trmi_tensor *t)
{
    return (uint64_t)t->groups * t->stored_group_rows;
}
static inline uint64_t trmi_tensor_columns(const trmi_tensor *t)
{
    return (uint64_t)t->column_groups * t->stored_group_columns;
}

/* Logical rows and columns as stored: padding between groups counts. */
static inline uint64_t trmi_stored_row(const trmi_tensor *t, uint64_t row)
{
    assert(row < (uint64_t)t->groups * t->group_rows);
    return row / t->group_rows * t->stored_group_rows + row % t->group_rows;
}
static inline uint64_t trmi_stored_column(const trmi_tensor *t, uint64_t column)
{
    assert(column < (uint64_t)t->column_groups * t->group_columns);
    return column / t->group_columns * t->stored_group_columns + column % t->group_columns;
}

/* Calls `visit` for each tensor in the file's order, until it returns another status than TRM_OK, which is
 * then returned. The configuration has been checked. */
typedef trm_status trmi_tensor_visit(void *user, const trmi_tensor *tensor, trm_error *error);
TRMI_EXPORT trm_status trmi_tensors(const trmi_config *config, trmi_tensor_visit *visit, void *user,
                                    trm_error *error);

/* Index in memory of the number at stored (row, column). */
TRMI_EXPORT uint64_t trmi_number_index(const trmi_tensor *tensor, uint64_t row, uint64_t column);

/* The same at logical (row, column). */
TRMI_EXPORT uint64_t trmi_tensor_index(const trmi_tensor *tensor, uint64_t row, uint64_t column);

/* -- 8-bit integers
 *
 * Matrices of blocks can be integers with a scale for each stored row. Their columns are rounded up to
 * multiples of 4: rows: [rows][columns]
 * panels: [stored rows / 16][columns / 4][16][4]
 */

static inline bool trmi_tensor_in_block(const trmi_tensor *tensor)
{
    return tensor->role == TRMI_BLOCK_MATRIX;
}

/* Whether the tensor is one that can be quantised: sums of its products have to fit in 32 bits. */
TRMI_EXPORT bool trmi_tensor_quantises(const trmi_tensor *tensor);

static inline uint64_t trmi_code_columns(const trmi_tensor *tensor)
{
    return (trmi_tensor_columns(tensor) + 3) / 4 * 4;
}

/* Index of the integer at stored (row, column). */
TRMI_EXPORT uint64_t trmi_code_index(const trmi_tensor *tensor, uint64_t row, uint64_t column);

#endif
