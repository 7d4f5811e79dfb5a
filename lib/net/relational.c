/* Nodes that hear from one another through relations, one set of weights for all of them.   doc/model.md
 *     h = [v ; sums and maxima of the lists that the node hears]      [g, s] = W h
 *     u = r_D(v + Wd (sigmoid(g) r_H(g s)))
 *
 * What a group says is the same for all of its members: it is multiplied once, in a phase of its own. Other
 * lists are one for each node, and are gathered and multiplied while the rows of their nodes are in cache. */
#include "lib/net/relational.h"

#include <assert.h>
#include <string.h>

#include "lib/core/name.h"
#include "lib/net/gated.h"
#include "lib/net/kinds.h"
#include "lib/net/phase.h"

/* ------------------------------------------------------------------------------------ slots and sizes */

trmi_heard_slots trmi_heard_slots_of(const trmi_config *config, uint32_t relation)
{
    trmi_heard_slots slots = { .first = TRMI_SLOT_OWN + 1 };
    for (uint32_t r = 0;; r++) {
        const uint32_t aggregates = config->relations.relation[r].aggregates;
        slots.sum = (aggregates & (TRMI_AGGREGATE_SUM | TRMI_AGGREGATE_NODE)) != 0;
        slots.max = (aggregates & TRMI_AGGREGATE_MAX) != 0;
        slots.count = slots.sum + slots.max;
        if (r == relation)
            return slots;
        slots.first += slots.count;
    }
}

uint32_t trmi_slot_down(const trmi_config *config)
{
    const trmi_heard_slots last = trmi_heard_slots_of(config, config->relations.count - 1);
    return last.first + last.count;
}

/* Fewer lists than positions: several have one in common. */
static bool is_of_groups(const trmi_relation_table *relation, const trmi_extent *extent)
{
    return relation->level == TRMI_LEVEL_POSITIONS && relation->lists < extent->positions;
}

/* How many groups have their products in memory at once: those of a band, or all. */
static uint32_t groups_at_once(const trmi_relation_table *table, const trmi_extent *extent, bool banded)
{
    return banded ? (uint32_t)((uint64_t)table->lists * table->band / extent->positions) : table->lists;
}

uint64_t trmi_group_rows(const trmi_extent *extent, const trmi_config *config, uint32_t relation,
                         const trmi_relation_table *table, bool banded)
{
    return is_of_groups(table, extent) ? (uint64_t)groups_at_once(table, extent, banded) * extent->fields *
                                             trmi_heard_slots_of(config, relation).count
                                       : 0;
}

bool trmi_hears_in_place(const trmi_extent *extent, const trmi_relation_table *table)
{
    return is_of_groups(table, extent) || table->level == TRMI_LEVEL_FIELDS;
}

/* The most rows that are worked on together: whole positions, as lists within them are theirs alone. */
static uint32_t slice_rows(const trmi_extent *most, uint32_t row_tile)
{
    return most->fields > row_tile ? most->fields : row_tile;
}

static uint32_t gate_width(const trmi_config *config)
{
    return 2 * trmi_padded(config->channel_hidden);
}

static void layout_activations(trmi_activations *activations, const trmi_config *config,
                               const trmi_extent *most, trmi_arena *arena)
{
    const uint64_t state = most->in_place ? 0 : (uint64_t)trmi_padded(config->channels) * most->rows,
                   groups = gate_width(config) * (most->banded ? most->band_rows : most->group_rows);
    if (state > 0)
        activations->next = trmi_arena_take(arena, state, sizeof(float));
    activations->groups = trmi_arena_take(arena, groups, sizeof(float));
    activations->idle = state > groups ? activations->next : activations->groups;
    activations->idle_numbers = state > groups ? state : groups;
}

static bool hears_maxima(const trmi_config *config)
{
    bool max = false;
    for (uint32_t r = 0; r < config->relations.count; r++)
        max |= trmi_heard_slots_of(config, r).max;
    return max;
}

