/* What others need to know of the relational kind. */
#ifndef TRMI_NET_RELATIONAL_H
#define TRMI_NET_RELATIONAL_H

#include "lib/net/question.h"

enum {
    TRMI_SLOT_OWN = 0
}; /* the first slot; then one for each relation and aggregate; the last leads down */

/* Slots of the matrices that multiply what a relation's lists say: the sum's, the maximum's behind it. */
typedef struct trmi_heard_slots {
    uint32_t first, count;
    bool sum, max; /* which of them there are, in this order */
} trmi_heard_slots;

TRMI_EXPORT trmi_heard_slots trmi_heard_slots_of(const trmi_config *config, uint32_t relation);
TRMI_EXPORT uint32_t trmi_slot_down(const trmi_config *config);

/* What a relation worked out for an extent adds to its group_rows, or with `banded` to its band_rows. */
uint64_t trmi_group_rows(const trmi_extent *extent, const trmi_config *config, uint32_t relation,
                         const trmi_relation_table *table, bool banded);

/* The row of embed.tokens for node (position of `token`, value). */
static inline uint32_t trmi_relational_class(const trmi_config *config, uint32_t token, uint32_t value)
{
    if (!trmi_has_fields(config) || token < config->first_value)
        return token;
    return config->first_value + (token - config->first_value == value ? 0 : 1);
}

/* Whether a node that hears through it needs to know of other positions nothing but what groups say. */
bool trmi_hears_in_place(const trmi_extent *extent, const trmi_relation_table *table);

#endif
