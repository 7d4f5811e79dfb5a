#include "bindings/cli/several.h"

#include <stdlib.h>

#include "bindings/cli/asking.h"

void several_free(several *s)
{
    trm_solver_free(s->solver);
    free(s->found.tokens);
    free(s->found.counts);
    free(s->found.verdicts);
    free(s->found.confidences);
    free(s->found.hows);
    *s = (several) { .solver = NULL };
}

static bool take_room(several *s, const session *of, const batch *b)
{
    const size_t room = of->options.candidates;
    if (s->found.tokens != NULL && s->positions == b->positions)
        return true;
    several_free(s);
    s->positions = b->positions;
    s->found = (trm_candidates)TRM_CANDIDATES_INIT;
    s->found.room = of->options.candidates;
    s->found.tokens = calloc(room * b->positions, sizeof *s->found.tokens);
    s->found.counts = calloc(room, sizeof *s->found.counts);
    s->found.verdicts = calloc(room, sizeof *s->found.verdicts);
    s->found.confidences = calloc(room, sizeof *s->found.confidences);
    s->found.hows = calloc(room, sizeof *s->found.hows);
    if (s->found.tokens != NULL && s->found.counts != NULL && s->found.verdicts != NULL &&
        s->found.confidences != NULL && s->found.hows != NULL)
        return true;
    report_error("not enough memory for %zu answers of %zu characters", room, b->positions);
    return false;
}

bool several_solve(several *s, session *of, const batch *b)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = batch_questions(b);
    const trm_answers answers = batch_answers(b);
    uint32_t running = 1;
    if (!take_room(s, of, b))
        return false;
    bool good = batch_find_solver(b, of, &s->solver, &error) &&
                trm_solver_load(s->solver, &questions, &error) == TRM_OK;
    while (good && running > 0 && !was_interrupted())
        good = trm_solver_step(s->solver, &running, &error) == TRM_OK;
    if (good && running == 0 && trm_solver_read(s->solver, &answers, &error) == TRM_OK)
        return true;
    if (!was_interrupted())
        report_error("%s", error.message);
    return false;
}

bool several_fetch(several *s, size_t puzzle)
{
    trm_error error = TRM_ERROR_INIT;
    if (trm_solver_candidates(s->solver, (uint32_t)puzzle, &s->found, &s->count, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

static bool decode(const several *s, const session *of, const batch *b, uint32_t i, char *text)
{
    trm_error error = TRM_ERROR_INIT;
    if (trm_model_decode(of->model, &b->shape, s->found.tokens + i * b->positions, b->positions, text,
                         &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

bool several_record(const several *s, record *r, const session *of, const batch *b, char *text)
{
    bool good = true;
    record_key(r, "candidates");
    fputs("[", r->to);
    for (uint32_t i = 0; good && i < s->count; i++) {
        fputs(i > 0 ? ", " : "", r->to);
        record each = record_begin(r->to);
        good = decode(s, of, b, i, text);
        record_key(&each, "answer");
        write_json_bytes(r->to, text, b->positions);
        record_integer(&each, "count", s->found.counts[i]);
        record_text(&each, "verdict", verdict_name(s->found.verdicts[i]));
        record_text(&each, "how", how_name(s->found.hows[i]));
        record_number(&each, "confidence", (double)s->found.confidences[i]);
        record_end(&each);
    }
    fputs("]", r->to);
    return good;
}

bool several_print(const several *s, const session *of, const batch *b, char *text)
{
    bool good = true;
    for (uint32_t i = 0; good && i < s->count; i++) {
        good = decode(s, of, b, i, text);
        fwrite(text, 1, b->positions, stdout);
        printf("  %s, %.1f %%, %u run%s\n", verdict_name(s->found.verdicts[i]),
               100.0 * (double)s->found.confidences[i], (unsigned)s->found.counts[i],
               s->found.counts[i] == 1 ? "" : "s");
    }
    putchar('\n');
    return good;
}
