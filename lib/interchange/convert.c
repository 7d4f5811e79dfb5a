/* A conversion is: open the input, whatever it is, as a trmi_weights; apply the options; hand it to the
 * writer of the output's format. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/core/source.h"
#include "lib/format/layout.h"
#include "lib/interchange/checkpoint.h"
#include "lib/interchange/file_name.h"
#include "lib/interchange/json.h"
#include "lib/interchange/labels.h"
#include "lib/interchange/settings.h"
#include "lib/interchange/shards.h"
#include "lib/interchange/task_labels.h"
#include "lib/interchange/writer.h"
#include "lib/interchange/yaml.h"
#include "lib/model/metadata.h"
#include "lib/model/stored.h"

enum { LARGEST_SETTINGS = 16777216 }; /* bytes of a JSON configuration */

static const char checkpoint_ending[] = ".safetensors";

/* Everything of one conversion that has to be released. */
typedef struct conversion {
    trm_convert_options options; /* with the fields' defaults */
    trm_allocator allocator;
    const char *input_path; /* NULL in memory */
    trm_model *model;       /* a .trm input */
    trmi_safetensors checkpoint;
    trmi_labels labels;
    trmi_weights weights;
} conversion;

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

/* -- .trm as input -- */

/* A tensor's bytes, expanded as the kernels want them. */
static trm_status load_tensor(const conversion *job, const trmi_tensor *tensor, void **loaded,
                              trmi_stored *stored, trm_error *error)
{
    TRMI_TRY(trmi_stored_find(stored, job->model, tensor, TRMI_ACCEPT_CODES, error));
    *loaded = trmi_allocate(&job->allocator, stored->bytes);
    if (*loaded == NULL)
        return trmi_no_memory(error, "expanding tensor %s", tensor->name);
    trm_status status = trmi_stored_load(stored, *loaded, &job->allocator, error);
    if (status != TRM_OK)
        trmi_release(&job->allocator, *loaded);
    return status;
}

/* Logical numbers, row after row, from stored numbers. */
static void unpack(const trmi_tensor *tensor, const float *packed, float *to)
{
    const uint64_t rows = trmi_logical_rows(tensor), columns = trmi_logical_columns(tensor);
    for (uint64_t row = 0; row < rows; row++)
        for (uint64_t column = 0; column < columns; column++)
            *to++ = packed[trmi_tensor_index(tensor, row, column)];
}

/* The same from integers times their rows' scales. */
static void unpack_codes(const trmi_tensor *tensor, const int8_t *codes, const float *scales, float *to)
{
    const uint64_t rows = trmi_logical_rows(tensor), columns = trmi_logical_columns(tensor);
    for (uint64_t row = 0; row < rows; row++)
        for (uint64_t column = 0; column < columns; column++) {
            const uint64_t stored_row = trmi_stored_row(tensor, row);
            *to++ = (float)codes[trmi_code_index(tensor, stored_row, trmi_stored_column(tensor, column))] *
                    scales[stored_row];
        }
}

static trm_status supply_from_model(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    const conversion *job = user;
    trmi_stored stored;
    void *loaded;
    TRMI_TRY(load_tensor(job, tensor, &loaded, &stored, error));
    if (stored.quantised)
        unpack_codes(tensor, loaded, (const float *)((const char *)loaded + stored.scales_at), to);
    else
        unpack(tensor, loaded, to);
    trmi_release(&job->allocator, loaded);
    return TRM_OK;
}

static bool supply_codes_from_model(void *user, const trmi_tensor *tensor, void *to, trm_status *status,
                                    trm_error *error)
{
    const conversion *job = user;
    trmi_stored stored;
    if (trmi_stored_find(&stored, job->model, tensor, TRMI_ACCEPT_CODES, NULL) != TRM_OK || !stored.quantised)
        return false;
    if (to != NULL)
        *status = trmi_stored_load(&stored, to, &job->allocator, error);
    return true;
}

static trm_status open_model(conversion *job, const void *data, size_t bytes, trm_error *error)
{
    const trm_open_options options = { .size = sizeof options, .flags = 0, .allocator = &job->allocator };
    trm_status status = trm_model_open_memory(data, bytes, &options, &job->model, error);
    if (status != TRM_OK)
        return status;
    const trmi_container *container = &job->model->container;
    for (uint32_t i = 0; i < container->metadata_count && status == TRM_OK; i++)
        status = trmi_labels_put(&job->labels, &container->metadata[i], error);
    job->weights.config = job->model->config;
    job->weights.supply = supply_from_model;
    job->weights.supply_codes = supply_codes_from_model;
    job->weights.user = job;
    return status;
}

/* -- safetensors as input -- */

static bool is_yaml(const char *path)
{
    return ends_with(path, ".yaml") || ends_with(path, ".yml");
}

