#include "bindings/cli/mend.h"

#include "bindings/cli/cells.h"

bool mend_solve(const session *s, batch *b, trm_repaired *repaired)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions question = batch_questions(b);
    *repaired = (trm_repaired)TRM_REPAIRED_INIT;
    if (trm_repair(s->model, &question, &s->options, b->answers, repaired, &error) != TRM_OK) {
        report_error("%s", error.message);
        return false;
    }
    for (size_t n = 0; n < b->positions; n++)
        b->probabilities[n] = b->confidences[n] = repaired->halt_probability;
    b->halt_probabilities[0] = repaired->halt_probability;
    b->steps[0] = (uint32_t)(repaired->total_steps < UINT32_MAX ? repaired->total_steps : UINT32_MAX);
    b->stops[0] = repaired->verdict == TRM_VERDICT_VERIFIED ? TRM_STOP_VERIFIED : TRM_STOP_LIMIT;
    b->verdicts[0] = repaired->verdict;
    b->hows[0] = repaired->how;
    b->runs[0] = 1;
    b->pins[0] = 0;
    b->total_steps[0] = repaired->total_steps;
    return true;
}

static bool is_changed(const session *s, const batch *b, size_t position)
{
    return b->verdicts[0] == TRM_VERDICT_VERIFIED && b->questions[position] != (int32_t)s->info.blank &&
           b->answers[position] != b->questions[position];
}

void mend_print(const session *s, const batch *b)
{
    bool more = false;
    for (size_t n = 0; n < b->positions; n++) {
        char cell[32];
        if (!is_changed(s, b, n))
            continue;
        cell_name(s, b, (uint32_t)n, cell, sizeof cell);
        printf("%s%s: %c was likely %c", more ? ", " : "  ", cell,
               cell_character(s, b, (uint32_t)n, b->questions[n]),
               cell_character(s, b, (uint32_t)n, b->answers[n]));
        more = true;
    }
}

void mend_record(record *r, const session *s, const batch *b, const trm_repaired *repaired)
{
    bool more = false;
    record_key(r, "repairs");
    fputs("[", r->to);
    for (size_t n = 0; n < b->positions; n++) {
        char cell[32], given, value;
        if (!is_changed(s, b, n))
            continue;
        cell_name(s, b, (uint32_t)n, cell, sizeof cell);
        given = cell_character(s, b, (uint32_t)n, b->questions[n]);
        value = cell_character(s, b, (uint32_t)n, b->answers[n]);
        fputs(more ? ", " : "", r->to);
        record each = record_begin(r->to);
        record_text(&each, "cell", cell);
        record_integer(&each, "position", n);
        record_key(&each, "given");
        write_json_bytes(r->to, &given, 1);
        record_key(&each, "value");
        write_json_bytes(r->to, &value, 1);
        record_end(&each);
        more = true;
    }
    fputs("]", r->to);
    record_key(r, "fewest");
    fputs(repaired->fewest != 0 ? "true" : "false", r->to);
}
