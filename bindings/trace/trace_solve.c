/* A trace of a solve: its answers, and what a watcher saw, put together. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/trace/file_name.h"
#include "bindings/trace/seen.h"
#include "bindings/trace/traced.h"

/* A solve and the trace that is made of it. */
typedef struct making {
    const trm_model *model;
    const trm_questions *question;
    const trm_shape *shape; /* of the question; NULL: the model's own */
    trm_model_info info;
    seen_steps seen;
    int32_t *answer; /* S */
    uint32_t stop, steps, verdict, how, runs, pins;
    uint64_t total_steps;
    float halt_probability;
    traced *to;
} making;

static trm_status fail(trm_status status, trm_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL)
        vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

static trm_status fail_memory(trm_error *error)
{
    return fail(TRM_ERROR_MEMORY, error, "not enough memory for a trace");
}

static trm_status decode(const making *m, const int32_t *tokens, char *text, trm_error *error)
{
    return trm_model_decode(m->model, m->shape, tokens, m->seen.positions, text, error);
}

static size_t positions_of(const making *m)
{
    const trm_shape *shape = m->shape;
    if (shape == NULL || (shape->rows == 0 && shape->positions == 0))
        return m->info.positions;
    return shape->positions > 0 ? shape->positions : (size_t)shape->rows * shape->columns;
}

/* ------------------------------------------------------------------------------------------ the solve */

static trm_status solve_watched(making *m, const trm_solve_options *options, trm_error *error)
{
    trm_solve_options how = *options;
    trm_answers answers = TRM_ANSWERS_INIT;
    m->answer = calloc(m->seen.positions, sizeof *m->answer);
    if (m->answer == NULL)
        return fail_memory(error);
    answers.tokens = m->answer;
    answers.halt_probabilities = &m->halt_probability;
    answers.steps = &m->steps;
    answers.stops = &m->stop;
    answers.verdicts = &m->verdict;
    answers.hows = &m->how;
    answers.runs = &m->runs;
    answers.pins = &m->pins;
    answers.total_steps = &m->total_steps;
    how.watcher = &m->seen.watcher;
    return trm_solve(m->model, m->question, &answers, &how, error);
}

/* --------------------------------------------------------------------------------------- the question */

/* The grid as people draw it. Boxes belong to Sudokus whose regions nobody brought. */
static void look_at_shape(const making *m)
{
    traced *t = m->to;
    const trm_model_info *info = &m->info;
    const trm_shape *shape = m->shape;
    const bool own = shape == NULL || shape->rows == 0;
    if (own && shape != NULL && shape->positions > 0)
        return;
    t->rows = own ? info->grid_rows : shape->rows;
    t->columns = own ? info->grid_columns : shape->columns;
    if (m->question->relation_count > 0)
        return;
    const bool boxed = shape != NULL && shape->box_rows > 0;
    t->box_rows = boxed ? shape->box_rows : own ? info->box_rows : 0;
    t->box_columns = boxed ? shape->box_columns : own ? info->box_columns : 0;
    if (t->box_rows == 0 && strcmp(info->task, "sudoku") == 0 && t->rows == t->columns)
        trm_default_boxes(t->rows, &t->box_rows, &t->box_columns);
}

/* By the alphabet's bytes, which needs no memory: a trace without it would only look as if the model had
   none. */
int blank_of(const trm_model *model)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    if (trm_model_describe(model, &info, NULL) != TRM_OK || info.blank >= info.vocabulary)
        return NO_BLANK;
    for (uint32_t i = 0; i < info.metadata_count; i++) {
        trm_metadata entry = TRM_METADATA_INIT;
        if (trm_model_metadata(model, i, &entry, NULL) != TRM_OK || strcmp(entry.key, "task.alphabet") != 0)
            continue;
        return info.blank < entry.length ? (unsigned char)entry.bytes[info.blank] : NO_BLANK;
    }
    return NO_BLANK;
}

static char *copy(const void *from, size_t size)
{
    char *made = malloc(size + 1);
    if (made != NULL) {
        if (size > 0)
            memcpy(made, from, size);
        made[size] = '\0';
    }
    return made;
}

