/* A step: every puzzle of the batch takes a supervision step, shard by shard; the shards' gradients are
 * summed in their order; the weights follow; halted puzzles are replaced. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/core/source.h"
#include "lib/interchange/task_labels.h"
#include "lib/learning/schedule.h"
#include "lib/learning/seats.h"
#include "lib/learning/share.h"
#include "lib/learning/trainer.h"
#include "lib/model/metadata.h"
#include "lib/puzzles/symmetry.h"

/* ------------------------------------------------------------------------------------------- teaching */

/* One step of the batch, as all threads see it. */
typedef struct teaching {
    trm_trainer *trainer;
    atomic_uint next;    /* shard that nobody has taken */
    uint32_t end, block; /* end of the round; the block of `sums` that its first shard has */
    uint32_t begin;
} teaching;

static trmi_lesson lesson_of(const trm_trainer *trainer, const trmi_slot *slot, float *sums, uint32_t state)
{
    const size_t count = trmi_slots_state(&trainer->slots);
    trmi_question question = slot->question;
    question.tokens = slot->tokens;
    question.identifier = slot->identifier;
    return (trmi_lesson) {
        .question = question,
        .labels = slot->labels,
        .nearest = slot->several ? slot->nearest : NULL,
        .y = slot->y + state * count,
        .z = slot->z + state * count,
        .sums = sums,
        .puzzle_gradient = slot->puzzle_gradient,
    };
}

/* Winner takes all: every state thinks, the best one learns, and its answer goes on with every thought. */
static uint32_t best_state(const trm_trainer *trainer, trmi_desk *desk, const trmi_slot *slot, float *spare)
{
    const size_t count = trmi_slots_state(&trainer->slots);
    uint32_t best = 0;
    double least = INFINITY;
    for (uint32_t k = 0; k < trainer->options.states; k++) {
        trmi_lesson lesson = lesson_of(trainer, slot, NULL, k);
        trmi_lesson_think(desk, &lesson);
        memcpy(spare, lesson.y, count * sizeof *spare);
        memcpy(spare + count, lesson.z, count * sizeof *spare);
        lesson.y = spare;
        lesson.z = spare + count;
        trmi_lesson_try(desk, &lesson);
        if (lesson.loss.answer < least) {
            least = lesson.loss.answer;
            best = k;
        }
    }
    return best;
}

static void follow_best(const trm_trainer *trainer, trmi_desk *desk, const trmi_slot *slot, uint32_t best)
{
    const size_t count = trmi_slots_state(&trainer->slots);
    for (uint32_t k = 0; k < trainer->options.states; k++) {
        trmi_lesson lesson = lesson_of(trainer, slot, NULL, k);
        if (k == best)
            continue;
        trmi_lesson_try(desk, &lesson);
        memcpy(lesson.y, slot->y + best * count, count * sizeof(float));
    }
}

static void teach(const trm_trainer *trainer, trmi_desk *desk, trmi_slot *slot, float *sums)
{
    uint32_t best = 0;
    if (trainer->options.states > 1)
        best = best_state(trainer, desk, slot, desk->spare);
    trmi_lesson lesson = lesson_of(trainer, slot, sums, best);
    if (trainer->options.states == 1)
        trmi_lesson_think(desk, &lesson);
    trmi_lesson_learn(desk, &lesson);
    if (trainer->options.states > 1)
        follow_best(trainer, desk, slot, best);
    slot->loss = lesson.loss;
    slot->halt_logit = lesson.halt_logit;
}

static float *sums_of(const trm_trainer *trainer, uint32_t block)
{
    return trainer->sums + block * trainer->parameters.sums_count;
}

static void teach_shard(const trm_trainer *trainer, trmi_desk *desk, uint32_t shard, float *sums)
{
    const trm_train_options *options = &trainer->options;
    const trmi_range range = trmi_part(options->batch, 1, shard, options->shards);
    memset(sums, 0, trainer->parameters.sums_count * sizeof *sums);
    for (uint32_t i = range.begin; i < range.end; i++)
        teach(trainer, desk, &trainer->slots.slots[i], sums);
}