/* A region is shared: lists are heard before the output is made. */
static void layout_scratch(trmi_scratch *scratch, const trmi_config *config, const trmi_extent *most,
                           trmi_arena *arena)
{
    const uint64_t rows = slice_rows(most, trmi_row_tile_for(arena)),
                   channels = trmi_padded(config->channels), hidden = trmi_padded(config->channel_hidden);
    const bool max = hears_maxima(config);
    scratch->gate = trmi_arena_take(arena, rows * gate_width(config), sizeof(float));
    scratch->out = scratch->sum = trmi_arena_take(arena, rows * channels, sizeof(float));
    scratch->most = max ? trmi_arena_take(arena, rows * channels, sizeof(float)) : NULL;
    scratch->said[0] = trmi_arena_take(arena, rows * gate_width(config), sizeof(float));
    scratch->said[1] = max ? trmi_arena_take(arena, rows * gate_width(config), sizeof(float)) : NULL;
    if (!config->quantised)
        return;
    scratch->codes.codes = trmi_arena_take(arena, rows * (channels > hidden ? channels : hidden), 1);
    scratch->codes.scales = trmi_arena_take(arena, rows, sizeof(float));
}

/* ------------------------------------------------------------------------------------- what lists say */

/* The product of a slot and rows: of nodes, what they hear, the hidden layer; `add`: to what is there. */
static void multiply(const trmi_phase *phase, uint32_t slot, trmi_rows_view in, uint32_t rows,
                     trmi_rows_view to, bool add, trmi_scratch *scratch)
{
    const trm_model *model = phase->evaluation->model;
    const trmi_weight *weight = &phase->weights->slot[slot];
    const bool down = slot == trmi_slot_down(&model->config);
    const uint32_t depth = down ? model->config.channel_hidden : model->config.channels,
                   width = down ? trmi_padded(model->config.channels) : gate_width(&model->config);
    trmi_rows_operand operand =
        trmi_rows_operand_of(&model->kernels, weight, in, rows, depth, scratch->codes);
    operand.add = add;
    trmi_multiply_rows(&model->kernels, weight, &operand, (trmi_panels) { 0, width / TRMI_PANEL, 1 }, to.data,
                       to.panel);
}

/* Where the products of sums and of maxima go. */
typedef struct said_places {
    trmi_rows_view at[2];
    bool add; /* to what is there */
} said_places;

/* The products of what the lists of units begin .. end say: of their sums, of their maxima. */
static void multiply_said(const trmi_phase *phase, uint32_t relation, trmi_range units, const said_places *to,
                          trmi_scratch *scratch)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_config *config = &e->model->config;
    const trmi_relation_table *table = &e->question->relations[relation];
    const trmi_heard_slots slots = trmi_heard_slots_of(config, relation);
    const uint32_t fields = e->question->extent.fields,
                   rows = (units.end - units.begin) * trmi_relation_spread(table, fields);
    const size_t panel = (size_t)rows * TRMI_PANEL;
    const trmi_rows_view sum = { slots.sum ? scratch->sum : NULL, panel },
                         max = { slots.max ? scratch->most : NULL, panel };
    e->model->kernels.aggregate(&(trmi_aggregate) {
        .relation = table,
        .fields = fields,
        .begin = units.begin,
        .end = units.end,
        .panels = trmi_padded(config->channels) / TRMI_PANEL,
        .nodes = { phase->from, (size_t)phase->rows * TRMI_PANEL },
        .sum = sum,
        .max = max,
    });
    for (uint32_t i = 0; i < slots.count; i++)
        multiply(phase, slots.first + i, slots.sum && i == 0 ? sum : max, rows, to->at[i], to->add, scratch);
}

/* ------------------------------------------------------------------------------------------- phases */

static void add_inputs(void *argument, uint32_t index)
{
    const trmi_phase *phase = argument;
    const trmi_range rows = trmi_part_of(phase, phase->rows, 1, index);
    if (phase->first && rows.end > rows.begin)
        trmi_relational_add_inputs(phase, rows, &phase->evaluation->scratch[index]);
}

/* Where these groups of a relation have their products, of its aggregate number `which`. */
static trmi_rows_view groups_said(const trmi_phase *phase, uint32_t relation, uint32_t which)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_question *question = e->question;
    const trmi_extent *extent = &question->extent;
    const trmi_config *config = &e->model->config;
    uint64_t before = 0;
    for (uint32_t r = 0; r < relation; r++)
        before += trmi_group_rows(extent, config, r, &question->relations[r], extent->banded);
    const uint64_t rows =
        (uint64_t)groups_at_once(&question->relations[relation], extent, extent->banded) * extent->fields;
    return (trmi_rows_view) { e->activations->groups + (before + which * rows) * gate_width(config),
                              (size_t)rows * TRMI_PANEL };
}

