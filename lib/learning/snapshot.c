/* Files of a run: a model with the averaged weights, or a checkpoint, which is that model with more. */
#include "lib/learning/snapshot.h"

#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/interchange/writer.h"

static const char own_keys[] = "train.";

/* ------------------------------------------------------------------------------------------- extra tensors
 */

static const char *const extra_names[TRMI_EXTRA_COUNT] = { "train.weights", "train.first", "train.second",
                                                           "train.y", "train.z" };

/* One number for each weight, in rows of a panel; or a state in each row, N x D. */
trmi_tensor trmi_extra_tensor(const trmi_config *config, const trm_train_options *options, uint32_t rows,
                              trmi_extra which)
{
    const bool state = which >= TRMI_EXTRA_STATE_Y;
    const uint64_t weights = trmi_parameters_flat(config) / TRMI_PANEL;
    const uint32_t columns = state ? trmi_padded(config->channels) : TRMI_PANEL;
    trmi_tensor tensor = {
        .role = TRMI_ROLE_COUNT,
        .layout = TRMI_LAYOUT_ROWS,
        .groups = 1,
        .group_rows = state ? options->batch * options->states : (uint32_t)weights,
        .column_groups = state ? rows : 1,
        .group_columns = columns,
        .stored_group_columns = columns,
    };
    tensor.stored_group_rows = tensor.group_rows;
    snprintf(tensor.name, sizeof tensor.name, "%s", extra_names[which]);
    return tensor;
}

void trmi_extra_exchange(const trm_trainer *trainer, trmi_extra which, float *file, bool reading)
{
    const trmi_parameters *parameters = &trainer->parameters;
    const size_t state = trmi_slots_state(&trainer->slots) * trainer->options.states;
    float *moments = which == TRMI_EXTRA_FIRST ? trainer->optimiser.first : trainer->optimiser.second;
    if (which == TRMI_EXTRA_WEIGHTS)
        for (uint32_t i = 0; i < parameters->count; i++) {
            const trmi_parameter *p = &parameters->list[i];
            memcpy(reading ? p->values : file + p->flat, reading ? file + p->flat : p->values,
                   p->count * sizeof(float));
        }
    else if (which < TRMI_EXTRA_STATE_Y)
        memcpy(reading ? moments : file, reading ? file : moments, parameters->flat_count * sizeof(float));
    else
        for (uint32_t i = 0; i < trainer->options.batch; i++) {
            const trmi_slot *slot = &trainer->slots.slots[i];
            float *memory = which == TRMI_EXTRA_STATE_Y ? slot->y : slot->z, *at = file + i * state;
            memcpy(reading ? memory : at, reading ? at : memory, state * sizeof(float));
        }
}

