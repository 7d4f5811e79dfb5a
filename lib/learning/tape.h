/* Differentiation. Operations run forward through the kernels of the core, and note on a tape what they did;
 * walking the tape back, each adds to the gradients of its inputs and of its matrix.
 *
 * A tape serves one puzzle on one thread. Without memory it only measures: the same operations tell how much
 * they need. */
#ifndef TRMI_LEARNING_TAPE_H
#define TRMI_LEARNING_TAPE_H

#include "lib/core/memory.h"
#include "lib/kernels/gradients.h"
#include "lib/model/tensors.h"
#include "lib/net/question.h"

/* An activation and its gradient: panels [padded width / 16][rows][16], spare lanes zero. */
typedef struct trmi_value {
    float *data;
    float *gradient; /* of the loss, once `reached`; NULL: not wanted */
    size_t panel;    /* distance between panels */
    uint32_t rows, width;
    bool reached; /* the gradient holds a sum already */
} trmi_value;

/* A matrix of the model as training sees it; shapes are those in memory, padding included. */
typedef struct trmi_matrix {
    const float *values;     /* outputs x inputs, as the kernels of the core want it */
    const float *transposed; /* of rows: inputs x outputs; of panels: in panels of 16 inputs */
    uint64_t gradient;       /* where in a block of gradients its gradient begins: panels as the matrix;
                            rows: outputs x padded inputs */
    uint32_t outputs, inputs;
    trmi_layout layout;
} trmi_matrix;

typedef struct trmi_tape trmi_tape;
typedef struct trmi_entry trmi_entry;

/* Adds to the gradients of an entry's inputs; that of its output is complete. */
typedef void trmi_backward(trmi_tape *tape, const trmi_entry *entry);

struct trmi_entry {
    trmi_backward *backward;
    trmi_value *in[3], *out;
    const trmi_matrix *matrix;
    bool over_rows;                          /* the operation's sums run over rows, not over columns */
    const struct trmi_block_matrices *block; /* of an operation that is a whole block */
};

struct trmi_tape {
    const trmi_config *config;
    const trmi_question *question; /* its extent and relations */
    const trmi_kernels *kernels;
    const trmi_gradients *gradients;
    const float *rotary_cosines, *rotary_sines, *rotary_back; /* N x half; `back`: the sines, negated */
    float *sums;                                              /* gradients of the matrices go here */
    trmi_arena arena;                                         /* of the values */
    uint64_t most;  /* the most bytes of the arena that were in use */
    float *scratch; /* of one operation */
    uint64_t scratch_most;
    trmi_entry *entries;
    trmi_value *values;
    uint32_t entry_count, value_count, entry_capacity, value_capacity;
};

/* A place on the tape. */
typedef struct trmi_mark {
    uint64_t used;
    uint32_t entries, values;
} trmi_mark;

trmi_mark trmi_tape_mark(const trmi_tape *tape);

/* Forgets what came after the mark. */
void trmi_tape_rewind(trmi_tape *tape, trmi_mark mark);

/* A value of rows x width whose numbers nobody has written yet. */
trmi_value *trmi_tape_value(trmi_tape *tape, uint32_t rows, uint32_t width, bool with_gradient);

/* Some rows of another value: both share numbers and gradient. `whole` has to be `reached`. */
trmi_value *trmi_tape_rows(trmi_tape *tape, const trmi_value *whole, uint32_t begin, uint32_t rows);

/* Notes an operation. */
void trmi_tape_note(trmi_tape *tape, trmi_entry entry);

/* Room for `count` numbers that one operation works in; NULL while measuring. All calls give the same
   room. */
float *trmi_tape_scratch(trmi_tape *tape, uint64_t count);

/* Whether the tape only measures. */
static inline bool trmi_tape_measures(const trmi_tape *tape)
{
    return tape->arena.base == NULL;
}

/* Walks back to the mark. */
void trmi_tape_back(trmi_tape *tape, trmi_mark mark);

/* Adds `from`, in panels as far apart as the value's own, to a value's gradient; nothing when that is not
 * wanted. */
void trmi_value_add(const trmi_tape *tape, trmi_value *value, const float *from);

/* Fills a gradient with zeros and calls it reached. */
void trmi_value_clear(trmi_value *value);

/* Numbers of a value, spare lanes and all. */
static inline size_t trmi_value_count(const trmi_value *value)
{
    return (size_t)value->rows * trmi_padded(value->width);
}

#endif
