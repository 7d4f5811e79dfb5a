/* The products of a list's sum and of its maximum go to the same nodes, so that one gradient is that of
   both. */
#include "lib/learning/hearing.h"

#include <assert.h>

static trmi_rows_read numbers_of(const trmi_value *value)
{
    return value == NULL ? (trmi_rows_read) { NULL, 0 } : (trmi_rows_read) { value->data, value->panel };
}

static trmi_rows_view written_of(const trmi_value *value)
{
    return value == NULL ? (trmi_rows_view) { NULL, 0 } : (trmi_rows_view) { value->data, value->panel };
}

static trmi_rows_read gradient_of(const trmi_value *value)
{
    return value == NULL ? (trmi_rows_read) { NULL, 0 } : (trmi_rows_read) { value->gradient, value->panel };
}

/* ------------------------------------------------------------------------------------------- aggregates */

static trmi_aggregate aggregate_of(const trmi_hearing *hearing, const trmi_value *v, const trmi_value *sum,
                                   const trmi_value *max)
{
    return (trmi_aggregate) {
        .relation = hearing->relation,
        .fields = hearing->fields,
        .end = trmi_relation_units(hearing->relation, hearing->answering / hearing->fields),
        .panels = trmi_padded(v->width) / TRMI_PANEL,
        .nodes = numbers_of(v),
        .sum = written_of(sum),
        .max = written_of(max),
    };
}

static void aggregate_back(trmi_tape *tape, const trmi_entry *entry)
{
    trmi_value *v = entry->in[0];
    assert(entry->in[1] == NULL || entry->in[1]->reached);
    assert(entry->in[2] == NULL || entry->in[2]->reached);
    if (!v->reached)
        trmi_value_clear(v);
    tape->gradients->aggregate(&(trmi_aggregate_gradient) {
        .forward = aggregate_of(&entry->hearing, v, NULL, entry->in[2]),
        .sum = gradient_of(entry->in[1]),
        .max = gradient_of(entry->in[2]),
        .to = { v->gradient, v->panel },
    });
}

trmi_heard trmi_record_aggregate(trmi_tape *tape, trmi_hearing hearing, trmi_value *v, bool sum, bool max)
{
    const uint32_t rows =
        (uint32_t)trmi_relation_rows(hearing.relation, hearing.fields, hearing.answering / hearing.fields);
    trmi_heard heard = { .hearing = hearing };
    if (sum)
        heard.sum = trmi_tape_value(tape, rows, v->width, true);
    if (max)
        heard.max = trmi_tape_value(tape, rows, v->width, true);
    trmi_tape_note(
        tape,
        (trmi_entry) { .backward = aggregate_back, .in = { v, heard.sum, heard.max }, .hearing = hearing });
    if (trmi_tape_measures(tape))
        return heard;
    const trmi_aggregate aggregate = aggregate_of(&hearing, v, heard.sum, heard.max);
    tape->kernels->aggregate(&aggregate);
    return heard;
}

/* ------------------------------------------------------------------------------------------- gathering */

/* Where every node has a list of its own, its row's gradient is the list's. */
static bool is_one_to_one(const trmi_hearing *hearing, const trmi_value *own, const trmi_value *rows)
{
    return hearing->relation->list_of == NULL && rows->rows == own->rows;
}

/* The sum's rows, and the maximum's, of one relation. */
static void gather_back(trmi_tape *tape, const trmi_entry *entry)
{
    const trmi_hearing *hearing = &entry->hearing;
    trmi_value *own = entry->in[0], *sum = entry->in[1], *max = entry->in[2],
               *first = sum != NULL ? sum : max;
    if (is_one_to_one(hearing, own, first))
        first->gradient = own->gradient;
    else
        tape->gradients->gather_add(&(trmi_gathering_gradient) {
            .relation = hearing->relation,
            .nodes = own->rows,
            .panels = trmi_padded(own->width) / TRMI_PANEL,
            .fields = hearing->fields,
            .answering = hearing->answering,
            .from = gradient_of(own),
            .to = { first->gradient, first->panel },
        });
    first->reached = true;
    if (sum != NULL && max != NULL) {
        max->gradient = sum->gradient;
        max->reached = true;
    }
}

static void gather(const trmi_tape *tape, trmi_gathering *gathering)
{
    tape->kernels->gather_add(gathering);
    gathering->count = 0;
}

static void gather_all(const trmi_tape *tape, const trmi_value *own, const trmi_heard *heard, uint32_t count)
{
    trmi_term terms[TRMI_TERMS_AT_ONCE];
    trmi_gathering gathering = { .to = written_of(own),
                                 .end = own->rows,
                                 .panels = trmi_padded(own->width) / TRMI_PANEL,
                                 .terms = terms };
    for (uint32_t i = 0; i < count; i++) {
        const trmi_value *values[] = { heard[i].sum, heard[i].max };
        gathering.fields = heard[i].hearing.fields;
        gathering.answering = heard[i].hearing.answering;
        for (int k = 0; k < 2; k++) {
            if (values[k] == NULL)
                continue;
            terms[gathering.count++] =
                (trmi_term) { .relation = heard[i].hearing.relation, .rows = numbers_of(values[k]) };
            if (gathering.count == TRMI_TERMS_AT_ONCE)
                gather(tape, &gathering);
        }
    }
    if (gathering.count > 0)
        gather(tape, &gathering);
}

trmi_value *trmi_record_gather(trmi_tape *tape, trmi_value *own, const trmi_heard *heard, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        trmi_tape_note(tape, (trmi_entry) { .backward = gather_back,
                                            .in = { own, heard[i].sum, heard[i].max },
                                            .out = own,
                                            .hearing = heard[i].hearing });
    if (!trmi_tape_measures(tape))
        gather_all(tape, own, heard, count);
    return own;
}
