/* Two parts: lessons tell the first step's logits and losses; then the trainer, as users run it but with the
 * file's puzzles in its slots, makes the optimiser's steps, the first of which tells the gradients. */
#include "tests/training_values.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/learning/trainer.h"
#include "tests/support/classroom.h"

enum { MOST_OPTIMISER_STEPS = 1000, SHARDS = 2 };

static const char labels_name[] = "golden.labels", curve_name[] = "golden.loss_curve",
                  puzzle_gradient_name[] = "puzzle_emb.local_weights";

/* The first step's values; those of parameters are the beginning of a name. */
static const char *const step_names[] = {
    "golden.lm_loss",      "golden.q_halt_loss",  "golden.loss",
    "golden.softmax_loss", "golden.train_logits", "golden.softmax_logits_grad",
};
enum { LM_LOSS, HALT_LOSS, LOSS, SOFTMAX_LOSS, LOGITS, SOFTMAX_GRADIENT, STEP_NAMES };

static const char *const beginnings[] = { "golden.grad.", "golden.after5.", "golden.ema5." };
enum { GRADIENT, AFTER, AVERAGE, BEGINNINGS };

typedef struct training {
    const training_file *file;
    double tolerance;
    bool good;
    classroom room;
    trm_trainer *trainer;
    trm_puzzles puzzles; /* a set for the trainer, whose one puzzle is never seen */
    int32_t *labels;     /* puzzles x S */
    double lm, halt, softmax;
    float *logits, *softmax_gradient; /* puzzles x S x V */
    float *puzzle_gradients;          /* puzzles x puzzle_width */
    float *curve;                     /* optimiser steps */
} training;

static bool begins_with(const char *name, const char *beginning)
{
    return strncmp(name, beginning, strlen(beginning)) == 0;
}

bool training_values_has(const char *name)
{
    bool has = strcmp(name, labels_name) == 0 || strcmp(name, curve_name) == 0;
    for (int i = 0; i < STEP_NAMES; i++)
        has = has || strcmp(name, step_names[i]) == 0;
    for (int i = 0; i < BEGINNINGS; i++)
        has = has || begins_with(name, beginnings[i]);
    return has;
}

/* ---------------------------------------------------------------------------------------------- memory */

static trm_status take(float **to, uint64_t count, trm_error *error)
{
    *to = calloc(count > 0 ? (size_t)count : 1, sizeof **to);
    return *to != NULL ? TRM_OK
                       : trmi_fail(error, TRM_ERROR_MEMORY, "no memory for %" PRIu64 " numbers", count);
}

static trm_status read_tensor(const training *t, const trmi_safetensor *tensor, uint64_t count,
                              float **values, trm_error *error)
{
    char found[TRMI_SHAPE_BYTES];
    if (tensor->count != count)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected %" PRIu64 " numbers, found shape %s",
                         tensor->name, count, trmi_shape_text(found, tensor->shape, tensor->rank));
    const trm_status status = take(values, count, error);
    return status == TRM_OK ? trmi_safetensor_floats(t->file->tensors, tensor, *values, error) : status;
}

static const trmi_config *config_of(const training *t)
{
    return &t->room.model->config;
}

static uint64_t cells_of(const training *t)
{
    return (uint64_t)t->file->puzzles * config_of(t)->positions;
}

static trm_status read_labels(training *t, trm_error *error)
{
    const trmi_safetensor *tensor = trmi_safetensors_find(t->file->tensors, labels_name);
    if (tensor == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "there are training values, but no %s", labels_name);
    float *values = NULL;
    trm_status status = read_tensor(t, tensor, cells_of(t), &values, error);
    t->labels = calloc((size_t)cells_of(t), sizeof *t->labels);
    if (status == TRM_OK && t->labels == NULL)
        status = trmi_fail(error, TRM_ERROR_MEMORY, "no memory for labels");
    for (uint64_t i = 0; status == TRM_OK && i < cells_of(t); i++) {
        if (values[i] >= (float)config_of(t)->vocabulary || values[i] != truncf(values[i]))
            status =
                trmi_fail(error, TRM_ERROR_FORMAT, "%s: number %" PRIu64 " is %g, expected a token below %u",
                          labels_name, i, (double)values[i], config_of(t)->vocabulary);
        else
            t->labels[i] = values[i] < 0.0f ? TRMI_UNLABELLED : (int32_t)values[i];
    }
    free(values);
    return status;
}

static uint32_t identifier_of(const training *t, uint32_t puzzle)
{
    return t->file->identifiers != NULL ? t->file->identifiers[puzzle] : 0;
}

