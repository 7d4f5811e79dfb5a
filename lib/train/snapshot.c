/* Files of a run. A model has the averaged weights. A checkpoint is that model with more: metadata whose keys
 * begin with "train.", and tensors for the weights themselves, the moments and the states of the puzzles on
 * their way; the puzzles themselves follow from the seed and their numbers. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/interchange/writer.h"
#include "lib/train/trainer.h"

static const char own_keys[] = "train.", options_key[] = "train.options", slots_key[] = "train.slots",
                  progress_key[] = "train.progress";

/* ------------------------------------------------------------------------------------------- extra tensors
 */

/* What a checkpoint has beside the model. */
typedef enum extra { WEIGHTS, FIRST, SECOND, STATE_Y, STATE_Z, EXTRA_COUNT } extra;

static const char *const extra_names[EXTRA_COUNT] = { "train.weights", "train.first", "train.second",
                                                      "train.y", "train.z" };

static trmi_tensor extra_tensor(const trm_trainer *trainer, extra which)
{
    const bool state = which >= STATE_Y;
    const uint64_t rows = state ? (uint64_t)trainer->options.batch * trainer->options.states
                                : trainer->parameters.flat_count / TRMI_PANEL;
    const uint64_t columns = state ? trmi_slots_state(&trainer->slots) : TRMI_PANEL;
    trmi_tensor tensor = {
        .role = TRMI_ROLE_COUNT,
        .layout = TRMI_LAYOUT_ROWS,
        .groups = 1,
        .group_rows = (uint32_t)rows,
        .stored_group_rows = (uint32_t)rows,
        .column_groups = 1,
        .group_columns = (uint32_t)columns,
        .stored_group_columns = (uint32_t)columns,
    };
    snprintf(tensor.name, sizeof tensor.name, "%s", extra_names[which]);
    return tensor;
}

/* The numbers of an extra tensor, to a file or from one. */
static void exchange(const trm_trainer *trainer, extra which, float *file, bool reading)
{
    const trmi_parameters *parameters = &trainer->parameters;
    const size_t state = trmi_slots_state(&trainer->slots) * trainer->options.states;
    float *moments = which == FIRST ? trainer->optimiser.first : trainer->optimiser.second;
    if (which == WEIGHTS)
        for (uint32_t i = 0; i < parameters->count; i++) {
            const trmi_parameter *p = &parameters->list[i];
            memcpy(reading ? p->values : file + p->flat, reading ? file + p->flat : p->values,
                   p->count * sizeof(float));
        }
    else if (which < STATE_Y)
        memcpy(reading ? moments : file, reading ? file : moments, parameters->flat_count * sizeof(float));
    else
        for (uint32_t i = 0; i < trainer->options.batch; i++) {
            const trmi_slot *slot = &trainer->slots.slots[i];
            float *memory = which == STATE_Y ? slot->y : slot->z, *at = file + i * state;
            memcpy(reading ? memory : at, reading ? at : memory, state * sizeof(float));
        }
}

