/* What the phases of all kinds of blocks share. */
#ifndef TRMI_NET_PHASE_H
#define TRMI_NET_PHASE_H

#include "lib/net/evaluation.h"

/* One phase of one block, as all threads see it: the argument of the functions in trmi_kind.phases. */
typedef struct trmi_phase {
    const trmi_evaluation *evaluation;
    const trmi_block_weights *weights;
    uint32_t rows; /* N of the question */
    bool first;    /* the network's first block: its input is still to be added up */
    float *from;   /* the block's input */
    float *to;     /* its output */
    uint32_t parts;
} trmi_phase;

/* What thread `index` does of it, of so many rows or other things; parts begin at multiples of `step`. */
static inline trmi_range trmi_part_of(const trmi_phase *phase, uint32_t total, uint32_t step, uint32_t index)
{
    return TRMI_HAS_CALLBACKS ? trmi_part(total, step, index, phase->parts) : (trmi_range) { 0, total };
}

/* v = a + (b + c), `count` numbers from `begin`, to where the first block reads; that may be where a lies */
void trmi_add_inputs(const trmi_phase *phase, size_t begin, size_t count);

/* The same rows of every panel. */
void trmi_add_inputs_of_rows(const trmi_phase *phase, trmi_range rows);

/* Rows begin .. end of panels of `rows` rows in all. */
static inline trmi_rows_view trmi_rows_of(float *data, uint32_t rows, trmi_range range)
{
    return (trmi_rows_view) { data + (size_t)range.begin * TRMI_PANEL, (size_t)rows * TRMI_PANEL };
}

/* One of the tiles of rows that make up a thread's part; behind the last an empty one. */
trmi_range trmi_row_tile(const trmi_phase *phase, uint32_t index, uint32_t tile);

/* All of them. */
typedef void trmi_row_tile_function(const trmi_phase *phase, trmi_range rows, trmi_scratch *scratch);
void trmi_each_row_tile(const trmi_phase *phase, uint32_t index, trmi_row_tile_function *function);

/* to = r_D(middle + SwiGLU_D(middle)), a tile of rows */
void trmi_mix_channels(const trmi_phase *phase, trmi_rows_view middle, trmi_range rows,
                       trmi_scratch *scratch);

#endif
