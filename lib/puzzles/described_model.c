/* From the puzzles of a described task to the model that is to learn them. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/puzzles.h"

/* The largest shapes of the set. */
static void find_largest(const trm_puzzles *puzzles, trm_init_options *to)
{
    to->positions = to->grid_rows = to->fields = 0;
    for (uint64_t i = 0; i < puzzles->count; i++) {
        const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, i);
        to->positions = sheet->positions > to->positions ? sheet->positions : to->positions;
        to->grid_rows = sheet->shape.rows > to->grid_rows ? sheet->shape.rows : to->grid_rows;
        to->fields = sheet->shape.fields > to->fields ? sheet->shape.fields : to->fields;
    }
    to->grid_columns = to->grid_rows;
}

/* Levels and sources count otherwise for callers. */
static trm_relation_info info_of(const trmi_relation *relation)
{
    static const uint32_t levels[] = { [TRMI_LEVEL_POSITIONS] = TRM_LEVEL_POSITIONS,
                                       [TRMI_LEVEL_NODES] = TRM_LEVEL_NODES,
                                       [TRMI_LEVEL_FIELDS] = TRM_LEVEL_FIELDS };
    trm_relation_info info = TRM_RELATION_INFO_INIT;
    info.name = relation->name;
    info.source = relation->source == TRMI_RELATION_SHAPE ? TRM_RELATION_SHAPE : TRM_RELATION_QUESTION;
    info.level = levels[relation->level];
    info.aggregates = relation->aggregates;
    return info;
}

void trmi_described_hear(trmi_task_text *text)
{
    trmi_description_relations(&text->description, &text->relations);
    for (uint32_t i = 0; i < text->relations.count; i++)
        text->heard[i] = info_of(&text->relations.relation[i]);
}

static void fill(const trm_puzzles *puzzles, trm_init_options *to)
{
    const trmi_task_text *text = &puzzles->text;
    const trmi_description *d = &text->description;
    find_largest(puzzles, to);
    to->block = TRM_BLOCK_RELATIONAL;
    to->gate = TRM_GATE_NORMED;
    to->likelihood = TRM_LIKELIHOOD_SOFTMAX;
    to->prefix = 0;
    to->vocabulary = trmi_description_vocabulary(d);
    to->fields = d->most_values > 0 ? d->most_values : to->fields;
    to->first_value = to->fields > 1 ? 1 : 0;
    to->helper_tokens = trmi_description_helper_tokens(d);
    to->task = text->name;
    to->alphabet = text->characters;
    to->alphabet_first = 0;
    to->relations = text->heard;
    to->relation_count = text->relations.count;
    to->rules = text->judged;
    to->sizes = d->grid ? "2x2-16x16" : "2-512";
}

TRM_API trm_status trm_puzzles_model(const trm_puzzles *puzzles, trm_init_options *options, trm_error *error)
{
    trm_init_options known = TRM_INIT_OPTIONS_INIT;
    if (puzzles == NULL || options == NULL || puzzles->text.rules[0] == '\0' || puzzles->count == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_model: expected options, and puzzles of a task that rules describe");
    TRMI_TRY(
        trmi_read_struct(&known, sizeof known, options, sizeof options->size, "trm_init_options", error));
    fill(puzzles, &known);
    return trmi_write_struct(options, &known, sizeof known, sizeof options->size, "trm_init_options", error);
}
