#include "tests/support/operation_problems.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "lib/net/relational.h"

uint32_t matrix_inputs(const problem *p)
{
    return p->mixes_rows ? p->in[0].rows : columns_of(p->in[0]);
}

size_t matrix_place(const problem *p, uint32_t row, uint32_t column, bool in_sums)
{
    const uint32_t inputs = matrix_inputs(p);
    if (p->mixes_rows)
        return (size_t)row * (in_sums ? trmi_padded(inputs) : inputs) + column;
    return ((size_t)(row / TRMI_PANEL) * inputs + column) * TRMI_PANEL + row % TRMI_PANEL;
}

size_t matrix_room(const problem *p)
{
    const size_t own = (size_t)trmi_padded(p->outputs) * trmi_padded(matrix_inputs(p));
    return own + (p->heard != NULL ? (size_t)HIDDEN * trmi_padded(p->out.width) : 0);
}

size_t transposed_place(const problem *p, uint32_t row, uint32_t column)
{
    if (p->mixes_rows)
        return (size_t)column * p->outputs + row;
    return ((size_t)(column / TRMI_PANEL) * trmi_padded(p->outputs) + row) * TRMI_PANEL + column % TRMI_PANEL;
}

/* ---------------------------------------------------------------------------------------- mathematics */

static double silu(double v)
{
    return v * logistic(v);
}

/* v / sqrt(mean(v^2) + epsilon) for `count` numbers at distance `step`. */
static void normalise(double *v, size_t count, size_t step, double epsilon)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += v[i * step] * v[i * step];
    for (size_t i = 0; i < count; i++)
        v[i * step] /= sqrt(squares / (double)count + epsilon);
}

static void normalise_grid(const problem *p, double *v)
{
    const uint32_t rows = p->out.rows, columns = columns_of(p->out);
    if (p->over_rows)
        for (uint32_t column = 0; column < columns; column++)
            normalise(v + column, rows, columns, p->config.norm_epsilon);
    else
        for (uint32_t row = 0; row < rows; row++)
            normalise(v + (size_t)row * columns, columns, 1, p->config.norm_epsilon);
}

void model_sum(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    for (size_t i = 0; i < count_of(p->out); i++)
        out[i] = in[0][i] + in[1][i] + (p->inputs == 3 ? in[2][i] : 0.0);
}

void model_product(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    const uint32_t inputs = matrix_inputs(p), columns = columns_of(p->in[0]);
    for (uint32_t row = 0; row < p->out.rows; row++)
        for (uint32_t column = 0; column < columns_of(p->out); column++) {
            double sum = 0.0;
            for (uint32_t k = 0; k < inputs; k++)
                sum += p->mixes_rows ? matrix[row * inputs + k] * in[0][k * columns + column]
                                     : matrix[column * inputs + k] * in[0][row * columns + k];
            *out++ = sum;
        }
}

void model_gate(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    const bool normed = p->config.gate == TRM_GATE_NORMED;
    const size_t columns = columns_of(p->out), stride = columns_of(p->in[0]);
    const size_t up = p->over_rows ? p->out.rows * stride : columns;
    for (size_t row = 0; row < p->out.rows; row++)
        for (size_t column = 0; column < columns; column++) {
            const double *gate = in[0] + row * stride + column;
            out[row * columns + column] = (normed ? *gate : silu(*gate)) * gate[up];
        }
    if (!normed)
        return;
    normalise_grid(p, out);
    for (size_t row = 0; row < p->out.rows; row++)
        for (size_t column = 0; column < columns; column++)
            out[row * columns + column] *= logistic(in[0][row * stride + column]);
}

void model_norm(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    for (size_t i = 0; i < count_of(p->out); i++)
        out[i] = in[0][i] + in[1][i];
    normalise_grid(p, out);
}

double rotated(const problem *p, const double *head, uint32_t row, uint32_t channel)
{
    const uint32_t half = p->out.width / 2;
    if (p->cosines == NULL)
        return head[channel];
    const double c = (double)p->cosines[row * half + channel % half],
                 s = (double)p->sines[row * half + channel % half];
    return channel < half ? head[channel] * c - head[channel + half] * s
                          : head[channel] * c + head[channel - half] * s;
}