/* A trmi_supply: averaged weights, unpacked, or an extra tensor. */
static trm_status supply(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    (void)error;
    const trm_trainer *trainer = user;
    if (tensor->role == TRMI_ROLE_COUNT) {
        for (int which = 0; which < EXTRA_COUNT; which++)
            if (strcmp(tensor->name, extra_names[which]) == 0) {
                memset(to, 0, trmi_tensor_rows(tensor) * trmi_tensor_columns(tensor) * sizeof *to);
                exchange(trainer, (extra)which, to, false);
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

/* The numbers of the options, eight bytes each, little-endian. */
enum { OPTION_NUMBERS = 24, PROGRESS_NUMBERS = 5, SLOT_NUMBERS = 2 };

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double real_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void list_options(const trm_train_options *o, uint64_t list[OPTION_NUMBERS])
{
    const uint64_t numbers[OPTION_NUMBERS] = {
        o->batch,
        o->shards,
        o->steps,
        o->seed,
        o->optimiser,
        o->maximum_steps,
        bits_of(o->learning_rate),
        bits_of(o->weight_decay),
        bits_of(o->beta1),
        bits_of(o->beta2),
        bits_of(o->muon_learning_rate),
        bits_of(o->muon_weight_decay),
        bits_of(o->muon_momentum),
        bits_of(o->puzzle_learning_rate),
        bits_of(o->puzzle_weight_decay),
        o->warm_up,
        o->cosine | (uint64_t)o->curriculum << 8 | (uint64_t)o->recompute << 16 | (uint64_t)o->plain << 24 |
            (uint64_t)o->precision << 32,
        bits_of(o->clip),
        bits_of(o->smoothing),
        bits_of(o->halt_weight),
        bits_of(o->exploration),
        bits_of(o->average),
        o->average_begin,
        o->states,
    };
    memcpy(list, numbers, sizeof numbers);
}

static void unlist_options(const uint64_t list[OPTION_NUMBERS], trm_train_options *o)
{
    o->batch = (uint32_t)list[0];
    o->shards = (uint32_t)list[1];
    o->steps = list[2];
    o->seed = list[3];
    o->optimiser = (uint32_t)list[4];
    o->maximum_steps = (uint32_t)list[5];
    o->learning_rate = real_of(list[6]);
    o->weight_decay = real_of(list[7]);
    o->beta1 = real_of(list[8]);
    o->beta2 = real_of(list[9]);
    o->muon_learning_rate = real_of(list[10]);
    o->muon_weight_decay = real_of(list[11]);
    o->muon_momentum = real_of(list[12]);
    o->puzzle_learning_rate = real_of(list[13]);
    o->puzzle_weight_decay = real_of(list[14]);
    o->warm_up = list[15];
    o->cosine = (uint32_t)(list[16] & 255);
    o->curriculum = (uint32_t)(list[16] >> 8 & 255);
    o->recompute = (uint32_t)(list[16] >> 16 & 255);
    o->plain = (uint32_t)(list[16] >> 24 & 255);
    o->precision = (uint32_t)(list[16] >> 32 & 255);
    o->clip = real_of(list[17]);
    o->smoothing = real_of(list[18]);
    o->halt_weight = real_of(list[19]);
    o->exploration = real_of(list[20]);
    o->average = real_of(list[21]);
    o->average_begin = list[22];
    o->states = (uint32_t)list[23];
}

static trm_status put_numbers(trmi_labels *labels, const char *key, const uint64_t *numbers, size_t count,
                              const trm_allocator *allocator, trm_error *error)
{
    char *bytes = trmi_allocate(allocator, count * 8);
    if (bytes == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the metadata of a checkpoint");
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

/* Tells one set of puzzles from another. */
static uint64_t fingerprint(const trm_puzzles *puzzles)
{
    return trmi_crc32c(0, puzzles->tokens, (size_t)(puzzles->count * 2 * puzzles->task.cells));
}

static trm_status put_progress(const trm_trainer *trainer, trmi_labels *labels, trm_error *error)
{
    uint64_t options[OPTION_NUMBERS] = { 0 };
    list_options(&trainer->options, options);
    const uint64_t progress[PROGRESS_NUMBERS] = { trainer->step, trainer->optimiser.steps,
                                                  trainer->slots.drawn, trainer->slots.puzzles->count,
                                                  fingerprint(trainer->slots.puzzles) };
    trm_status status = put_numbers(labels, options_key, options, OPTION_NUMBERS, &trainer->allocator, error);
    if (status == TRM_OK)
        status = put_numbers(labels, progress_key, progress, PROGRESS_NUMBERS, &trainer->allocator, error);
    uint64_t *slots = trmi_allocate(&trainer->allocator, (uint64_t)trainer->options.batch * SLOT_NUMBERS * 8);
    if (slots == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the metadata of a checkpoint");
    for (uint32_t i = 0; i < trainer->options.batch; i++) {
        slots[i * SLOT_NUMBERS] = trainer->slots.slots[i].number;
        slots[i * SLOT_NUMBERS + 1] = trainer->slots.slots[i].steps;
    }
    if (status == TRM_OK)
        status = put_numbers(labels, slots_key, slots, (size_t)trainer->options.batch * SLOT_NUMBERS,
                             &trainer->allocator, error);
    trmi_release(&trainer->allocator, slots);
    return status;
}

/* ------------------------------------------------------------------------------------------- writing */

static bool is_own(const char *key)
{
    return strncmp(key, own_keys, sizeof own_keys - 1) == 0;
}

static trm_status copy_labels(const trm_trainer *trainer, trmi_labels *labels, trm_error *error)
{
    trm_status status = TRM_OK;
    for (uint32_t i = 0; i < trainer->labels.count && status == TRM_OK; i++)
        if (!is_own(trainer->labels.entries[i].key))
            status = trmi_labels_put(labels, &trainer->labels.entries[i], error);
    return status;
}

static trm_status write_file(trm_trainer *trainer, const trmi_labels *labels, const trmi_tensor *extras,
                             uint32_t extra_count, const char *path, bool deflated, trm_error *error)
{
    const trmi_weights weights = {
        .config = trainer->model->config,
        .metadata = labels->entries,
        .metadata_count = labels->count,
        .extra = extras,
        .extra_count = extra_count,
        .supply = supply,
        .user = trainer,
    };
    trmi_output output;
    trm_status status = trmi_output_file(&output, path, &trainer->allocator, error);
    if (status != TRM_OK)
        return status;
    status = trmi_write_model(&output, &weights, deflated, error);
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
    trmi_tensor extras[EXTRA_COUNT];
    for (int i = 0; i < EXTRA_COUNT; i++)
        extras[i] = extra_tensor(trainer, (extra)i);
    trmi_labels_begin(&labels, &trainer->allocator);
    trm_status status = copy_labels(trainer, &labels, error);
    if (status == TRM_OK)
        status = put_progress(trainer, &labels, error);
    if (status == TRM_OK)
        status = write_file(trainer, &labels, extras, EXTRA_COUNT, output_path, false, error);
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

/* ------------------------------------------------------------------------------------------- resuming */

/* `count` numbers of a metadata entry. */
static trm_status read_numbers(const trmi_container *container, const char *key, uint64_t *numbers,
                               size_t count, trm_error *error)
{
    for (uint32_t i = 0; i < container->metadata_count; i++) {
        const trmi_metadata_entry *entry = &container->metadata[i];
        if (strcmp(entry->key, key) != 0)
            continue;
        if (entry->type != TRM_METADATA_BYTES || entry->length != count * 8)
            return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s has %u bytes, expected %zu", key,
                             entry->length, count * 8);
        for (size_t n = 0; n < count; n++)
            numbers[n] = trmi_load64((const uint8_t *)entry->bytes + n * 8);
        return TRM_OK;
    }
    return trmi_fail(error, TRM_ERROR_FORMAT, "it has no metadata %s: this is a model, not a checkpoint",
                     key);
}

static trm_status read_extra(trm_trainer *trainer, const trm_model *file, extra which, trm_error *error)
{
    const trmi_tensor wanted = extra_tensor(trainer, which);
    const trmi_tensor_entry *entry = trmi_container_tensor(&file->container, wanted.name);
    if (entry == NULL || entry->rows != trmi_tensor_rows(&wanted) ||
        entry->columns != trmi_tensor_columns(&wanted))
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s is missing or has another shape", wanted.name);
    float *numbers = trmi_allocate(&trainer->allocator, entry->bytes);
    if (numbers == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for tensor %s", wanted.name);
    const trm_status status =
        trmi_container_load(entry, file->source.bytes, numbers, &trainer->allocator, error);
    if (status == TRM_OK)
        exchange(trainer, which, numbers, true);
    trmi_release(&trainer->allocator, numbers);
    return status;
}

static trm_status read_slots(trm_trainer *trainer, const trm_model *file, trm_error *error)
{
    const size_t count = (size_t)trainer->options.batch * SLOT_NUMBERS;
    uint64_t *numbers = trmi_allocate(&trainer->allocator, count * 8);
    if (numbers == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the puzzles of a checkpoint");
    const trm_status status = read_numbers(&file->container, slots_key, numbers, count, error);
    for (uint32_t i = 0; i < trainer->options.batch && status == TRM_OK; i++) {
        trmi_slot *slot = &trainer->slots.slots[i];
        slot->number = numbers[i * SLOT_NUMBERS];
        slot->steps = (uint32_t)numbers[i * SLOT_NUMBERS + 1];
        trmi_slots_restore(&trainer->slots, slot);
    }
    trmi_release(&trainer->allocator, numbers);
    return status;
}

static trm_status check_puzzles(const trm_puzzles *puzzles, const uint64_t progress[PROGRESS_NUMBERS],
                                trm_error *error)
{
    if (puzzles->count == progress[3] && fingerprint(puzzles) == progress[4])
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_PUZZLE,
                     "the run learns from other puzzles: it had %llu, here are %llu, or some differ",
                     (unsigned long long)progress[3], (unsigned long long)puzzles->count);
}

static trm_status read_state(trm_trainer *trainer, const trm_model *file,
                             const uint64_t progress[PROGRESS_NUMBERS], trm_error *error)
{
    trm_status status = TRM_OK;
    for (int i = 0; i < EXTRA_COUNT && status == TRM_OK; i++)
        status = read_extra(trainer, file, (extra)i, error);
    if (status == TRM_OK)
        status = read_slots(trainer, file, error);
    trainer->step = progress[0];
    trainer->optimiser.steps = progress[1];
    trainer->slots.drawn = progress[2];
    if (status == TRM_OK)
        trmi_parameters_renew(&trainer->parameters);
    return status;
}

/* Before memory is allocated for a batch that the checkpoint may only claim to have. */
static trm_status check_batch(const trm_model *file, const trm_train_options *options, trm_error *error)
{
    const trmi_tensor_entry *entry = trmi_container_tensor(&file->container, extra_names[STATE_Y]);
    const uint64_t rows = (uint64_t)options->batch * options->states;
    if (entry != NULL && entry->rows == rows)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected the states of %llu puzzles, found %llu",
                     extra_names[STATE_Y], (unsigned long long)rows,
                     (unsigned long long)(entry != NULL ? entry->rows : 0));
}

/* The run of an opened checkpoint; `given` brings executor and allocator. */
static trm_status resume(const trm_model *file, const trm_puzzles *puzzles, const trm_train_options *given,
                         const trm_allocator *allocator, trm_trainer **trainer, trm_error *error)
{
    uint64_t list[OPTION_NUMBERS], progress[PROGRESS_NUMBERS];
    trm_status status = read_numbers(&file->container, options_key, list, OPTION_NUMBERS, error);
    if (status == TRM_OK)
        status = read_numbers(&file->container, progress_key, progress, PROGRESS_NUMBERS, error);
    if (status != TRM_OK)
        return status;
    trm_train_options options = *given;
    unlist_options(list, &options);
    if (trmi_train_options_check(&options, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_FORMAT, "the checkpoint's options are wrong");
    status = check_puzzles(puzzles, progress, error);
    if (status == TRM_OK)
        status = check_batch(file, &options, error);
    if (status != TRM_OK)
        return status;
    void *image;
    size_t bytes;
    trm_convert_options convert = TRM_CONVERT_OPTIONS_INIT;
    convert.allocator = allocator;
    status =
        trm_convert_memory(file->source.bytes, (size_t)file->source.size, &convert, &image, &bytes, error);
    if (status == TRM_OK)
        status = trmi_trainer_begin(trainer, &options, allocator, image, bytes, puzzles, error);
    if (status != TRM_OK)
        return status;
    status = read_state(*trainer, file, progress, error);
    if (status != TRM_OK) {
        trm_trainer_free(*trainer);
        *trainer = NULL;
    }
    return status;
}

trm_status trm_trainer_resume(const char *checkpoint_path, const trm_puzzles *puzzles,
                              const trm_train_options *options, trm_trainer **trainer, trm_error *error)
{
    if (checkpoint_path == NULL || puzzles == NULL || trainer == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_trainer_resume: checkpoint_path, puzzles and trainer must not be NULL");
    *trainer = NULL;
    trm_train_options given;
    trm_allocator allocator;
    trm_model *file = NULL;
    trm_status status = trmi_train_options_read(&given, options, error);
    if (status == TRM_OK)
        status = trmi_allocator_read(&allocator, given.allocator, error);
    if (status != TRM_OK)
        return status;
    const trm_open_options open = { sizeof open, TRM_OPEN_READ, 0, &allocator };
    status = trm_model_open(checkpoint_path, &open, &file, error);
    if (status != TRM_OK)
        return status;
    status = resume(file, puzzles, &given, &allocator, trainer, error);
    trm_model_close(file);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, checkpoint_path);
}
