#include "bindings/trace/traced.h"
#include "bindings/trace/words.h"

static void record_bytes(record *r, const char *key, const char *bytes, size_t length)
{
    record_key(r, key);
    write_json_bytes(r->to, bytes, length);
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

static void write_lists(FILE *to, const traced_relation *relation)
{
    fputc('[', to);
    for (size_t i = 0; i < relation->lists; i++) {
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
    record_key(r, "relations");
    record relations = record_begin(r->to);
    for (size_t i = 0; i < t->relation_count; i++) {
        record_key(&relations, t->relations[i].name);
        write_lists(r->to, &t->relations[i]);
    }
    record_end(&relations);
}

static void record_blank(record *r, const traced *t)
{
    const char blank = (char)t->blank;
    record_key(r, "blank");
    if (t->blank == NO_BLANK)
        fputs("null", r->to);
    else
        write_json_bytes(r->to, &blank, 1);
}

void record_finding(record *r, const finding *found)
{
    record_text(r, "verdict", verdict_name(found->verdict));
    record_text(r, "how", how_name(found->how));
    record_integer(r, "runs", found->runs);
    record_integer(r, "pins", found->pins);
    record_integer(r, "total_steps", found->total_steps);
}

static void record_answer(record *r, const traced *t)
{
    const traced_answer *a = &t->answer;
    record_key(r, "answer");
    record answer = record_begin(r->to);
    if (a->text != NULL)
        record_bytes(&answer, "text", a->text, t->positions);
    record_key(&answer, "run");
    if (a->has_run)
        fprintf(r->to, "%u", (unsigned)a->run);
    else
        fputs("null", r->to);
    record_text(&answer, "stop", stop_name(a->stop));
    record_integer(&answer, "steps", a->steps);
    record_float(&answer, "halt_probability", a->halt_probability);
    record_finding(&answer, &a->found);
    record_end(&answer);
}

static void write_step(FILE *to, const traced *t, const traced_step *step)
{
    const float *probabilities = traced_probabilities(t, step);
    record r = record_begin(to);
    record_integer(&r, "step", step->step);
    record_bytes(&r, "text", traced_text(t, step), t->positions);
    record_key(&r, "probabilities");
    for (size_t i = 0; i < t->positions; i++) {
        fputs(i > 0 ? ", " : "[", to);
        write_json_float(to, probabilities[i]);
    }
    fputc(']', to);
    record_integer(&r, "changed", step->changed);
    record_float(&r, "halt_logit", step->halt_logit);
    record_float(&r, "halt_probability", step->halt_probability);
    record_text(&r, "verdict", verdict_name(step->verdict));
    record_text(&r, "stop", stop_name(step->stop));
    record_end(&r);
}

/* What the run was asked beyond the question. */
static void write_pins(FILE *to, const traced *t, const traced_run *run)
{
    fputc('[', to);
    for (size_t i = run->pins; i < run->pins_end; i++) {
        fputs(i > run->pins ? ", " : "", to);
        record r = record_begin(to);
        record_integer(&r, "position", t->pins[i].position);
        record_bytes(&r, "text", &t->pins[i].text, 1);
        record_end(&r);
    }
    fputc(']', to);
}

static void write_run(FILE *to, const traced *t, const traced_run *run)
{
    record r = record_begin(to);
    record_integer(&r, "run", run->run);
    record_text(&r, "how", how_name(run->how));
    record_integer(&r, "view", run->view);
    record_key(&r, "pins");
    write_pins(to, t, run);
    record_key(&r, "steps");
    for (size_t i = run->steps; i < run->steps_end; i++) {
        fputs(i > run->steps ? ", " : "[", to);
        write_step(to, t, &t->steps[i]);
    }
    fputc(']', to);
    record_end(&r);
}

static void record_runs(record *r, const traced *t)
{
    record_key(r, "runs");
    for (size_t i = 0; i < t->run_count; i++) {
        fputs(i > 0 ? ", " : "[", r->to);
        write_run(r->to, t, &t->runs[i]);
    }
    fputc(']', r->to);
}

void traced_write_json(const traced *t, FILE *to)
{
    record r = record_begin(to);
    record_text(&r, "format", "trm-trace");
    record_integer(&r, "version", TRACE_VERSION);
    record_text(&r, "model", t->model);
    record_number(&r, "halt_threshold", (double)t->halt_threshold);
    record_integer(&r, "positions", t->positions);
    record_grid(&r, t);
    record_relations(&r, t);
    record_blank(&r, t);
    record_bytes(&r, "question", t->question, t->positions);
    record_answer(&r, t);
    record_runs(&r, t);
    record_end(&r);
}