static trm_status load_settings(json_t **settings, const char *path, const trm_allocator *allocator,
                                trm_error *error)
{
    trmi_source source;
    trm_status status = trmi_source_open(&source, path, TRM_OPEN_READ, allocator, error);
    if (status != TRM_OK)
        return status;
    if (source.size > LARGEST_SETTINGS)
        status = trmi_fail(error, TRM_ERROR_FORMAT, "%.200s has %llu bytes; a configuration has at most %d",
                           path, (unsigned long long)source.size, LARGEST_SETTINGS);
    else
        status = (is_yaml(path) ? trmi_yaml_read : trmi_json_read)(settings, source.bytes,
                                                                   (size_t)source.size, path, error);
    trmi_source_close(&source);
    return status;
}

/* The input's path with its last `cut` bytes replaced. */
static trm_status load_beside(json_t **settings, const conversion *job, size_t cut, const char *ending,
                              trm_error *error)
{
    const size_t kept = strlen(job->input_path) - cut;
    char *path = trmi_allocate(&job->allocator, (uint64_t)kept + strlen(ending) + 1);
    if (path == NULL)
        return trmi_no_memory(error, "a path");
    memcpy(path, job->input_path, kept);
    memcpy(path + kept, ending, strlen(ending));
    const trm_status status = load_settings(settings, path, &job->allocator, error);
    trmi_release(&job->allocator, path);
    return status;
}

/* The places that train.h lists; a file that cannot be opened leads on to the next. */
static trm_status search_settings(json_t **settings, const conversion *job, trm_error *error)
{
    const char *name = job->input_path != NULL ? trmi_file_name(job->input_path) : NULL;
    trm_status status = TRM_ERROR_FILE;
    if (name != NULL && ends_with(name, checkpoint_ending))
        status = load_beside(settings, job, strlen(checkpoint_ending), ".json", error);
    if (name != NULL && status == TRM_ERROR_FILE)
        status = load_beside(settings, job, strlen(name), "all_config.json", error);
    if (name != NULL && status == TRM_ERROR_FILE)
        status = load_beside(settings, job, strlen(name), "config.json", error);
    if (name != NULL && status == TRM_ERROR_FILE)
        status = load_beside(settings, job, strlen(name), "all_config.yaml", error);
    if (status == TRM_ERROR_FILE)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "the checkpoint has no configuration: its __metadata__ has no \"config\", and %s",
                         name != NULL ? "there is no readable JSON file of its name, all_config.json, "
                                        "config.json or all_config.yaml beside it"
                                      : "no other place is known");
    return status;
}

static trm_status find_settings(json_t **settings, const conversion *job, trm_error *error)
{
    if (job->options.config_path != NULL)
        return load_settings(settings, job->options.config_path, &job->allocator, error);
    const json_t *text = json_object_get(trmi_safetensors_metadata(&job->checkpoint), "config");
    if (json_is_string(text))
        return trmi_json_read(settings, json_string_value(text), json_string_length(text),
                              "__metadata__ \"config\"", error);
    return search_settings(settings, job, error);
}

/* Published configurations leave seq_len out; the grid that the options name tells it. */
static trm_status add_length(const conversion *job, json_t *settings, trm_error *error)
{
    const trm_convert_options *o = &job->options;
    const json_t *inner = json_object_get(settings, "arch");
    const bool told =
        json_object_get(settings, "seq_len") != NULL || json_object_get(inner, "seq_len") != NULL;
    if (o->grid_rows == 0 || told || !json_is_object(settings))
        return TRM_OK;
    const json_int_t cells = (json_int_t)o->grid_rows * (json_int_t)o->grid_columns;
    return json_object_set_new(settings, "seq_len", json_integer(cells)) == 0
               ? TRM_OK
               : trmi_no_memory(error, "the configuration");
}

/* Of relational checkpoints, whose configuration may have it: that of their metadata, or of the options,
   wins. */
static trm_status take_alphabet(conversion *job, const json_t *settings, trm_error *error)
{
    const json_t *alphabet = json_object_get(settings, "alphabet");
    if (job->weights.config.block != TRM_BLOCK_RELATIONAL || !json_is_string(alphabet))
        return TRM_OK;
    return trmi_labels_alphabet(&job->labels, json_string_value(alphabet), 0, job->weights.config.vocabulary,
                                error) == TRM_OK
               ? TRM_OK
               : trmi_fail_within(error, TRM_ERROR_FORMAT, "the configuration's alphabet");
}

