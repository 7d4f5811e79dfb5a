/* One evaluation of a network on one puzzle: to <- net(a + (b + c)). */
#ifndef TRMI_MODEL_EVALUATE_H
#define TRMI_MODEL_EVALUATE_H

#include "lib/core/executor.h"
#include "lib/core/export.h"
#include "lib/core/memory.h"
#include "lib/model/multiply.h"

/* Activations are panels: [padded D / 16][N][16], spare lanes zero (lib/kernels/kernels.h). */

/* What lies between the phases of an evaluation; one puzzle at a time. */
typedef struct trmi_activations {
    float *v;    /* a block's input */
    float *u;    /* mixer: between its two halves */
    float *qkv;  /* attention: queries, keys, values; [3 h w / 16][N][16] */
    float *keys; /* attention: keys turned, [h][N / 16, rounded up][w][16]: there positions are the lanes */
} trmi_activations;

/* What one thread needs while it works on some rows or panels. */
typedef struct trmi_scratch {
    float *gate;      /* gate products, and the up products of one panel after them */
    float *hidden;    /* a SwiGLU's hidden layer */
    float *out;       /* what is added to the residual */
    float *mixed;     /* attention: the heads' results, then a block's middle */
    float *scores;    /* attention: rows x padded N */
    float *inverse;   /* attention: one number a row */
    trmi_codes codes; /* quantised activations, when the model has quantised weights */
} trmi_scratch;

/* Carve them. */
TRMI_EXPORT void trmi_activations_layout(trmi_activations *activations, const trmi_config *config,
                                         trmi_arena *arena);
TRMI_EXPORT void trmi_scratch_layout(trmi_scratch *scratch, const trmi_config *config, trmi_arena *arena);

typedef struct trmi_evaluation {
    const trm_model *model;
    const trmi_network *network;
    const float *a, *b, *c; /* inputs; c may be NULL */
    float *to;              /* may be one of them */
    trmi_activations *activations;
    const trm_executor *executor; /* its width is that of scratch */
    trmi_scratch *scratch;
} trmi_evaluation;

TRMI_EXPORT void trmi_evaluate(const trmi_evaluation *evaluation);

#endif
