/* Heads of attention: softmax(scores) values, in numbers or, where the queries' weights are 8-bit integers,
 * in those. A head is w lanes wide in memory: D / h rounded up to whole panels. */
#ifndef TRMI_NET_ATTENTION_HEADS_H
#define TRMI_NET_ATTENTION_HEADS_H

#include "lib/net/phase.h"

/* The shapes that all phases share. */
typedef struct trmi_head_shape {
    uint32_t rows, width, heads;
    uint32_t key_panels; /* of 16 positions */
    size_t panel, head;  /* numbers in one panel of N rows, and in one head of such panels */
    size_t key_block;    /* numbers in 16 transposed keys */
    size_t value_block;  /* integers in 16 lanes of values */
} trmi_head_shape;

trmi_head_shape trmi_head_shape_of(const trmi_config *config);

/* Thread `index`'s part of all keys and values, turned to where scores and sums will find them. */
void trmi_turn_heads(const trmi_phase *phase, uint32_t index);

/* One head's softmax(scores) values of some rows, which take the place of their queries. Scores exist for
 * these alone. */
void trmi_attend_rows(const trmi_phase *phase, const trmi_head_shape *shape, uint32_t head, trmi_range rows,
                      trmi_scratch *scratch);

/* Room for the keys of all heads, and for what a thread needs for its rows. */
void trmi_attend_activations(trmi_activations *activations, const trmi_config *config, trmi_arena *arena);
void trmi_attend_scratch(trmi_scratch *scratch, const trmi_config *config, trmi_arena *arena);

#endif