static trm_status open_checkpoint(conversion *job, const void *data, size_t bytes, trm_error *error)
{
    json_t *settings = NULL;
    trm_status status = trmi_safetensors_open(&job->checkpoint, data, bytes, &job->allocator, error);
    if (status == TRM_OK)
        status = find_settings(&settings, job, error);
    if (status == TRM_OK && !json_is_object(settings))
        status = trmi_fail(error, TRM_ERROR_FORMAT,
                           "configuration: expected an object of fields, found another value");
    if (status == TRM_OK)
        status = add_length(job, settings, error);
    if (status == TRM_OK)
        status = trmi_settings_read(&job->weights.config, settings, &job->checkpoint, error);
    if (status == TRM_OK)
        status = take_alphabet(job, settings, error);
    json_decref(settings);
    if (status == TRM_OK)
        status = trmi_checkpoint_check(&job->checkpoint, &job->weights.config, error);
    if (status == TRM_OK)
        status = trmi_labels_from_checkpoint(&job->labels, &job->checkpoint, error);
    job->weights.supply = trmi_checkpoint_supply;
    job->weights.user = &job->checkpoint;
    return status;
}

/* -- the conversion -- */

static trm_status apply_grid(conversion *job, trm_error *error)
{
    trmi_config *config = &job->weights.config;
    if (job->options.grid_rows == 0 && job->options.grid_columns == 0)
        return TRM_OK;
    config->grid_rows = job->options.grid_rows;
    config->grid_columns = job->options.grid_columns;
    const trm_status status =
        trmi_config_check(config, error); /* the input's configuration was right: the options are wrong */
    return status == TRM_OK ? status : trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_convert_options");
}

/* Halting and selectors, where the options name others than the input has, and the note of how these were
 * found. */
