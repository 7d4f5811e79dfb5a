/* See relational_golden.h. Golden files are the project's own: what is wrong with one ends the program. */
#include "tests/support/relational_golden.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/memory.h"

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

/* `pointer`, which is freed with the golden file. */
static void *keep(relational_golden *golden, void *pointer)
{
    if (pointer == NULL || golden->kept_count == GOLDEN_KEPT)
        fail("relational_golden: no memory, or too many tensors");
    return golden->kept[golden->kept_count++] = pointer;
}

static void *keep_array(relational_golden *golden, size_t count, size_t element)
{
    return keep(golden, calloc(count > 0 ? count : 1, element));
}

/* ------------------------------------------------------------------------------------------ the file */

static void read_file(relational_golden *golden, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0)
        fail("%s: cannot be read", path);
    const long bytes = ftell(stream);
    rewind(stream);
    if (bytes <= 0)
        fail("%s: cannot be read, or is empty", path);
    void *data = keep_array(golden, (size_t)bytes, 1);
    if (fread(data, 1, (size_t)bytes, stream) != (size_t)bytes)
        fail("%s: cannot be read", path);
    fclose(stream);
    trm_error error = TRM_ERROR_INIT;
    if (trmi_allocator_read(&golden->allocator, NULL, &error) != TRM_OK ||
        trmi_safetensors_open(&golden->file, data, (uint64_t)bytes, &golden->allocator, &error) != TRM_OK)
        fail("%s: %s", path, error.message);
    const char *config =
        json_string_value(json_object_get(trmi_safetensors_metadata(&golden->file), "config"));
    golden->config = config != NULL ? json_loads(config, 0, NULL) : NULL;
    if (golden->config == NULL)
        fail("%s: its metadata has no config", path);
}

double *relational_golden_numbers(relational_golden *golden, const char *name, size_t count)
{
    const trmi_safetensor *tensor = trmi_safetensors_find(&golden->file, name);
    if (tensor == NULL)
        return NULL;
    if (tensor->count != count)
        fail("%s: expected %zu numbers, found %llu", name, count, (unsigned long long)tensor->count);
    double *numbers = keep_array(golden, count, sizeof *numbers);
    float *floats = malloc((count > 0 ? count : 1) * sizeof *floats);
    trm_error error = TRM_ERROR_INIT;
    if (floats == NULL || trmi_safetensor_floats(&golden->file, tensor, floats, &error) != TRM_OK)
        fail("%s: %s", name, error.message);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (double)floats[i];
    free(floats);
    return numbers;
}

static double *required(relational_golden *golden, const char *name, size_t count)
{
    double *numbers = relational_golden_numbers(golden, name, count);
    if (numbers == NULL)
        fail("%s is missing", name);
    return numbers;
}

/* Whole numbers, which floats hold exactly as far as golden files go. */
static void *integers(relational_golden *golden, const char *name, size_t count)
{
    const double *numbers = required(golden, name, count);
    int32_t *whole = keep_array(golden, count, sizeof *whole);
    for (size_t i = 0; i < count; i++)
        whole[i] = (int32_t)numbers[i];
    return whole;
}

static uint32_t setting(const relational_golden *golden, const char *name, uint32_t otherwise)
{
    const json_t *value = json_object_get(golden->config, name);
    return json_is_integer(value) ? (uint32_t)json_integer_value(value) : otherwise;
}

/* ----------------------------------------------------------------------------------------- the model */

static bool has(const json_t *list, const char *word)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) if (strcmp(json_string_value(item), word) == 0) return true;
    return false;
}

static reference_level level_of(const json_t *relation, const char *name)
{
    const char *level = json_string_value(json_object_get(relation, "level"));
    if (level == NULL)
        return strcmp(name, "cell") == 0 ? REFERENCE_FIELDS : REFERENCE_POSITIONS;
    return strcmp(level, "nodes") == 0    ? REFERENCE_NODES
           : strcmp(level, "fields") == 0 ? REFERENCE_FIELDS
                                          : REFERENCE_POSITIONS;
}

/* A relation is an object, or a name for which the file's own aggregates hold. */
static void read_relations(relational_golden *golden)
{
    reference_relational *model = &golden->model;
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(golden->config, "relations"), i, item)
    {
        const json_t *name = json_is_string(item) ? item : json_object_get(item, "name");
        const json_t *aggregates =
            json_object_get(json_is_string(item) ? golden->config : item, "aggregates");
        reference_relation *relation = &model->relation[model->relations++];
        relation->name = json_string_value(name);
        relation->level = level_of(item, relation->name);
        relation->sum = has(aggregates, "sum");
        relation->maximum = has(aggregates, "max");
        relation->node = has(aggregates, "node");
    }
}

static double *weight(relational_golden *golden, uint32_t block, const char *kind, uint32_t relation)
{
    char name[64];
    snprintf(name, sizeof name, "blocks.%u.%s.%u", block, kind, relation);
    return required(golden, name, (size_t)2 * golden->model.hidden * golden->model.channels);
}

static void read_block(relational_golden *golden, uint32_t b)
{
    const reference_relational *model = &golden->model;
    reference_block *block = &golden->model.block[b];
    char name[64];
    snprintf(name, sizeof name, "blocks.%u.w0", b);
    block->own = required(golden, name, (size_t)2 * model->hidden * model->channels);
    snprintf(name, sizeof name, "blocks.%u.down", b);
    block->down = required(golden, name, (size_t)model->hidden * model->channels);
    for (uint32_t r = 0; r < model->relations; r++) {
        const reference_relation *relation = &model->relation[r];
        if (relation->sum || relation->node)
            block->sum[r] = weight(golden, b, relation->node ? "node" : "sum", r);
        if (relation->maximum)
            block->maximum[r] = weight(golden, b, "max", r);
    }
}

