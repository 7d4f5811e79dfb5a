#include "bindings/cli/quantize_report.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/model_task.h"
#include "bindings/cli/report.h"
#include "bindings/cli/validation.h"

/* The model as it is, and what it is measured on. */
typedef struct subject {
    void *bytes;
    size_t count;
    const char **names; /* of the tensors that can be quantised */
    size_t names_count;
    trm_model *quantised; /* to which the names belong */
    trm_puzzles *puzzles;
    trm_pool *pool;
    bool json;
} subject;

static bool read_file(subject *s, const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size > 0 && fseek(file, 0, SEEK_SET) == 0)
        s->bytes = malloc((size_t)size);
    if (s->bytes != NULL)
        s->count = fread(s->bytes, 1, (size_t)size, file);
    if (file != NULL)
        fclose(file);
    if (size > 0 && s->count == (size_t)size)
        return true;
    report_error("%s: cannot be read", path);
    return false;
}

/* The model with every tensor quantised but those named; released with trm_model_close(). */
static trm_status quantise(const subject *s, const char *const *keep, size_t keep_count, trm_model **model,
                           trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    void *bytes = NULL;
    size_t count = 0;
    options.precision = TRM_PRECISION_INT8;
    options.keep = keep;
    options.keep_count = keep_count;
    opening.flags = TRM_OPEN_READ;
    trm_status status = trm_convert_memory(s->bytes, s->count, &options, &bytes, &count, error);
    if (status == TRM_OK)
        status = trm_model_open_memory(bytes, count, &opening, model, error);
    trm_convert_free(bytes, NULL);
    return status;
}

static trm_status list_names(subject *s, trm_error *error)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_tensor_info tensor = TRM_TENSOR_INFO_INIT;
    trm_status status = quantise(s, NULL, 0, &s->quantised, error);
    if (status == TRM_OK)
        status = trm_model_describe(s->quantised, &info, error);
    s->names = calloc((size_t)info.tensor_count + 1, sizeof *s->names);
    for (uint32_t i = 0; s->names != NULL && i < info.tensor_count && status == TRM_OK; i++) {
        status = trm_model_tensor(s->quantised, i, &tensor, error);
        if (status == TRM_OK && strcmp(tensor.type, "i8") == 0)
            s->names[s->names_count++] = tensor.name;
    }
    return status;
}

/* Text for puzzles is the model's own, whatever its task. */
static trm_status read_puzzles(subject *s, const char *path, uint64_t limit, trm_error *error)
{
    model_task own;
    trm_status status = model_task_read(&own, s->quantised, error);
    own.task.name = "quantize";
    if (status == TRM_OK)
        status = trm_puzzles_create(&own.task, NULL, &s->puzzles, error);
    return status == TRM_OK ? trm_puzzles_read(s->puzzles, path, limit, error) : status;
}

static void print_line(const subject *s, const char *name, const exam_result *result)
{
    const double exact = (double)result->exact / (double)result->puzzles,
                 cell = (double)result->right / (double)result->cells,
                 steps = (double)result->steps / (double)result->puzzles;
    if (!s->json) {
        printf("%-28s %9.2f %% %9.3f %% %11.2f\n", name, 100.0 * exact, 100.0 * cell, steps);
        return;
    }
    record r = record_begin(stdout);
    record_text(&r, "quantised", name);
    record_integer(&r, "puzzles", result->puzzles);
    record_number(&r, "exact", exact);
    record_number(&r, "cell", cell);
    record_number(&r, "mean_steps", steps);
    record_end(&r);
    putchar('\n');
}

static bool measure(const subject *s, const char *name, const trm_model *model)
{
    exam_result result;
    if (!examine(model, s->puzzles, trm_pool_executor(s->pool), &result))
        return false;
    print_line(s, name, &result);
    fflush(stdout);
    return !was_interrupted();
}

/* With that tensor alone quantised; none when there is no such index. */
static bool measure_one(const subject *s, size_t index, const char *name)
{
    const char **keep = malloc((s->names_count + 1) * sizeof *keep);
    size_t kept = 0;
    trm_model *model = NULL;
    trm_error error = TRM_ERROR_INIT;
    for (size_t i = 0; keep != NULL && i < s->names_count; i++)
        if (i != index)
            keep[kept++] = s->names[i];
    const bool made = keep != NULL && quantise(s, keep, kept, &model, &error) == TRM_OK;
    if (!made)
        report_error("%s", keep != NULL ? error.message : "not enough memory");
    const bool good = made && measure(s, name, model);
    trm_model_close(model);
    free(keep);
    return good;
}

static bool measure_all(const subject *s)
{
    if (!s->json)
        printf("%-28s %11s %11s %11s\n", "quantised", "exact", "cells", "mean steps");
    bool good = measure_one(s, s->names_count, "(none)");
    for (size_t i = 0; i < s->names_count && good; i++)
        good = measure_one(s, i, s->names[i]);
    return good && measure(s, "(all)", s->quantised);
}

bool report_quantising(const char *input, const char *data, uint64_t limit, bool json)
{
    subject s = { .json = json };
    trm_error error = TRM_ERROR_INIT;
    bool good = read_file(&s, input);
    if (good) {
        trm_status status = list_names(&s, &error);
        if (status == TRM_OK)
            status = read_puzzles(&s, data, limit, &error);
        if (status == TRM_OK)
            status = trm_pool_create(1, NULL, &s.pool, &error);
        good = status == TRM_OK && s.names != NULL;
        if (!good)
            report_error("%s", status != TRM_OK ? error.message : "not enough memory");
    }
    good = good && measure_all(&s);
    trm_pool_free(s.pool);
    trm_puzzles_free(s.puzzles);
    trm_model_close(s.quantised);
    free(s.names);
    free(s.bytes);
    return good;
}