/* A trmi_supply: averaged weights, unpacked, or an extra tensor. */
static trm_status supply(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    (void)error;
    const trm_trainer *trainer = user;
    if (tensor->role == TRMI_ROLE_COUNT) {
        for (int which = 0; which < TRMI_EXTRA_COUNT; which++)
            if (strcmp(tensor->name, extra_names[which]) == 0) {
                memset(to, 0, trmi_tensor_rows(tensor) * trmi_tensor_columns(tensor) * sizeof *to);
                trmi_extra_exchange(trainer, (trmi_extra)which, to, false);
            }
        return TRM_OK;
    }
    for (uint32_t i = 0; i < trainer->parameters.count; i++) {
        const trmi_parameter *p = &trainer->parameters.list[i];
        if (strcmp(p->tensor.name, tensor->name) != 0)
            continue;
        const float *from = trmi_trainer_average(trainer, p);
        for (uint64_t row = 0; row < trmi_logical_rows(tensor); row++)
            for (uint64_t column = 0; column < trmi_logical_columns(tensor); column++)
                *to++ = from[trmi_tensor_index(tensor, row, column)];
    }
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- metadata */

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static trm_status put_numbers(trmi_labels *labels, const char *key, const uint64_t *numbers, size_t count,
                              const trm_allocator *allocator, trm_error *error)
{
    char *bytes = trmi_allocate(allocator, count * 8);
    if (bytes == NULL)
        return trmi_no_memory(error, "the metadata of a checkpoint");
    for (size_t i = 0; i < count; i++)
        trmi_store64((uint8_t *)bytes + i * 8, numbers[i]);
    const trm_status status = trmi_labels_put(
        labels,
        &(trmi_metadata_entry) {
            .key = key, .type = TRM_METADATA_BYTES, .length = (uint32_t)(count * 8), .bytes = bytes },
        error);
    trmi_release(allocator, bytes);
    return status;
}

uint64_t trmi_puzzles_fingerprint(const trm_puzzles *puzzles)
{
    uint32_t sum =
        trmi_crc32c(0, puzzles->tokens, (size_t)(puzzles->count * 2 * puzzles->task.shape.positions));
    for (uint64_t i = 0; puzzles->sheets != NULL && i < puzzles->count; i++)
        if (puzzles->sheets[i] != NULL)
            sum = trmi_sheet_checksum(puzzles->sheets[i], sum);
    return sum;
}

void trmi_set_list(const trm_puzzles *puzzles, double share, uint64_t list[TRMI_SET_NUMBERS])
{
    list[0] = puzzles->count;
    list[1] = trmi_puzzles_fingerprint(puzzles);
    list[2] = bits_of(share);
}

static trm_status put_sets(const trm_trainer *trainer, trmi_labels *labels, trm_error *error)
{
    uint64_t list[TRMI_SETS * TRMI_SET_NUMBERS];
    for (uint32_t i = 0; i < trainer->set_count; i++)
        trmi_set_list(trainer->sets[i].puzzles, trainer->sets[i].share, list + (size_t)i * TRMI_SET_NUMBERS);
    return put_numbers(labels, TRMI_SETS_KEY, list, (size_t)trainer->set_count * TRMI_SET_NUMBERS,
                       &trainer->allocator, error);
}

static trm_status put_slots(const trm_trainer *trainer, trmi_labels *labels, trm_error *error)
{
    const size_t count = (size_t)trainer->options.batch * TRMI_SLOT_NUMBERS;
    uint64_t *slots = trmi_allocate(&trainer->allocator, count * 8);
    if (slots == NULL)
        return trmi_no_memory(error, "the metadata of a checkpoint");
    for (uint32_t i = 0; i < trainer->options.batch; i++) {
        slots[i * TRMI_SLOT_NUMBERS] = trainer->slots.slots[i].number;
        slots[i * TRMI_SLOT_NUMBERS + 1] = trainer->slots.slots[i].steps;
    }
    const trm_status status = put_numbers(labels, TRMI_SLOTS_KEY, slots, count, &trainer->allocator, error);
    trmi_release(&trainer->allocator, slots);
    return status;
}

static trm_status put_progress(const trm_trainer *trainer, trmi_labels *labels, trm_error *error)
{
    uint64_t options[TRMI_OPTION_NUMBERS];
    trmi_options_list(&trainer->options, options);
    const uint64_t progress[TRMI_PROGRESS_NUMBERS] = {
        [TRMI_AT_STEP] = trainer->step,
        [TRMI_AT_OPTIMISER] = trainer->optimiser.steps,
        [TRMI_AT_DRAWN] = trainer->slots.drawn,
        [TRMI_AT_SETS] = trainer->set_count,
        [TRMI_AT_ROWS] = trmi_slots_rows(&trainer->slots),
    };
    TRMI_TRY(put_numbers(labels, TRMI_OPTIONS_KEY, options, TRMI_OPTION_NUMBERS, &trainer->allocator, error));
    TRMI_TRY(
        put_numbers(labels, TRMI_PROGRESS_KEY, progress, TRMI_PROGRESS_NUMBERS, &trainer->allocator, error));
    TRMI_TRY(put_sets(trainer, labels, error));
    return put_slots(trainer, labels, error);
}

/* ------------------------------------------------------------------------------------------- writing */

static bool is_own(const char *key)
{
    return strncmp(key, own_keys, sizeof own_keys - 1) == 0;
}

static trm_status copy_labels(const trm_trainer *trainer, trmi_labels *labels, trm_error *error)
{
    for (uint32_t i = 0; i < trainer->labels.count; i++)
        if (!is_own(trainer->labels.entries[i].key))
            TRMI_TRY(trmi_labels_put(labels, &trainer->labels.entries[i], error));
    return TRM_OK;
}

/* The model's, with the puzzles' boxes where a reader would take others. */
static trmi_config config_with_boxes(const trm_trainer *trainer)
{
    trmi_config config = trainer->model->config;
    const trmi_shape *s = &trainer->sets[0].puzzles->task.shape;
    uint32_t rows, columns;
    trmi_default_boxes(s->rows, &rows, &columns);
    if (config.box_rows == 0 && s->rows == config.grid_rows && s->columns == config.grid_columns &&
        (s->box_rows != rows || s->box_columns != columns)) {
        config.box_rows = s->box_rows;
        config.box_columns = s->box_columns;
    }
    return config;
}

static trm_status write_file(trm_trainer *trainer, const trmi_labels *labels, const trmi_tensor *extras,
                             uint32_t extra_count, const char *path, bool deflated, trm_error *error)
{
    const trmi_weights weights = {
        .config = config_with_boxes(trainer),
        .metadata = labels->entries,
        .metadata_count = labels->count,
        .extra = extras,
        .extra_count = extra_count,
        .supply = supply,
        .user = trainer,
    };
    trmi_output output;
    TRMI_TRY(trmi_output_file(&output, path, &trainer->allocator, error));
    const trmi_environment host = trmi_environment_enter();
    trm_status status = trmi_write_model(&output, &weights, deflated, error);
    trmi_environment_leave(host);
    if (status == TRM_OK)
        status = trmi_output_commit(&output, error);
    trmi_output_close(&output);
    return status;
}

trm_status trm_trainer_write(trm_trainer *trainer, const char *output_path, uint32_t deflate,
                             trm_error *error)
{
    if (trainer == NULL || output_path == NULL || deflate > 1)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_trainer_write: trainer and output_path must not be NULL, deflate must be 0 or 1");
    trmi_labels labels;
    trmi_labels_begin(&labels, &trainer->allocator);
    trm_status status = copy_labels(trainer, &labels, error);
    if (status == TRM_OK)
        status = write_file(trainer, &labels, NULL, 0, output_path, deflate != 0, error);
    trmi_labels_close(&labels);
    return status;
}

trm_status trm_trainer_save(trm_trainer *trainer, const char *output_path, trm_error *error)
{
    if (trainer == NULL || output_path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_trainer_save: trainer and output_path must not be NULL");
    trmi_labels labels;
    trmi_tensor extras[TRMI_EXTRA_COUNT];
    TRMI_TRY(trmi_trainer_ready(trainer, error));
    for (int i = 0; i < TRMI_EXTRA_COUNT; i++)
        extras[i] = trmi_extra_tensor(&trainer->model->config, &trainer->options,
                                      trmi_slots_rows(&trainer->slots), (trmi_extra)i);
    trmi_labels_begin(&labels, &trainer->allocator);
    trm_status status = copy_labels(trainer, &labels, error);
    if (status == TRM_OK)
        status = put_progress(trainer, &labels, error);
    if (status == TRM_OK)
        status = write_file(trainer, &labels, extras, TRMI_EXTRA_COUNT, output_path, false, error);
    trmi_labels_close(&labels);
    return status;
}

trm_status trm_trainer_describe(trm_trainer *trainer, const char *key, const char *text, trm_error *error)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    if (trainer == NULL || key == NULL || text == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_trainer_describe: an argument is NULL");
    const size_t length = strlen(key);
    if (length == 0 || length > 255 || strspn(key, letters) != length || is_own(key) ||
        strncmp(key, "model.", 6) == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_trainer_describe: %.80s is not a key of 1 to 255 of A-Z a-z 0-9 . _ - without "
                         "\"model.\" and \"train.\" in front",
                         key);
    return trmi_labels_text(&trainer->labels, key, text, error);
}
