#include "lib/train/lesson.h"

#include <math.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/solve/embed.h"
#include "lib/train/operations.h"

enum { HEAD_ENTRIES = 8, EVALUATION_VALUES = 4 };

static size_t state_count(const trmi_config *config)
{
    return (size_t)trmi_rows(config) * trmi_padded(config->channels);
}

/* ------------------------------------------------------------------------------------------- evaluations */

/* to = net(a + (b + c)) as solving does it */
static void evaluate(trmi_desk *desk, const float *a, const float *b, const float *c, float *to)
{
    trmi_evaluate(&(trmi_evaluation) {
        .model = desk->model,
        .network = &desk->model->network[TRMI_NETWORK_LOW],
        .a = a,
        .b = b,
        .c = c,
        .to = to,
        .activations = &desk->activations,
        .executor = &desk->executor,
        .scratch = &desk->scratch,
    });
}

static void cycle(trmi_desk *desk, const float *x, float *y, float *z)
{
    for (uint32_t update = 0; update < desk->plan.updates; update++)
        evaluate(desk, z, y, x, z);
    evaluate(desk, y, z, NULL, y);
}

/* An evaluation that will be walked back through: recorded, or only its result kept. */
static trmi_value *evaluation(trmi_desk *desk, trmi_value *a, trmi_value *b, trmi_value *c)
{
    trmi_tape *tape = &desk->tape;
    if (!desk->plan.recompute)
        return trmi_record_network(tape, desk->parameters, a, b, c);
    trmi_value *to = trmi_tape_value(tape, a->rows, a->width, true);
    trmi_value **kept = desk->evaluations + (size_t)EVALUATION_VALUES * desk->evaluation_count++;
    kept[0] = a;
    kept[1] = b;
    kept[2] = c;
    kept[3] = to;
    if (!trmi_tape_measures(tape))
        evaluate(desk, a->data, b->data, c == NULL ? NULL : c->data, to->data);
    return to;
}

/* Records one evaluation again and walks back through it alone. */
static void walk_again(trmi_desk *desk, trmi_value **kept)
{
    trmi_tape *tape = &desk->tape;
    const trmi_mark mark = trmi_tape_mark(tape);
    trmi_value *to = trmi_record_network(tape, desk->parameters, kept[0], kept[1], kept[2]);
    if (!trmi_tape_measures(tape)) {
        trmi_value_add(tape, to, kept[3]->gradient);
        trmi_tape_back(tape, mark);
    }
    trmi_tape_rewind(tape, mark);
}

static void walk_back(trmi_desk *desk, trmi_mark begin)
{
    if (!trmi_tape_measures(&desk->tape))
        trmi_tape_back(&desk->tape, begin);
    for (uint32_t i = desk->evaluation_count; i > 0; i--)
        walk_again(desk, desk->evaluations + (size_t)EVALUATION_VALUES * (i - 1));
}

/* ------------------------------------------------------------------------------------------- embedding */

static trmi_value *embed(trmi_desk *desk, const trmi_lesson *lesson)
{
    const trmi_config *config = &desk->model->config;
    trmi_value *x = trmi_tape_value(&desk->tape, trmi_rows(config), config->channels, true);
    if (!trmi_tape_measures(&desk->tape)) {
        memset(x->data, 0, trmi_value_count(x) * sizeof *x->data);
        trmi_embed(desk->model, lesson->tokens, lesson->identifier, x->data);
    }
    return x;
}

/* to[d] += factor times row n of x's gradient */
static void add_row(const trmi_value *x, uint32_t n, uint32_t width, float factor, float *to)
{
    for (uint32_t d = 0; d < width; d++)
        to[d] += factor * x->gradient[d / TRMI_PANEL * x->panel + (size_t)n * TRMI_PANEL + d % TRMI_PANEL];
}

static float *sums_of(const trmi_desk *desk, const trmi_lesson *lesson, trmi_role role)
{
    return lesson->sums + desk->parameters->role[role]->sums;
}

