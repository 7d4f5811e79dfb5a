#include "lib/solve/tables.h"

#include "lib/core/error.h"
#include "lib/core/name.h"
#include "lib/core/parts.h"
#include "lib/net/relational.h"

/* Lists that stand in the model's file, metadata relation.NAME. */
static trm_status lay_stored(const trm_model *model, const trmi_relation *relation, const trmi_shape *shape,
                             trmi_arena *arena, trmi_relation_table *table, trm_error *error)
{
    char key[sizeof "relation." + TRMI_RELATION_NAME_BYTES];
    trmi_write_name(key, sizeof key, "relation.%s", relation->name);
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, key);
    if (entry == NULL || entry->type != TRM_METADATA_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: expected the lists of the relation, found %s",
                         key, entry == NULL ? "no such key" : "another type");
    return trmi_relation_of_file(relation, entry->bytes, entry->length,
                                 trmi_relation_elements(relation->level, shape), arena, table, error);
}

static trm_status lay_relation(const trm_model *model, const trmi_relation *relation, const trmi_shape *shape,
                               trmi_arena *arena, trmi_relation_table *table, trm_error *error)
{
    *table = (trmi_relation_table) { .level = relation->level };
    if (!TRMI_HAS_GIVEN && relation->source != TRMI_RELATION_SHAPE)
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "relation %s: expected one that comes from the shape, as this build was made without "
            "those that come as lists",
            relation->name);
    if (relation->source == TRMI_RELATION_FILE)
        return lay_stored(model, relation, shape, arena, table, error);
    if (relation->source == TRMI_RELATION_SHAPE && trmi_relation_check_shape(relation, shape, NULL) == TRM_OK)
        return trmi_relation_of_shape(relation, shape, arena, table, error);
    table->lists = trmi_relation_elements(relation->level, shape); /* every question brings its own */
    return TRM_OK;
}

trm_status trmi_tables_lay(const trm_model *model, const trmi_shape *shape, trmi_arena *arena,
                           trmi_relation_table *relations, trmi_extent *extent, trm_error *error)
{
    const trmi_config *config = &model->config;
    trm_status status = TRM_OK;
    if (!TRMI_HAS_GIVEN && (config->features > 0 || shape->helpers > 0))
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "expected no helpers and no features, as this build was made without them");
    *extent = (trmi_extent) { .positions = shape->positions,
                              .fields = shape->fields,
                              .helpers = shape->helpers,
                              .rows = config->prefix + trmi_shape_nodes(shape),
                              /* A state less in RAM, and a block waits for its own rows: for processors
                                 without a cache that is no loss. */
                              .in_place = TRMI_FOR_FIRMWARE(arena) && config->relations.count > 0,
                              /* A state less again; features would make it slow. */
                              .anew = TRMI_FOR_FIRMWARE(arena) && config->relations.count > 0 &&
                                      config->features == 0 };
    for (uint32_t r = 0; r < config->relations.count && status == TRM_OK; r++) {
        trmi_relation_table table;
        status = lay_relation(model, &config->relations.relation[r], shape, arena, &table, error);
        if (status != TRM_OK)
            return status;
        extent->group_rows += trmi_group_rows(extent, config, r, &table, false);
        extent->band_rows += trmi_group_rows(extent, config, r, &table, true);
        extent->in_place = extent->in_place && trmi_hears_in_place(extent, &table);
        if (relations != NULL)
            relations[r] = table;
    }
    return status;
}
