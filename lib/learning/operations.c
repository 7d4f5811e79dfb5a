/* The formulas of lib/kernels/gradients.h say what the backward passes compute; here stands what they are
 * given. */
#include "lib/learning/operations.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------- sum */

static void sum_back(trmi_tape *tape, const trmi_entry *entry)
{
    for (int i = 0; i < 3; i++)
        if (entry->in[i] != NULL)
            trmi_value_add(tape, entry->in[i], entry->out->gradient);
}

trmi_value *trmi_record_sum(trmi_tape *tape, trmi_value *a, trmi_value *b, trmi_value *c)
{
    trmi_value *out = trmi_tape_value(tape, a->rows, a->width, true);
    assert(b->rows == a->rows && b->width == a->width);
    assert(c == NULL || (c->rows == a->rows && c->width == a->width));
    trmi_tape_note(tape, (trmi_entry) { .backward = sum_back, .in = { a, b, c }, .out = out });
    if (trmi_tape_measures(tape))
        return out;
    if (c != NULL)
        tape->kernels->add_three(out->data, a->data, b->data, c->data, trmi_value_count(out));
    else
        tape->kernels->add(out->data, a->data, b->data, trmi_value_count(out));
    return out;
}

/* ------------------------------------------------------------------------------------------- products */

static uint64_t transposed_size(const trmi_value *value)
{
    return (uint64_t)trmi_padded(value->rows) * trmi_padded(value->width);
}

/* Rows of a value as lanes, in scratch. */
static const float *transpose(trmi_tape *tape, const trmi_value *value)
{
    float *transposed = trmi_tape_scratch(tape, transposed_size(value));
    tape->gradients->transpose(transposed, (trmi_rows_read) { value->data, value->panel }, TRMI_PANEL,
                               value->rows, trmi_padded(value->width) / TRMI_PANEL);
    return transposed;
}

/* The matrix's gradient: + in' out. */
static void channels_back_matrix(trmi_tape *tape, const trmi_entry *entry)
{
    const trmi_value *in = entry->in[0], *out = entry->out;
    tape->gradients->outer(&(trmi_outer) {
        .rows = in->rows,
        .inputs = entry->matrix->inputs,
        .panels = entry->matrix->outputs / TRMI_PANEL,
        .a = { in->data, in->panel },
        .b = { out->gradient, out->panel },
        .c = tape->sums + entry->matrix->gradient,
        .c_panel = (size_t)entry->matrix->inputs * TRMI_PANEL,
    });
}

static void channels_back(trmi_tape *tape, const trmi_entry *entry)
{
    trmi_value *in = entry->in[0];
    const trmi_value *out = entry->out;
    assert(out->gradient != NULL && in->gradient != NULL);
    channels_back_matrix(tape, entry);
    tape->kernels->product(&(trmi_product) {
        .rows = in->rows,
        .depth = entry->matrix->outputs,
        .panels = trmi_padded(in->width) / TRMI_PANEL,
        .a = out->gradient,
        .a_row = TRMI_PANEL,
        .a_block = out->panel,
        .b = entry->matrix->transposed,
        .b_panel = (size_t)entry->matrix->outputs * TRMI_PANEL,
        .c = in->gradient,
        .c_row = TRMI_PANEL,
        .c_panel = in->panel,
        .accumulate = in->reached,
    });
    in->reached = true;
}

trmi_value *trmi_record_channels(trmi_tape *tape, const trmi_matrix *matrix, trmi_value *in)
{
    trmi_value *out = trmi_tape_value(tape, in->rows, matrix->outputs, true);
    assert(matrix->layout == TRMI_LAYOUT_PANELS && matrix->outputs % TRMI_PANEL == 0);
    assert(matrix->inputs <= trmi_padded(in->width));
    trmi_tape_note(tape,
                   (trmi_entry) { .backward = channels_back, .in = { in }, .out = out, .matrix = matrix });
    if (trmi_tape_measures(tape))
        return out;
    tape->kernels->product(&(trmi_product) {
        .rows = in->rows,
        .depth = matrix->inputs,
        .panels = matrix->outputs / TRMI_PANEL,
        .a = in->data,
        .a_row = TRMI_PANEL,
        .a_block = in->panel,
        .b = matrix->values,
        .b_panel = (size_t)matrix->inputs * TRMI_PANEL,
        .c = out->data,
        .c_row = TRMI_PANEL,
        .c_panel = out->panel,
    });
    return out;
}