/* ------------------------------------------------------------------------------------------- comparing */

static trm_status compare(training *t, const trmi_safetensor *tensor, const float *ours, uint64_t count,
                          trm_error *error)
{
    float *published = NULL;
    const trm_status status = read_tensor(t, tensor, count, &published, error);
    if (status == TRM_OK) {
        const double distance = classroom_distance(ours, published, count);
        const bool within = distance <= t->tolerance;
        printf("  %-12.3g%s%s\n", distance, tensor->name, within ? "" : "  BEYOND THE TOLERANCE");
        t->good = t->good && within;
    }
    free(published);
    return status;
}

/* A tensor that the file need not have. */
static trm_status compare_named(training *t, const char *name, const float *ours, uint64_t count,
                                trm_error *error)
{
    const trmi_safetensor *tensor = trmi_safetensors_find(t->file->tensors, name);
    return tensor != NULL ? compare(t, tensor, ours, count, error) : TRM_OK;
}

static trm_status compare_number(training *t, int name, double ours, trm_error *error)
{
    const float number = (float)ours;
    return compare_named(t, step_names[name], &number, 1, error);
}

/* Where the numbers of a parameter begin that a kind of golden tensor is about. */
static const float *ours_of(const training *t, int kind, const trmi_parameter *p)
{
    if (kind == GRADIENT)
        return t->trainer->optimiser.gradient + p->flat;
    return kind == AFTER ? p->values : trmi_trainer_average(t->trainer, p);
}

