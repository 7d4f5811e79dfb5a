#include "lib/learning/lesson.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/learning/judge.h"

enum { HEAD_ENTRIES = 8, EVALUATION_VALUES = 4 };

static size_t state_count(const trmi_desk *desk, const trmi_question *question)
{
    return (size_t)question->extent.rows * trmi_padded(desk->model->config.channels);
}

/* ------------------------------------------------------------------------------------------- evaluations */

/* to = net(a + (b + c)) as solving does it */
static void evaluate(trmi_desk *desk, const float *a, const float *b, const float *c, float *to)
{
    trmi_evaluate(&(trmi_evaluation) {
        .model = desk->model,
        .network = &desk->model->network[TRMI_NETWORK_LOW],
        .question = desk->tape.question,
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
    trmi_tape *tape = &desk->tape;
    tape->question = &lesson->question;
    trmi_value *x = trmi_tape_value(tape, lesson->question.extent.rows, desk->model->config.channels, true);
    if (!trmi_tape_measures(tape)) {
        memset(x->data, 0, trmi_value_count(x) * sizeof *x->data);
        desk->model->kind->embed(desk->model, &lesson->question, x->data);
    }
    return x;
}

static void embed_back(const trmi_desk *desk, const trmi_lesson *lesson, const trmi_value *x)
{
    trmi_network_embedded(&(trmi_embedded) {
        .parameters = desk->parameters,
        .question = &lesson->question,
        .x = x,
        .sums = lesson->sums,
        .puzzle_gradient = lesson->puzzle_gradient,
    });
}

/* ------------------------------------------------------------------------------------------- judging */

/* The right answer that the logits are nearest to, where several are right; a bounded search that finds none
   leaves the set's. */
static const int32_t *labels_of(const trmi_desk *desk, const trmi_lesson *lesson, const trmi_heads *heads)
{
    const trmi_question *question = &lesson->question;
    float *preferences = lesson->nearest != NULL && desk->search != NULL
                             ? trmi_nearest_preferences(desk->search, question)
                             : NULL;
    if (preferences == NULL)
        return lesson->labels;
    trmi_judge_prefer(desk->model, question, heads->tokens, preferences);
    return trmi_nearest_find(desk->search, question, lesson->nearest) ? lesson->nearest : lesson->labels;
}

/* The losses, and their gradients at both heads when they are wanted. */
static void judge(trmi_desk *desk, trmi_lesson *lesson, const trmi_heads *heads, bool with_gradient)
{
    const trmi_judge job = { .model = desk->model,
                             .parameters = desk->parameters,
                             .question = &lesson->question,
                             .labels = labels_of(desk, lesson, heads),
                             .smoothing = desk->plan.smoothing,
                             .halt_weight = desk->plan.halt_weight,
                             .cell_weight = desk->plan.cell_weight,
                             .sums = with_gradient ? lesson->sums : NULL };
    lesson->halt_logit = trmi_judge_heads(&job, &desk->tape, heads, &lesson->loss);
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
    trmi_tape *tape = &desk->tape;
    trmi_tape_rewind(tape, (trmi_mark) { 0, 0, 0 });
    desk->evaluation_count = 0;
    tape->sums = lesson->sums;
    trmi_value *x = embed(desk, lesson);
    trmi_value *y = borrow(tape, lesson->y, x->rows, x->width);
    trmi_value *z = borrow(tape, lesson->z, x->rows, x->width);
    for (uint32_t update = 0; update < desk->plan.updates; update++)
        z = evaluation(desk, z, y, x);
    y = evaluation(desk, y, z, NULL);
    const trmi_heads heads = trmi_record_heads(tape, desk->parameters, &lesson->question, y);
    if (!trmi_tape_measures(tape))
        judge(desk, lesson, &heads, true);
    walk_back(desk, (trmi_mark) { 0, 0, 0 });
    if (trmi_tape_measures(tape))
        return;
    embed_back(desk, lesson, x);
    memcpy(lesson->y, y->data, trmi_value_count(y) * sizeof(float));
    memcpy(lesson->z, z->data, trmi_value_count(z) * sizeof(float));
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
    trmi_tape_rewind(&desk->tape, (trmi_mark) { 0, 0, 0 });
    const trmi_value *x = embed(desk, lesson);
    cycle(desk, x->data, lesson->y, lesson->z);
    trmi_value *y = trmi_tape_value(&desk->tape, x->rows, x->width, true);
    memcpy(y->data, lesson->y, trmi_value_count(y) * sizeof(float));
    const trmi_heads heads = trmi_record_heads(&desk->tape, desk->parameters, &lesson->question, y);
    judge(desk, lesson, &heads, false);
}

/* ------------------------------------------------------------------------------------------- memory */

/* Walking back rotates the other way. */
static void carve_angles(trmi_desk *desk, trmi_arena *arena)
{
    const trmi_config *config = &desk->model->config;
    const uint32_t rows = trmi_rows(config), half = config->channels / config->heads / 2;
    const uint64_t angles = (uint64_t)rows * half;
    desk->rotary = trmi_rotary_of(desk->model->tables, rows, half);
    desk->rotary_back = trmi_arena_take(arena, angles, sizeof(float));
    for (uint64_t i = 0; i < angles && desk->rotary_back != NULL; i++)
        desk->rotary_back[i] = -desk->rotary.sines[i];
}

static void carve(trmi_desk *desk, const trmi_question *most, trmi_arena *arena)
{
    const trmi_config *config = &desk->model->config;
    const uint32_t evaluations = desk->plan.updates + 1;
    trmi_tape *tape = &desk->tape;
    tape->entry_capacity =
        trmi_network_entries(config) * (desk->plan.recompute ? 1 : evaluations) + HEAD_ENTRIES;
    tape->value_capacity = tape->entry_capacity + evaluations + HEAD_ENTRIES;
    trmi_activations_layout(&desk->activations, config, &most->extent, arena);
    trmi_scratch_layout(&desk->scratch, config, &most->extent, arena);
    tape->entries = trmi_arena_take(arena, tape->entry_capacity, sizeof *tape->entries);
    tape->values = trmi_arena_take(arena, tape->value_capacity, sizeof *tape->values);
    desk->evaluations =
        trmi_arena_take(arena, (uint64_t)EVALUATION_VALUES * evaluations, sizeof *desk->evaluations);
    desk->spare = trmi_arena_take(arena, 2 * state_count(desk, most), sizeof(float));
    if (config->position_encoding == TRM_POSITION_ROTARY)
        carve_angles(desk, arena);
}

static trm_status take_memory(trmi_desk *desk, const trmi_question *most, trm_error *error)
{
    trmi_arena arena = { .base = NULL };
    carve(desk, most, &arena);
    desk->memory_bytes = arena.used;
    desk->memory = arena.overflow ? NULL : trmi_allocate(desk->allocator, arena.used);
    if (desk->memory == NULL)
        return trmi_no_memory(error, "a thread's %llu bytes of training", (unsigned long long)arena.used);
    arena = (trmi_arena) { .base = desk->memory };
    carve(desk, most, &arena);
    return TRM_OK;
}

static void begin_tape(trmi_desk *desk)
{
    trmi_tape *tape = &desk->tape;
    tape->config = &desk->model->config;
    tape->kernels = &desk->model->kernels;
    tape->gradients = &desk->gradients;
    tape->rotary_cosines = desk->rotary.cosines;
    tape->rotary_sines = desk->rotary.sines;
    tape->rotary_back = desk->rotary_back;
}

/* Lessons that only measure tell how much memory the others take. */
static trm_status take_tape(trmi_desk *desk, const trmi_question *const *questions, uint32_t count,
                            trm_error *error)
{
    trmi_tape *tape = &desk->tape;
    for (uint32_t i = 0; i < count; i++)
        learn(desk, &(trmi_lesson) { .question = *questions[i] });
    uint64_t begin = tape->most, bytes = tape->scratch_most * sizeof(float) + tape->most;
    desk->tape_memory = tape->arena.overflow ? NULL : trmi_allocate(desk->allocator, bytes);
    if (desk->tape_memory == NULL)
        return trmi_no_memory(error, "a tape of %llu bytes", (unsigned long long)bytes);
    desk->tape_bytes = bytes;
    tape->arena = (trmi_arena) { .base = desk->tape_memory };
    tape->scratch = (float *)((char *)desk->tape_memory + begin);
    return TRM_OK;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Of each number of the extents the largest. */
static trmi_question largest(const trmi_question *const *questions, uint32_t count)
{
    trmi_question most = *questions[0];
    trmi_extent *m = &most.extent;
    for (uint32_t i = 1; i < count; i++) {
        const trmi_extent *e = &questions[i]->extent;
        m->positions = larger(m->positions, e->positions);
        m->fields = larger(m->fields, e->fields);
        m->helpers = larger(m->helpers, e->helpers);
        m->rows = larger(m->rows, e->rows);
        m->group_rows = e->group_rows > m->group_rows ? e->group_rows : m->group_rows;
    }
    return most;
}

trm_status trmi_desk_begin(trmi_desk *desk, const trm_model *model, const trmi_parameters *parameters,
                           const trmi_lesson_plan *plan, const trmi_question *const *questions,
                           uint32_t count, const trm_allocator *allocator, trm_error *error)
{
    *desk = (trmi_desk) { .model = model, .parameters = parameters, .allocator = allocator, .plan = *plan };
    desk->executor = (trm_executor) { .size = sizeof desk->executor, .width = 1 };
    trmi_gradients_select(&desk->gradients);
    assert(count > 0);
    const trmi_question most = largest(questions, count);
    trm_status status = take_memory(desk, &most, error);
    if (status == TRM_OK) {
        begin_tape(desk);
        status = take_tape(desk, questions, count, error);
    }
    if (status == TRM_OK)
        status = trmi_nearest_create(model, allocator, &desk->search, error);
    if (status != TRM_OK)
        trmi_desk_end(desk);
    return status;
}

void trmi_desk_end(trmi_desk *desk)
{
    if (desk->allocator == NULL)
        return;
    trmi_nearest_free(desk->search);
    if (desk->memory != NULL)
        trmi_arena_release(desk->memory, desk->memory_bytes);
    if (desk->tape_memory != NULL)
        trmi_arena_release(desk->tape_memory, desk->tape_bytes);
    trmi_release(desk->allocator, desk->memory);
    trmi_release(desk->allocator, desk->tape_memory);
    *desk = (trmi_desk) { 0 };
}
