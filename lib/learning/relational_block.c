#include "lib/learning/relational_block.h"

#include <assert.h>
#include <string.h>

#include "lib/core/executor.h"
#include "lib/net/relational.h"

/* What is kept of a block, values side by side on the tape; then what the lists say, slot by slot. */
enum { KEPT_GATE_UP, KEPT_DOWN, KEPT_HEARD };

enum { MOST_HEARD = 2 * TRMI_RELATIONS };

/* Nodes at a time: whole tiles of products. Panels of 64 rows would share places of a first-level cache. */
enum { TILE = 60 };

typedef struct block {
    const trmi_tape *tape;
    const trmi_config *config;
    const trmi_question *question;
    const trmi_block_matrices *matrices;
    trmi_value *v, *kept, *out;
    trmi_heard_slots slots[TRMI_RELATIONS];
    uint32_t down; /* slot */
} block;

/* What one block works in. Lists are those of relations whose products are added where nodes have them. */
typedef struct workroom {
    uint64_t numbers;                         /* in all */
    float *said[MOST_HEARD];                  /* forward: products of the lists of each slot */
    float *returned[TRMI_RELATIONS];          /* backward: gradients of the same, alike for sum and maximum */
    float *heard[MOST_HEARD];                 /* backward: gradients of what the lists say */
    float *to, *hidden, *hidden_to, *gate_to; /* of a tile */
} workroom;

static block block_of(const trmi_tape *tape, const trmi_block_matrices *matrices, trmi_value *v,
                      trmi_value *kept, trmi_value *out)
{
    block b = { .tape = tape, .config = tape->config, .question = tape->question, .matrices = matrices };
    b.v = v;
    b.kept = kept;
    b.out = out;
    for (uint32_t r = 0; r < b.config->relations.count; r++)
        b.slots[r] = trmi_heard_slots_of(b.config, r);
    b.down = trmi_slot_down(b.config);
    return b;
}

static trmi_value *heard_value(const block *b, uint32_t slot)
{
    return b->kept + KEPT_HEARD + (slot - TRMI_SLOT_OWN - 1);
}

static const trmi_matrix *matrix_of(const block *b, uint32_t slot)
{
    return b->matrices->slot[slot];
}

static uint32_t list_rows(const block *b, uint32_t relation)
{
    const trmi_extent *extent = &b->question->extent;
    return (uint32_t)trmi_relation_rows(&b->question->relations[relation], extent->fields, extent->positions);
}

/* Whether every node has a list of its own, so that its row is the node's. */
static bool is_alone(const block *b, uint32_t relation)
{
    return b->question->relations[relation].list_of == NULL && list_rows(b, relation) == b->v->rows &&
           b->config->channels <= TRMI_ADDED_DEPTH;
}

static trmi_range tile_from(const block *b, uint32_t begin)
{
    return (trmi_range) { begin, b->v->rows - begin < TILE ? b->v->rows : begin + TILE };
}

/* Rows of a value from row `begin` on. */
static trmi_rows_view rows_of(const trmi_value *value, uint32_t begin)
{
    return (trmi_rows_view) { value->data + (size_t)begin * TRMI_PANEL, value->panel };
}

static trmi_rows_view gradient_rows_of(const trmi_value *value, uint32_t begin)
{
    return (trmi_rows_view) { value->gradient + (size_t)begin * TRMI_PANEL, value->panel };
}

/* Gates and ups, and down, lie tile by tile: `rows` rows from row `begin` on are a tile's. */
static trmi_rows_view tile_of(const trmi_value *value, trmi_range nodes)
{
    return (trmi_rows_view) { value->data + (size_t)nodes.begin * trmi_padded(value->width),
                              (size_t)(nodes.end - nodes.begin) * TRMI_PANEL };
}

static trmi_rows_read read_only(trmi_rows_view view)
{
    return (trmi_rows_read) { view.data, view.panel };
}

/* ------------------------------------------------------------------------------------------- memory */

static float *take(float *base, uint64_t *used, uint64_t count)
{
    float *at = base == NULL ? NULL : base + *used;
    *used += count;
    return at;
}