/* Some of one relation's groups, as many at once as scratch has rows for; group `first` has row 0. */
static void hear_groups_of(const trmi_phase *phase, uint32_t relation, trmi_range groups, uint32_t first,
                           trmi_scratch *scratch)
{
    const trmi_question *question = phase->evaluation->question;
    const uint32_t spread = trmi_relation_spread(&question->relations[relation], question->extent.fields),
                   most = slice_rows(&question->extent, TRMI_ROW_TILE) / spread;
    for (uint32_t begin = groups.begin; begin < groups.end; begin += most) {
        const uint32_t end = groups.end - begin < most ? groups.end : begin + most;
        said_places to = { .add = false };
        for (uint32_t i = 0; i < 2; i++) {
            to.at[i] = groups_said(phase, relation, i);
            to.at[i].data += (size_t)(begin - first) * spread * TRMI_PANEL;
        }
        multiply_said(phase, relation, (trmi_range) { begin, end }, &to, scratch);
    }
}

/* This thread's part of all groups; those that come in bands are left to hear_bands(). */
static void hear_groups(void *argument, uint32_t index)
{
    const trmi_phase *phase = argument;
    const trmi_question *question = phase->evaluation->question;
    const uint32_t relations = question->extent.banded ? 0 : phase->evaluation->model->config.relations.count;
    for (uint32_t r = 0; r < relations; r++)
        if (is_of_groups(&question->relations[r], &question->extent))
            hear_groups_of(phase, r, trmi_part_of(phase, question->relations[r].lists, 1, index), 0,
                           &phase->evaluation->scratch[index]);
}

/* The groups whose products are in memory when the position hears them. */
static trmi_range groups_kept(const trmi_question *question, uint32_t relation, uint32_t position)
{
    const trmi_relation_table *table = &question->relations[relation];
    const bool banded = question->extent.banded;
    const uint32_t lists = groups_at_once(table, &question->extent, banded),
                   begin = banded ? position / table->band * lists : 0;
    return (trmi_range) { begin, begin + lists };
}

/* The groups whose band begins at the position: none of their members has been written. */
static void hear_bands(const trmi_phase *phase, uint32_t position, trmi_scratch *scratch)
{
    const trmi_question *question = phase->evaluation->question;
    for (uint32_t r = 0; r < phase->evaluation->model->config.relations.count; r++) {
        const trmi_relation_table *table = &question->relations[r];
        if (!is_of_groups(table, &question->extent) || position % table->band != 0)
            continue;
        const trmi_range groups = groups_kept(question, r, position);
        hear_groups_of(phase, r, groups, groups.begin, scratch);
    }
}

/* The first position behind this one that belongs to another band. */
static uint32_t bands_end(const trmi_phase *phase, uint32_t position)
{
    const trmi_question *question = phase->evaluation->question;
    uint32_t end = question->extent.positions;
    for (uint32_t r = 0; r < phase->evaluation->model->config.relations.count; r++) {
        const trmi_relation_table *table = &question->relations[r];
        const uint32_t left = table->band > 0 ? table->band - position % table->band : end - position;
        end = left < end - position ? position + left : end;
    }
    return end;
}

/* Units of a relation whose lists the nodes begin .. end have for themselves. */
static trmi_range units_of(const trmi_relation_table *table, const trmi_extent *extent, trmi_range nodes)
{
    if (TRMI_HAS_GIVEN && table->level == TRMI_LEVEL_NODES)
        return nodes;
    const uint32_t answering = extent->positions * extent->fields;
    if (nodes.begin >= answering)
        return (trmi_range) { 0, 0 };
    return (trmi_range) { nodes.begin / extent->fields, nodes.end / extent->fields };
}

/* What nodes hear, until it is added to their gates: the groups' products, and of one relation at most the
 * products of lists that these nodes have for themselves, which lie in scratch. */
typedef struct heard_terms {
    trmi_term terms[TRMI_TERMS_AT_ONCE];
    uint32_t count;
    bool in_scratch;
} heard_terms;

/* gate(node) += the terms, one after the other; at last it is gated, too. */
static void add_heard(const trmi_phase *phase, trmi_range nodes, heard_terms *what,
                      const trmi_scratch *scratch, bool last)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_kernels *kernels = &e->model->kernels;
    const trmi_extent *extent = &e->question->extent;
    (last ? kernels->gather_gate : kernels->gather_add)(&(trmi_gathering) {
        .to = { scratch->gate, (size_t)(nodes.end - nodes.begin) * TRMI_PANEL },
        .begin = nodes.begin,
        .end = nodes.end,
        .panels = gate_width(&e->model->config) / TRMI_PANEL,
        .fields = extent->fields,
        .answering = extent->positions * extent->fields,
        .terms = what->terms,
        .count = what->count,
    });
    what->count = 0;
    what->in_scratch = false;
}