/* Row n of the prefix is a register, or a part of the puzzle's own embedding. */
static void embed_prefix_back(const trmi_desk *desk, const trmi_lesson *lesson, const trmi_value *x,
                              uint32_t n, float factor)
{
    const trmi_config *config = &desk->model->config;
    const uint32_t begin = n * config->channels;
    if (config->registers)
        add_row(x, n, config->channels, factor, sums_of(desk, lesson, TRMI_EMBED_REGISTERS) + begin);
    else if (lesson->puzzle_gradient != NULL && begin < config->puzzle_width) {
        const uint32_t left = config->puzzle_width - begin;
        add_row(x, n, left < config->channels ? left : config->channels, factor,
                lesson->puzzle_gradient + begin);
    }
}

static void embed_back(const trmi_desk *desk, const trmi_lesson *lesson, const trmi_value *x)
{
    const trmi_config *config = &desk->model->config;
    const bool learned = config->position_encoding == TRM_POSITION_LEARNED;
    const float factor = (float)(sqrt((double)config->channels) * (learned ? 0.707106781 : 1.0));
    if (lesson->puzzle_gradient != NULL)
        memset(lesson->puzzle_gradient, 0, config->puzzle_width * sizeof(float));
    for (uint32_t n = 0; n < config->prefix; n++)
        embed_prefix_back(desk, lesson, x, n, factor);
    for (uint32_t i = 0; i < config->positions; i++)
        add_row(x, config->prefix + i, config->channels, factor,
                sums_of(desk, lesson, TRMI_EMBED_TOKENS) + (size_t)lesson->tokens[i] * config->channels);
    for (uint32_t n = 0; learned && n < trmi_rows(config); n++)
        add_row(x, n, config->channels, factor,
                sums_of(desk, lesson, TRMI_EMBED_POSITIONS) + (size_t)n * config->channels);
}

/* ------------------------------------------------------------------------------------------- heads */

/* Logits and halt logits, each in panels of outputs. */
typedef struct heads {
    trmi_value *tokens, *halt;
} heads;

static heads record_heads(trmi_desk *desk, trmi_value *y)
{
    const trmi_config *config = &desk->model->config;
    trmi_tape *tape = &desk->tape;
    if (!trmi_tape_measures(tape))
        trmi_value_clear(y);
    trmi_value *answer = trmi_tape_rows(tape, y, config->prefix, config->positions);
    trmi_value *first = trmi_tape_rows(tape, y, 0, 1);
    const heads made = { trmi_record_channels(tape, desk->parameters->head_tokens, answer),
                         trmi_record_channels(tape, desk->parameters->head_halt, first) };
    return made;
}

static void add_bias(const trm_model *model, const trmi_value *logits)
{
    for (uint32_t t = 0; model->config.head_bias && t < model->config.vocabulary; t++)
        for (uint32_t n = 0; n < logits->rows; n++)
            logits->data[t / TRMI_PANEL * logits->panel + (size_t)n * TRMI_PANEL + t % TRMI_PANEL] +=
                model->head_tokens_bias[t];
}

static void bias_back(const trmi_desk *desk, const trmi_lesson *lesson, const trmi_value *logits)
{
    if (!desk->model->config.head_bias)
        return;
    float *to = sums_of(desk, lesson, TRMI_HEAD_TOKENS_BIAS);
    for (uint32_t t = 0; t < desk->model->config.vocabulary; t++)
        for (uint32_t n = 0; n < logits->rows; n++)
            to[t] +=
                logits->gradient[t / TRMI_PANEL * logits->panel + (size_t)n * TRMI_PANEL + t % TRMI_PANEL];
}