static void read_model(relational_golden *golden)
{
    reference_relational *model = &golden->model;
    model->channels = setting(golden, "channels", 0);
    model->hidden = setting(golden, "hidden", 0);
    model->blocks = setting(golden, "blocks", 0);
    model->cycles = setting(golden, "cycles", 0);
    model->updates = setting(golden, "updates", 0);
    model->vocabulary = setting(golden, "tokens", 0);
    const uint32_t fields = setting(golden, "fields", 1), d = model->channels;
    model->with_fields = fields > 1;
    model->first_value = setting(golden, "first", model->vocabulary - fields);
    model->features = setting(golden, "features", 0);
    model->product = strcmp(json_string_value(json_object_get(golden->config, "halt")), "product") == 0;
    read_relations(golden);
    for (uint32_t b = 0; b < model->blocks; b++)
        read_block(golden, b);
    const uint32_t rows = (model->with_fields ? model->first_value + 2 : model->vocabulary) +
                          setting(golden, "helper_tokens", 0),
                   outputs = model->with_fields ? 1 : model->vocabulary;
    model->embed = required(golden, "embed", (size_t)rows * d);
    model->feature_embed = relational_golden_numbers(golden, "features", (size_t)model->features * d);
    model->start_y = required(golden, "y0", d);
    model->start_z = required(golden, "z0", d);
    model->head = required(golden, "head.w", (size_t)outputs * d);
    model->head_bias = required(golden, "head.b", outputs);
    model->halt = required(golden, "halt.w", d);
    model->halt_bias = *required(golden, "halt.b", 1);
}

/* ------------------------------------------------------------------------------------- the questions */

/* The lists of question b: all questions share them, or their offsets run on over the questions. */
static reference_lists read_lists(relational_golden *golden, const char *relation, uint32_t elements,
                                  uint32_t b)
{
    char name[64];
    snprintf(name, sizeof name, "golden.%s.first", relation);
    const trmi_safetensor *tensor = trmi_safetensors_find(&golden->file, name);
    if (tensor == NULL)
        return (reference_lists) { NULL, NULL };
    const uint32_t *all = integers(golden, name, (size_t)tensor->count);
    snprintf(name, sizeof name, "golden.%s.heard", relation);
    uint32_t *heard = integers(golden, name, all[tensor->count - 1]);
    const uint32_t *own = tensor->count == elements + 1 ? all : all + (size_t)b * elements;
    uint32_t *first = keep_array(golden, (size_t)elements + 1, sizeof *first);
    for (uint32_t i = 0; i <= elements; i++)
        first[i] = own[i] - own[0];
    return (reference_lists) { first, heard + own[0] };
}

static uint32_t elements_of(const reference_question *q, reference_level level)
{
    return level == REFERENCE_POSITIONS ? q->positions
           : level == REFERENCE_FIELDS  ? q->fields
                                        : q->positions * q->fields + q->helpers;
}

static void read_shape(relational_golden *golden, reference_question *q)
{
    const json_t *box = json_object_get(golden->config, "box");
    q->rows = setting(golden, "rows", 0);
    q->columns = setting(golden, "columns", 0);
    q->box_rows = (uint32_t)json_integer_value(json_array_get(box, 0));
    q->box_columns = (uint32_t)json_integer_value(json_array_get(box, 1));
    q->positions = setting(golden, "positions", q->rows * q->columns);
    q->fields = setting(golden, "fields", 1);
    q->helpers = setting(golden, "helpers", 0);
}

static void read_questions(relational_golden *golden)
{
    reference_question shape = { 0 };
    read_shape(golden, &shape);
    const uint32_t places = shape.positions + shape.helpers, n = golden->questions;
    const int32_t *tokens = integers(golden, "golden.inputs", (size_t)n * shape.positions);
    const int32_t *helpers =
        shape.helpers > 0 ? integers(golden, "golden.helper_inputs", (size_t)n * shape.helpers) : NULL;
    const double *features =
        relational_golden_numbers(golden, "golden.features", (size_t)n * places * golden->model.features);
    for (uint32_t b = 0; b < n; b++) {
        reference_question *q = &golden->question[b];
        *q = shape;
        q->tokens = tokens + (size_t)b * q->positions;
        q->helper_tokens = helpers != NULL ? helpers + (size_t)b * q->helpers : NULL;
        q->feature_values = features != NULL ? features + (size_t)b * places * golden->model.features : NULL;
        for (uint32_t r = 0; r < golden->model.relations; r++) {
            const reference_relation *relation = &golden->model.relation[r];
            q->given[r] = read_lists(golden, relation->name, elements_of(q, relation->level), b);
        }
    }
}

void relational_golden_open_model(relational_golden *golden, const char *path)
{
    *golden = (relational_golden) { 0 };
    read_file(golden, path);
    read_model(golden);
}

void relational_golden_open(relational_golden *golden, const char *path)
{
    relational_golden_open_model(golden, path);
    const trmi_safetensor *logits = trmi_safetensors_find(&golden->file, "golden.logits");
    if (logits == NULL || logits->rank != 4 || logits->shape[1] > GOLDEN_QUESTIONS)
        fail("%s: golden.logits is missing or has another shape", path);
    golden->steps = (uint32_t)logits->shape[0];
    golden->questions = (uint32_t)logits->shape[1];
    read_questions(golden);
}

void relational_golden_close(relational_golden *golden)
{
    while (golden->kept_count > 0)
        free(golden->kept[--golden->kept_count]);
    json_decref(golden->config);
    trmi_safetensors_close(&golden->file);
}
