/* trm bench: how much of the machine a supervision step reaches. Steps and the machine's peak are measured in turn, so that both see the same
 * neighbours. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trm/train.h>

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

enum { PRECISION_FP32 = 1, LEAST_ROUNDS = 5, MOST_ROUNDS = 100000 };

typedef struct bench_settings {
    uint32_t precision;
    uint64_t batch, threads;
    double seconds;
    bool json;
} bench_settings;

static const bench_settings defaults = { .precision = PRECISION_FP32, .batch = 1, .threads = 1, .seconds = 3.0 };
static const choice precision_choices[] = { { "fp32", PRECISION_FP32 }, { NULL, 0 } };
static const option options[] = {
    { "precision", 0, "KIND", "fp32, all that there is", OPTION_CHOICE, offsetof(bench_settings, precision), 0, 0, precision_choices },
    { "batch", 0, "N", "puzzles at once (default 1)", OPTION_NUMBER, offsetof(bench_settings, batch), 1, 65536, NULL },
    { "threads", 0, "N", "threads (default 1; 0: all that the process may use)", OPTION_NUMBER, offsetof(bench_settings, threads), 0, 1024, NULL },
    { "seconds", 0, "S", "how long to measure (default 3)", OPTION_REAL, offsetof(bench_settings, seconds), 0, 86400, NULL },
    { "json", 0, NULL, "results as one JSON object on the last line", OPTION_FLAG, offsetof(bench_settings, json), 0, 0, NULL },
    { NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL },
};

/* Rounds of one step and one measurement of the peak. */
typedef struct bench_rounds {
    size_t count;
    double *step_seconds, *peak_gflops;
} bench_rounds;

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, ascending);
    return count % 2 ? numbers[count / 2] : (numbers[count / 2 - 1] + numbers[count / 2]) / 2;
}

static bool measure_round(trm_solver *solver, const session *s, bench_rounds *rounds, trm_error *error)
{
    if (trm_measure_peak(s->options.executor, &rounds->peak_gflops[rounds->count], error) != TRM_OK)
        return false;
    const double begin = seconds_now();
    if (trm_solver_step(solver, NULL, error) != TRM_OK)
        return false;
    rounds->step_seconds[rounds->count++] = seconds_now() - begin;
    return true;
}

/* One step to warm up, then rounds until the time is over. */
static bool measure(trm_solver *solver, const session *s, double seconds, bench_rounds *rounds)
{
    trm_error error = TRM_ERROR_INIT;
    const double begin = seconds_now();
    bool good = trm_solver_step(solver, NULL, &error) == TRM_OK;
    while (good && !was_interrupted() && rounds->count < MOST_ROUNDS && (rounds->count < LEAST_ROUNDS || seconds_now() - begin < seconds))
        good = measure_round(solver, s, rounds, &error);
    if (!good)
        report_error("%s", error.message);
    return good && rounds->count > 0;
}

static trm_solver *load_zeros(const session *s)
{
    trm_error error = TRM_ERROR_INIT;
    trm_solver *solver = NULL;
    trm_questions questions = TRM_QUESTIONS_INIT;
    int32_t *zeros = calloc((size_t)s->options.batch * s->info.positions, sizeof *zeros);
    questions.count = s->options.batch;
    questions.tokens = zeros;
    if (zeros == NULL || trm_solver_create(s->model, &s->options, &solver, &error) != TRM_OK ||
        trm_solver_load(solver, &questions, &error) != TRM_OK) {
        report_error("%s", zeros == NULL ? "not enough memory" : error.message);
        trm_solver_free(solver);
        solver = NULL;
    }
    free(zeros);
    return solver;
}

static void print_rounds(const session *s, const bench_settings *settings, bench_rounds *rounds)
{
    const double seconds = median(rounds->step_seconds, rounds->count), peak = median(rounds->peak_gflops, rounds->count);
    const double gflops = (double)s->info.step_operations * (double)settings->batch / seconds * 1e-9;
    const uint32_t threads = s->options.executor->width;
    if (!settings->json) {
        printf("supervision step of %llu puzzle%s, fp32, %u thread%s, %s kernels\n", (unsigned long long)settings->batch,
               settings->batch == 1 ? "" : "s", (unsigned)threads, threads == 1 ? "" : "s", s->info.instruction_set);
        printf("  %-12s %10.3f ms\n  %-12s %10.3f ms\n", "median", seconds * 1e3, "minimum", rounds->step_seconds[0] * 1e3);
        printf("  %-12s %10.1f GFLOP/s\n  %-12s %10.1f GFLOP/s, measured in turn with the steps\n", "rate", gflops, "peak", peak);
        printf("  %-12s %10.1f %% of the peak, %zu rounds\n", "fraction", 100.0 * gflops / peak, rounds->count);
        return;
    }
    json j = json_begin(stdout);
    json_text(&j, "precision", "fp32");
    json_integer(&j, "batch", settings->batch);
    json_integer(&j, "threads", threads);
    json_number(&j, "step_ms_median", seconds * 1e3);
    json_number(&j, "step_ms_min", rounds->step_seconds[0] * 1e3);
    json_number(&j, "gflops", gflops);
    json_number(&j, "peak_gflops", peak);
    json_number(&j, "peak_fraction", gflops / peak);
    json_integer(&j, "rounds", rounds->count);
    json_text(&j, "instruction_set", s->info.instruction_set);
    json_end(&j);
}

static int bench_model(const char *path, const bench_settings *settings)
{
    const solve_settings solving = { .steps = 65536, .threads = settings->threads, .batch = settings->batch, .all_steps = true };
    session s;
    bench_rounds rounds = { 0, malloc(MOST_ROUNDS * sizeof(double)), malloc(MOST_ROUNDS * sizeof(double)) };
    trm_solver *solver = session_open(&s, path, &solving) ? load_zeros(&s) : NULL;
    int status = STATUS_DATA;
    if (solver != NULL && (rounds.step_seconds == NULL || rounds.peak_gflops == NULL))
        report_error("not enough memory");
    else if (solver != NULL && measure(solver, &s, settings->seconds, &rounds)) {
        print_rounds(&s, settings, &rounds);
        status = was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
    }
    free(rounds.step_seconds);
    free(rounds.peak_gflops);
    trm_solver_free(solver);
    session_close(&s);
    return status;
}

/* The paper's size, in a file that lives as long as the command. */
static int bench_paper(const bench_settings *settings)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    trm_error error = TRM_ERROR_INIT;
    snprintf(path, sizeof path, "%s/trm-bench-XXXXXX", folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    const int descriptor = mkstemp(path);
    if (descriptor < 0)
        return report_error("%s: a temporary file cannot be made", path);
    close(descriptor);
    const int status = trm_init(path, NULL, &error) == TRM_OK ? bench_model(path, settings) : report_error("%s", error.message);
    unlink(path);
    return status;
}

static int run_bench(const void *given, char **operands, int count)
{
    const bench_settings *settings = given;
    catch_interrupts();
    return count > 0 ? bench_model(operands[0], settings) : bench_paper(settings);
}

const cli_command bench_command = {
    "bench", "[OPTIONS] [MODEL]",
    "Measures a supervision step: milliseconds, operations a second, and the share of the multiply-add rate that this\n"
    "machine reaches on registers, measured in turn with the steps. Without MODEL: random weights of the paper's size.",
    options, sizeof(bench_settings), &defaults, 0, 1, run_bench,
};