static trm_status compare_parameter(training *t, int kind, const trmi_safetensor *tensor, trm_error *error)
{
    const trmi_parameter *p = classroom_parameter(&t->trainer->parameters, tensor->name);
    if (p == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s: the model has no such parameter", tensor->name);
    float *ours = NULL;
    trm_status status = take(&ours, classroom_count(p), error);
    if (status == TRM_OK) {
        classroom_unpack(p, ours_of(t, kind, p), ours);
        status = compare(t, tensor, ours, classroom_count(p), error);
    }
    free(ours);
    return status;
}

static bool is_of_puzzles(const char *name)
{
    const size_t length = strlen(name), tail = sizeof puzzle_gradient_name - 1;
    return length >= tail && strcmp(name + length - tail, puzzle_gradient_name) == 0;
}

/* All golden tensors of one kind, in the file's order. */
static trm_status compare_kind(training *t, int kind, trm_error *error)
{
    trm_status status = TRM_OK;
    for (uint32_t i = 0; status == TRM_OK && i < t->file->tensors->count; i++) {
        const trmi_safetensor *tensor = &t->file->tensors->tensors[i];
        if (!begins_with(tensor->name, beginnings[kind]))
            continue;
        if (kind == GRADIENT && is_of_puzzles(tensor->name))
            status = compare(t, tensor, t->puzzle_gradients,
                             (uint64_t)t->file->puzzles * config_of(t)->puzzle_width, error);
        else
            status = compare_parameter(t, kind, tensor, error);
    }
    return status;
}

/* -------------------------------------------------------------------------------------- the first step */

/* S x V numbers out of panels. */
static void unpack_logits(const trmi_value *value, const float *panels, float *to, uint32_t vocabulary)
{
    for (uint32_t n = 0; n < value->rows; n++)
        for (uint32_t v = 0; v < vocabulary; v++)
            *to++ = panels[v / TRMI_PANEL * value->panel + (size_t)n * TRMI_PANEL + v % TRMI_PANEL];
}

/* The same logits under softmax: the tape's gradient of them has served, and makes room. */
static void judge_softmax(training *t, uint32_t puzzle)
{
    const trmi_config *config = config_of(t);
    const trmi_value *logits = classroom_logits(&t->room);
    const trmi_choices choices = {
        .logits = logits->data,
        .panel = logits->panel,
        .positions = config->positions,
        .count = config->vocabulary,
        .softmax = true,
    };
    trmi_loss loss;
    trmi_loss_answer(&loss, &choices, t->labels + (size_t)puzzle * config->positions, 0.0, logits->gradient,
                     NULL);
    t->softmax += loss.answer;
    unpack_logits(logits, logits->gradient,
                  t->softmax_gradient + (size_t)puzzle * config->positions * config->vocabulary,
                  config->vocabulary);
}

static void teach_puzzle(training *t, uint32_t puzzle)
{
    const trmi_config *config = config_of(t);
    const size_t first = (size_t)puzzle * config->positions;
    float *slope =
        config->puzzle_width > 0 ? t->puzzle_gradients + (size_t)puzzle * config->puzzle_width : NULL;
    const trmi_lesson lesson = classroom_teach(&t->room, t->file->tokens + first, t->labels + first,
                                               identifier_of(t, puzzle), slope);
    t->lm += lesson.loss.answer;
    t->halt += lesson.loss.halt;
    const trmi_value *logits = classroom_logits(&t->room);
    unpack_logits(logits, logits->data, t->logits + first * config->vocabulary, config->vocabulary);
    judge_softmax(t, puzzle);
}

/* Gradients of sums over the puzzles become those of their means. */
static void mean(const training *t, float *gradients, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        gradients[i] /= (float)t->file->puzzles;
}

static trm_status teach(training *t, trm_error *error)
{
    const uint64_t outputs = cells_of(t) * config_of(t)->vocabulary;
    const uint64_t slopes = (uint64_t)t->file->puzzles * config_of(t)->puzzle_width;
    trm_status status = take(&t->logits, outputs, error);
    if (status == TRM_OK)
        status = take(&t->softmax_gradient, outputs, error);
    if (status == TRM_OK)
        status = take(&t->puzzle_gradients, slopes, error);
    if (status != TRM_OK)
        return status;
    for (uint32_t i = 0; i < t->file->puzzles; i++)
        teach_puzzle(t, i);
    mean(t, t->puzzle_gradients, slopes);
    mean(t, t->softmax_gradient, outputs);
    return TRM_OK;
}

static trm_status compare_first_step(training *t, trm_error *error)
{
    const uint64_t outputs = cells_of(t) * config_of(t)->vocabulary;
    trm_status status = compare_named(t, step_names[LOGITS], t->logits, outputs, error);
    if (status == TRM_OK)
        status = compare_number(t, LM_LOSS, t->lm, error);
    if (status == TRM_OK)
        status = compare_number(t, HALT_LOSS, t->halt, error);
    if (status == TRM_OK)
        status = compare_number(t, LOSS, (t->lm + 0.5 * t->halt) / t->file->puzzles, error);
    if (status == TRM_OK)
        status = compare_number(t, SOFTMAX_LOSS, t->softmax / t->file->puzzles, error);
    return status == TRM_OK
               ? compare_named(t, step_names[SOFTMAX_GRADIENT], t->softmax_gradient, outputs, error)
               : status;
}

/* ---------------------------------------------------------------------------------- optimiser's steps */

/* The settings that the reference files were made with; a file's `about` may name others. */
static void read_settings(const trmi_safetensors *file, trm_train_options *o)
{
    o->learning_rate = 1e-3;
    o->beta1 = 0.9;
    o->beta2 = 0.95;
    o->weight_decay = 0.1;
    o->puzzle_learning_rate = 1e-2;
    o->puzzle_weight_decay = 0.1;
    o->average = 0.999;
    const json_t *metadata = trmi_safetensors_metadata(file);
    const char *about = json_string_value(json_object_get(metadata, "about"));
    const char *adam = about != NULL ? strstr(about, "without halting, lr ") : NULL,
               *puzzles = about != NULL ? strstr(about, "sign descent lr ") : NULL,
               *average = about != NULL ? strstr(about, "EMA ") : NULL;
    if (adam != NULL)
        (void)sscanf(adam, "without halting, lr %lf, betas %lf %lf, weight decay %lf", &o->learning_rate,
                     &o->beta1, &o->beta2, &o->weight_decay);
    if (puzzles != NULL)
        (void)sscanf(puzzles, "sign descent lr %lf, weight decay %lf", &o->puzzle_learning_rate,
                     &o->puzzle_weight_decay);
    if (average != NULL)
        (void)sscanf(average, "EMA %lf", &o->average);
}

static trm_train_options options_of(const training *t, uint64_t steps)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.optimiser = TRM_OPTIMISER_ADAM_ATAN2;
    options.batch = t->file->puzzles;
    options.shards = SHARDS;
    options.steps = steps;
    options.maximum_steps = (uint32_t)steps + 1;
    options.cosine = 0;
    options.warm_up = 0;
    options.clip = 0.0;
    options.plain = 1;
    read_settings(t->file->tensors, &options);
    return options;
}

/* A set of one puzzle that fits the model. */
static trm_status make_set(training *t, trm_error *error)
{
    const uint32_t cells = config_of(t)->positions;
    t->puzzles = (trm_puzzles) { .count = 1, .task = { .shape = { .positions = cells }, .vocabulary = 1 } };
    t->puzzles.tokens = calloc(2 * (size_t)cells, 1);
    return t->puzzles.tokens != NULL ? TRM_OK : trmi_fail(error, TRM_ERROR_MEMORY, "no memory for a puzzle");
}