static void teach_shards(void *argument, uint32_t index)
{
    teaching *job = argument;
    for (;;) {
        const unsigned shard = atomic_fetch_add(&job->next, 1);
        if (shard >= job->end)
            return;
        teach_shard(job->trainer, &job->trainer->desks[index], shard,
                    sums_of(job->trainer, job->block + shard - job->begin));
    }
}

/* The sums of a round behind those of all rounds before, in the shards' order. */
static void fold(const trm_trainer *trainer, uint32_t blocks)
{
    float *to = sums_of(trainer, 0);
    for (uint32_t block = 1; block < blocks; block++) {
        const float *from = sums_of(trainer, block);
        for (uint64_t i = 0; i < trainer->parameters.sums_count; i++)
            to[i] += from[i];
    }
}

/* Round after round, each of as many shards as there is room for sums: before a round the first block has the
   sums of the rounds before. */
static void teach_rounds(trm_trainer *trainer)
{
    const trmi_range shards = trainer->team.shards;
    for (uint32_t begin = shards.begin, block = begin, end; begin < shards.end; begin = end, block = 1) {
        const uint32_t room = trainer->held - block;
        end = shards.end - begin > room ? begin + room : shards.end;
        teaching job = { .trainer = trainer, .end = end, .block = block, .begin = begin };
        atomic_init(&job.next, begin);
        trmi_execute(&trainer->executor, teach_shards, &job, trainer->executor.width);
        if (trainer->held < trainer->options.shards)
            fold(trainer, block + end - begin);
    }
}

static void teach_batch(trm_trainer *trainer)
{
    trmi_lesson_plan *plan = &trainer->desks[0].plan;
    trmi_schedule_depth(&trainer->options, &trainer->model->config, trainer->step, &plan->cycles,
                        &plan->updates);
    for (uint32_t i = 1; i < trainer->executor.width; i++)
        trainer->desks[i].plan = *plan;
    teach_rounds(trainer);
}

/* ------------------------------------------------------------------------------------------- learning */

/* Puzzle embeddings are not averaged, as in the published code. */
static void average(const trm_trainer *trainer)
{
    const float running =
        trainer->step > trainer->options.average_begin ? (float)trainer->options.average : 0.0f;
    for (uint32_t i = 0; i < trainer->parameters.count; i++) {
        const trmi_parameter *p = &trainer->parameters.list[i];
        const float decay = p->tensor.role == TRMI_EMBED_PUZZLES ? 0.0f : running;
        float *to = trmi_trainer_average(trainer, p);
        for (uint64_t k = 0; p->trained && k < p->count; k++) /* the rest stays as it is, to the bit */
            to[k] = decay * to[k] + (1.0f - decay) * p->values[k];
    }
}

/* Whether no earlier puzzle of the batch has the same identifier. */
static bool is_first(const trm_trainer *trainer, uint32_t index)
{
    const trmi_slot *slots = trainer->slots.slots;
    for (uint32_t i = 0; i < index; i++)
        if (slots[i].identifier == slots[index].identifier)
            return false;
    return true;
}

/* Adds to a puzzle's gradient those of all later ones with its identifier. */
static void gather(const trm_trainer *trainer, uint32_t index)
{
    const trmi_slot *slots = trainer->slots.slots;
    for (uint32_t i = index + 1; i < trainer->options.batch; i++) {
        if (slots[i].identifier != slots[index].identifier)
            continue;
        for (uint32_t k = 0; k < trainer->model->config.puzzle_width; k++)
            slots[index].puzzle_gradient[k] += slots[i].puzzle_gradient[k];
    }
}

/* Puzzles of the batch that have the same identifier share the sum of their gradients. */
static void learn_puzzles(trm_trainer *trainer, double rate)
{
    const trmi_slot *slots = trainer->slots.slots;
    for (uint32_t i = 0; i < trainer->options.batch && slots[i].puzzle_gradient != NULL; i++) {
        if (!is_first(trainer, i))
            continue;
        gather(trainer, i);
        trmi_optimiser_puzzle(&trainer->optimiser, slots[i].identifier, slots[i].puzzle_gradient, rate);
    }
}