/* Whether each node has a list for itself, whose products can be added to its gate at once: all of them, as
 * each may have a precision of its own. */
static bool hears_alone(const trmi_phase *phase, uint32_t relation)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_config *config = &e->model->config;
    const trmi_relation_table *table = &e->question->relations[relation];
    const trmi_heard_slots slots = trmi_heard_slots_of(config, relation);
    bool alone = TRMI_MAY_ADD && table->list_of == NULL && table->level != TRMI_LEVEL_FIELDS;
    for (uint32_t i = 0; alone && i < slots.count; i++)
        alone = trmi_adds(&e->model->kernels, &phase->weights->slot[slots.first + i], config->channels);
    return alone;
}

static void append_terms(heard_terms *to, const trmi_relation_table *table, const trmi_rows_view said[2],
                         uint32_t count, uint32_t first)
{
    assert(to->count + count <= TRMI_TERMS_AT_ONCE);
    for (uint32_t i = 0; i < count; i++)
        to->terms[to->count++] = (trmi_term) { table, { said[i].data, said[i].panel }, first };
}

/* The relation's terms, the sum's product and then the maximum's. */
static void hear_relation(const trmi_phase *phase, uint32_t relation, trmi_range nodes, heard_terms *to,
                          trmi_scratch *scratch)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_extent *extent = &e->question->extent;
    const trmi_relation_table *table = &e->question->relations[relation];
    const trmi_heard_slots slots = trmi_heard_slots_of(&e->model->config, relation);
    const bool groups = is_of_groups(table, extent);
    const trmi_range units = groups ? groups_kept(e->question, relation, nodes.begin / extent->fields)
                                    : units_of(table, extent, nodes);
    if (units.begin == units.end)
        return;
    const bool alone = !groups && hears_alone(phase, relation);
    if (to->count + slots.count > TRMI_TERMS_AT_ONCE || (!groups && to->in_scratch) ||
        (alone && to->count > 0))
        add_heard(phase, nodes, to, scratch, false);
    const size_t panel =
        (size_t)(units.end - units.begin) * trmi_relation_spread(table, extent->fields) * TRMI_PANEL;
    said_places said = { .add = alone };
    for (uint32_t i = 0; i < 2; i++)
        said.at[i] = groups ? groups_said(phase, relation, i)
                            : (trmi_rows_view) { alone ? scratch->gate : scratch->said[i], panel };
    if (!groups)
        multiply_said(phase, relation, units, &said, scratch);
    if (alone)
        return;
    to->in_scratch |= !groups;
    append_terms(to, table, said.at, slots.count, units.begin);
}

static void think_nodes(const trmi_phase *phase, trmi_range nodes, trmi_scratch *scratch)
{
    assert(nodes.begin < nodes.end && nodes.end <= phase->rows);
    const trm_model *model = phase->evaluation->model;
    const trmi_config *config = &model->config;
    const uint32_t rows = nodes.end - nodes.begin;
    const size_t panel = (size_t)rows * TRMI_PANEL;
    const trmi_rows_view from = trmi_rows_of(phase->from, phase->rows, nodes),
                         gate = { scratch->gate, panel },
                         hidden = { scratch->gate + gate_width(config) / 2 / TRMI_PANEL * panel, panel },
                         out = { scratch->out, panel };
    multiply(phase, TRMI_SLOT_OWN, from, rows, gate, false, scratch);
    heard_terms what = { .count = 0 };
    for (uint32_t r = 0; r < config->relations.count; r++)
        hear_relation(phase, r, nodes, &what, scratch);
    add_heard(phase, nodes, &what, scratch, true);
    model->kernels.norm_columns_gated(hidden, gate, rows, config->channel_hidden, model->norm_epsilon);
    multiply(phase, trmi_slot_down(config), hidden, rows, out, false, scratch);
    model->kernels.norm_columns(trmi_rows_of(phase->to, phase->rows, nodes), from, out, rows,
                                config->channels, model->norm_epsilon);
}

