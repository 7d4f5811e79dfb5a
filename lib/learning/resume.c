/* Going on from a checkpoint. What it claims is held against its file before memory is taken for it; then a
 * run is begun and filled with what was found to fit. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/learning/snapshot.h"
#include "lib/model/stored.h"
#include "lib/model/values.h"

/* ------------------------------------------------------------------------------------------- claims */

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

/* Whether these puzzles are the set of that number, of as many as the checkpoint has. */
static trm_status check_set(const trm_model *file, const trm_puzzles *puzzles, double share, uint32_t index,
                            uint64_t count, trm_error *error)
{
    uint64_t list[TRMI_SETS * TRMI_SET_NUMBERS], own[TRMI_SET_NUMBERS];
    TRMI_TRY(read_numbers(&file->container, TRMI_SETS_KEY, list, (size_t)count * TRMI_SET_NUMBERS, error));
    const uint64_t *had = list + (size_t)index * TRMI_SET_NUMBERS;
    trmi_set_list(puzzles, share, own);
    if (memcmp(own, had, sizeof own) == 0)
        return TRM_OK;
    return trmi_fail(
        error, TRM_ERROR_PUZZLE,
        "the run learns from other puzzles: set %u had %llu, here are %llu, or some differ, or its share",
        (unsigned)index + 1, (unsigned long long)had[0], (unsigned long long)own[0]);
}

/* Numbers that no run writes are refused, those beyond 32 bits, too. */
static trm_status read_options(const trm_model *file, trm_train_options *options, trm_error *error)
{
    uint64_t list[TRMI_OPTION_NUMBERS], again[TRMI_OPTION_NUMBERS];
    TRMI_TRY(read_numbers(&file->container, TRMI_OPTIONS_KEY, list, TRMI_OPTION_NUMBERS, error));
    trmi_options_unlist(list, options);
    trmi_options_list(options, again);
    for (int i = 0; i < TRMI_OPTION_NUMBERS; i++)
        if (list[i] != again[i])
            return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: number %d is %#llx, which no run has",
                             TRMI_OPTIONS_KEY, i, (unsigned long long)list[i]);
    if (trmi_train_options_check(options, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_FORMAT, "the checkpoint's options are wrong");
    return TRM_OK;
}

static trm_status read_progress(const trm_model *file, const trm_train_options *options,
                                uint64_t progress[TRMI_PROGRESS_NUMBERS], trm_error *error)
{
    TRMI_TRY(read_numbers(&file->container, TRMI_PROGRESS_KEY, progress, TRMI_PROGRESS_NUMBERS, error));
    if (progress[TRMI_AT_STEP] > options->steps || progress[TRMI_AT_OPTIMISER] != progress[TRMI_AT_STEP])
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: %llu steps of %llu, and %llu of the optimiser, do not fit each other",
                         TRMI_PROGRESS_KEY, (unsigned long long)progress[TRMI_AT_STEP],
                         (unsigned long long)options->steps, (unsigned long long)progress[TRMI_AT_OPTIMISER]);
    if (progress[TRMI_AT_SETS] < 1 || progress[TRMI_AT_SETS] > TRMI_SETS || progress[TRMI_AT_ROWS] < 1 ||
        progress[TRMI_AT_ROWS] > TRMI_MAXIMUM_NODES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: %llu sets of puzzles, and %llu rows of state, which no run has",
                         TRMI_PROGRESS_KEY, (unsigned long long)progress[TRMI_AT_SETS],
                         (unsigned long long)progress[TRMI_AT_ROWS]);
    return TRM_OK;
}

/* A shard costs as much memory as the weights, and has a puzzle of the batch; their states are in the file,
 * or it is too small for what it claims. */
