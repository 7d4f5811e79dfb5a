#include "bindings/cli/asking.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/trace/traced.h"

const choice policies_of_solve[] = { { "first-halt", TRM_POLICY_FIRST_HALT },
                                     { "vote", TRM_POLICY_VOTE },
                                     { "best", TRM_POLICY_BEST },
                                     { "first-verified", TRM_POLICY_FIRST_VERIFIED },
                                     { NULL, 0 } };
const choice views_of_solve[] = { { "all", ALL_VIEWS }, { "none", NO_VIEWS }, { NULL, 0 } };

void asking_options(trm_solve_options *options, const solve_settings *settings)
{
    options->runs = (uint32_t)settings->runs;
    options->policy = settings->policy;
    options->search = settings->search;
    options->require_verified = settings->require_verified;
    options->seed = settings->seed;
    options->step_budget = settings->step_budget;
    options->candidates = (uint32_t)settings->candidates;
}

/* Where runs do not start from random numbers, further ones see the puzzle with other values and lines, if
 * its task has such views and the model notices: each of the views that there are, once more. */
static uint32_t draw_views(session *s, const batch *b, uint32_t count, uint64_t runs)
{
    static const uint32_t kinds[] = { TRM_VIEW_VALUES | TRM_VIEW_LINES, TRM_VIEW_VALUES, TRM_VIEW_LINES };
    const uint32_t listed = count;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    size_t bytes, kind = 0;
    options.shape = &b->shape;
    options.view_count = 1;
    for (options.views = kinds; kind < sizeof kinds / sizeof *kinds; kind++, options.views++)
        if (trm_solver_measure(s->model, &options, &bytes, NULL) == TRM_OK)
            break;
    if (kind == sizeof kinds / sizeof *kinds || s->info.start_noise > 0.0f)
        return count;
    for (; count < runs && count < MOST_LISTED; count++)
        s->views[count] = s->views[count % listed] | kinds[kind] | count / listed * TRM_VIEW_DRAW;
    return count;
}

/* Not more of them than runs, and none with search. */
static uint32_t all_views(session *s, const batch *b, const solve_settings *settings)
{
    uint32_t count = 0;
    if (settings->runs < 2 || settings->search || b->relation != NULL ||
        trm_model_views(s->model, &b->shape, s->views, &count, NULL) != TRM_OK)
        return 0;
    count = count < settings->runs ? draw_views(s, b, count, settings->runs) : (uint32_t)settings->runs;
    return count > 1 ? count : 0;
}

void asking_views(session *s, const batch *b, const solve_settings *settings)
{
    const listed_numbers *listed = &settings->views;
    uint32_t count = listed->count;
    memcpy(s->views, listed->numbers, count * sizeof *s->views);
    if (count == 0 && listed->choice == ALL_VIEWS)
        count = all_views(s, b, settings);
    s->options.views = count > 0 ? s->views : NULL;
    s->options.view_count = count;
}

bool is_withheld(const session *s, const batch *b, size_t puzzle)
{
    return s->options.require_verified != 0 && b->verdicts[puzzle] != TRM_VERDICT_VERIFIED;
}

void asking_record(record *r, const batch *b, size_t puzzle)
{
    record_finding(r, &(finding) { b->verdicts[puzzle], b->hows[puzzle], b->runs[puzzle], b->pins[puzzle],
                                   b->total_steps[puzzle] });
}

void asking_record_answer(record *r, const session *s, const batch *b, size_t puzzle, const char *answer)
{
    record_key(r, "answer");
    if (is_withheld(s, b, puzzle))
        fputs("null", r->to);
    else
        write_json_bytes(r->to, answer, b->positions);
    record_integer(r, "steps", b->steps[puzzle]);
    record_text(r, "stop", stop_name(b->stops[puzzle]));
    record_number(r, "halt_probability", (double)b->halt_probabilities[puzzle]);
    asking_record(r, b, puzzle);
}

/* -- predictions -- */

bool predictions_open(predictions *p, const char *path, bool mistakes_alone)
{
    *p = (predictions) { .mistakes_alone = mistakes_alone };
    if (path == NULL)
        return true;
    if (!new_file_begin(&p->file, path))
        return false;
    fputs("question,answer,right,verified,how,steps,halt_probability\n", p->file.to);
    return true;
}

bool predictions_close(predictions *p, bool good)
{
    const bool written = new_file_end(&p->file, good);
    free(p->text);
    p->text = NULL;
    return written;
}

/* With quotes where the alphabet has what ends a field. */
static void write_field(FILE *to, const char *text, size_t length)
{
    const bool quoted = memchr(text, ',', length) != NULL || memchr(text, '"', length) != NULL;
    fputs(quoted ? "\"" : "", to);
    for (size_t i = 0; i < length; i++)
        fprintf(to, text[i] == '"' ? "\"\"" : "%c", text[i]);
    fputs(quoted ? "\"," : ",", to);
}

static bool write_tokens(predictions *p, const session *s, const batch *b, const int32_t *tokens)
{
    trm_error error = TRM_ERROR_INIT;
    char *text = realloc(p->text, b->positions);
    if (text == NULL)
        report_error("not enough memory for a puzzle of %zu characters", b->positions);
    if (text == NULL)
        return false;
    p->text = text;
    if (trm_model_decode(s->model, &b->shape, tokens, b->positions, text, &error) == TRM_OK) {
        write_field(p->file.to, text, b->positions);
        return true;
    }
    report_error("%s", error.message);
    return false;
}

bool predictions_add(predictions *p, const session *s, const batch *b, size_t puzzle, bool right)
{
    const size_t at = puzzle * b->positions;
    if (p->file.to == NULL || (p->mistakes_alone && right))
        return true;
    if (!write_tokens(p, s, b, b->questions + at))
        return false;
    if (is_withheld(s, b, puzzle))
        fputc(',', p->file.to);
    else if (!write_tokens(p, s, b, b->answers + at))
        return false;
    fprintf(p->file.to, "%s,%s,%s,%llu,%.9g\n", right ? "yes" : "no",
            b->verdicts[puzzle] == TRM_VERDICT_VERIFIED ? "yes" : "no", how_name(b->hows[puzzle]),
            (unsigned long long)b->total_steps[puzzle], (double)b->halt_probabilities[puzzle]);
    return true;
}