/* Who says nothing of the number of lists brings those of the model's relation. */
static size_t lists_of(const making *m, const trm_relation *relation)
{
    const size_t values = m->shape != NULL && m->shape->fields > 0 ? m->shape->fields : m->info.fields,
                 helpers = m->shape != NULL ? m->shape->helpers : 0;
    trm_relation_info known = TRM_RELATION_INFO_INIT;
    for (uint32_t i = 0; relation->lists == 0 && i < m->info.relations; i++)
        if (trm_model_relation(m->model, i, &known, NULL) == TRM_OK &&
            strcmp(known.name, relation->name) == 0)
            return known.level == TRM_LEVEL_NODES    ? m->seen.positions * values + helpers
                   : known.level == TRM_LEVEL_FIELDS ? values
                                                     : m->seen.positions;
    return relation->lists > 0 ? relation->lists : m->seen.positions;
}

static trm_status take_relations(const making *m, trm_error *error)
{
    traced *t = m->to;
    const size_t count = m->question->relation_count;
    t->relations = calloc(count > 0 ? count : 1, sizeof *t->relations);
    if (t->relations == NULL)
        return fail_memory(error);
    for (; t->relation_count < count; t->relation_count++) {
        const trm_relation *from = &m->question->relations[t->relation_count];
        traced_relation *to = &t->relations[t->relation_count];
        to->lists = lists_of(m, from);
        to->name = copy(from->name, strlen(from->name));
        to->first = (uint32_t *)(void *)copy(from->first, (to->lists + 1) * sizeof *to->first);
        to->heard = (uint32_t *)(void *)copy(from->heard, from->first[to->lists] * sizeof *to->heard);
        if (to->name == NULL || to->first == NULL || to->heard == NULL) {
            t->relation_count++;
            return fail_memory(error);
        }
    }
    return TRM_OK;
}

static trm_status take_question(const making *m, const char *name, trm_error *error)
{
    traced *t = m->to;
    name = file_name(name);
    t->model = copy(name, strlen(name));
    t->question = malloc(m->seen.positions);
    if (t->model == NULL || t->question == NULL)
        return fail_memory(error);
    t->halt_threshold = m->info.halt_threshold;
    t->positions = m->seen.positions;
    t->blank = blank_of(m->model);
    look_at_shape(m);
    const trm_status status = take_relations(m, error);
    return status == TRM_OK ? decode(m, m->question->tokens, t->question, error) : status;
}

/* -------------------------------------------------------------------------------- runs and the answer */

static trm_status take_pins(const making *m, const seen_step *first, trm_error *error)
{
    traced *t = m->to;
    const int32_t *asked = m->seen.asked + first->place * t->positions;
    char *text = malloc(t->positions);
    trm_status status = text == NULL ? fail_memory(error) : decode(m, asked, text, error);
    for (size_t i = 0; status == TRM_OK && i < t->positions; i++) {
        if (asked[i] == m->question->tokens[i])
            continue;
        traced_pin *more = realloc(t->pins, (t->pin_count + 1) * sizeof *t->pins);
        if (more == NULL) {
            status = fail_memory(error);
        } else {
            t->pins = more;
            t->pins[t->pin_count++] = (traced_pin) { (uint32_t)i, text[i] };
        }
    }
    free(text);
    return status;
}

static trm_status take_run(const making *m, size_t begin, size_t end, trm_error *error)
{
    traced *t = m->to;
    traced_run *run = &t->runs[t->run_count++];
    const seen_step *first = &m->seen.steps[begin];
    *run = (traced_run) { .run = first->run,
                          .how = first->how,
                          .view = first->view,
                          .steps = begin,
                          .steps_end = end,
                          .pins = t->pin_count };
    for (size_t i = begin; i < end; i++) {
        const seen_step *from = &m->seen.steps[i];
        t->steps[i] = (traced_step) { from->step,    from->stop,       from->verdict,
                                      from->changed, from->halt_logit, from->halt_probability,
                                      from->place };
    }
    const trm_status status = take_pins(m, first, error);
    run->pins_end = t->pin_count;
    return status;
}