static trm_status check_claims(const trm_model *file, const trm_train_options *options, uint32_t rows,
                               trm_error *error)
{
    if (options->shards > options->batch)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "it claims %u shards, and has the puzzles of %u: the file is too small for that",
                         options->shards, options->batch);
    if (trmi_parameters_flat(&file->config) / TRMI_PANEL > UINT32_MAX)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED, "it has more weights than can be trained");
    for (int i = 0; i < TRMI_EXTRA_COUNT; i++) {
        const trmi_tensor wanted = trmi_extra_tensor(&file->config, options, rows, (trmi_extra)i);
        trmi_stored found;
        TRMI_TRY(trmi_stored_find(&found, file, &wanted, TRMI_ACCEPT_NUMBERS, error));
    }
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- filling */

/* Spare lanes of states are zero, as padding of weights is. */
static bool spare_lanes_are_zero(const trmi_config *config, uint32_t rows, const float *state)
{
    for (uint32_t d = config->channels; d < trmi_padded(config->channels); d++)
        for (uint32_t n = 0; n < rows; n++)
            if (state[((size_t)(d / TRMI_PANEL) * rows + n) * TRMI_PANEL + d % TRMI_PANEL] != 0.0f)
                return false;
    return true;
}

/* Rows of the puzzle whose state that is. */
static uint32_t rows_of_state(const trm_trainer *trainer, uint64_t state)
{
    return trainer->slots.slots[state / trainer->options.states].question.extent.rows;
}

/* Finite numbers, as those of every checkpoint that was written. */
static trm_status check_extra(const trm_trainer *trainer, trmi_extra which, const trmi_tensor *tensor,
                              const float *numbers, trm_error *error)
{
    const uint64_t columns = trmi_tensor_columns(tensor), count = trmi_tensor_rows(tensor) * columns;
    TRMI_TRY(trmi_check_numbers(tensor, numbers, error));
    for (uint64_t i = 0; which == TRMI_EXTRA_SECOND && i < count; i++)
        if (numbers[i] < 0.0f)
            return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected squares, found %g at index %llu",
                             tensor->name, (double)numbers[i], (unsigned long long)i);
    for (uint64_t i = 0; which >= TRMI_EXTRA_STATE_Y && i < count; i += columns)
        if (!spare_lanes_are_zero(&trainer->model->config, rows_of_state(trainer, i / columns), numbers + i))
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "tensor %s: expected zeros in spare lanes, found other numbers", tensor->name);
    return TRM_OK;
}

static trm_status read_extra(trm_trainer *trainer, const trm_model *file, trmi_extra which, trm_error *error)
{
    const trmi_tensor wanted = trmi_extra_tensor(&trainer->model->config, &trainer->options,
                                                 trmi_slots_rows(&trainer->slots), which);
    trmi_stored stored;
    TRMI_TRY(trmi_stored_find(&stored, file, &wanted, TRMI_ACCEPT_NUMBERS, error));
    float *numbers = trmi_allocate(&trainer->allocator, stored.bytes);
    if (numbers == NULL)
        return trmi_no_memory(error, "tensor %s", wanted.name);
    trm_status status = trmi_stored_load(&stored, numbers, &trainer->allocator, error);
    if (status == TRM_OK)
        status = check_extra(trainer, which, &wanted, numbers, error);
    if (status == TRM_OK)
        trmi_extra_exchange(trainer, which, numbers, true);
    trmi_release(&trainer->allocator, numbers);
    return status;
}

/* Padding of weights and moments is zero: one of a moment would become one of a weight. */
static trm_status check_padding(const trm_trainer *trainer, trm_error *error)
{
    const trmi_optimiser *optimiser = &trainer->optimiser;
    for (uint32_t i = 0; i < trainer->parameters.count; i++) {
        const trmi_parameter *p = &trainer->parameters.list[i];
        const float *const numbers[] = { p->values, optimiser->first + p->flat, optimiser->second + p->flat };
        for (int k = 0; k < 3; k++)
            TRMI_TRY(trmi_check_numbers(&p->tensor, numbers[k], error));
    }
    return TRM_OK;
}