static trm_status apply_halting(conversion *job, trm_error *error)
{
    trmi_config *config = &job->weights.config;
    const trm_convert_options *options = &job->options;
    if (options->halt_threshold != 0.0)
        config->halt_threshold = options->halt_threshold;
    if (options->maximum_steps != 0)
        config->maximum_steps = options->maximum_steps;
    if (trmi_config_check(config, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_convert_options");
    TRMI_TRY(options->calibration == NULL
                 ? TRM_OK
                 : trmi_labels_text(&job->labels, TRMI_KEY_CALIBRATION, options->calibration, error));
    return trmi_labels_selectors(&job->labels, options->selectors, error);
}

/* A trmi_tensor_visit that looks for a name; `user` is the name, until it was found. */
static trm_status look_for(void *user, const trmi_tensor *tensor, trm_error *error)
{
    (void)error;
    const char **name = user;
    if (*name != NULL && strcmp(*name, tensor->name) == 0 && trmi_tensor_quantises(tensor))
        *name = NULL;
    return TRM_OK;
}

static trm_status apply_precision(conversion *job, trm_error *error)
{
    const trm_convert_options *options = &job->options;
    for (size_t i = 0; i < options->keep_count; i++) {
        const char *name = options->keep[i];
        const trm_status status = trmi_tensors(&job->weights.config, look_for, &name, error);
        if (status != TRM_OK || name != NULL)
            return trmi_fail(error, TRM_ERROR_ARGUMENT,
                             "keep: the model has no tensor %.100s that could be quantised; such as "
                             "net.0.channels.down could",
                             options->keep[i] != NULL ? options->keep[i] : "NULL");
    }
    job->weights.precision = options->precision;
    job->weights.keep = options->keep;
    job->weights.keep_count = options->keep_count;
    return TRM_OK;
}

static trm_status apply_options(conversion *job, trm_error *error)
{
    const trm_convert_options *options = &job->options;
    trm_status status = apply_grid(job, error);
    if (status == TRM_OK)
        status = apply_halting(job, error);
    if (status == TRM_OK)
        status = apply_precision(job, error);
    if (status == TRM_OK)
        status = trmi_labels_task(&job->labels, options->task, error);
    if (status == TRM_OK)
        status = trmi_labels_alphabet(&job->labels, options->alphabet, options->alphabet_first,
                                      job->weights.config.vocabulary, error);
    if (status == TRM_OK && (options->task != NULL || options->alphabet != NULL || options->grid_rows != 0))
        status = trmi_labels_complete_task(&job->labels, &job->weights.config, error);
    job->weights.metadata = job->labels.entries;
    job->weights.metadata_count = job->labels.count;
    return status;
}

static trm_status open_input(conversion *job, const void *data, size_t bytes, trm_error *error)
{
    const size_t magic = sizeof TRMI_MAGIC - 1;
    const bool is_model = bytes >= magic && memcmp(data, TRMI_MAGIC, magic) == 0;
    const trmi_environment host = trmi_environment_enter();
    trm_status status =
        is_model ? open_model(job, data, bytes, error) : open_checkpoint(job, data, bytes, error);
    if (status == TRM_OK)
        status = apply_options(job, error);
    trmi_environment_leave(host);
    return status;
}

static trm_status write_output(const conversion *job, trmi_output *output, trm_error *error)
{
    const trmi_environment host = trmi_environment_enter();
    const trm_status status = job->options.format == TRM_FORMAT_SAFETENSORS
                                  ? trmi_write_checkpoint(output, &job->weights, error)
                                  : trmi_write_model(output, &job->weights, job->options.deflate != 0, error);
    trmi_environment_leave(host);
    return status;
}

static trm_status begin(conversion *job, const trm_convert_options *options, const char *output_path,
                        trm_error *error)
{
    *job = (conversion) { .options = TRM_CONVERT_OPTIONS_INIT };
    if (options != NULL)
        TRMI_TRY(trmi_read_struct(&job->options, sizeof job->options, options, sizeof options->size,
                                  "trm_convert_options", error));
    TRMI_TRY(trmi_allocator_read(&job->allocator, job->options.allocator, error));
    trmi_labels_begin(&job->labels, &job->allocator);
    if (job->options.format > TRM_FORMAT_SAFETENSORS || job->options.deflate > 1 ||
        job->options.precision > TRM_PRECISION_INT8)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_convert_options: format must be 0 to 2, deflate at most 1 and precision 0 to 2; "
            "found %u, %u, %u",
            job->options.format, job->options.deflate, job->options.precision);
    if (job->options.keep == NULL && job->options.keep_count != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_convert_options: keep is NULL, but keep_count is %zu", job->options.keep_count);
    if (job->options.format == 0 && output_path != NULL && !ends_with(output_path, checkpoint_ending) &&
        !ends_with(output_path, ".trm"))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "%.200s: expected an output that ends in .trm or .safetensors, or the format to be said",
            output_path);
    if (job->options.format == 0)
        job->options.format = output_path != NULL && ends_with(output_path, checkpoint_ending)
                                  ? TRM_FORMAT_SAFETENSORS
                                  : TRM_FORMAT_TRM;
    if (job->options.deflate != 0 && job->options.format == TRM_FORMAT_SAFETENSORS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "safetensors files cannot be deflated");
    if (job->options.precision == TRM_PRECISION_INT8 && job->options.format == TRM_FORMAT_SAFETENSORS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "safetensors files have the published numbers; only .trm files can be int8");
    return TRM_OK;
}

static void end(conversion *job)
{
    trmi_labels_close(&job->labels);
    trmi_safetensors_close(&job->checkpoint);
    trm_model_close(job->model);
}

/* *output is to be committed and closed when that goes well. */
static trm_status convert_source(conversion *job, const trmi_source *source, const char *output_path,
                                 trmi_output *output, trm_error *error)
{
    trm_status status = open_input(job, source->bytes, (size_t)source->size, error);
    if (status != TRM_OK)
        return trmi_fail_within(error, status, job->input_path);
    status = trmi_output_file(output, output_path, &job->allocator, error);
    if (status != TRM_OK)
        return status;
    status = write_output(job, output, error);
    if (status != TRM_OK)
        trmi_output_close(output);
    return status;
}

trm_status trm_convert(const char *input_path, const char *output_path, const trm_convert_options *options,
                       trm_error *error)
{
    if (input_path == NULL || output_path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_convert: %s is NULL",
                         input_path == NULL ? "input_path" : "output_path");
    conversion job;
    trmi_source source;
    trmi_output output;
    TRMI_TRY(begin(&job, options, output_path, error));
    job.input_path = input_path;
    trm_status status = trmi_source_open(&source, input_path, 0, &job.allocator, error);
    if (status == TRM_OK) {
        status = trmi_shards_join(&source, input_path, &job.allocator, error);
        if (status == TRM_OK)
            status = convert_source(&job, &source, output_path, &output, error);
        end(&job);
        trmi_source_close(&source);
    }
    if (status != TRM_OK)
        return status;
    status = trmi_output_commit(&output, error); /* no sooner: Windows replaces no file that is mapped */
    trmi_output_close(&output);
    return status;
}

trm_status trm_convert_memory(const void *data, size_t bytes, const trm_convert_options *options,
                              void **output, size_t *output_bytes, trm_error *error)
{
    if (data == NULL || output == NULL || output_bytes == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_convert_memory: data, output and output_bytes must not be NULL");
    *output = NULL;
    *output_bytes = 0;
    conversion job;
    TRMI_TRY(begin(&job, options, NULL, error));
    trmi_output made;
    trmi_output_memory(&made, &job.allocator);
    trm_status status = open_input(&job, data, bytes, error);
    if (status == TRM_OK)
        status = write_output(&job, &made, error);
    if (status == TRM_OK) {
        *output = made.bytes;
        *output_bytes = (size_t)made.size;
        made.bytes = NULL; /* the caller's now */
    }
    trmi_output_close(&made);
    end(&job);
    return status;
}

void trm_convert_free(void *output, const trm_allocator *allocator)
{
    trm_allocator own;
    if (trmi_allocator_read(&own, allocator, NULL) == TRM_OK)
        trmi_release(&own, output);
}
