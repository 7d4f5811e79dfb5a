/* What a model tells about itself. */
#include "lib/core/error.h"
#include "lib/format/layout.h"
#include "lib/model/model.h"

/* Rows that the lists of a relation say in a shape; lists that come with questions are one for each of
 * their elements. */
static uint64_t rows_heard(const trmi_shape *shape, const trmi_relation *relation)
{
    trmi_arena measure = { .base = NULL };
    trmi_relation_table table = { .level = relation->level,
                                  .lists = trmi_relation_elements(relation->level, shape) };
    if (relation->source == TRMI_RELATION_SHAPE &&
        trmi_relation_of_shape(relation, shape, &measure, &table, NULL) != TRM_OK)
        return 0;
    const uint64_t units = table.level == TRMI_LEVEL_FIELDS ? shape->positions : table.lists;
    return units * trmi_relation_spread(&table, shape->fields);
}

/* Of one supervision step: T n evaluations of the low network, T of the high one, and both heads. */
uint64_t trmi_step_operations(const trm_model *model, const trmi_shape *shape)
{
    const trmi_config *c = &model->config;
    uint64_t heard[TRMI_RELATIONS];
    if (!TRMI_HAS_FILES) /* who prepared the model knows */
        return 0;
    for (uint32_t r = 0; r < c->relations.count; r++)
        heard[r] = rows_heard(shape, &c->relations.relation[r]);
    const uint64_t high = c->architecture == TRM_ARCHITECTURE_HRM ? c->high_blocks : c->blocks;
    const uint64_t blocks = (uint64_t)c->cycles * c->updates * c->blocks + c->cycles * high;
    const uint64_t outputs = trmi_outputs(c), rows = (uint64_t)shape->positions * shape->fields,
                   halts = trmi_halts_by_head(c) ? 2 : rows;
    return 2 * (blocks * trmi_kind_of(c->block)->products(c, c->prefix + trmi_shape_nodes(shape), heard) +
                c->channels * (rows * outputs + halts));
}

/* A bound that the file does not name is the model's own. */
static uint32_t bound(uint32_t named, uint32_t own)
{
    return named != 0 ? named : own;
}

trm_status trm_model_describe(const trm_model *model, trm_model_info *info, trm_error *error)
{
    if (model == NULL || info == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model and a trm_model_info, found NULL for the %s",
                         model == NULL ? "model" : "info");
    const trmi_config *c = &model->config;
    const trmi_task *task = &model->task;
    const trmi_shape own = task->shape;
    const trmi_bounds *b = &c->bounds;
    const trm_model_info all = {
        .architecture = c->architecture,
        .block = c->block,
        .position_encoding = c->position_encoding,
        .gate = c->gate,
        .likelihood = c->likelihood,
        .channels = c->channels,
        .positions = c->positions,
        .prefix = c->prefix,
        .vocabulary = c->vocabulary,
        .identifiers = c->identifiers,
        .blocks = c->blocks,
        .high_blocks = c->high_blocks,
        .heads = c->heads,
        .token_hidden = c->token_hidden,
        .channel_hidden = c->channel_hidden,
        .cycles = c->cycles,
        .updates = c->updates,
        .maximum_steps = c->maximum_steps,
        .grid_rows = c->grid_rows,
        .grid_columns = c->grid_columns,
        .mapped = model->in_place,
        .metadata_count = model->container.metadata_count,
        .tensor_count = model->container.tensor_count,
        .parameters = model->parameters,
        .file_bytes = model->container.file_bytes,
        .weight_bytes = model->weight_bytes,
        .step_operations = trmi_step_operations(model, &own),
        .task = model->task.name,
        .instruction_set = model->kernels.name,
        .quantised = c->quantised,
        .fields = own.fields,
        .box_rows = own.box_rows,
        .box_columns = own.box_columns,
        .least_rows = bound(b->least_rows, own.rows),
        .most_rows = bound(b->most_rows, own.rows),
        .least_columns = bound(b->least_columns, own.columns),
        .most_columns = bound(b->most_columns, own.columns),
        .least_fields = bound(b->least_fields, own.fields),
        .most_fields = bound(b->most_fields, own.fields),
        .most_positions = bound(b->most_positions, own.positions),
        .relations = c->relations.count,
        .helper_tokens = c->helper_tokens,
        .features = c->features,
        .halting = c->halting,
        .cell_confidence = c->cell_confidence,
        .first_value = task->first_value,
        .values = task->values,
        .blank = task->blank == TRMI_NO_TOKEN ? c->vocabulary : (uint32_t)task->blank,
        .keeps_givens = task->keeps_givens,
        .start_noise = (float)c->start_noise,
        .halt_threshold = c->halt_threshold > 0.0 ? (float)c->halt_threshold : 0.5f,
    };
    return trmi_write_struct(info, &all, sizeof all, sizeof(size_t), "trm_model_info", error);
}