/* The losses, and their gradients at both heads when they are wanted. */
static void judge(const trmi_desk *desk, trmi_lesson *lesson, const heads *made, bool with_gradient)
{
    const trm_model *model = desk->model;
    add_bias(model, made->tokens);
    trmi_loss_answer(&lesson->loss, &model->config, made->tokens->data, made->tokens->panel, lesson->labels,
                     desk->plan.smoothing, with_gradient ? made->tokens->gradient : NULL);
    lesson->halt_logit = made->halt->data[0] + model->head_halt_bias[0];
    const double slope = trmi_loss_halt(&lesson->loss, (double)lesson->halt_logit);
    if (!with_gradient)
        return;
    memset(made->halt->gradient, 0, trmi_value_count(made->halt) * sizeof(float));
    made->halt->gradient[0] = (float)(desk->plan.halt_weight * slope);
    sums_of(desk, lesson, TRMI_HEAD_HALT_BIAS)[0] += made->halt->gradient[0];
    bias_back(desk, lesson, made->tokens);
}

/* ------------------------------------------------------------------------------------------- lessons */

/* A value over the caller's memory, without a gradient. */
static trmi_value *borrow(trmi_tape *tape, float *data, uint32_t rows, uint32_t width)
{
    const trmi_mark mark = trmi_tape_mark(tape);
    trmi_value *value = trmi_tape_value(tape, rows, width, false);
    tape->arena.used = mark.used; /* its memory is elsewhere */
    value->data = data;
    return value;
}

static void learn(trmi_desk *desk, trmi_lesson *lesson)
{
    const trmi_config *config = &desk->model->config;
    trmi_tape *tape = &desk->tape;
    trmi_tape_rewind(tape, (trmi_mark) { 0, 0, 0 });
    desk->evaluation_count = 0;
    tape->sums = lesson->sums;
    trmi_value *x = embed(desk, lesson);
    trmi_value *y = borrow(tape, lesson->y, trmi_rows(config), config->channels);
    trmi_value *z = borrow(tape, lesson->z, trmi_rows(config), config->channels);
    for (uint32_t update = 0; update < desk->plan.updates; update++)
        z = evaluation(desk, z, y, x);
    y = evaluation(desk, y, z, NULL);
    const heads made = record_heads(desk, y);
    if (!trmi_tape_measures(tape))
        judge(desk, lesson, &made, true);
    walk_back(desk, (trmi_mark) { 0, 0, 0 });
    if (trmi_tape_measures(tape))
        return;
    embed_back(desk, lesson, x);
    memcpy(lesson->y, y->data, state_count(config) * sizeof(float));
    memcpy(lesson->z, z->data, state_count(config) * sizeof(float));
}

void trmi_lesson_learn(trmi_desk *desk, trmi_lesson *lesson)
{
    learn(desk, lesson);
}

void trmi_lesson_think(trmi_desk *desk, trmi_lesson *lesson)
{
    trmi_tape_rewind(&desk->tape, (trmi_mark) { 0, 0, 0 });
    const trmi_value *x = embed(desk, lesson);
    for (uint32_t t = 1; t < desk->plan.cycles; t++)
        cycle(desk, x->data, lesson->y, lesson->z);
}

void trmi_lesson_try(trmi_desk *desk, trmi_lesson *lesson)
{
    const trmi_config *config = &desk->model->config;
    trmi_tape_rewind(&desk->tape, (trmi_mark) { 0, 0, 0 });
    const trmi_value *x = embed(desk, lesson);
    cycle(desk, x->data, lesson->y, lesson->z);
    trmi_value *y = trmi_tape_value(&desk->tape, trmi_rows(config), config->channels, true);
    memcpy(y->data, lesson->y, state_count(config) * sizeof(float));
    const heads made = record_heads(desk, y);
    judge(desk, lesson, &made, false);
}

/* ------------------------------------------------------------------------------------------- memory */