/* Whichever way: the other one's regions lie over these. */
static workroom carve(const block *b, float *base, bool back)
{
    workroom room = { .numbers = 0 };
    const uint64_t gate_width = matrix_of(b, TRMI_SLOT_OWN)->outputs, width = trmi_padded(b->v->width);
    uint64_t *used = &room.numbers;
    for (uint32_t r = 0; r < b->config->relations.count; r++) {
        const trmi_heard_slots slots = b->slots[r];
        const uint64_t rows = list_rows(b, r);
        if (back && !is_alone(b, r))
            room.returned[r] = take(base, used, rows * gate_width);
        for (uint32_t i = slots.first - 1; i < slots.first - 1 + slots.count; i++)
            if (back)
                room.heard[i] = take(base, used, rows * width);
            else if (!is_alone(b, r))
                room.said[i] = take(base, used, rows * gate_width);
    }
    room.to = take(base, used, (uint64_t)TILE * width);
    room.hidden = take(base, used, (uint64_t)TILE * gate_width / 2);
    room.hidden_to = take(base, used, (uint64_t)TILE * gate_width / 2);
    room.gate_to = take(base, used, (uint64_t)TILE * gate_width);
    return room;
}

static workroom workroom_of(trmi_tape *tape, const block *b, bool back)
{
    const workroom measured = carve(b, NULL, back);
    float *base = trmi_tape_scratch(tape, measured.numbers);
    return base == NULL ? measured : carve(b, base, back);
}

/* ------------------------------------------------------------------------------------------- forward */

static void multiply(const block *b, uint32_t slot, trmi_rows_view in, uint32_t rows, trmi_rows_view to,
                     bool add)
{
    const trmi_matrix *matrix = matrix_of(b, slot);
    b->tape->kernels->product(&(trmi_product) {
        .rows = rows,
        .depth = matrix->inputs,
        .panels = matrix->outputs / TRMI_PANEL,
        .a = in.data,
        .a_row = TRMI_PANEL,
        .a_block = in.panel,
        .b = matrix->values,
        .b_panel = (size_t)matrix->inputs * TRMI_PANEL,
        .c = to.data,
        .c_row = TRMI_PANEL,
        .c_panel = to.panel,
        .add = add,
    });
}

static trmi_aggregate aggregate_of(const block *b, uint32_t relation)
{
    const trmi_extent *extent = &b->question->extent;
    const trmi_relation_table *table = &b->question->relations[relation];
    return (trmi_aggregate) {
        .relation = table,
        .fields = extent->fields,
        .end = trmi_relation_units(table, extent->positions),
        .panels = trmi_padded(b->v->width) / TRMI_PANEL,
        .nodes = { b->v->data, b->v->panel },
    };
}

/* What all lists say, and, but for those of single nodes, what becomes of it. */
static void hear(const block *b, const workroom *room)
{
    for (uint32_t r = 0; r < b->config->relations.count; r++) {
        const trmi_heard_slots slots = b->slots[r];
        const uint32_t rows = list_rows(b, r);
        trmi_aggregate aggregate = aggregate_of(b, r);
        if (slots.sum)
            aggregate.sum = rows_of(heard_value(b, slots.first), 0);
        if (slots.max)
            aggregate.max = rows_of(heard_value(b, slots.first + slots.sum), 0);
        b->tape->kernels->aggregate(&aggregate);
        for (uint32_t slot = slots.first; slot < slots.first + slots.count && !is_alone(b, r); slot++)
            multiply(b, slot, rows_of(heard_value(b, slot), 0), rows,
                     (trmi_rows_view) { room->said[slot - 1], (size_t)rows * TRMI_PANEL }, false);
    }
}

static void add_terms(const block *b, trmi_range nodes, const trmi_term *terms, uint32_t *count)
{
    const trmi_extent *extent = &b->question->extent;
    const trmi_value *gate_up = b->kept + KEPT_GATE_UP;
    if (*count > 0)
        b->tape->kernels->gather_add(&(trmi_gathering) {
            .to = tile_of(gate_up, nodes),
            .begin = nodes.begin,
            .end = nodes.end,
            .panels = gate_up->width / TRMI_PANEL,
            .fields = extent->fields,
            .answering = extent->positions * extent->fields,
            .terms = terms,
            .count = *count,
        });
    *count = 0;
}