static trm_status read_slot(trm_trainer *trainer, uint32_t index, const uint64_t numbers[TRMI_SLOT_NUMBERS],
                            trm_error *error)
{
    trmi_slot *slot = &trainer->slots.slots[index];
    if (numbers[0] >= trainer->slots.drawn || numbers[1] >= trainer->options.maximum_steps)
        return trmi_fail(
            error, TRM_ERROR_FORMAT, "metadata %s: puzzle %u is draw %llu of %llu, after %llu steps of %u",
            TRMI_SLOTS_KEY, index, (unsigned long long)numbers[0], (unsigned long long)trainer->slots.drawn,
            (unsigned long long)numbers[1], trainer->options.maximum_steps);
    slot->number = numbers[0];
    slot->steps = (uint32_t)numbers[1];
    trmi_slots_restore(&trainer->slots, slot);
    return TRM_OK;
}

static trm_status read_slots(trm_trainer *trainer, const trm_model *file, trm_error *error)
{
    const size_t count = (size_t)trainer->options.batch * TRMI_SLOT_NUMBERS;
    uint64_t *numbers = trmi_allocate(&trainer->allocator, count * 8);
    if (numbers == NULL)
        return trmi_no_memory(error, "the puzzles of a checkpoint");
    trm_status status = read_numbers(&file->container, TRMI_SLOTS_KEY, numbers, count, error);
    for (uint32_t i = 0; i < trainer->options.batch && status == TRM_OK; i++)
        status = read_slot(trainer, i, numbers + (size_t)i * TRMI_SLOT_NUMBERS, error);
    trmi_release(&trainer->allocator, numbers);
    return status;
}

static trm_status read_state(trm_trainer *trainer, const trm_model *file,
                             const uint64_t progress[TRMI_PROGRESS_NUMBERS], trm_error *error)
{
    trainer->step = progress[TRMI_AT_STEP];
    trainer->optimiser.steps = progress[TRMI_AT_OPTIMISER];
    trainer->slots.drawn = progress[TRMI_AT_DRAWN];
    if (trmi_slots_rows(&trainer->slots) != progress[TRMI_AT_ROWS])
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: %llu rows of state, the puzzles have %u",
                         TRMI_PROGRESS_KEY, (unsigned long long)progress[TRMI_AT_ROWS],
                         trmi_slots_rows(&trainer->slots));
    TRMI_TRY(read_slots(trainer, file, error));
    for (int i = 0; i < TRMI_EXTRA_COUNT; i++)
        TRMI_TRY(read_extra(trainer, file, (trmi_extra)i, error));
    TRMI_TRY(check_padding(trainer, error));
    trmi_parameters_renew(&trainer->parameters);
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- resuming */

/* A run of the checkpoint's model, at its first step. */
static trm_status begin(const trm_model *file, const trm_puzzles *puzzles, const trm_train_options *options,
                        const trm_allocator *allocator, trm_trainer **trainer, trm_error *error)
{
    void *image;
    size_t bytes;
    trm_convert_options convert = TRM_CONVERT_OPTIONS_INIT;
    convert.allocator = allocator;
    TRMI_TRY(
        trm_convert_memory(file->source.bytes, (size_t)file->source.size, &convert, &image, &bytes, error));
    return trmi_trainer_begin(trainer, options, allocator, image, bytes, puzzles, error);
}

/* The first set is there; the run waits for the others, and reads its state when they are all there. */
static trm_status begin_waiting(trm_trainer *trainer, const char *path, uint64_t sets, trm_error *error)
{
    const size_t length = strlen(path) + 1;
    trainer->awaiting = trmi_allocate(&trainer->allocator, length);
    if (trainer->awaiting == NULL)
        return trmi_no_memory(error, "the name of a checkpoint");
    memcpy(trainer->awaiting, path, length);
    trainer->awaited = (uint32_t)sets;
    return TRM_OK;
}