static void attend(const problem *p, const double *qkv, uint32_t head, uint32_t row, double *out)
{
    const uint32_t rows = p->out.rows, width = p->out.width, all = columns_of(p->out);
    double sum = 0.0, weight[TRMI_LANES * 8];
    for (uint32_t j = 0; j < rows; j++) {
        double score = 0.0;
        for (uint32_t i = 0; i < width; i++)
            score += rotated(p, qkv + (size_t)row * 3 * all + head * width, row, i) *
                     rotated(p, qkv + (size_t)j * 3 * all + all + head * width, j, i);
        sum += weight[j] = exp(score / sqrt((double)width));
    }
    for (uint32_t i = 0; i < width; i++) {
        out[i] = 0.0;
        for (uint32_t j = 0; j < rows; j++)
            out[i] += weight[j] / sum * qkv[(size_t)j * 3 * all + 2 * all + head * width + i];
    }
}

void model_attention(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    for (uint32_t row = 0; row < p->out.rows; row++)
        for (uint32_t head = 0; head < p->out.groups; head++)
            attend(p, in[0], head, row, out + ((size_t)row * p->out.groups + head) * p->out.width);
}

/* ----------------------------------------------------------------------------------------- who hears whom */

uint32_t nodes_of(const hearing *h)
{
    return h->positions * h->fields + h->helpers;
}

static uint32_t elements_of(const hearing *h, uint32_t level)
{
    return level == TRMI_LEVEL_NODES ? nodes_of(h) : level == TRMI_LEVEL_POSITIONS ? h->positions : h->fields;
}

/* Whether node i hears node j, from the lists of elements. */
static bool node_hears(const hearing *h, const relation *r, uint32_t i, uint32_t j)
{
    const uint32_t answering = h->positions * h->fields, level = r->table.level, f = h->fields;
    if (level != TRMI_LEVEL_NODES && (i >= answering || j >= answering))
        return false;
    const bool passes = level == TRMI_LEVEL_POSITIONS ? i % f == j % f
                        : level == TRMI_LEVEL_FIELDS  ? i / f == j / f
                                                      : true;
    const uint32_t element = level == TRMI_LEVEL_NODES       ? i
                             : level == TRMI_LEVEL_POSITIONS ? i / f
                                                             : i % f,
                   other = level == TRMI_LEVEL_NODES       ? j
                           : level == TRMI_LEVEL_POSITIONS ? j / f
                                                           : j % f;
    const uint32_t list = trmi_relation_list(&r->table, element);
    bool found = false;
    for (uint32_t at = r->first[list]; at < r->first[list + 1]; at++)
        found |= r->heard[at] == other;
    return passes && found;
}

void draw_relation(const hearing *h, relation *r, random_source *source)
{
    const uint32_t level = random_below(source, 3), elements = elements_of(h, level);
    const bool shared = random_below(source, 2) != 0;
    const uint32_t lists = shared ? 1 + random_below(source, elements) : elements;
    r->first[0] = 0;
    for (uint32_t list = 0; list < lists; list++) {
        const uint32_t many = random_below(source, 4);
        r->first[list + 1] = r->first[list];
        for (uint32_t j = 0; j < elements; j++)
            if (random_below(source, 4) < many)
                r->heard[r->first[list + 1]++] = j;
    }
    for (uint32_t i = 0; i < elements; i++)
        r->list_of[i] = random_below(source, lists);
    r->table = (trmi_relation_table) { level, lists, shared ? r->list_of : NULL, r->first, r->heard, 0 };
    const uint32_t wanted = 1 + random_below(source, 3);
    r->sum = wanted & 1;
    r->max = wanted & 2;
    for (uint32_t i = 0; i < nodes_of(h); i++)
        for (uint32_t j = 0; j < nodes_of(h); j++)
            r->hears[i][j] = node_hears(h, r, i, j);
}

static size_t down_place(uint32_t channel, uint32_t hidden)
{
    return ((size_t)(channel / TRMI_PANEL) * HIDDEN + hidden) * TRMI_PANEL + channel % TRMI_PANEL;
}

