/* A kind of block on the tape: the mirror of lib/net's table of kinds. Each kind has a file of its own. */
#ifndef TRMI_LEARNING_RECORDED_H
#define TRMI_LEARNING_RECORDED_H

#include "lib/learning/embedded.h"

typedef struct trmi_recorded_kind {
    uint32_t block; /* trm_block */
    /* One block, with the bits of trmi_evaluate(). */
    trmi_value *(*record)(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *v);
    /* How many entries and values `record` adds to a tape at most. */
    uint32_t (*entries)(const trmi_config *config);
    /* The way back through what trmi_kind.embed makes. */
    void (*embedded)(const trmi_embedded *embedded);
} trmi_recorded_kind;

extern const trmi_recorded_kind trmi_recorded_mixer, trmi_recorded_attention, trmi_recorded_relational;

/* SwiGLU over the channels of both: r_D(u + SwiGLU_D(u)) */
trmi_value *trmi_record_channel_mixing(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *u);

#endif