static trm_status learn(trm_trainer *trainer, double rate, double *norm, trm_error *error)
{
    const trm_train_options *options = &trainer->options;
    trmi_parameters_reduce(&trainer->parameters, trainer->sums,
                           trainer->held < options->shards ? 1 : options->shards,
                           1.0f / (float)options->batch, trainer->optimiser.gradient);
    *norm = trmi_optimiser_norm(&trainer->optimiser);
    if (!isfinite(*norm))
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "step %llu: the gradient's norm is not a finite number: the learning rates are too high",
            (unsigned long long)trainer->step + 1);
    const double factor = options->clip > 0.0 && *norm > options->clip ? options->clip / *norm : 1.0;
    trmi_optimiser_step(&trainer->optimiser, rate, factor);
    learn_puzzles(trainer, rate);
    trmi_parameters_renew(&trainer->parameters);
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- reporting */

static void sum_up(const trm_trainer *trainer, trm_train_report *report)
{
    const trm_train_options *options = &trainer->options;
    uint64_t right = 0, counted = 0;
    for (uint32_t i = 0; i < options->batch; i++) {
        const trmi_loss *loss = &trainer->slots.slots[i].loss;
        report->answer_loss += loss->answer / options->batch;
        report->halt_loss += loss->halt / options->batch;
        report->cell_loss += loss->cells / options->batch;
        right += loss->right;
        counted += loss->counted;
    }
    report->loss = report->answer_loss + options->halt_weight * report->halt_loss +
                   trmi_trainer_cell_weight(trainer) * report->cell_loss;
    report->cell_accuracy = counted > 0 ? (double)right / (double)counted : 0.0;
}

static void replace_halted(trm_trainer *trainer, trm_train_report *report)
{
    for (uint32_t i = 0; i < trainer->options.batch; i++) {
        trmi_slot *slot = &trainer->slots.slots[i];
        if (!trmi_slots_halts(&trainer->slots, slot))
            continue;
        report->halted++;
        report->exact += slot->loss.exact;
        report->halted_steps += slot->steps;
        trmi_slots_replace(&trainer->slots, slot);
    }
}

static trm_status make_step(trm_trainer *trainer, trm_train_report *done, trm_error *error)
{
    done->rate_share = trmi_schedule_rate(&trainer->options, trainer->step);
    trmi_team_keep(trainer);
    teach_batch(trainer);
    TRMI_TRY(trmi_team_share(trainer, error));
    sum_up(trainer, done);
    TRMI_TRY(learn(trainer, done->rate_share, &done->gradient_norm, error));
    trainer->step++;
    average(trainer);
    replace_halted(trainer, done);
    done->step = trainer->step;
    done->steps = trainer->options.steps;
    done->cycles = trainer->desks[0].plan.cycles;
    done->updates = trainer->desks[0].plan.updates;
    return TRM_OK;
}

trm_status trm_trainer_step(trm_trainer *trainer, trm_train_report *report, trm_error *error)
{
    if (trainer == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_trainer_step: trainer is NULL");
    if (trainer->step >= trainer->options.steps)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "the run's %llu steps are done",
                         (unsigned long long)trainer->options.steps);
    const trm_status ready = trmi_trainer_ready(trainer, error);
    if (ready != TRM_OK)
        return ready;
    trm_train_report done = TRM_TRAIN_REPORT_INIT;
    const trmi_environment host = trmi_environment_enter();
    const trm_status status = make_step(trainer, &done, error);
    trmi_environment_leave(host);
    if (status != TRM_OK)
        return status;
    return report == NULL ? TRM_OK
                          : trmi_write_struct(report, &done, sizeof done, sizeof report->size,
                                              "trm_train_report", error);
}

uint64_t trm_trainer_steps(const trm_trainer *trainer)
{
    return trainer == NULL ? 0 : trainer->step;
}

const trm_model *trm_trainer_model(const trm_trainer *trainer)
{
    return trainer == NULL ? NULL : trainer->average;
}