/* The matrix's gradient: + out in'. */
static void tokens_back_matrix(trmi_tape *tape, const trmi_entry *entry)
{
    const trmi_value *in = entry->in[0], *out = entry->out;
    const uint32_t stored = trmi_padded(entry->matrix->inputs);
    tape->kernels->product(&(trmi_product) {
        .rows = entry->matrix->outputs,
        .depth = in->width,
        .panels = stored / TRMI_PANEL,
        .a = out->gradient,
        .a_row = TRMI_PANEL,
        .a_block = out->panel,
        .b = transpose(tape, in),
        .b_panel = (size_t)trmi_padded(in->width) * TRMI_PANEL,
        .c = tape->sums + entry->matrix->gradient,
        .c_row = stored,
        .c_panel = TRMI_PANEL,
        .accumulate = true,
    });
}

static void tokens_back(trmi_tape *tape, const trmi_entry *entry)
{
    trmi_value *in = entry->in[0];
    const trmi_value *out = entry->out;
    assert(out->gradient != NULL && in->gradient != NULL);
    tokens_back_matrix(tape, entry);
    tape->kernels->product(&(trmi_product) {
        .rows = in->rows,
        .depth = entry->matrix->outputs,
        .panels = trmi_padded(in->width) / TRMI_PANEL,
        .a = entry->matrix->transposed,
        .a_row = entry->matrix->outputs,
        .a_block = TRMI_PANEL,
        .b = out->gradient,
        .b_panel = out->panel,
        .c = in->gradient,
        .c_row = TRMI_PANEL,
        .c_panel = in->panel,
        .accumulate = in->reached,
    });
    in->reached = true;
}

trmi_value *trmi_record_tokens(trmi_tape *tape, const trmi_matrix *matrix, trmi_value *in)
{
    trmi_value *out = trmi_tape_value(tape, matrix->outputs, in->width, true);
    assert(matrix->layout == TRMI_LAYOUT_ROWS && matrix->inputs == in->rows);
    trmi_tape_note(tape,
                   (trmi_entry) { .backward = tokens_back, .in = { in }, .out = out, .matrix = matrix });
    trmi_tape_scratch(tape, transposed_size(in));
    if (trmi_tape_measures(tape))
        return out;
    tape->kernels->product(&(trmi_product) {
        .rows = matrix->outputs,
        .depth = matrix->inputs,
        .panels = trmi_padded(in->width) / TRMI_PANEL,
        .a = matrix->values,
        .a_row = matrix->inputs,
        .a_block = TRMI_PANEL,
        .b = in->data,
        .b_panel = in->panel,
        .c = out->data,
        .c_row = TRMI_PANEL,
        .c_panel = out->panel,
    });
    return out;
}

/* ------------------------------------------------------------------------------------------- gates */

static bool is_normed(const trmi_tape *tape)
{
    return tape->config->gate == TRM_GATE_NORMED;
}

static float epsilon_of(const trmi_tape *tape)
{
    return (float)tape->config->norm_epsilon;
}

static void gate_columns_back(trmi_tape *tape, const trmi_entry *entry)
{
    trmi_value *in = entry->in[0];
    const trmi_value *out = entry->out;
    const size_t up = trmi_value_count(out);
    assert(out->reached && !in->reached);
    in->reached = true; /* nobody else reads it: stored, not added */
    if (!is_normed(tape)) {
        tape->gradients->gate_plain(in->gradient, in->gradient + up, out->gradient, in->data, in->data + up,
                                    up);
        return;
    }
    tape->gradients->gate_normed_columns(&(trmi_gate_gradient) {
        .gate_to = { in->gradient, in->panel },
        .up_to = { in->gradient + up, in->panel },
        .from = { out->gradient, out->panel },
        .gate = { in->data, in->panel },
        .up = { in->data + up, in->panel },
        .rows = out->rows,
        .width = out->width,
        .epsilon = epsilon_of(tape),
    });
}

trmi_value *trmi_record_gate_columns(trmi_tape *tape, trmi_value *gate_up, uint32_t width)
{
    trmi_value *out = trmi_tape_value(tape, gate_up->rows, width, true);
    const size_t count = trmi_value_count(out);
    assert(trmi_value_count(gate_up) == 2 * count);
    trmi_tape_note(tape, (trmi_entry) { .backward = gate_columns_back, .in = { gate_up }, .out = out });
    float *gate = trmi_tape_scratch(tape, count);
    if (trmi_tape_measures(tape))
        return out;
    if (!is_normed(tape)) {
        tape->kernels->gate_plain(out->data, gate_up->data, gate_up->data + count, count);
        return out;
    }
    memcpy(gate, gate_up->data, count * sizeof *gate);
    tape->kernels->gate_normed(out->data, gate, gate_up->data + count, count);
    tape->kernels->norm_columns_gated((trmi_rows_view) { out->data, out->panel },
                                      (trmi_rows_view) { gate, out->panel }, out->rows, width,
                                      epsilon_of(tape));
    return out;
}