static trm_status check_index(const trm_model *model, const void *to, uint32_t index, uint32_t count,
                              const char *what, trm_error *error)
{
    if (model == NULL || to == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected a model and a %s, found NULL for the %s", what,
                         model == NULL ? "model" : what);
    if (index >= count)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "index: expected less than %u, found %u", (unsigned)count,
                         (unsigned)index);
    return TRM_OK;
}

trm_status trm_model_metadata(const trm_model *model, uint32_t index, trm_metadata *metadata,
                              trm_error *error)
{
    const uint32_t count = model != NULL ? model->container.metadata_count : 0;
    TRMI_TRY(check_index(model, metadata, index, count, "trm_metadata", error));
    const trmi_metadata_entry *e = &model->container.metadata[index];
    const trm_metadata all = { .key = e->key,
                               .type = e->type,
                               .length = e->length,
                               .integer = e->integer,
                               .real = e->real,
                               .bytes = e->bytes };
    return trmi_write_struct(metadata, &all, sizeof all, sizeof(size_t), "trm_metadata", error);
}

trm_status trm_model_tensor(const trm_model *model, uint32_t index, trm_tensor_info *tensor, trm_error *error)
{
    const uint32_t count = model != NULL ? model->container.tensor_count : 0;
    TRMI_TRY(check_index(model, tensor, index, count, "trm_tensor_info", error));
    const trmi_tensor_entry *e = &model->container.tensors[index];
    const trm_tensor_info all = {
        .name = e->name,
        .rows = e->rows,
        .columns = e->columns,
        .stored_bytes = e->stored_bytes,
        .type = e->type == TRMI_TYPE_I8 ? "i8" : "f32",
        .layout = e->layout == TRMI_LAYOUT_ROWS ? "rows" : "panels",
        .encoding = e->encoding == TRMI_ENCODING_RAW ? "raw" : "deflate",
    };
    return trmi_write_struct(tensor, &all, sizeof all, sizeof(size_t), "trm_tensor_info", error);
}

trm_status trm_model_relation(const trm_model *model, uint32_t index, trm_relation_info *relation,
                              trm_error *error)
{
    static const uint32_t levels[] = { [TRMI_LEVEL_POSITIONS] = TRM_LEVEL_POSITIONS,
                                       [TRMI_LEVEL_NODES] = TRM_LEVEL_NODES,
                                       [TRMI_LEVEL_FIELDS] = TRM_LEVEL_FIELDS },
                          sources[] = { [TRMI_RELATION_SHAPE] = TRM_RELATION_SHAPE,
                                        [TRMI_RELATION_FILE] = TRM_RELATION_FILE,
                                        [TRMI_RELATION_QUESTION] = TRM_RELATION_QUESTION };
    const uint32_t count = model != NULL ? model->config.relations.count : 0;
    TRMI_TRY(check_index(model, relation, index, count, "trm_relation_info", error));
    const trmi_relation *r = &model->config.relations.relation[index];
    const trm_relation_info all = {
        .name = r->name, .source = sources[r->source], .level = levels[r->level], .aggregates = r->aggregates
    };
    return trmi_write_struct(relation, &all, sizeof all, sizeof(size_t), "trm_relation_info", error);
}