/* The file's puzzles take the slots, and never halt. */
static void seat(const training *t)
{
    const uint32_t positions = config_of(t)->positions;
    trmi_slots_fill(&t->trainer->slots);
    for (uint32_t i = 0; i < t->file->puzzles; i++) {
        trmi_slot *slot = &t->trainer->slots.slots[i];
        const size_t first = (size_t)i * positions;
        memcpy(slot->tokens, t->file->tokens + first, positions * sizeof *slot->tokens);
        memcpy(slot->labels, t->labels + first, positions * sizeof *slot->labels);
        slot->identifier = identifier_of(t, i);
        slot->least = UINT32_MAX;
    }
}

static trm_status make_trainer(training *t, uint64_t steps, trm_error *error)
{
    const trm_train_options options = options_of(t, steps);
    void *image;
    size_t bytes;
    trm_status status = trmi_train_options_check(&options, error);
    if (status == TRM_OK)
        status = make_set(t, error);
    if (status == TRM_OK)
        status = trm_convert_memory(t->file->data, t->file->bytes, NULL, &image, &bytes, error);
    if (status == TRM_OK)
        status =
            trmi_trainer_begin(&t->trainer, &options, &t->room.allocator, image, bytes, &t->puzzles, error);
    if (status == TRM_OK)
        seat(t);
    return status;
}

static trm_status take_steps(training *t, uint64_t begin, uint64_t end, trm_error *error)
{
    trm_status status = TRM_OK;
    for (uint64_t i = begin; status == TRM_OK && i < end; i++) {
        trm_train_report report = TRM_TRAIN_REPORT_INIT;
        status = trm_trainer_step(t->trainer, &report, error);
        t->curve[i] = (float)report.loss;
    }
    return status;
}

/* How many steps the loss curve has; 1 without one, for the gradients. */
static trm_status count_steps(const training *t, uint64_t *steps, trm_error *error)
{
    const trmi_safetensor *curve = trmi_safetensors_find(t->file->tensors, curve_name);
    *steps = curve == NULL ? 1 : curve->count;
    if (*steps >= 1 && *steps <= MOST_OPTIMISER_STEPS)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected 1 to %d numbers, found %" PRIu64, curve_name,
                     MOST_OPTIMISER_STEPS, *steps);
}

static trm_status compare_optimiser(training *t, trm_error *error)
{
    uint64_t steps;
    trm_status status = count_steps(t, &steps, error);
    if (status == TRM_OK)
        status = make_trainer(t, steps, error);
    if (status == TRM_OK)
        status = take(&t->curve, steps, error);
    if (status == TRM_OK)
        status = take_steps(t, 0, 1, error);
    if (status == TRM_OK)
        status = compare_kind(t, GRADIENT, error);
    if (status == TRM_OK)
        status = take_steps(t, 1, steps, error);
    if (status == TRM_OK)
        status = compare_named(t, curve_name, t->curve, steps, error);
    if (status == TRM_OK)
        status = compare_kind(t, AFTER, error);
    return status == TRM_OK ? compare_kind(t, AVERAGE, error) : status;
}

/* --------------------------------------------------------------------------------------------- checking */

static bool has_values(const trmi_safetensors *file)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (training_values_has(file->tensors[i].name))
            return true;
    return false;
}

static trm_status check(training *t, trm_error *error)
{
    trm_status status = classroom_open(&t->room, t->file->data, t->file->bytes, false, error);
    if (status != TRM_OK)
        return status;
    status = read_labels(t, error);
    if (status == TRM_OK)
        status = teach(t, error);
    printf("  %-12s%s\n", "error", "training value (of its largest entry)");
    if (status == TRM_OK)
        status = compare_first_step(t, error);
    return status == TRM_OK ? compare_optimiser(t, error) : status;
}

static void end(training *t)
{
    trm_trainer_free(t->trainer);
    classroom_close(&t->room);
    free(t->puzzles.tokens);
    free(t->labels);
    free(t->logits);
    free(t->softmax_gradient);
    free(t->puzzle_gradients);
    free(t->curve);
}

trm_status training_values_check(const training_file *file, double tolerance, bool *good, trm_error *error)
{
    training t = { .file = file, .tolerance = tolerance, .good = true };
    if (!has_values(file->tensors))
        return TRM_OK;
    const trm_status status = check(&t, error);
    *good = *good && t.good;
    end(&t);
    return status;
}