/* Panel by panel: the gate's rows, then as many of the up product. */
static void gate_rows_back(trmi_tape *tape, const trmi_entry *entry)
{
    trmi_value *in = entry->in[0];
    const trmi_value *out = entry->out;
    in->reached = true; /* nobody else reads it: stored, not added */
    for (uint32_t p = 0; p < trmi_padded(out->width) / TRMI_PANEL; p++) {
        const float *gate = in->data + p * in->panel, *up = gate + out->panel;
        const float *from = out->gradient + p * out->panel;
        float *gate_to = in->gradient + p * in->panel, *up_to = gate_to + out->panel;
        if (is_normed(tape))
            tape->gradients->gate_normed_rows(gate_to, up_to, from, gate, up, out->rows, epsilon_of(tape));
        else
            tape->gradients->gate_plain(gate_to, up_to, from, gate, up, out->panel);
    }
}

trmi_value *trmi_record_gate_rows(trmi_tape *tape, trmi_value *gate_up)
{
    trmi_value *out = trmi_tape_value(tape, gate_up->rows / 2, gate_up->width, true);
    assert(gate_up->rows % 2 == 0);
    trmi_tape_note(tape, (trmi_entry) { .backward = gate_rows_back, .in = { gate_up }, .out = out });
    float *gate = trmi_tape_scratch(tape, out->panel);
    for (uint32_t p = 0; p < trmi_padded(out->width) / TRMI_PANEL && !trmi_tape_measures(tape); p++) {
        float *to = out->data + p * out->panel;
        const float *from = gate_up->data + p * gate_up->panel;
        if (!is_normed(tape)) {
            tape->kernels->gate_plain(to, from, from + out->panel, out->panel);
            continue;
        }
        memcpy(gate, from, out->panel * sizeof *gate);
        tape->kernels->gate_normed(to, gate, from + out->panel, out->panel);
        tape->kernels->norm_rows_gated(to, gate, out->rows, epsilon_of(tape));
    }
    return out;
}

/* ------------------------------------------------------------------------------------------- norm */

static void norm_back(trmi_tape *tape, const trmi_entry *entry)
{
    const trmi_value *a = entry->in[0], *b = entry->in[1], *out = entry->out;
    assert(out->reached);
    float *to = trmi_tape_scratch(tape, trmi_value_count(out));
    if (entry->over_rows)
        for (uint32_t p = 0; p < trmi_padded(out->width) / TRMI_PANEL; p++) {
            const size_t at = p * out->panel;
            tape->gradients->norm_rows(to + at, out->gradient + at, out->data + at, a->data + at,
                                       b->data + at, out->rows, epsilon_of(tape));
        }
    else
        tape->gradients->norm_columns(&(trmi_norm_gradient) {
            .to = { to, out->panel },
            .from = { out->gradient, out->panel },
            .y = { out->data, out->panel },
            .a = { a->data, a->panel },
            .b = { b->data, b->panel },
            .rows = out->rows,
            .width = out->width,
            .epsilon = epsilon_of(tape),
        });
    trmi_value_add(tape, entry->in[0], to);
    trmi_value_add(tape, entry->in[1], to);
}

trmi_value *trmi_record_norm(trmi_tape *tape, trmi_value *a, trmi_value *b, bool over_rows)
{
    trmi_value *out = trmi_tape_value(tape, a->rows, a->width, true);
    assert(b->rows == a->rows && b->panel == a->panel && trmi_value_count(b) == trmi_value_count(a));
    trmi_tape_note(
        tape, (trmi_entry) { .backward = norm_back, .in = { a, b }, .out = out, .over_rows = over_rows });
    trmi_tape_scratch(tape, trmi_value_count(out));
    if (trmi_tape_measures(tape))
        return out;
    if (over_rows)
        for (uint32_t p = 0; p < trmi_padded(out->width) / TRMI_PANEL; p++) {
            const size_t at = p * out->panel;
            tape->kernels->norm_rows(out->data + at, a->data + at, b->data + at, out->rows, epsilon_of(tape));
        }
    else
        tape->kernels->norm_columns(
            (trmi_rows_view) { out->data, out->panel }, (trmi_rows_view) { a->data, a->panel },
            (trmi_rows_view) { b->data, b->panel }, out->rows, out->width, epsilon_of(tape));
    return out;
}
