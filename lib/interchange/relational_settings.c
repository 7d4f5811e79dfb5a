/* One object of plain names; what the tensors repeat is compared with their shapes later. */
#include "lib/interchange/relational_settings.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/interchange/published.h"
#include "lib/task/named_relations.h"

static const char *const halting_words[] = { "softmin", "product", NULL };
static const char *const likelihood_words[] = { "softmax", "stablemax", NULL };
static const char *const source_words[] = { "shape", "file", "question" };
static const char *const level_words[] = { "nodes", "positions", "fields" };
static const struct {
    const char *word;
    uint32_t aggregate;
} aggregate_words[] = { { "sum", TRMI_AGGREGATE_SUM },
                        { "max", TRMI_AGGREGATE_MAX },
                        { "node", TRMI_AGGREGATE_NODE } };
enum { WORDS = 3 };

bool trmi_settings_are_relational(const trmi_fields *fields)
{
    const char *block = json_string_value(trmi_field(fields, "block"));
    return block != NULL && strcmp(block, "relational") == 0;
}

/* ------------------------------------------------------------------------------------------- reading */

static trm_status read_sizes(const trmi_fields *f)
{
    trmi_config *c = f->config;
    TRMI_TRY(trmi_field_required(f, "channels", &c->channels));
    TRMI_TRY(trmi_field_required(f, "hidden", &c->channel_hidden));
    TRMI_TRY(trmi_field_required(f, "blocks", &c->blocks));
    TRMI_TRY(trmi_field_required(f, "cycles", &c->cycles));
    TRMI_TRY(trmi_field_required(f, "updates", &c->updates));
    TRMI_TRY(trmi_field_required(f, "tokens", &c->vocabulary));
    return trmi_field_integer(f, "maximum_steps", &c->maximum_steps);
}

/* [rows, columns] of a box. */
static trm_status read_box(const trmi_fields *f)
{
    const json_t *box = trmi_field(f, "box");
    if (box == NULL)
        return TRM_OK;
    const json_int_t rows = json_integer_value(json_array_get(box, 0)),
                     columns = json_integer_value(json_array_get(box, 1));
    if (json_array_size(box) != 2 || rows < 1 || columns < 1 || rows > TRMI_MAXIMUM_POSITIONS ||
        columns > TRMI_MAXIMUM_POSITIONS)
        return trmi_fail(f->error, TRM_ERROR_FORMAT,
                         "configuration: box must be two numbers, rows and columns");
    f->config->box_rows = (uint32_t)rows;
    f->config->box_columns = (uint32_t)columns;
    return TRM_OK;
}

static trm_status read_shape(const trmi_fields *f)
{
    trmi_config *c = f->config;
    trm_status status = trmi_field_integer(f, "rows", &c->grid_rows);
    if (status == TRM_OK)
        status = trmi_field_integer(f, "columns", &c->grid_columns);
    if (status == TRM_OK)
        status = trmi_field_integer(f, "fields", &c->fields);
    if (status == TRM_OK)
        status = read_box(f);
    const uint64_t grid = (uint64_t)c->grid_rows * c->grid_columns;
    c->positions = grid <= TRMI_MAXIMUM_POSITIONS ? (uint32_t)grid : 0;
    if (status == TRM_OK)
        status = grid == 0 ? trmi_field_required(f, "positions", &c->positions)
                           : trmi_field_agrees(f, "positions", c->positions);
    if (status == TRM_OK && c->fields > 1) {
        c->first_value = c->vocabulary > c->fields ? c->vocabulary - c->fields : 0;
        status = trmi_field_integer(f, "first", &c->first_value);
    }
    return status;
}

static trm_status read_rest(const trmi_fields *f)
{
    trmi_config *c = f->config;
    uint32_t cells = 0;
    c->head_bias = trmi_checkpoint_find(f->file, "head.b") != NULL;
    trm_status status = trmi_field_integer(f, "helper_tokens", &c->helper_tokens);
    if (status == TRM_OK)
        status = trmi_field_integer(f, "features", &c->features);
    if (status == TRM_OK)
        status = trmi_field_word(f, "halt", halting_words, "softmin or product", TRMI_HALTING_SOFTMIN,
                                 &c->halting);
    if (status == TRM_OK)
        status = trmi_field_word(f, "likelihood", likelihood_words, "softmax or stablemax",
                                 TRM_LIKELIHOOD_SOFTMAX, &c->likelihood);
    if (status == TRM_OK)
        status = trmi_field_real(f, "start_noise", &c->start_noise);
    if (status == TRM_OK)
        status = trmi_field_real(f, "halt_threshold", &c->halt_threshold);
    if (status == TRM_OK)
        status = trmi_field_integer(f, "cell_confidence", &cells);
    c->cell_confidence = cells != 0;
    return status == TRM_OK ? trmi_field_real(f, "rms_norm_eps", &c->norm_epsilon) : status;
}