static void carve(trmi_desk *desk, trmi_arena *arena)
{
    const trmi_config *config = &desk->model->config;
    const uint32_t evaluations = desk->plan.updates + 1;
    trmi_tape *tape = &desk->tape;
    tape->entry_capacity =
        trmi_network_entries(config) * (desk->plan.recompute ? 1 : evaluations) + HEAD_ENTRIES;
    tape->value_capacity = tape->entry_capacity + evaluations + HEAD_ENTRIES;
    trmi_activations_layout(&desk->activations, config, arena);
    trmi_scratch_layout(&desk->scratch, config, arena);
    tape->entries = trmi_arena_take(arena, tape->entry_capacity, sizeof *tape->entries);
    tape->values = trmi_arena_take(arena, tape->value_capacity, sizeof *tape->values);
    desk->evaluations =
        trmi_arena_take(arena, (uint64_t)EVALUATION_VALUES * evaluations, sizeof *desk->evaluations);
    desk->spare = trmi_arena_take(arena, 2 * state_count(config), sizeof(float));
    const uint64_t angles = config->position_encoding == TRM_POSITION_ROTARY
                                ? (uint64_t)trmi_rows(config) * (config->channels / config->heads / 2)
                                : 0;
    desk->rotary_back = trmi_arena_take(arena, angles, sizeof(float));
    for (uint64_t i = 0; i < angles && desk->rotary_back != NULL; i++)
        desk->rotary_back[i] = -desk->model->rotary_sin[i];
}

static trm_status take_memory(trmi_desk *desk, trm_error *error)
{
    trmi_arena arena = { NULL, 0, false };
    carve(desk, &arena);
    desk->memory_bytes = arena.used;
    desk->memory = arena.overflow ? NULL : trmi_allocate(desk->allocator, arena.used);
    if (desk->memory == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for a thread's %llu bytes of training",
                         (unsigned long long)arena.used);
    arena = (trmi_arena) { desk->memory, 0, false };
    carve(desk, &arena);
    return TRM_OK;
}

static void begin_tape(trmi_desk *desk)
{
    trmi_tape *tape = &desk->tape;
    tape->config = &desk->model->config;
    tape->kernels = &desk->model->kernels;
    tape->gradients = &desk->gradients;
    tape->rotary_cosines = desk->model->rotary_cos;
    tape->rotary_sines = desk->model->rotary_sin;
    tape->rotary_back = desk->rotary_back;
}

/* A lesson that only measures tells how much memory the others take. */
static trm_status take_tape(trmi_desk *desk, trm_error *error)
{
    trmi_tape *tape = &desk->tape;
    trmi_lesson lesson = { .sums = NULL };
    learn(desk, &lesson);
    uint64_t begin = tape->most, bytes = tape->scratch_most * sizeof(float) + tape->most;
    desk->tape_memory = tape->arena.overflow ? NULL : trmi_allocate(desk->allocator, bytes);
    if (desk->tape_memory == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for a tape of %llu bytes",
                         (unsigned long long)bytes);
    desk->tape_bytes = bytes;
    tape->arena = (trmi_arena) { desk->tape_memory, 0, false };
    tape->scratch = (float *)((char *)desk->tape_memory + begin);
    return TRM_OK;
}

trm_status trmi_desk_begin(trmi_desk *desk, const trm_model *model, const trmi_parameters *parameters,
                           const trmi_lesson_plan *plan, const trm_allocator *allocator, trm_error *error)
{
    *desk = (trmi_desk) { .model = model, .parameters = parameters, .allocator = allocator, .plan = *plan };
    desk->executor = (trm_executor) { .size = sizeof desk->executor, .width = 1 };
    trmi_gradients_select(&desk->gradients);
    trm_status status = take_memory(desk, error);
    if (status == TRM_OK) {
        begin_tape(desk);
        status = take_tape(desk, error);
    }
    if (status != TRM_OK)
        trmi_desk_end(desk);
    return status;
}

void trmi_desk_end(trmi_desk *desk)
{
    if (desk->allocator == NULL)
        return;
    if (desk->memory != NULL)
        trmi_arena_release(desk->memory, desk->memory_bytes);
    if (desk->tape_memory != NULL)
        trmi_arena_release(desk->tape_memory, desk->tape_bytes);
    trmi_release(desk->allocator, desk->memory);
    trmi_release(desk->allocator, desk->tape_memory);
    *desk = (trmi_desk) { 0 };
}
