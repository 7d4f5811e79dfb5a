#include "lib/interchange/relational_options.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/task/family.h"
#include "lib/task/named_relations.h"
#include "lib/task/sizes.h"

enum { MOST_NOISE = 100 };

/* ------------------------------------------------------------------------------------------- relations */

static trm_status fail_relation(const char *expected, uint32_t index, uint32_t found, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_init_options: relation %u: expected %s, found %u",
                     (unsigned)index + 1, expected, (unsigned)found);
}

/* What a name says by itself: one of those that shapes have is theirs; any other comes with questions, for
   positions. */
static void complete_relation(trm_relation_info *info)
{
    uint32_t level;
    bool single = false;
    if (info->name == NULL || info->source != 0 || info->level != 0 || info->aggregates != 0)
        return;
    const bool known = trmi_named_relation_find(info->name, &level, &single);
    info->source = known ? TRM_RELATION_SHAPE : TRM_RELATION_QUESTION;
    info->level = known && level == TRMI_LEVEL_FIELDS ? TRM_LEVEL_FIELDS : TRM_LEVEL_POSITIONS;
    info->aggregates = single ? TRM_AGGREGATE_NODE : TRM_AGGREGATE_SUM | TRM_AGGREGATE_MAX;
}

static trm_status read_relation(trmi_relation *to, const trm_relation_info *info, uint32_t index,
                                trm_error *error)
{
    static const uint32_t levels[] = { [TRM_LEVEL_POSITIONS] = TRMI_LEVEL_POSITIONS,
                                       [TRM_LEVEL_NODES] = TRMI_LEVEL_NODES,
                                       [TRM_LEVEL_FIELDS] = TRMI_LEVEL_FIELDS };
    static const uint32_t sources[] = { [TRM_RELATION_SHAPE] = TRMI_RELATION_SHAPE,
                                        [TRM_RELATION_FILE] = TRMI_RELATION_FILE,
                                        [TRM_RELATION_QUESTION] = TRMI_RELATION_QUESTION };
    const size_t length = info->name != NULL ? strlen(info->name) : 0;
    if (length == 0 || length >= TRMI_RELATION_NAME_BYTES)
        return fail_relation("a name of 1 to 31 bytes", index, (uint32_t)length, error);
    if (info->level < TRM_LEVEL_POSITIONS || info->level > TRM_LEVEL_FIELDS)
        return fail_relation("a trm_relation_level", index, info->level, error);
    if (info->source < TRM_RELATION_SHAPE || info->source > TRM_RELATION_QUESTION)
        return fail_relation("a trm_relation_source", index, info->source, error);
    if (info->aggregates < TRM_AGGREGATE_SUM || info->aggregates > TRM_AGGREGATE_NODE)
        return fail_relation("aggregates SUM, MAX, both or NODE", index, info->aggregates, error);
    if (info->reserved != 0)
        return fail_relation("reserved 0", index, info->reserved, error);
    if (info->source == TRM_RELATION_FILE || info->lists != NULL)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "trm_init_options: relation %s: this version does not write lists into a model yet",
                         info->name);
    *to = (trmi_relation) { .source = sources[info->source],
                            .level = levels[info->level],
                            .aggregates = info->aggregates };
    memcpy(to->name, info->name, length + 1);
    return TRM_OK;
}

/* Prints the relations and reads the text again, which checks them as a file's. */
static trm_status read_given(trmi_relations *relations, const trm_init_options *options, trm_error *error)
{
    char text[TRMI_RELATIONS_BYTES];
    trm_status status = TRM_OK;
    relations->count = (uint32_t)options->relation_count;
    for (uint32_t i = 0; i < relations->count && status == TRM_OK; i++) {
        trm_relation_info info = TRM_RELATION_INFO_INIT;
        status = trmi_read_element(&info, sizeof info, options->relations, i, "trm_relation_info", error);
        complete_relation(&info);
        if (status == TRM_OK)
            status = read_relation(&relations->relation[i], &info, i, error);
    }
    if (status != TRM_OK)
        return status;
    status = trmi_relations_parse(text, trmi_relations_print(relations, text), relations, error);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_init_options");
}