/* -- bounds: "sizes", sides of squares with as many values where there are fields, or "bounds", each of them
   -- */

static trm_status read_sides(const trmi_fields *f)
{
    const json_t *sizes = trmi_field(f, "sizes");
    trmi_bounds *b = &f->config->bounds;
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t i = 0; i < json_array_size(sizes); i++) {
        const json_int_t side = json_integer_value(json_array_get(sizes, i));
        if (side < 1 || side > TRMI_MAXIMUM_FIELDS)
            return trmi_fail(f->error, TRM_ERROR_FORMAT, "configuration: sizes must be numbers from 1 to %u",
                             (unsigned)TRMI_MAXIMUM_FIELDS);
        least = (uint32_t)side < least ? (uint32_t)side : least;
        most = (uint32_t)side > most ? (uint32_t)side : most;
    }
    if (most == 0)
        return TRM_OK;
    *b = (trmi_bounds) { least, most, least, most, 0, 0, most * most };
    if (f->config->fields > 1) {
        b->least_fields = least;
        b->most_fields = most;
    }
    return TRM_OK;
}

/* Names of bounds and where they go. */
typedef struct bound {
    const char *name;
    size_t offset;
} bound;

#define BOUND(member) \
    { \
#member, offsetof(trmi_bounds, member) \
    }
static const bound bounds[] = { BOUND(least_rows),    BOUND(most_rows),    BOUND(least_columns),
                                BOUND(most_columns),  BOUND(least_fields), BOUND(most_fields),
                                BOUND(most_positions) };
enum { BOUNDS = sizeof bounds / sizeof *bounds };

static trm_status read_bounds(const trmi_fields *f)
{
    const json_t *object = trmi_field(f, "bounds");
    if (object == NULL)
        return read_sides(f);
    const trmi_fields inner = { object, object, f->file, f->config, f->error };
    trm_status status = TRM_OK;
    for (size_t i = 0; i < BOUNDS && status == TRM_OK; i++) {
        uint32_t value = 0;
        status = trmi_field_integer(&inner, bounds[i].name, &value);
        memcpy((char *)&f->config->bounds + bounds[i].offset, &value, sizeof value);
    }
    return status;
}

/* -- relations: names, for which "aggregates" and "given" hold, or objects that say all of it -- */

static uint32_t word_in(const char *const *words, const char *word, uint32_t otherwise)
{
    for (uint32_t i = 0; word != NULL && i < WORDS; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return word == NULL ? otherwise : WORDS;
}

static bool names(const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (word != NULL && strcmp(word, name) == 0)
            return true;
    }
    return false;
}

static trm_status read_relation(const trmi_fields *f, const json_t *item, trmi_relation *relation)
{
    const bool plain = json_is_string(item);
    const char *name = json_string_value(plain ? item : json_object_get(item, "name"));
    const json_t *aggregates = plain ? trmi_field(f, "aggregates") : json_object_get(item, "aggregates");
    if (name == NULL || strlen(name) >= sizeof relation->name)
        return trmi_fail(
            f->error, TRM_ERROR_FORMAT,
            "configuration: relations must be names of at most %u characters, or objects with one",
            (unsigned)sizeof relation->name - 1);
    *relation = (trmi_relation) { .level = TRMI_LEVEL_POSITIONS };
    memcpy(relation->name, name, strlen(name));
    bool single;
    trmi_named_relation_find(name, &relation->level, &single);
    relation->source = names(trmi_field(f, "given"), name) ? TRMI_RELATION_QUESTION : TRMI_RELATION_SHAPE;
    if (!plain) {
        relation->source =
            word_in(source_words, json_string_value(json_object_get(item, "source")), relation->source);
        relation->level =
            word_in(level_words, json_string_value(json_object_get(item, "level")), relation->level);
    }
    for (size_t i = 0; i < WORDS; i++)
        if (names(aggregates, aggregate_words[i].word))
            relation->aggregates |= aggregate_words[i].aggregate;
    if (relation->source < WORDS && relation->level < WORDS && relation->aggregates != 0)
        return TRM_OK;
    return trmi_fail(f->error, TRM_ERROR_FORMAT,
                     "configuration: relation %s: expected a source shape, file or question, a level nodes, "
                     "positions or fields, and aggregates sum, max or node",
                     name);
}

