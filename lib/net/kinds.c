/* What several kinds of blocks share. */
#include "lib/net/kinds.h"

#include <string.h>

#include "lib/core/error.h"

trm_status trmi_published_check(const trmi_config *c, trm_error *error)
{
    if (c->fields == 1 && c->helper_tokens == 0 && c->features == 0 && c->relations.count == 0 &&
        trmi_halts_by_head(c) && !c->cell_confidence && c->start_noise == 0.0)
        return TRM_OK;
    return trmi_fail(
        error, TRM_ERROR_FORMAT,
        "a %s model: expected no fields, helpers, features, relations or noise, and halting by logit or "
        "difference, found %u fields, %u relations and halting rule %u",
        trmi_kind_of(c->block)->name, (unsigned)c->fields, (unsigned)c->relations.count,
        (unsigned)c->halting);
}

uint32_t trmi_published_slots(const trmi_config *config)
{
    (void)config;
    return TRMI_PUBLISHED_SLOTS;
}

static void name_part(trmi_tensor *tensor, const char *name)
{
    memcpy(tensor->name, name, strlen(name) + 1);
}

void trmi_describe_rows(trmi_tensor *tensor, const char *name, uint32_t groups, uint32_t rows,
                        uint32_t columns)
{
    *tensor = (trmi_tensor) { .layout = TRMI_LAYOUT_ROWS,
                              .groups = groups,
                              .group_rows = rows,
                              .stored_group_rows = rows,
                              .column_groups = 1,
                              .group_columns = columns,
                              .stored_group_columns = columns };
    name_part(tensor, name);
}

void trmi_describe_panels(trmi_tensor *tensor, const char *name, uint32_t groups, uint32_t rows,
                          uint32_t columns)
{
    trmi_describe_rows(tensor, name, groups, rows, columns);
    tensor->layout = TRMI_LAYOUT_PANELS;
    tensor->stored_group_rows = trmi_padded(rows);
}

void trmi_describe_channels(const trmi_config *c, uint32_t slot, trmi_tensor *tensor)
{
    if (slot == TRMI_SLOT_CHANNELS_GATE_UP)
        trmi_describe_panels(tensor, "channels.gate_up", 2, c->channel_hidden, c->channels);
    else
        trmi_describe_panels(tensor, "channels.down", 1, c->channels, c->channel_hidden);
}

uint64_t trmi_channel_products(const trmi_config *c)
{
    return 3 * (uint64_t)trmi_rows(c) * c->channel_hidden * c->channels;
}

void trmi_no_tables(trm_model *model, trmi_arena *arena)
{
    (void)model;
    (void)arena;
}

void trmi_no_bound(const trmi_dimensions *dimensions, trmi_arena *arena)
{
    (void)dimensions;
    (void)arena;
}

void trmi_no_filling(trm_model *model)
{
    (void)model;
}
