/* A weight times activations, in the weight's own arithmetic: fp32, or 8-bit integers, to which the
 * activations are quantised on the fly. */
#ifndef TRMI_NET_MULTIPLY_H
#define TRMI_NET_MULTIPLY_H

#include "lib/model/model.h"

/* Room for quantised activations; NULL where no weight asks for them. */
typedef struct trmi_codes {
    int8_t *codes;
    float *scales;
} trmi_codes;

/* Rows of activations, to be multiplied by weights over their columns. */
typedef struct trmi_rows_operand {
    uint32_t rows, depth;
    trmi_rows_view numbers;
    trmi_codes quantised; /* when the weight is: codes [rows][depth padded to 16] */
    bool add;             /* to what is there: see trmi_adds() */
} trmi_rows_operand;

/* `codes` has room for what `weight` wants; several products may share the operand. */
trmi_rows_operand trmi_rows_operand_of(const trmi_kernels *kernels, const trmi_weight *weight,
                                       trmi_rows_view in, uint32_t rows, uint32_t depth, trmi_codes codes);

/* Whether the kernels can add a product to something, rounded each by itself. */
static inline bool trmi_adds(const trmi_kernels *kernels, const trmi_weight *weight, uint32_t depth)
{
    return TRMI_MAY_ADD && (trmi_is_quantised(weight) ? kernels->adds_quantised : depth <= TRMI_ADDED_DEPTH);
}

/* Some panels of a weight's outputs: the first, how many, and from one to the next how many panels. */
typedef struct trmi_panels {
    uint32_t first, count, step;
} trmi_panels;

/* c[count][rows][16], `c_panel` numbers from panel to panel = operand times the weight's panels */
void trmi_multiply_rows(const trmi_kernels *kernels, const trmi_weight *weight,
                        const trmi_rows_operand *operand, trmi_panels panels, float *c, size_t c_panel);

/* Panels of activations, to be multiplied by weights over their rows, each lane by itself. */
typedef struct trmi_lanes_operand {
    uint32_t panels, depth;
    const float *numbers; /* [panels][depth][16] */
    /* when the weight is: codes [panels][depth / 4, rounded up][16][4], scales [panels][16] */
    trmi_codes quantised;
} trmi_lanes_operand;

trmi_lanes_operand trmi_lanes_operand_of(const trmi_kernels *kernels, const trmi_weight *weight,
                                         const float *in, uint32_t panels, uint32_t depth, trmi_codes codes);

/* c[panels][count][16], `c_panel` numbers from panel to panel = the weight's rows from `begin` on times
   operand */
void trmi_multiply_lanes(const trmi_kernels *kernels, const trmi_weight *weight,
                         const trmi_lanes_operand *operand, uint32_t begin, uint32_t count, float *c,
                         size_t c_panel);

#endif
