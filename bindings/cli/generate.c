/* trm generate: puzzles made up at random, as a CSV file. */
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "bindings/cli/making.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rules_file.h"

typedef struct generate_settings {
    uint64_t count, seed;
    puzzle_kind kind;
    const char *output;
    bool json, quiet;
} generate_settings;

static const generate_settings defaults = { .count = 1000 };

/* clang-format off */
static const option options[] = {
    NUMBER_ROW(generate_settings, count, "count", "N", 1, 1000000000, "how many puzzles (default 1000)"),
    NUMBER_ROW(generate_settings, seed, "seed", "N", 0, UINT64_MAX, "seed of the random numbers (default 0)"),
    TEXT_ROW(generate_settings, output, "output", "FILE",
             "write to FILE, gzipped when its name ends in .gz (default: standard output)"),
    KIND_ROWS(generate_settings, kind),
    RANGE_ROW(generate_settings, kind.sizes, "sizes", 2, 512,
              "--rules: N, of puzzles with N or N x N variables (default 6-12, 4-6)"),
    FLAG_ROW(generate_settings, kind.minimal, "minimal",
             "sudoku, jigsaw: puzzles none of whose givens could be left out"),
    JSON_ROW(generate_settings),
    QUIET_ROW(generate_settings, "no progress and no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

enum { MOST_VERTICES = 512 }; /* of the option positions */

typedef struct generate_run {
    const generate_settings *settings;
    trm_puzzles *puzzles;
    uint64_t printed;
    char *text;     /* question, answer and regions */
    uint32_t cells; /* at most */
    bool jigsaws;
    bool graphs; /* of puzzles that have shapes of their own */
    progress progress;
} generate_run;

static bool has_generator(const puzzle_kind *kind, const char *task)
{
    const bool has = kind->rules != NULL || kind_is_made(task);
    if (!has)
        report_error("generate: expected sudoku, jigsaw, path or colouring, found '%s'", task);
    return has;
}

static void print_lists(const trm_relation *r)
{
    printf("\"%s\": [", r->name);
    for (uint32_t i = 0; i < r->lists; i++) {
        printf(i > 0 ? ",[" : "[");
        for (uint32_t k = r->first[i]; k < r->first[i + 1]; k++)
            printf(k > r->first[i] ? ",%lu" : "%lu", (unsigned long)r->heard[k]);
        printf("]");
    }
    printf("]");
}

static void print_shape(const trm_shape *s)
{
    if (s->rows > 0)
        printf(", \"rows\": %lu, \"columns\": %lu", (unsigned long)s->rows, (unsigned long)s->columns);
    printf(", \"fields\": %lu", (unsigned long)s->fields);
    if (s->box_rows > 0)
        printf(", \"box\": [%lu,%lu]", (unsigned long)s->box_rows, (unsigned long)s->box_columns);
}

/* As trm_puzzles_write() has it: what puzzles bring is an object, not a row. */
static void print_graph(const generate_run *run, const trm_questions *brought, uint32_t rating)
{
    const trm_shape *shape = brought->shapes;
    const int cells = (int)(shape->rows > 0 ? shape->rows * shape->columns : shape->positions);
    printf("{\"source\": \"generated\", \"question\": \"%.*s\", \"answer\": \"%.*s\"", cells, run->text,
           cells, run->text + run->cells);
    if (rating > 0)
        printf(", \"rating\": %lu", (unsigned long)rating);
    print_shape(shape);
    for (size_t r = 0; r < brought->relation_count; r++) {
        printf(r == 0 ? ", \"relations\": {" : ", ");
        print_lists(&brought->relations[r]);
    }
    printf(brought->relation_count > 0 ? "}" : "");
    for (uint32_t h = 0; h < shape->helpers; h++)
        printf(h == 0 ? ", \"helpers\": [%ld" : ",%ld", (long)brought->helper_tokens[h]);
    printf(shape->helpers > 0 ? "]}\n" : "}\n");
}

static void print_graphs(generate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    uint32_t rating;
    trm_questions brought = TRM_QUESTIONS_INIT;
    for (; run->printed < trm_puzzles_count(run->puzzles); run->printed++)
        if (trm_puzzles_get(run->puzzles, run->printed, run->text, run->text + run->cells, &rating, &error) ==
                TRM_OK &&
            trm_puzzles_question(run->puzzles, run->printed, &brought, &error) == TRM_OK)
            print_graph(run, &brought, rating);
}

static void print_puzzles(generate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    uint32_t rating;
    const uint64_t count = trm_puzzles_count(run->puzzles);
    char *question = run->text, *answer = question + run->cells, *regions = answer + run->cells;
    if (run->printed == 0)
        printf("source,question,answer,rating%s\n", run->jigsaws ? ",regions" : "");
    for (; run->printed < count; run->printed++) {
        if (trm_puzzles_get(run->puzzles, run->printed, question, answer, &rating, &error) != TRM_OK)
            continue;
        printf("generated,%.*s,%.*s,%lu", (int)run->cells, question, (int)run->cells, answer,
               (unsigned long)rating);
        if (run->jigsaws && trm_puzzles_regions(run->puzzles, run->printed, regions, &error) == TRM_OK)
            printf(",%.*s", (int)run->cells, regions);
        putchar('\n');
    }
}

static void take_part(void *user, uint64_t made)
{
    generate_run *run = user;
    char what[96];
    const double done = (double)made, passed = seconds_now() - run->progress.begin;
    if (run->settings->output == NULL && run->graphs)
        print_graphs(run);
    else if (run->settings->output == NULL)
        print_puzzles(run);
    snprintf(what, sizeof what, "%.0f puzzles, %.1f a second", done, done / (passed > 0.0 ? passed : 1e-9));
    progress_show(&run->progress, done, (double)run->settings->count, what);
}

static int write_puzzles(const generate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const char *output = run->settings->output;
    if (output == NULL || trm_puzzles_write(run->puzzles, output, "generated", &error) == TRM_OK)
        return STATUS_OK;
    return report_error("%s", error.message);
}

static void print_summary(const generate_run *run, double seconds)
{
    const uint64_t count = trm_puzzles_count(run->puzzles);
    const double rate = (double)count / (seconds > 0.0 ? seconds : 1e-9);
    report_talk("%llu puzzles in %.2f s, %.1f a second", (unsigned long long)count, seconds, rate);
    if (!run->settings->json)
        return;
    record r = record_begin(stdout);
    record_integer(&r, "puzzles", count);
    record_number(&r, "seconds", seconds);
    record_number(&r, "puzzles_per_second", rate);
    record_end(&r);
    putchar('\n');
}

static int run_generate(const void *given, char **operands, int count)
{
    const generate_settings *settings = given;
    if ((count == 0) != (settings->kind.rules != NULL)) {
        report_error("generate: expected a task or --rules, found %s", count == 0 ? "neither" : "both");
        return STATUS_USAGE;
    }
    generate_run run = { .settings = settings };
    trm_error error = TRM_ERROR_INIT;
    report_be_quiet(settings->quiet);
    char rules[RULES_BYTES];
    puzzle_kind kind = settings->kind;
    if (!has_generator(&kind, operands[0]) || !kind_agrees("generate", &kind, operands[0]) ||
        !rules_load("generate", &kind, rules))
        return STATUS_USAGE;
    trm_task task = kind_task(&kind, operands[0]);
    trm_status status = trm_puzzles_create(&task, NULL, &run.puzzles, &error);
    if (status == TRM_OK)
        status = trm_puzzles_describe(run.puzzles, &task, &error);
    if (status != TRM_OK)
        return report_failure("generate", status, &error);
    run.jigsaws = count > 0 && strcmp(operands[0], "jigsaw") == 0;
    run.cells = task.grid_rows * task.grid_columns;
    run.graphs = run.cells == 0;
    if (run.graphs)
        run.cells = MOST_VERTICES;
    run.text = malloc(3 * (size_t)run.cells);
    catch_interrupts();
    run.progress = progress_begin();
    int result = run.text == NULL ? report_error("not enough memory")
                                  : make_puzzles("generate", run.puzzles, &kind, settings->seed, 0,
                                                 settings->count, take_part, &run);
    progress_end(&run.progress);
    if (result == STATUS_OK)
        result = write_puzzles(&run);
    if (result == STATUS_OK)
        print_summary(&run, seconds_now() - run.progress.begin);
    free(run.text);
    trm_puzzles_free(run.puzzles);
    return result;
}

const cli_command generate_command = {
    "generate",
    "[OPTIONS] sudoku|jigsaw|path|colouring|--rules FILE",
    "Makes up Sudokus with one solution, jigsaws (Sudokus with crooked regions in place of boxes), or grids "
    "with "
    "obstacles and one shortest path, as a CSV file (source,question,answer,rating; of jigsaws also regions, "
    "a letter "
    "for each cell), or graphs with one colouring or puzzles of a task that a file describes (doc/rules.md), "
    "as JSON lines; the "
    "same for the same options on every machine.",
    options,
    sizeof(generate_settings),
    &defaults,
    0,
    1,
    run_generate,
};