/* The probabilities change hands. */
static trm_status take_runs(making *m, trm_error *error)
{
    traced *t = m->to;
    const seen_steps *seen = &m->seen;
    trm_status status = TRM_OK;
    t->step_count = seen->count;
    t->runs = calloc(seen->count + 1, sizeof *t->runs);
    t->steps = calloc(seen->count + 1, sizeof *t->steps);
    t->texts = malloc(seen->count * t->positions + 1);
    if (t->runs == NULL || t->steps == NULL || t->texts == NULL)
        return fail_memory(error);
    for (size_t i = 0; status == TRM_OK && i < seen->count; i++)
        status = decode(m, seen->tokens + i * t->positions, t->texts + i * t->positions, error);
    for (size_t begin = 0, end; status == TRM_OK && begin < seen->count; begin = end) {
        end = seen_run_end(seen, begin);
        status = take_run(m, begin, end, error);
    }
    t->probabilities = m->seen.probabilities;
    m->seen.probabilities = NULL;
    return status;
}

/* The run whose last step is the answer: a vote has several, the first of them is told. */
static bool find_run(const making *m, uint32_t *run)
{
    const traced *t = m->to;
    for (size_t i = 0; i < t->run_count; i++) {
        const traced_step *last = &t->steps[t->runs[i].steps_end - 1];
        *run = t->runs[i].run;
        if (t->runs[i].how == m->how && last->step == m->steps &&
            memcmp(m->seen.tokens + last->place * t->positions, m->answer,
                   t->positions * sizeof *m->answer) == 0)
            return true;
    }
    return false;
}

static trm_status take_answer(const making *m, bool only_verified, trm_error *error)
{
    traced *t = m->to;
    const bool withheld = only_verified && m->verdict != TRM_VERDICT_VERIFIED;
    t->answer = (traced_answer) { .stop = m->stop,
                                  .steps = m->steps,
                                  .halt_probability = m->halt_probability,
                                  .found = { m->verdict, m->how, m->runs, m->pins, m->total_steps } };
    if (withheld)
        return TRM_OK;
    t->answer.has_run = find_run(m, &t->answer.run);
    t->answer.text = malloc(t->positions);
    return t->answer.text == NULL ? fail_memory(error) : decode(m, m->answer, t->answer.text, error);
}

/* -------------------------------------------------------------------------------------------------------
   all */

static trm_status make(making *m, const char *name, const trm_solve_options *options, trm_error *error)
{
    trm_status status = solve_watched(m, options, error);
    if (status == TRM_OK && m->seen.count == 0)
        status = fail(TRM_ERROR_UNSUPPORTED, error, "expected a solve of at least one step, found none");
    seen_sort(&m->seen);
    if (status == TRM_OK && (m->to = calloc(1, sizeof *m->to)) == NULL)
        status = fail_memory(error);
    if (status == TRM_OK)
        status = take_question(m, name, error);
    if (status == TRM_OK)
        status = take_runs(m, error);
    return status == TRM_OK ? take_answer(m, options->require_verified != 0, error) : status;
}

trm_status trace_solve(const trm_model *model, const char *name, const trm_questions *question,
                       const trm_solve_options *options, traced **made, trm_error *error)
{
    making m = { .model = model,
                 .question = question,
                 .shape = question->shape_count > 0 ? question->shapes : NULL,
                 .info = TRM_MODEL_INFO_INIT };
    *made = NULL;
    if (question->count != 1)
        return fail(TRM_ERROR_ARGUMENT, error, "expected one puzzle, found %zu puzzles", question->count);
    trm_status status = trm_model_describe(model, &m.info, error);
    if (status != TRM_OK)
        return status;
    seen_begin(&m.seen, positions_of(&m), options->watcher);
    status = make(&m, name, options, error);
    seen_end(&m.seen);
    free(m.answer);
    if (status == TRM_OK)
        *made = m.to;
    else
        trace_free(m.to);
    return status;
}