/* The run of an opened checkpoint; `given` brings executor and allocator. */
static trm_status resume(const trm_model *file, const char *path, const trm_puzzles *puzzles,
                         const trm_train_options *given, const trm_allocator *allocator,
                         trm_trainer **trainer, trm_error *error)
{
    trm_train_options options = *given;
    uint64_t progress[TRMI_PROGRESS_NUMBERS];
    TRMI_TRY(read_options(file, &options, error));
    TRMI_TRY(read_progress(file, &options, progress, error));
    TRMI_TRY(check_set(file, puzzles, 1.0, 0, progress[TRMI_AT_SETS], error));
    TRMI_TRY(check_claims(file, &options, (uint32_t)progress[TRMI_AT_ROWS], error));
    TRMI_TRY(begin(file, puzzles, &options, allocator, trainer, error));
    trm_status status = progress[TRMI_AT_SETS] > 1
                            ? begin_waiting(*trainer, path, progress[TRMI_AT_SETS], error)
                            : read_state(*trainer, file, progress, error);
    if (status != TRM_OK) {
        trm_trainer_free(*trainer);
        *trainer = NULL;
    }
    return status;
}

static trm_status open_again(const trm_trainer *trainer, trm_model **file,
                             uint64_t progress[TRMI_PROGRESS_NUMBERS], trm_error *error)
{
    const trm_open_options open = { .size = sizeof open,
                                    .flags = TRM_OPEN_READ,
                                    .allocator = &trainer->allocator };
    TRMI_TRY(trm_model_open(trainer->awaiting, &open, file, error));
    trm_status status = read_progress(*file, &trainer->options, progress, error);
    if (status == TRM_OK && progress[TRMI_AT_SETS] != trainer->awaited)
        status = trmi_fail(error, TRM_ERROR_FORMAT, "the checkpoint is no longer the one that was opened");
    return status;
}

static trm_status close_again(const trm_trainer *trainer, trm_model *file, trm_status status,
                              trm_error *error)
{
    if (file == NULL) /* what cannot be opened is named already */
        return status;
    trm_model_close(file);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, trainer->awaiting);
}

trm_status trmi_snapshot_expect(const trm_trainer *trainer, const trm_puzzles *puzzles, double share,
                                trm_error *error)
{
    uint64_t progress[TRMI_PROGRESS_NUMBERS];
    trm_model *file = NULL;
    trm_status status = open_again(trainer, &file, progress, error);
    if (status == TRM_OK)
        status = check_set(file, puzzles, share, trainer->set_count, trainer->awaited, error);
    return close_again(trainer, file, status, error);
}

trm_status trmi_snapshot_await(trm_trainer *trainer, trm_error *error)
{
    uint64_t progress[TRMI_PROGRESS_NUMBERS];
    trm_model *file = NULL;
    if (trainer->set_count < trainer->awaited)
        return TRM_OK;
    trm_status status = open_again(trainer, &file, progress, error);
    if (status == TRM_OK)
        status = read_state(trainer, file, progress, error);
    if (status == TRM_OK)
        trainer->awaited = 0;
    return close_again(trainer, file, status, error);
}

trm_status trmi_trainer_ready(const trm_trainer *trainer, trm_error *error)
{
    if (trainer->awaited == 0)
        return TRM_OK;
    return trmi_fail(
        error, TRM_ERROR_ARGUMENT,
        "the run learns from %u sets of puzzles, %u are given: trm_trainer_add() brings the others",
        (unsigned)trainer->awaited, (unsigned)trainer->set_count);
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
    TRMI_TRY(trmi_train_options_read(&given, options, error));
    TRMI_TRY(trmi_allocator_read(&allocator, given.allocator, error));
    const trm_open_options open = { .size = sizeof open, .flags = TRM_OPEN_READ, .allocator = &allocator };
    TRMI_TRY(trm_model_open(checkpoint_path, &open, &file, error));
    const trmi_environment host = trmi_environment_enter();
    trm_status status = resume(file, checkpoint_path, puzzles, &given, &allocator, trainer, error);
    trmi_environment_leave(host);
    trm_model_close(file);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, checkpoint_path);
}