/* ------------------------------------------------------------------------------------------- beginning */

/* The tape keeps the last cycle's evaluations: a model names their number, and nothing of them is in its
   file. */
enum { MOST_UPDATES = 256 };

static trm_status check_kind(const trm_model *model, trm_error *error)
{
    const trmi_config *config = &model->config;
    if (config->architecture != TRM_ARCHITECTURE_TRM)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED, "only TRM models can be trained, this is an HRM");
    if (!trmi_network_trains(config))
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "models with %s blocks cannot be trained in this version",
                         trmi_kind_of(config->block)->name);
    if (config->updates > MOST_UPDATES)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "models with more than %d updates a cycle cannot be trained, this has %u",
                         MOST_UPDATES, config->updates);
    return TRM_OK;
}

static trm_status open_images(trm_trainer *trainer, trm_error *error)
{
    const trm_open_options options = { .size = sizeof options, .flags = 0, .allocator = &trainer->allocator };
    TRMI_TRY(trm_model_open_memory(trainer->image, trainer->image_bytes, &options, &trainer->model, error));
    trainer->average_image = trmi_allocate(&trainer->allocator, trainer->image_bytes);
    if (trainer->average_image == NULL)
        return trmi_no_memory(error, "the averaged weights");
    memcpy(trainer->average_image, trainer->image, trainer->image_bytes);
    return trm_model_open_memory(trainer->average_image, trainer->image_bytes, &options, &trainer->average,
                                 error);
}

/* Positions that are taught to say of themselves whether they are right can be believed: files say so. */
static void note_confidence(trm_trainer *trainer)
{
    if (trmi_trainer_cell_weight(trainer) > 0.0)
        trainer->model->config.cell_confidence = trainer->average->config.cell_confidence = true;
}

static bool has_key(const trmi_container *container, const char *key)
{
    bool has = false;
    for (uint32_t i = 0; i < container->metadata_count; i++)
        has |= strcmp(container->metadata[i].key, key) == 0;
    return has;
}

/* What a calibration found holds for other weights than will be learnt. */
static bool is_of_calibration(const char *key)
{
    static const char *const keys[] = { TRMI_KEY_CALIBRATION, TRMI_KEY_SELECTORS, TRMI_KEY_THRESHOLD };
    bool is = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        is |= strcmp(key, keys[i]) == 0;
    return is;
}

/* What the model says of itself, and what the puzzles say of the task. */
static trm_status begin_labels(trm_trainer *trainer, const trm_puzzles *puzzles, trm_error *error)
{
    const trmi_container *container = &trainer->model->container;
    const bool calibrated = has_key(container, TRMI_KEY_CALIBRATION);
    for (uint32_t i = 0; i < container->metadata_count; i++)
        if (!calibrated || !is_of_calibration(container->metadata[i].key))
            TRMI_TRY(trmi_labels_put(&trainer->labels, &container->metadata[i], error));
    if (calibrated)
        trainer->model->config.halt_threshold = trainer->average->config.halt_threshold = 0.0;
    TRMI_TRY(trmi_labels_complete_task(&trainer->labels, &trainer->model->config, error));
    return trmi_labels_add_symmetries(&trainer->labels, puzzles->task.symmetries, error);
}

/* A team's processes share the sums of all shards. Alone, more than these are added up round by round: a
 * checkpoint, which has four numbers for each weight, may claim many. */
enum { MOST_HELD = 64 };

static trm_status begin_sums(trm_trainer *trainer, trm_error *error)
{
    const uint32_t shards = trainer->options.shards;
    trainer->held = trainer->options.team != NULL || shards < MOST_HELD ? shards : MOST_HELD;
    trainer->sums =
        trmi_allocate(&trainer->allocator, trainer->held * trainer->parameters.sums_count * sizeof(float));
    if (trainer->sums == NULL)
        return trmi_no_memory(error, "the gradients of %u shards", trainer->options.shards);
    return TRM_OK;
}

