/* trm solve: puzzles from the command line, a file or standard input; grids on a terminal, one answer a line
 * elsewhere. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bindings/cli/grid.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/cli/session.h"

static const solve_settings defaults = { .threads = 1, .batch = 1 };
/* clang-format off */
static const option options[] = {
    TEXT_ROW(solve_settings, file, "file", "FILE",
             "puzzles from FILE, one a line, or the question column of a CSV file; - is standard input"),
    POSITIVE_ROW(solve_settings, budget, "budget", "MS", 1000000000,
             "stop after MS milliseconds with the best answers so far (all puzzles of a batch together)"),
    SOLVE_ROWS("1"),
    LAST_ROW,
};
/* clang-format on */

/* The run: what is collected, and what was made of it. */
typedef struct solve_run {
    session session;
    batch batch;
    bool drawing, colours, json;
    bool typing; /* puzzles come from a terminal */
    char blank;  /* of a question, 0: unknown */
    char *text;  /* room for one puzzle's question and answer */
    unsigned long puzzles;
    double begin;
} solve_run;

static void print_json(const solve_run *run, size_t i, const char *answer)
{
    printf(run->puzzles == 0 ? "{\"puzzles\": [" : ", ");
    record r = record_begin(stdout);
    record_key(&r, "answer");
    write_json_bytes(stdout, answer, run->session.info.positions);
    record_integer(&r, "steps", run->batch.steps[i]);
    record_text(&r, "stop", stop_name(run->batch.stops[i]));
    record_number(&r, "halt_probability", (double)run->batch.halt_probabilities[i]);
    record_end(&r);
}

static bool print_puzzle(const solve_run *run, size_t i)
{
    const session *s = &run->session;
    const size_t positions = s->info.positions;
    char *question = run->text, *answer = run->text + positions + 1;
    trm_error error = TRM_ERROR_INIT;
    if (trm_model_decode(s->model, run->batch.questions + i * positions, question, &error) != TRM_OK ||
        trm_model_decode(s->model, run->batch.answers + i * positions, answer, &error) != TRM_OK) {
        report_error("%s", error.message);
        return false;
    }
    if (run->json) {
        print_json(run, i, answer);
    } else if (run->drawing) {
        const drawing d = { &s->info,   question,    answer, run->batch.probabilities + i * positions,
                            run->blank, run->colours };
        draw_grid(&d);
        draw_verdict(&d, run->batch.stops[i], run->batch.steps[i], run->batch.halt_probabilities[i]);
    } else {
        fwrite(answer, 1, positions, stdout);
        putchar('\n');
    }
    return true;
}

/* The usual character of an empty cell, if the model has it. Only in a Sudoku 0 is no value. */
static char blank_of(const solve_run *run)
{
    const trm_model_info *info = &run->session.info;
    const char *candidates = strncmp(info->task, "sudoku", 6) == 0 ? ". _0" : ". _";
    for (; *candidates != '\0'; candidates++) {
        memset(run->text, *candidates, info->positions);
        if (trm_model_encode(run->session.model, run->text, info->positions, run->batch.questions, NULL) ==
            TRM_OK)
            break;
    }
    return *candidates;
}

