/* The rows of the table of kinds, each from a file of its own, and what several of them share. */
#ifndef TRMI_NET_KINDS_H
#define TRMI_NET_KINDS_H

#include "lib/net/question.h"

struct trmi_phase;

extern const trmi_kind trmi_kind_mixer, trmi_kind_attention, trmi_kind_relational;

/* -- of mixers and attention, the published kinds -- */

uint32_t trmi_published_slots(const trmi_config *config);

/* Slots TRMI_SLOT_CHANNELS_GATE_UP and TRMI_SLOT_CHANNELS_DOWN, and the multiply-adds of both. */
void trmi_describe_channels(const trmi_config *config, uint32_t slot, trmi_tensor *tensor);
uint64_t trmi_channel_products(const trmi_config *config);

/* Nothing that only nodes have. */
trm_status trmi_published_check(const trmi_config *config, trm_error *error);

/* trmi_kind.embed, read and head_size; lib/net/embed.c and heads.c. */
void trmi_published_embed(const trm_model *model, const trmi_question *question, float *x);
bool trmi_published_read(const trm_model *model, const trmi_question *question, const float *y, float *head,
                         trmi_reading *reading);
uint64_t trmi_published_head_size(const trmi_config *config, const trmi_extent *most);

/* -- of relational models: lib/net/relational_check.c, relational_embed.c and heads.c -- */

trm_status trmi_relational_check(const trmi_config *config, trm_error *error);
void trmi_relational_complete(trmi_config *config);
void trmi_relational_embed(const trm_model *model, const trmi_question *question, float *x);
/* As trmi_add_inputs_of_rows(), also where the third is the question, whose x goes through scratch->out. */
void trmi_relational_add_inputs(const struct trmi_phase *phase, trmi_range rows,
                                const struct trmi_scratch *scratch);
bool trmi_relational_read(const trm_model *model, const trmi_question *question, const float *y, float *head,
                          trmi_reading *reading);
uint64_t trmi_relational_head_size(const trmi_config *config, const trmi_extent *most);

/* -- of all kinds -- */

/* A matrix in plain rows: `groups` groups of `rows` rows. */
void trmi_describe_rows(trmi_tensor *tensor, const char *name, uint32_t groups, uint32_t rows,
                        uint32_t columns);
/* A matrix in panels: each group of rows begins at a panel. */
void trmi_describe_panels(trmi_tensor *tensor, const char *name, uint32_t groups, uint32_t rows,
                          uint32_t columns);

/* For kinds that keep no memory of their own with the model. */
void trmi_no_tables(trm_model *model, trmi_arena *arena);
void trmi_no_bound(const trmi_dimensions *dimensions, trmi_arena *arena);
void trmi_no_filling(trm_model *model);

#endif