static trm_status begin_parts(trm_trainer *trainer, const trm_puzzles *puzzles, trm_error *error)
{
    trm_status status = trmi_executor_read(&trainer->executor, trainer->options.executor, error);
    if (status == TRM_OK)
        status = open_images(trainer, error);
    if (status == TRM_OK)
        status = check_kind(trainer->model, error);
    if (status == TRM_OK)
        status = trmi_seats_set(trainer, puzzles, 1.0, error);
    if (status == TRM_OK) {
        note_confidence(trainer);
        status = begin_labels(trainer, puzzles, error);
    }
    if (status == TRM_OK)
        status = trmi_parameters_begin(&trainer->parameters, trainer->model, trainer->image,
                                       trainer->options.precision == TRM_PRECISION_INT8, &trainer->allocator,
                                       error);
    if (status == TRM_OK)
        status = trmi_optimiser_begin(&trainer->optimiser, &trainer->parameters, &trainer->options,
                                      &trainer->model->kernels, &trainer->allocator, error);
    if (status == TRM_OK)
        status = begin_sums(trainer, error);
    return status == TRM_OK ? trmi_seats_begin(trainer, error) : status;
}

trm_status trmi_trainer_begin(trm_trainer **trainer, const trm_train_options *options,
                              const trm_allocator *allocator, void *image, size_t bytes,
                              const trm_puzzles *puzzles, trm_error *error)
{
    trm_trainer *made = trmi_allocate(allocator, sizeof *made);
    if (made == NULL) {
        trmi_release(allocator, image);
        return trmi_no_memory(error, "a trainer");
    }
    *made =
        (trm_trainer) { .allocator = *allocator, .options = *options, .image = image, .image_bytes = bytes };
    trmi_labels_begin(&made->labels, &made->allocator);
    const trm_status status = begin_parts(made, puzzles, error);
    if (status == TRM_OK)
        *trainer = made;
    else
        trm_trainer_free(made);
    return status;
}

/* The model's file as a raw image in memory, aligned to be used in place. */
static trm_status load_image(const char *path, const trm_allocator *allocator, void **image, size_t *bytes,
                             trm_error *error)
{
    trmi_source source;
    TRMI_TRY(trmi_source_open(&source, path, 0, allocator, error));
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.precision = TRM_PRECISION_FP32;
    options.allocator = allocator;
    trm_status status = trm_convert_memory(source.bytes, (size_t)source.size, &options, image, bytes, error);
    trmi_source_close(&source);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, path);
}

trm_status trm_trainer_create(const char *model_path, const trm_puzzles *puzzles,
                              const trm_train_options *options, trm_trainer **trainer, trm_error *error)
{
    if (model_path == NULL || puzzles == NULL || trainer == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_trainer_create: model_path, puzzles and trainer must not be NULL");
    *trainer = NULL;
    trm_train_options given;
    trm_allocator allocator;
    void *image;
    size_t bytes;
    TRMI_TRY(trmi_train_options_read(&given, options, error));
    TRMI_TRY(trmi_allocator_read(&allocator, given.allocator, error));
    TRMI_TRY(load_image(model_path, &allocator, &image, &bytes, error));
    const trmi_environment host = trmi_environment_enter();
    trm_status status = trmi_trainer_begin(trainer, &given, &allocator, image, bytes, puzzles, error);
    if (status == TRM_OK)
        trmi_slots_fill(&(*trainer)->slots);
    trmi_environment_leave(host);
    return status;
}

void trm_trainer_free(trm_trainer *trainer)
{
    if (trainer == NULL)
        return;
    const trm_allocator allocator = trainer->allocator;
    trmi_seats_end(trainer);
    trmi_optimiser_end(&trainer->optimiser);
    trmi_parameters_end(&trainer->parameters);
    trmi_labels_close(&trainer->labels);
    trm_model_close(trainer->average);
    trm_model_close(trainer->model);
    trmi_release(&allocator, trainer->sums);
    trmi_release(&allocator, trainer->awaiting);
    trmi_release(&allocator, trainer->average_image);
    trmi_release(&allocator, trainer->image);
    trmi_release(&allocator, trainer);
}