static bool solve_batch(const solve_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = batch_questions(&run->batch);
    const trm_answers answers = batch_answers(&run->batch);
    if (run->batch.count == 0 ||
        trm_solve(run->session.model, &questions, &answers, &run->session.options, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

/* Solves and prints what was collected. False also when nobody can read it any more. */
static bool flush_batch(solve_run *run)
{
    bool good = solve_batch(run);
    for (size_t i = 0; good && i < run->batch.count; i++) {
        good = print_puzzle(run, i);
        run->puzzles += good;
    }
    run->batch.count = 0;
    return report_written() && good;
}

/* A puzzle that cannot be read is told after the answers to those before it. It ends the run, unless someone
 * is typing, who will do better next time. */
static bool refuse_puzzle(solve_run *run, const char *where, const char *sentence)
{
    const bool good = flush_batch(run);
    if (good)
        report_error("%s: %s", where, sentence);
    return good && run->typing;
}

static bool take_puzzle(solve_run *run, const char *text, size_t length, const char *where)
{
    trm_error error = TRM_ERROR_INIT;
    if (run->batch.count == run->batch.capacity && !flush_batch(run))
        return false;
    return batch_add(&run->batch, &run->session, text, length, &error) ||
           refuse_puzzle(run, where, error.message);
}

static bool take_operands(solve_run *run, char **puzzles, int count)
{
    char where[32];
    bool good = true;
    for (int i = 0; good && i < count && !was_interrupted(); i++) {
        snprintf(where, sizeof where, "puzzle %d", i + 1);
        good = take_puzzle(run, puzzles[i], strlen(puzzles[i]), where);
    }
    return good;
}

/* The question of a row, which is a whole line when it has no other column. */
static bool take_row(solve_run *run, const char *name, const trm_csv_row *row)
{
    char where[512];
    const int used = snprintf(where, sizeof where, "%s: line %llu", name, (unsigned long long)row->line);
    const size_t zero = rows_zero_byte(row);
    if (zero > 0) {
        char sentence[64];
        snprintf(sentence, sizeof sentence, "expected text, found byte 0x00 at column %zu", zero);
        return refuse_puzzle(run, where, sentence);
    }
    if (row->column[TRM_CSV_ANSWER] > 0 && used > 0 && (size_t)used < sizeof where)
        snprintf(where + used, sizeof where - (size_t)used, ", column %zu (question)",
                 row->column[TRM_CSV_QUESTION]);
    return take_puzzle(run, row->text[TRM_CSV_QUESTION], row->length[TRM_CSV_QUESTION], where);
}

static bool take_rows(solve_run *run, const char *name, trm_csv *rows)
{
    trm_csv_row row = TRM_CSV_ROW_INIT;
    bool good = true;
    int got = 0;
    while (good && !was_interrupted() && (got = rows_next(rows, &row)) == 1) {
        good = take_row(run, name, &row);
        if (good && trm_csv_waiting(rows) == 0) /* whoever types wants to see the answer */
            good = flush_batch(run);
    }
    return good && got >= 0;
}

static bool take_file(solve_run *run, const char *path)
{
    trm_csv *rows = NULL;
    run->typing = strcmp(path, "-") == 0 && isatty(STDIN_FILENO);
    if (run->typing)
        report_talk("puzzles of %u characters, one a line; ctrl-D ends",
                    (unsigned)run->session.info.positions);
    const bool good = rows_open(&rows, path, TRM_CSV_LINES) && take_rows(run, rows_name(path), rows);
    trm_csv_close(rows);
    return good;
}

static int solve_all(solve_run *run, const solve_settings *settings, char **operands, int count)
{
    bool good = count > 1 ? take_operands(run, operands + 1, count - 1)
                          : take_file(run, settings->file != NULL ? settings->file : "-");
    if (!flush_batch(run))
        good = false;
    if (run->json) {
        printf(run->puzzles == 0 ? "{\"puzzles\": []" : "]");
        printf(", \"count\": %lu, \"seconds\": %.6g}\n", run->puzzles, seconds_now() - run->begin);
    }
    return was_interrupted() ? STATUS_INTERRUPTED : good ? STATUS_OK : STATUS_DATA;
}

static int run_solve(const void *given, char **operands, int count)
{
    const solve_settings *settings = given;
    solve_run run = { .json = settings->json, .begin = seconds_now() };
    if (count > 1 && settings->file != NULL) {
        report_error("solve: expected puzzles as arguments or --file, found both");
        return STATUS_USAGE;
    }
    if (!session_agree("solve", settings))
        return STATUS_USAGE;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    int status = STATUS_DATA;
    if (session_open(&run.session, operands[0], settings) && batch_create(&run.batch, &run.session)) {
        run.drawing = !settings->json && isatty(STDOUT_FILENO);
        run.colours = has_colours(stdout);
        run.text = calloc(2, (size_t)run.session.info.positions + 1);
        if (run.text != NULL) {
            run.blank = blank_of(&run);
            status = solve_all(&run, settings, operands, count);
        } else {
            report_error("not enough memory");
        }
    }
    free(run.text);
    batch_free(&run.batch);
    session_close(&run.session);
    return status;
}

const cli_command solve_command = {
    "solve",
    "[OPTIONS] MODEL [PUZZLE...]",
    "Solves puzzles in the model's alphabet: those given, those of --file, or those of standard input, one a "
    "line. Draws grids on a terminal and writes one answer a line elsewhere.",
    options,
    sizeof(solve_settings),
    &defaults,
    1,
    1 << 20,
    run_solve,
};