static trm_status read_relations(trmi_config *config, const trm_init_options *options, trm_error *error)
{
    bool exact;
    const trmi_family *family =
        trmi_family_of(options->task != NULL ? options->task : "", options->grid_rows > 0, &exact);
    if (family->has_boxes && options->grid_rows == options->grid_columns)
        (void)trmi_default_boxes(options->grid_rows, &config->box_rows, &config->box_columns);
    if (options->relation_count > TRMI_RELATIONS ||
        (options->relation_count == 0) != (options->relations == NULL))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_init_options: expected at most %d relations, NULL for none, found %zu of them%s",
            TRMI_RELATIONS, options->relation_count, options->relations == NULL ? " at NULL" : "");
    if (options->relation_count > 0)
        return read_given(&config->relations, options, error);
    return trmi_relations_parse(family->relations, strlen(family->relations), &config->relations, error);
}

/* ------------------------------------------------------------------------------------------- sizes */

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Bounds around all sizes. Values are as many as rows where the model's own shape has it so; of a described
 * task, whose values may be fixed, no more than there are. */
static trm_status read_sizes(trmi_config *config, const trm_init_options *options, trm_error *error)
{
    trmi_sizes sizes;
    trmi_bounds *b = &config->bounds;
    const trm_status status = trmi_sizes_parse(options->sizes, &sizes, error);
    if (status != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_init_options.sizes");
    const bool grid = config->grid_rows > 0;
    *b = (trmi_bounds) { .least_rows = config->grid_rows,
                         .most_rows = config->grid_rows,
                         .least_columns = config->grid_columns,
                         .most_columns = config->grid_columns,
                         .most_positions = config->positions };
    for (uint32_t i = 0; i < sizes.count; i++) {
        const trmi_size_range *r = &sizes.range[i];
        b->least_rows = smaller(b->least_rows, r->least_rows);
        b->most_rows = larger(b->most_rows, r->most_rows);
        b->least_columns = smaller(b->least_columns, r->least_columns);
        b->most_columns = larger(b->most_columns, r->most_columns);
        b->most_positions =
            larger(b->most_positions, grid ? r->most_rows * r->most_columns : r->most_columns);
    }
    if (!grid)
        *b = (trmi_bounds) { .most_positions = b->most_positions, /* and with fewer values, such as colours */
                             .least_fields = config->fields > 2 ? 2 : 0,
                             .most_fields = config->fields > 2 ? config->fields : 0 };
    else if (trmi_has_fields(config) && config->fields == config->grid_rows) {
        b->least_fields = b->least_rows;
        b->most_fields = options->rules == NULL
                             ? b->most_rows
                             : smaller(b->most_rows, config->vocabulary - config->first_value);
    }
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- all of it */

static bool has_any(const trm_init_options *o)
{
    return o->fields > 1 || o->first_value > 0 || o->helper_tokens > 0 || o->features > 0 ||
           o->relations != NULL || o->relation_count > 0 || o->start_noise != 0.0f ||
           o->halting > TRM_HALTING_LOGIT || o->sizes != NULL || o->rules != NULL;
}

trm_status trmi_relational_options_read(trmi_config *config, const trm_init_options *options,
                                        trm_error *error)
{
    if (options->block != TRM_BLOCK_RELATIONAL)
        return has_any(options)
                   ? trmi_fail(error, TRM_ERROR_ARGUMENT,
                               "trm_init_options: only relational models have fields, first_value, "
                               "helper_tokens, features, relations, start_noise, halting, sizes and rules")
                   : TRM_OK;
    if (!(options->start_noise >= 0.0f && options->start_noise <= MOST_NOISE))
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_init_options: start_noise must be 0 to %d; found %g",
                         MOST_NOISE, (double)options->start_noise);
    config->fields = options->fields > 0 ? options->fields : 1;
    config->first_value = options->first_value;
    config->helper_tokens = options->helper_tokens;
    config->features = options->features;
    config->start_noise = (double)options->start_noise;
    config->halting = options->halting > TRM_HALTING_LOGIT ? options->halting : TRMI_HALTING_SOFTMIN;
    TRMI_TRY(read_relations(config, options, error));
    if (options->sizes != NULL)
        TRMI_TRY(read_sizes(config, options, error));
    return TRM_OK;
}
