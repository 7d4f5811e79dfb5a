/* trm hint: what to fill in next, and why. */
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/argument.h"
#include "bindings/cli/asking.h"
#include "bindings/cli/cells.h"
#include "bindings/cli/regions.h"
#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

static const solve_settings defaults = { .threads = 1, .batch = 1 };
/* clang-format off */
static const option options[] = {
    FLAG_ROW(solve_settings, all_hints, "all", "all hints, step by step, to the answer; each presumes those before it"),
    TEXT_ROW(solve_settings, regions, "regions", "FILE",
             "the regions of a jigsaw Sudoku, a picture of letters, in place of the boxes; - is standard input"),
    SOLVE_ROWS("1"),
    LAST_ROW,
};
/* clang-format on */

typedef struct hint_run {
    session session;
    batch batch;
    trm_relation regions;
    trm_hints hints;
    uint32_t count, end, clash[2];
} hint_run;

static bool take_row(hint_run *run, const solve_settings *settings, const row_fields *row)
{
    trm_error error = TRM_ERROR_INIT;
    run->batch.relation = settings->regions != NULL ? &run->regions : NULL;
    if (!batch_take_shape_of(&run->batch, &run->session, row) ||
        (settings->regions != NULL &&
         !regions_read(&run->regions, settings->regions, (uint32_t)run->batch.positions)))
        return false;
    if (batch_add(&run->batch, &run->session, row, &error))
        return true;
    report_error("%s", error.message);
    return false;
}

static bool take_puzzle(hint_run *run, const solve_settings *settings, const char *puzzle)
{
    const rows_wanted wanted = { run->session.model, run->session.grid, NULL, NULL, TRM_CSV_LINES };
    argument a;
    row_fields row;
    const bool good = argument_open(&a, puzzle, "the puzzle", &wanted) && argument_first(&a, &row) &&
                      take_row(run, settings, &row) && argument_ends(&a);
    argument_close(&a);
    return good;
}

static bool take_room(hint_run *run, size_t room)
{
    run->hints = (trm_hints)TRM_HINTS_INIT;
    run->hints.room = (uint32_t)room;
    run->hints.positions = calloc(room, sizeof *run->hints.positions);
    run->hints.tokens = calloc(room, sizeof *run->hints.tokens);
    run->hints.reasons = calloc(room, sizeof *run->hints.reasons);
    run->hints.confidences = calloc(room, sizeof *run->hints.confidences);
    run->hints.relations = calloc(room, sizeof *run->hints.relations);
    run->hints.end = &run->end;
    run->hints.clash = run->clash;
    if (run->hints.positions != NULL && run->hints.tokens != NULL && run->hints.reasons != NULL &&
        run->hints.confidences != NULL && run->hints.relations != NULL)
        return true;
    report_error("not enough memory for %zu hints", room);
    return false;
}

static void free_room(hint_run *run)
{
    free(run->hints.positions);
    free(run->hints.tokens);
    free(run->hints.reasons);
    free(run->hints.confidences);
    free(run->hints.relations);
}

static const char *reason_name(uint32_t reason)
{
    static const char *const names[] = { "unknown", "last", "place", "value", "model" };
    return names[reason < sizeof names / sizeof *names ? reason : 0];
}

static const char *end_name(uint32_t end)
{
    static const char *const names[] = { "more", "done", "clash", "unknown" };
    return names[end < sizeof names / sizeof *names ? end : 3];
}

static void print_json(const hint_run *run)
{
    const trm_hints *h = &run->hints;
    fputs("{\"hints\": [", stdout);
    for (uint32_t i = 0; i < run->count; i++) {
        char cell[32];
        const char character = cell_character(&run->session, &run->batch, h->positions[i], h->tokens[i]);
        fputs(i > 0 ? ", " : "", stdout);
        record r = record_begin(stdout);
        cell_name(&run->session, &run->batch, h->positions[i], cell, sizeof cell);
        record_text(&r, "cell", cell);
        record_integer(&r, "position", h->positions[i]);
        record_key(&r, "value");
        write_json_bytes(stdout, &character, 1);
        record_text(&r, "reason", reason_name(h->reasons[i]));
        record_text(&r, "relation", h->relations[i]);
        record_number(&r, "confidence", (double)h->confidences[i]);
        record_end(&r);
    }
    printf("], \"end\": \"%s\"}\n", end_name(run->end));
}

static void print_hint(const hint_run *run, uint32_t i)
{
    const trm_hints *h = &run->hints;
    char cell[32];
    cell_name(&run->session, &run->batch, h->positions[i], cell, sizeof cell);
    printf("%s: %c, ", cell, cell_character(&run->session, &run->batch, h->positions[i], h->tokens[i]));
    switch (h->reasons[i]) {
    case TRM_REASON_LAST:
        printf("the last open cell of its %s\n", h->relations[i]);
        break;
    case TRM_REASON_PLACE:
        printf("the only place for it in its %s\n", h->relations[i]);
        break;
    case TRM_REASON_VALUE:
        puts("the only value left to it");
        break;
    default:
        printf("the model's surest, %.1f %%\n", 100.0 * (double)h->confidences[i]);
    }
}

static int tell_end(const hint_run *run)
{
    char a[32], b[32];
    cell_name(&run->session, &run->batch, run->clash[0], a, sizeof a);
    cell_name(&run->session, &run->batch, run->clash[1], b, sizeof b);
    if (run->end == TRM_HINTS_CLASH && run->clash[0] != run->clash[1])
        report_error("%s and %s exclude each other: there is no answer", a, b);
    else if (run->end == TRM_HINTS_CLASH)
        report_error("nothing is left for %s, or a value has no place in a group of it: there is no answer",
                     a);
    else if (run->end == TRM_HINTS_UNKNOWN)
        report_error("no answer was found that the rules call right%s",
                     run->session.options.search != 0 ? "" : "; --search may find one");
    else if (run->count == 0)
        report_talk("nothing is left to be filled in");
    return run->end == TRM_HINTS_CLASH || run->end == TRM_HINTS_UNKNOWN ? STATUS_ABSTAINED : STATUS_OK;
}

static int give_hints(hint_run *run, bool json)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions question = batch_questions(&run->batch);
    if (trm_hint(run->session.model, &question, &run->session.options, &run->hints, &run->count, &error) !=
        TRM_OK)
        return report_error("%s", error.message);
    for (uint32_t i = 0; !json && i < run->count; i++)
        print_hint(run, i);
    if (json)
        print_json(run);
    return tell_end(run);
}

static int run_hint(const void *given, char **operands, int count)
{
    const solve_settings *settings = given;
    hint_run run = { .count = 0 };
    int status = STATUS_DATA;
    (void)count;
    if (!session_agree("hint", settings))
        return STATUS_USAGE;
    report_be_quiet(settings->quiet);
    if (session_open(&run.session, operands[0], settings) && batch_create(&run.batch, &run.session) &&
        take_puzzle(&run, settings, operands[1]) &&
        take_room(&run, settings->all_hints ? run.batch.positions : 1)) {
        asking_views(&run.session, &run.batch, settings);
        status = give_hints(&run, settings->json);
    }
    free_room(&run);
    regions_free(&run.regions);
    batch_free(&run.batch);
    session_close(&run.session);
    return status;
}

const cli_command hint_command = {
    "hint",
    "[OPTIONS] MODEL PUZZLE",
    "Tells what to fill in next, and why: what plain rules force, or else what the model is surest of, of an "
    "answer that the rules call right.",
    options,
    sizeof(solve_settings),
    &defaults,
    2,
    2,
    run_hint,
};