/* This thread's part of nodes, `step` of which belong together, from node `begin` on. */
static void think_part(const trmi_phase *phase, uint32_t begin, uint32_t count, uint32_t step, uint32_t index)
{
    const trmi_evaluation *e = phase->evaluation;
    const uint32_t block = e->model->kernels.row_tile / step, most = block > 0 ? block : 1;
    const trmi_range part = trmi_part_of(phase, count, 1, index);
    for (uint32_t at = part.begin; at < part.end; at += most) {
        const uint32_t end = part.end - at < most ? part.end : at + most;
        think_nodes(phase, (trmi_range) { begin + at * step, begin + end * step }, &e->scratch[index]);
    }
}

/* All positions, band after band. */
static void think_bands(const trmi_phase *phase, uint32_t index)
{
    const trmi_extent *extent = &phase->evaluation->question->extent;
    uint32_t end;
    for (uint32_t at = 0; at < extent->positions; at = end) {
        end = bands_end(phase, at);
        hear_bands(phase, at, &phase->evaluation->scratch[index]);
        think_part(phase, at * extent->fields, end - at, extent->fields, index);
    }
}

static void think(void *argument, uint32_t index)
{
    const trmi_phase *phase = argument;
    const trmi_extent *extent = &phase->evaluation->question->extent;
    if (extent->banded)
        think_bands(phase, index);
    else
        think_part(phase, 0, extent->positions, extent->fields, index);
    if (TRMI_HAS_GIVEN)
        think_part(phase, extent->positions * extent->fields, extent->helpers, 1, index);
}

static trmi_work *const phases[] = { add_inputs, hear_groups, think };

/* ------------------------------------------------------------------------------------------- the kind */

static uint32_t slot_count(const trmi_config *c)
{
    return trmi_slot_down(c) + 1;
}

/* The relation that a slot multiplies. */
static uint32_t relation_of(const trmi_config *c, uint32_t slot)
{
    uint32_t relation = 0;
    while (trmi_heard_slots_of(c, relation).first + trmi_heard_slots_of(c, relation).count <= slot)
        relation++;
    return relation;
}

/* offset(1,-2) as offset_1_-2: names of tensors have no brackets. */
static void plain_name(char name[TRMI_RELATION_NAME_BYTES], const trmi_relation *relation)
{
    memcpy(name, relation->name, TRMI_RELATION_NAME_BYTES);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '(' || *at == ',' ? '_' : *at == ')' ? '\0' : *at;
}

static void matrix(const trmi_config *c, uint32_t slot, trmi_tensor *tensor)
{
    char of[TRMI_RELATION_NAME_BYTES];
    if (slot == trmi_slot_down(c)) {
        trmi_describe_panels(tensor, "relational.down", 1, c->channels, c->channel_hidden);
        return;
    }
    trmi_describe_panels(tensor, "relational.own", 2, c->channel_hidden, c->channels);
    if (slot == TRMI_SLOT_OWN)
        return;
    const uint32_t number = relation_of(c, slot);
    const trmi_relation *relation = &c->relations.relation[number];
    const trmi_heard_slots slots = trmi_heard_slots_of(c, number);
    const char *aggregate = !slots.sum || slot > slots.first              ? "max"
                            : relation->aggregates == TRMI_AGGREGATE_NODE ? "node"
                                                                          : "sum";
    plain_name(of, relation);
    trmi_write_name(tensor->name, sizeof tensor->name, "relational.%s.%s", of, aggregate);
    tensor->relation = number;
}

static uint64_t products(const trmi_config *c, uint64_t nodes, const uint64_t *heard)
{
    const uint64_t pair = (uint64_t)c->channel_hidden * c->channels;
    uint64_t rows = 2 * nodes + nodes; /* their own into gate and up, and down */
    for (uint32_t r = 0; r < c->relations.count; r++)
        rows += 2 * heard[r] * trmi_heard_slots_of(c, r).count;
    return rows * pair;
}

const trmi_kind trmi_kind_relational = {
    .block = TRM_BLOCK_RELATIONAL,
    .name = "relational",
    .any_shape = true,
    .by_character = true,
    .check = TRMI_FOR_FILES(trmi_relational_check),
    .complete = TRMI_FOR_FILES(trmi_relational_complete),
    .slots = slot_count,
    .matrix = TRMI_FOR_FILES(matrix),
    .products = TRMI_FOR_FILES(products),
    .tables = trmi_no_tables,
    .bound_tables = trmi_no_bound,
    .fill_tables = trmi_no_filling,
    .activations = layout_activations,
    .scratch = layout_scratch,
    .embed = trmi_relational_embed,
    .read = trmi_relational_read,
    .head_size = trmi_relational_head_size,
    .phases = phases,
    .phase_count = sizeof phases / sizeof *phases,
};