static trm_status read_relations(const trmi_fields *f)
{
    const json_t *list = trmi_field(f, "relations");
    trmi_relations *relations = &f->config->relations;
    char text[TRMI_RELATIONS_BYTES];
    const size_t count = json_array_size(list);
    if (count < 1 || count > TRMI_RELATIONS)
        return trmi_fail(f->error, TRM_ERROR_FORMAT,
                         "configuration: relations must be a list of 1 to %u, found %zu", TRMI_RELATIONS,
                         count);
    for (size_t i = 0; i < count; i++) {
        const trm_status status = read_relation(f, json_array_get(list, i), &relations->relation[i]);
        if (status != TRM_OK)
            return status;
        relations->count = (uint32_t)i + 1;
    }
    /* the rules of the text are those of every relation */
    return trmi_relations_parse(text, trmi_relations_print(relations, text), relations, f->error);
}

trm_status trmi_relational_settings_read(const trmi_fields *fields)
{
    static trm_status (*const parts[])(const trmi_fields *) = { read_sizes, read_shape, read_rest,
                                                                read_bounds, read_relations };
    *fields->config = (trmi_config) { .architecture = TRM_ARCHITECTURE_TRM,
                                      .block = TRM_BLOCK_RELATIONAL,
                                      .position_encoding = TRM_POSITION_NONE,
                                      .gate = TRM_GATE_NORMED,
                                      .likelihood = TRM_LIKELIHOOD_SOFTMAX,
                                      .maximum_steps = 16,
                                      .fields = 1,
                                      .halting = TRMI_HALTING_SOFTMIN,
                                      .rotary_base = 10000.0,
                                      .norm_epsilon = 1e-5 };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        TRMI_TRY(parts[i](fields));
    return trmi_config_check(fields->config, fields->error);
}

/* ------------------------------------------------------------------------------------------- writing */

/* NULL without memory: a word that is left out would make another model. */
static json_t *aggregates_array(uint32_t aggregates)
{
    json_t *list = json_array();
    for (size_t i = 0; i < WORDS; i++)
        if ((aggregates & aggregate_words[i].aggregate) &&
            json_array_append_new(list, json_string(aggregate_words[i].word)) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *relation_object(const trmi_relation *relation)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "name", relation->name, "source", source_words[relation->source],
                     "level", level_words[relation->level], "aggregates",
                     aggregates_array(relation->aggregates));
}

static json_t *relations_array(const trmi_relations *relations)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < relations->count; i++)
        if (json_array_append_new(list, relation_object(&relations->relation[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *bounds_object(const trmi_bounds *all)
{
    json_t *object = json_object();
    for (size_t i = 0; i < BOUNDS; i++) {
        uint32_t value;
        memcpy(&value, (const char *)all + bounds[i].offset, sizeof value);
        if (value != 0 && json_object_set_new(object, bounds[i].name, json_integer(value)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* One field a line. */
/* clang-format off */
json_t *trmi_relational_settings(const trmi_config *c)
{
    json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:f, s:f, s:I, s:f, s:o, s:o}",
                     "block", "relational",
                     "channels", (json_int_t)c->channels,
                     "hidden", (json_int_t)c->channel_hidden,
                     "blocks", (json_int_t)c->blocks,
                     "cycles", (json_int_t)c->cycles,
                     "updates", (json_int_t)c->updates,
                     "maximum_steps", (json_int_t)c->maximum_steps,
                     "tokens", (json_int_t)c->vocabulary,
                     "fields", (json_int_t)c->fields,
                     "helper_tokens", (json_int_t)c->helper_tokens,
                     "features", (json_int_t)c->features,
                     "halt", halting_words[c->halting - TRMI_HALTING_SOFTMIN],
                     "likelihood", likelihood_words[c->likelihood - TRM_LIKELIHOOD_SOFTMAX],
                     "start_noise", c->start_noise,
                     "halt_threshold", c->halt_threshold,
                     "cell_confidence", (json_int_t)c->cell_confidence,
                     "rms_norm_eps", c->norm_epsilon,
                     "bounds", bounds_object(&c->bounds),
                     "relations", relations_array(&c->relations));
    json_t *shape = c->grid_rows > 0 ? json_pack("{s:I, s:I}", "rows", (json_int_t)c->grid_rows,
                                                 "columns", (json_int_t)c->grid_columns)
                                     : json_pack("{s:I}", "positions", (json_int_t)c->positions);
    json_t *box = c->box_rows > 0 ? json_pack("{s:[I, I]}", "box", (json_int_t)c->box_rows, (json_int_t)c->box_columns)
                                  : json_object();
    json_t *first = c->fields > 1 ? json_pack("{s:I}", "first", (json_int_t)c->first_value) : json_object();
    const bool complete = object != NULL && json_object_update(object, shape) == 0 &&
                          json_object_update(object, box) == 0 && json_object_update(object, first) == 0;
    json_decref(shape);
    json_decref(box);
    json_decref(first);
    if (complete)
        return object;
    json_decref(object);
    return NULL;
}
/* clang-format on */