void begin_hearing(hearing *h, problem *p, random_source *source)
{
    const uint32_t channels = p->in[0].width, outputs = trmi_padded(channels);
    trmi_relations *relations = &p->config.relations;
    p->heard = h;
    p->config.block = TRM_BLOCK_RELATIONAL;
    p->config.channels = channels;
    p->config.channel_hidden = HIDDEN;
    relations->count = h->count;
    for (uint32_t i = 0; i < h->count; i++) {
        h->tables[i] = h->relation[i].table;
        relations->relation[i].aggregates =
            (h->relation[i].sum ? TRMI_AGGREGATE_SUM : 0) | (h->relation[i].max ? TRMI_AGGREGATE_MAX : 0);
    }
    h->question = (trmi_question) { .extent = { .positions = h->positions,
                                                .fields = h->fields,
                                                .helpers = h->helpers,
                                                .rows = nodes_of(h) },
                                    .relations = h->tables };
    memset(h->down, 0, sizeof h->down);
    memset(h->transposed, 0, sizeof h->transposed);
    for (uint32_t channel = 0; channel < channels; channel++)
        for (uint32_t k = 0; k < HIDDEN; k++)
            h->down[down_place(channel, k)] = h->transposed[channel * TRMI_PANEL + k] =
                (float)random_normal(source);
    h->down_matrix = (trmi_matrix) { .values = h->down,
                                     .transposed = h->transposed,
                                     .gradient = matrix_room(p) - (size_t)HIDDEN * outputs,
                                     .outputs = outputs,
                                     .inputs = HIDDEN,
                                     .layout = TRMI_LAYOUT_PANELS };
}

/* What the list of node i says in a column: its sum, and its maximum. */
static void hear(const problem *p, const relation *r, const double *v, uint32_t i, uint32_t column,
                 double said[2])
{
    const uint32_t columns = columns_of(p->out);
    uint32_t members = 0;
    said[0] = said[1] = 0.0;
    for (uint32_t j = 0; j < p->out.rows; j++) {
        const double x = v[(size_t)j * columns + column];
        if (!r->hears[i][j])
            continue;
        said[0] += x;
        said[1] = members++ == 0 || x > said[1] ? x : said[1];
    }
    if (members > 0)
        said[0] /= sqrt(members);
}

/* All that the node hears, itself too, which one matrix multiplies. */
static double heard_in_all(const problem *p, const double *v, uint32_t i, uint32_t column)
{
    double all = v[(size_t)i * columns_of(p->out) + column];
    for (const relation *r = p->heard->relation; r < p->heard->relation + p->heard->count; r++) {
        double said[2];
        hear(p, r, v, i, column, said);
        all += (r->sum ? said[0] : 0.0) + (r->max ? said[1] : 0.0);
    }
    return all;
}

void model_hearing(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    const uint32_t columns = columns_of(p->out);
    for (uint32_t i = 0; i < p->out.rows; i++) {
        double gate_up[2 * HIDDEN] = { 0.0 }, hidden[HIDDEN], *row = out + (size_t)i * columns;
        for (uint32_t column = 0; column < columns; column++) {
            const double heard = heard_in_all(p, in[0], i, column);
            for (uint32_t k = 0; k < 2 * HIDDEN; k++)
                gate_up[k] += matrix[(size_t)k * columns + column] * heard;
        }
        for (uint32_t k = 0; k < HIDDEN; k++)
            hidden[k] = gate_up[k] * gate_up[HIDDEN + k];
        normalise(hidden, HIDDEN, 1, p->config.norm_epsilon);
        memcpy(row, in[0] + (size_t)i * columns, columns * sizeof *row);
        for (uint32_t column = 0; column < columns; column++)
            for (uint32_t k = 0; k < HIDDEN; k++)
                row[column] +=
                    (double)p->heard->down[down_place(column, k)] * logistic(gate_up[k]) * hidden[k];
        normalise(row, columns, 1, p->config.norm_epsilon);
    }
}

/* ------------------------------------------------------------------------------------------ recordings */

trmi_value *record_hearing(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    hearing *h = p->heard;
    tape->question = &h->question;
    h->matrices.slot = h->slots;
    const uint32_t down = trmi_slot_down(&p->config);
    for (uint32_t slot = 0; slot < down; slot++)
        h->slots[slot] = &p->matrix;
    h->slots[down] = &h->down_matrix;
    return trmi_record_relational(tape, &h->matrices, in[0]);
}

trmi_value *record_sum(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return trmi_record_sum(tape, in[0], in[1], p->inputs == 3 ? in[2] : NULL);
}

trmi_value *record_product(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return p->mixes_rows ? trmi_record_tokens(tape, &p->matrix, in[0])
                         : trmi_record_channels(tape, &p->matrix, in[0]);
}

trmi_value *record_gate(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return p->over_rows ? trmi_record_gate_rows(tape, in[0])
                        : trmi_record_gate_columns(tape, in[0], p->out.width);
}

trmi_value *record_norm(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return trmi_record_norm(tape, in[0], in[1], p->over_rows);
}

trmi_value *record_attention(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    (void)p;
    return trmi_record_attention(tape, in[0]);
}