/* Gates and ups of a tile: the own product, then the relations' in their order. */
static void open_gates(const block *b, const workroom *room, trmi_range nodes)
{
    const trmi_rows_view to = tile_of(b->kept + KEPT_GATE_UP, nodes);
    const uint32_t rows = nodes.end - nodes.begin;
    trmi_term terms[TRMI_TERMS_AT_ONCE];
    uint32_t count = 0;
    multiply(b, TRMI_SLOT_OWN, rows_of(b->v, nodes.begin), rows, to, false);
    for (uint32_t r = 0; r < b->config->relations.count; r++) {
        const trmi_heard_slots slots = b->slots[r];
        const bool alone = is_alone(b, r);
        if (alone || count + slots.count > TRMI_TERMS_AT_ONCE)
            add_terms(b, nodes, terms, &count);
        for (uint32_t slot = slots.first; slot < slots.first + slots.count; slot++)
            if (alone)
                multiply(b, slot, rows_of(heard_value(b, slot), nodes.begin), rows, to, true);
            else
                terms[count++] =
                    (trmi_term) { .relation = &b->question->relations[r],
                                  .rows = { room->said[slot - 1], (size_t)list_rows(b, r) * TRMI_PANEL } };
    }
    add_terms(b, nodes, terms, &count);
}

static void think_tile(const block *b, const workroom *room, trmi_range nodes)
{
    const trmi_kernels *kernels = b->tape->kernels;
    const uint32_t rows = nodes.end - nodes.begin, hidden = b->config->channel_hidden,
                   panels = trmi_padded(hidden) / TRMI_PANEL;
    const float epsilon = (float)b->config->norm_epsilon;
    const size_t panel = (size_t)rows * TRMI_PANEL;
    const trmi_rows_view gate_up = tile_of(b->kept + KEPT_GATE_UP, nodes),
                         down = tile_of(b->kept + KEPT_DOWN, nodes);
    open_gates(b, room, nodes);
    for (uint32_t p = 0; p < panels; p++) {
        float *gate = room->gate_to + p * panel;
        memcpy(gate, gate_up.data + p * gate_up.panel, panel * sizeof *gate);
        kernels->gate_normed(room->hidden + p * panel, gate, gate_up.data + (panels + p) * gate_up.panel,
                             panel);
    }
    const trmi_rows_view gated = { room->hidden, panel }, gate = { room->gate_to, panel };
    kernels->norm_columns_gated(gated, gate, rows, hidden, epsilon);
    multiply(b, b->down, gated, rows, down, false);
    kernels->norm_columns(rows_of(b->out, nodes.begin), rows_of(b->v, nodes.begin), down, rows, b->v->width,
                          epsilon);
}

/* ------------------------------------------------------------------------------------------- backward */

/* The matrix's gradient: + in' from. */
static void learn_matrix(const block *b, uint32_t slot, trmi_rows_read in, trmi_rows_read from, uint32_t rows)
{
    const trmi_matrix *matrix = matrix_of(b, slot);
    b->tape->gradients->outer(&(trmi_outer) {
        .rows = rows,
        .inputs = matrix->inputs,
        .panels = matrix->outputs / TRMI_PANEL,
        .a = in,
        .b = from,
        .c = b->tape->sums + matrix->gradient,
        .c_panel = (size_t)matrix->inputs * TRMI_PANEL,
    });
}

/* to += the matrix' from, over `depth` of its outputs; without `accumulate` that alone. */
static void multiply_outputs(const block *b, const trmi_matrix *matrix, trmi_rows_read from, uint32_t begin,
                             uint32_t depth, uint32_t rows, trmi_rows_view to, bool accumulate)
{
    b->tape->kernels->product(&(trmi_product) {
        .rows = rows,
        .depth = depth,
        .panels = trmi_padded(matrix->inputs) / TRMI_PANEL,
        .a = from.data + begin / TRMI_PANEL * from.panel,
        .a_row = TRMI_PANEL,
        .a_block = from.panel,
        .b = matrix->transposed + (size_t)begin * TRMI_PANEL,
        .b_panel = (size_t)matrix->outputs * TRMI_PANEL,
        .c = to.data,
        .c_row = TRMI_PANEL,
        .c_panel = to.panel,
        .accumulate = accumulate,
    });
}

