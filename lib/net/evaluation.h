/* What an evaluation works on: its inputs, what lies between its phases, what its threads work in. */
#ifndef TRMI_NET_EVALUATION_H
#define TRMI_NET_EVALUATION_H

#include "lib/net/multiply.h"
#include "lib/net/question.h"

/* Activations are panels: [padded D / 16][N][16], spare lanes zero (lib/kernels/kernels.h). */

/* What lies between the phases of an evaluation; one puzzle at a time. */
typedef struct trmi_activations {
    float *u;    /* mixer: between its two halves */
    float *qkv;  /* attention: queries (then what heads make of them), keys, values; [3 h w / 16][N][16] */
    float *next; /* relational: a block's input, or what it makes of it, which others still hear; else NULL */
    float *groups; /* relational: what the groups say, [2 H / 16][rows][16] for each relation and aggregate */
    float *keys; /* attention: keys transposed, [h][N / 16, rounded up][w][16]: positions are lanes; in their
                      place keys and values as integers, where the block's weights are */
    float *idle; /* the largest of these blocks: between evaluations others may use it */
    uint64_t idle_numbers;
} trmi_activations;

/* What one thread needs while it works on some rows or panels. */
typedef struct trmi_scratch {
    float *gate;       /* gate products, and the up products of one panel after them */
    float *hidden;     /* a SwiGLU's hidden layer */
    float *out;        /* what is added to the residual */
    float *middle;     /* attention: what is between a block's halves, of some rows */
    float *scores;     /* attention: rows x padded N */
    float *inverse;    /* attention: one number a row */
    int8_t *shares;    /* attention, when the model has quantised weights: those of rows x padded N */
    float *sum, *most; /* relational: what nodes hear; sums share `out`; most NULL: no maxima */
    float *said[2];    /* relational: the products of sums and of maxima */
    trmi_codes codes;  /* quantised activations, when the model has quantised weights */
} trmi_scratch;

typedef struct trmi_evaluation {
    const trm_model *model;
    const trmi_network *network;
    const trmi_question *question; /* its extent and relations; its tokens are in the inputs, or `asked` */
    const float *a, *b, *c;        /* inputs; c may be NULL */
    bool asked;                    /* c is the question, which is embedded anew */
    float *to;                     /* may be one of them */
    trmi_activations *activations;
    const trm_executor *executor; /* its width is that of scratch */
    trmi_scratch *scratch;
} trmi_evaluation;

#endif
