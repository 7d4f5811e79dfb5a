#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/grid.h"
#include "bindings/cli/report.h"
#include "bindings/cli/traced.h"

enum { TRACE_VERSION = 1 };

/* Nine digits are enough to find the same float again. */
static void record_float(record *r, const char *key, float number)
{
    record_key(r, key);
    fprintf(r->to, "%.9g", (double)number);
}

/* A text of S characters, through the room behind it. */
static bool record_tokens(record *r, const char *key, const traced *t, const int32_t *tokens, char *room)
{
    trm_error error = TRM_ERROR_INIT;
    const size_t positions = t->batch->positions;
    if (trm_model_decode(t->session->model, &t->batch->shape, tokens, positions, room, &error) != TRM_OK) {
        report_error("%s", error.message);
        return false;
    }
    record_key(r, key);
    write_json_bytes(r->to, room, positions);
    return true;
}

static void record_grid(record *r, const traced *t)
{
    record_key(r, "grid");
    if (t->rows == 0) {
        fputs("null", r->to);
        return;
    }
    record grid = record_begin(r->to);
    record_integer(&grid, "rows", t->rows);
    record_integer(&grid, "columns", t->columns);
    record_integer(&grid, "box_rows", t->box_rows);
    record_integer(&grid, "box_columns", t->box_columns);
    record_end(&grid);
}

static void write_lists(FILE *to, const trm_relation *relation, size_t lists)
{
    fputc('[', to);
    for (size_t i = 0; i < lists; i++) {
        fputs(i > 0 ? ", [" : "[", to);
        for (size_t k = relation->first[i]; k < relation->first[i + 1]; k++)
            fprintf(to, k > relation->first[i] ? ", %u" : "%u", (unsigned)relation->heard[k]);
        fputc(']', to);
    }
    fputc(']', to);
}

/* What the question brought: who hears whom, by name. */
static void record_relations(record *r, const traced *t)
{
    const trm_questions question = batch_questions(t->batch);
    record_key(r, "relations");
    record relations = record_begin(r->to);
    for (size_t i = 0; i < question.relation_count; i++) {
        record_key(&relations, question.relations[i].name);
        write_lists(r->to, &question.relations[i], traced_lists(t, &question.relations[i]));
    }
    record_end(&relations);
}

static bool record_answer(record *r, const traced *t, char *room)
{
    const batch *b = t->batch;
    const bool withheld = is_withheld(t->session, b, 0), single = t->answering < t->trace.count;
    record_key(r, "answer");
    record answer = record_begin(r->to);
    if (!withheld && !record_tokens(&answer, "text", t, b->answers, room))
        return false;
    record_key(&answer, "run");
    if (single && !withheld)
        fprintf(r->to, "%u", (unsigned)t->trace.steps[t->answering].run);
    else
        fputs("null", r->to);
    record_text(&answer, "stop", stop_name(b->stops[0]));
    record_integer(&answer, "steps", b->steps[0]);
    record_float(&answer, "halt_probability", b->halt_probabilities[0]);
    asking_record(&answer, b, 0);
    record_end(&answer);
    return true;
}

static bool write_step(FILE *to, const traced *t, const trace_step *step, char *room)
{
    const float *probabilities = trace_probabilities(&t->trace, step);
    record r = record_begin(to);
    record_integer(&r, "step", step->step);
    if (!record_tokens(&r, "text", t, trace_tokens(&t->trace, step), room))
        return false;
    record_key(&r, "probabilities");
    for (size_t i = 0; i < t->trace.positions; i++)
        fprintf(to, i > 0 ? ", %.9g" : "[%.9g", (double)probabilities[i]);
    fputc(']', to);
    record_integer(&r, "changed", step->changed);
    record_float(&r, "halt_logit", step->halt_logit);
    record_float(&r, "halt_probability", step->halt_probability);
    record_text(&r, "verdict", verdict_name(step->verdict));
    record_text(&r, "stop", stop_name(step->stop));
    record_end(&r);
    return true;
}

/* What the run was asked beyond the question. */
static bool write_pins(FILE *to, const traced *t, const trace_step *step, char *room)
{
    trm_error error = TRM_ERROR_INIT;
    const int32_t *asked = trace_asked(&t->trace, step);
    bool more = false;
    if (trm_model_decode(t->session->model, &t->batch->shape, asked, t->trace.positions, room, &error) !=
        TRM_OK)
        return report_error("%s", error.message), false;
    fputc('[', to);
    for (size_t i = 0; i < t->trace.positions; i++) {
        if (asked[i] == t->batch->questions[i])
            continue;
        fputs(more ? ", " : "", to);
        record r = record_begin(to);
        record_integer(&r, "position", i);
        record_key(&r, "text");
        write_json_bytes(to, room + i, 1);
        record_end(&r);
        more = true;
    }
    fputc(']', to);
    return true;
}

static bool write_run(FILE *to, const traced *t, size_t begin, size_t end, char *room)
{
    const trace_step *first = &t->trace.steps[begin];
    record r = record_begin(to);
    record_integer(&r, "run", first->run);
    record_text(&r, "how", how_name(first->how));
    record_integer(&r, "view", first->view);
    record_key(&r, "pins");
    bool good = write_pins(to, t, first, room);
    record_key(&r, "steps");
    for (size_t i = begin; good && i < end; i++) {
        fputs(i > begin ? ", " : "[", to);
        good = write_step(to, t, &t->trace.steps[i], room);
    }
    fputc(']', to);
    record_end(&r);
    return good;
}

static bool write_runs(record *r, const traced *t, char *room)
{
    bool good = true;
    record_key(r, "runs");
    fputc('[', r->to);
    for (size_t begin = 0; good && begin < t->trace.count;) {
        const size_t end = trace_run_end(&t->trace, begin);
        fputs(begin > 0 ? ", " : "", r->to);
        good = write_run(r->to, t, begin, end, room);
        begin = end;
    }
    fputc(']', r->to);
    return good;
}

static void record_character(record *r, const char *key, char character)
{
    record_key(r, key);
    if (character == 0)
        fputs("null", r->to);
    else
        write_json_bytes(r->to, &character, 1);
}

bool traced_write_json(const traced *t, FILE *to)
{
    char *room = malloc(t->batch->positions + 1);
    if (room == NULL)
        return report_error("not enough memory"), false;
    record r = record_begin(to);
    record_text(&r, "format", "trm-trace");
    record_integer(&r, "version", TRACE_VERSION);
    record_text(&r, "model", t->model);
    record_number(&r, "halt_threshold", (double)t->session->info.halt_threshold);
    record_integer(&r, "positions", t->batch->positions);
    record_grid(&r, t);
    record_relations(&r, t);
    record_character(&r, "blank", t->blank);
    const bool good = record_tokens(&r, "question", t, t->batch->questions, room) &&
                      record_answer(&r, t, room) && write_runs(&r, t, room);
    record_end(&r);
    free(room);
    return good;
}