/* The gradient of what the matrix multiplies. Gates and ups end in zeros, which would add nothing. */
static void multiply_back(const block *b, uint32_t slot, trmi_rows_read from, uint32_t rows,
                          trmi_rows_view to, bool accumulate)
{
    const trmi_matrix *matrix = matrix_of(b, slot);
    const uint32_t half = matrix->outputs / 2, hidden = b->config->channel_hidden;
    if (slot == b->down || half == hidden) {
        multiply_outputs(b, matrix, from, 0, matrix->outputs, rows, to, accumulate);
        return;
    }
    multiply_outputs(b, matrix, from, 0, hidden, rows, to, accumulate);
    multiply_outputs(b, matrix, from, half, hidden, rows, to, true);
}

/* What passes the norm: where nobody has added to the nodes' gradients it lies there at once. */
static trmi_rows_view norm_place(const block *b, const workroom *room, trmi_range nodes)
{
    return b->v->reached ? (trmi_rows_view) { room->to, (size_t)(nodes.end - nodes.begin) * TRMI_PANEL }
                         : gradient_rows_of(b->v, nodes.begin);
}

/* Norm, product and gate. */
static void gates_back(const block *b, const workroom *room, trmi_range nodes)
{
    const trmi_gradients *gradients = b->tape->gradients;
    const uint32_t rows = nodes.end - nodes.begin;
    const size_t panel = (size_t)rows * TRMI_PANEL,
                 half = trmi_padded(b->config->channel_hidden) / TRMI_PANEL;
    const trmi_rows_view gate_up = tile_of(b->kept + KEPT_GATE_UP, nodes), to = norm_place(b, room, nodes),
                         hidden_to = { room->hidden_to, panel }, hidden = { room->hidden, panel };
    gradients->norm_columns(&(trmi_norm_gradient) {
        .to = to,
        .from = read_only(gradient_rows_of(b->out, nodes.begin)),
        .y = read_only(rows_of(b->out, nodes.begin)),
        .a = read_only(rows_of(b->v, nodes.begin)),
        .b = read_only(tile_of(b->kept + KEPT_DOWN, nodes)),
        .rows = rows,
        .width = b->v->width,
        .epsilon = (float)b->config->norm_epsilon,
    });
    multiply_back(b, b->down, read_only(to), rows, hidden_to, false);
    gradients->gate_normed_columns(&(trmi_gate_gradient) {
        .gate_to = { room->gate_to, panel },
        .up_to = { room->gate_to + half * panel, panel },
        .hidden = hidden,
        .from = read_only(hidden_to),
        .gate = read_only(gate_up),
        .up = { gate_up.data + half * gate_up.panel, gate_up.panel },
        .rows = rows,
        .width = b->config->channel_hidden,
        .epsilon = (float)b->config->norm_epsilon,
    });
    learn_matrix(b, b->down, read_only(hidden), read_only(to), rows);
}

/* The nodes' own gradients: what passed the norm, and through the gates. */
static void own_back(const block *b, const workroom *room, trmi_range nodes)
{
    const trmi_rows_view to = gradient_rows_of(b->v, nodes.begin);
    const uint32_t rows = nodes.end - nodes.begin;
    const size_t panel = (size_t)rows * TRMI_PANEL;
    const trmi_rows_read from = { room->gate_to, panel };
    for (uint32_t p = 0; p < trmi_padded(b->v->width) / TRMI_PANEL && b->v->reached; p++)
        b->tape->gradients->accumulate(to.data + p * to.panel, room->to + p * panel, panel);
    learn_matrix(b, TRMI_SLOT_OWN, read_only(rows_of(b->v, nodes.begin)), from, rows);
    multiply_back(b, TRMI_SLOT_OWN, from, rows, to, true);
}

/* Rows of the lists from `begin` on, whose gradients are `from`: those of what they say, and of the
 * matrices. */
static void lists_back(const block *b, const workroom *room, uint32_t relation, uint32_t begin, uint32_t rows,
                       trmi_rows_read from)
{
    const trmi_heard_slots slots = b->slots[relation];
    for (uint32_t slot = slots.first; slot < slots.first + slots.count; slot++) {
        const trmi_value *heard = heard_value(b, slot);
        float *to = room->heard[slot - 1] + (size_t)begin * TRMI_PANEL;
        learn_matrix(b, slot, read_only(rows_of(heard, begin)), from, rows);
        multiply_back(b, slot, from, rows, (trmi_rows_view) { to, heard->panel }, false);
    }
}

static void relations_back(const block *b, const workroom *room, trmi_range nodes)
{
    const trmi_extent *extent = &b->question->extent;
    const uint32_t rows = nodes.end - nodes.begin;
    const trmi_rows_read from = { room->gate_to, (size_t)rows * TRMI_PANEL };
    for (uint32_t r = 0; r < b->config->relations.count; r++)
        if (is_alone(b, r))
            lists_back(b, room, r, nodes.begin, rows, from);
        else
            b->tape->gradients->gather_add(&(trmi_gathering_gradient) {
                .relation = &b->question->relations[r],
                .begin = nodes.begin,
                .end = nodes.end,
                .panels = matrix_of(b, TRMI_SLOT_OWN)->outputs / TRMI_PANEL,
                .fields = extent->fields,
                .answering = extent->positions * extent->fields,
                .from = from,
                .to = { room->returned[r], (size_t)list_rows(b, r) * TRMI_PANEL },
            });
}

static void aggregate_back(const block *b, const workroom *room, uint32_t relation)
{
    const trmi_heard_slots slots = b->slots[relation];
    const size_t panel = (size_t)list_rows(b, relation) * TRMI_PANEL;
    const uint32_t max = slots.first + slots.sum;
    trmi_aggregate_gradient gradient = { .forward = aggregate_of(b, relation),
                                         .to = { b->v->gradient, b->v->panel } };
    if (slots.sum)
        gradient.sum = (trmi_rows_read) { room->heard[slots.first - 1], panel };
    if (slots.max) {
        gradient.max = (trmi_rows_read) { room->heard[max - 1], panel };
        gradient.forward.max = rows_of(heard_value(b, max), 0);
    }
    b->tape->gradients->aggregate(&gradient);
}

static void forget_returned(const block *b, const workroom *room)
{
    const uint64_t gate_width = matrix_of(b, TRMI_SLOT_OWN)->outputs;
    for (uint32_t r = 0; r < b->config->relations.count; r++)
        if (room->returned[r] != NULL)
            memset(room->returned[r], 0, list_rows(b, r) * gate_width * sizeof(float));
}

static void block_back(trmi_tape *tape, const trmi_entry *entry)
{
    const block b = block_of(tape, entry->block, entry->in[0], entry->in[1], entry->out);
    const workroom room = workroom_of(tape, &b, true);
    assert(b.out->reached && b.v->gradient != NULL);
    forget_returned(&b, &room);
    for (uint32_t begin = 0; begin < b.v->rows; begin += TILE) {
        const trmi_range nodes = tile_from(&b, begin);
        gates_back(&b, &room, nodes);
        own_back(&b, &room, nodes);
        relations_back(&b, &room, nodes);
    }
    b.v->reached = true;
    for (uint32_t r = b.config->relations.count; r-- > 0;) {
        const uint32_t rows = list_rows(&b, r);
        if (!is_alone(&b, r))
            lists_back(&b, &room, r, 0, rows,
                       (trmi_rows_read) { room.returned[r], (size_t)rows * TRMI_PANEL });
        aggregate_back(&b, &room, r);
    }
}

/* ------------------------------------------------------------------------------------------- recording */

/* Gates and ups, down; sums and maxima; the result. */
uint32_t trmi_relational_values(const trmi_config *config)
{
    return KEPT_HEARD + 2 * config->relations.count + 1;
}

trmi_value *trmi_record_relational(trmi_tape *tape, const trmi_block_matrices *matrices, trmi_value *v)
{
    block b = block_of(tape, matrices, v, NULL, NULL);
    b.kept = trmi_tape_value(tape, v->rows, matrix_of(&b, TRMI_SLOT_OWN)->outputs, false);
    trmi_tape_value(tape, v->rows, v->width, false);
    for (uint32_t r = 0; r < b.config->relations.count; r++)
        for (uint32_t i = 0; i < b.slots[r].count; i++)
            trmi_tape_value(tape, list_rows(&b, r), v->width, false);
    b.out = trmi_tape_value(tape, v->rows, v->width, true);
    trmi_tape_note(
        tape, (trmi_entry) { .backward = block_back, .in = { v, b.kept }, .out = b.out, .block = matrices });
    workroom_of(tape, &b, true);
    const workroom room = workroom_of(tape, &b, false);
    if (trmi_tape_measures(tape))
        return b.out;
    hear(&b, &room);
    for (uint32_t begin = 0; begin < v->rows; begin += TILE)
        think_tile(&b, &room, tile_from(&b, begin));
    return b.out;
}
