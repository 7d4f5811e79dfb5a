/* trm bench: how much of the machine a supervision step reaches. The machine's peak is measured before and
 * after each step (short steps share them), and a step is compared with the higher of those two alone: where
 * neighbours come and go, all three see the same ones. What the machine has in all is said beside it. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trm/train.h>

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"
#include "bindings/cli/shape.h"

enum { LEAST_ROUNDS = 5, MOST_NUMBERS = 100000 };
static const double round_seconds = 0.02; /* of steps between two peaks, at least one step */

typedef struct bench_settings {
    uint32_t precision;
    uint64_t batch, threads;
    double seconds;
    bool json;
} bench_settings;

static const bench_settings defaults = { .batch = 1, .threads = 1, .seconds = 3.0 };
static const choice precisions[] = { { "fp32", 0 }, { "int8", TRM_OPEN_INT8 }, { NULL, 0 } };
/* clang-format off */
static const option options[] = {
    CHOICE_ROW(bench_settings, precision, "precision", "KIND", precisions,
               "fp32 (default), or int8, made of the model's weights; a model that is int8 stays int8"),
    NUMBER_ROW(bench_settings, batch, "batch", "N", 1, 65536, "puzzles at once (default 1)"),
    NUMBER_ROW(bench_settings, threads, "threads", "N", 0, 1024,
               "threads (default 1; 0: all that the process may use)"),
    POSITIVE_ROW(bench_settings, seconds, "seconds", "S", 86400, "how long to measure (default 3)"),
    JSON_ROW(bench_settings),
    LAST_ROW,
};
/* clang-format on */

/* What registers reach, 1e9 operations a second: on this thread, and on all that the process may use. */
typedef struct machine_peaks {
    double fp32, int8, all_fp32, all_int8;
    uint32_t processors;
} machine_peaks;

/* What was measured: a peak, then rounds of steps that each end with a peak. */
typedef struct bench_numbers {
    size_t steps, rounds;
    double *step_seconds, *fractions; /* MOST_NUMBERS */
    double *peak_gflops;              /* MOST_NUMBERS + 1 */
    machine_peaks machine;
} bench_numbers;

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sort(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, ascending);
}

/* Of sorted numbers: the one that `share` of them are below, between two of them in proportion. */
static double quantile(const double *numbers, size_t count, double share)
{
    const double place = share * (double)(count - 1);
    const size_t below = (size_t)place, above = below + 1 < count ? below + 1 : below;
    return numbers[below] + (place - (double)below) * (numbers[above] - numbers[below]);
}

static bool measure_peak(const session *s, double *gflops, trm_error *error)
{
    const trm_status status = s->info.quantised ? trm_measure_peak_int8(s->options.executor, gflops, error)
                                                : trm_measure_peak(s->options.executor, gflops, error);
    return status == TRM_OK;
}

static bool measure_machine(machine_peaks *peaks, trm_error *error)
{
    trm_pool *pool = NULL;
    bool good = trm_pool_create(0, NULL, &pool, error) == TRM_OK;
    const trm_executor *all = trm_pool_executor(pool);
    good = good && trm_measure_peak(NULL, &peaks->fp32, error) == TRM_OK &&
           trm_measure_peak_int8(NULL, &peaks->int8, error) == TRM_OK &&
           trm_measure_peak(all, &peaks->all_fp32, error) == TRM_OK &&
           trm_measure_peak_int8(all, &peaks->all_int8, error) == TRM_OK;
    peaks->processors = good ? all->width : 0;
    trm_pool_free(pool);
    return good;
}

static const char *precision_of(const session *s)
{
    return s->info.quantised ? "int8" : "fp32";
}

static double step_gflop(const session *s)
{
    return (double)s->info.step_operations * (double)s->options.batch * 1e-9;
}

/* The steps from `first` on lie between the last two peaks. */
static void compare_with_peaks(const session *s, bench_numbers *numbers, size_t first)
{
    const double *peaks = numbers->peak_gflops + numbers->rounds;
    const double around = peaks[-1] > peaks[0] ? peaks[-1] : peaks[0];
    for (size_t i = first; i < numbers->steps; i++)
        numbers->fractions[i] = step_gflop(s) / numbers->step_seconds[i] / around;
}

static bool measure_round(trm_solver *solver, const session *s, bench_numbers *numbers, trm_error *error)
{
    const size_t first = numbers->steps;
    double now = seconds_now();
    const double end = now + round_seconds;
    do {
        const double before = now;
        if (trm_solver_step(solver, NULL, error) != TRM_OK)
            return false;
        now = seconds_now();
        numbers->step_seconds[numbers->steps++] = now - before;
    } while (now < end && numbers->steps < MOST_NUMBERS && !was_interrupted());
    if (!measure_peak(s, &numbers->peak_gflops[++numbers->rounds], error))
        return false;
    compare_with_peaks(s, numbers, first);
    return true;
}

/* One step to warm up, then rounds until the time is over. */
static bool measure(trm_solver *solver, const session *s, double seconds, bench_numbers *numbers)
{
    trm_error error = TRM_ERROR_INIT;
    bool good = measure_machine(&numbers->machine, &error) && trm_solver_step(solver, NULL, &error) == TRM_OK;
    const double end = seconds_now() + seconds;
    good = good && measure_peak(s, &numbers->peak_gflops[0], &error);
    while (good && !was_interrupted() && numbers->steps < MOST_NUMBERS &&
           (numbers->rounds < LEAST_ROUNDS || seconds_now() < end))
        good = measure_round(solver, s, numbers, &error);
    if (!good)
        report_error("%s", error.message);
    return good && numbers->rounds > 0;
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

typedef struct bench_result {
    double milliseconds, least_milliseconds, gflops, peak;
    double fraction, low_fraction, high_fraction; /* median and quartiles */
    size_t workspace;
    uint32_t threads;
} bench_result;

/* 0 where it cannot be said. */
static size_t workspace_of(const session *s)
{
    size_t size = 0;
    return trm_solver_measure(s->model, &s->options, &size, NULL) == TRM_OK ? size : 0;
}

static bench_result result_of(const session *s, bench_numbers *numbers)
{
    sort(numbers->step_seconds, numbers->steps);
    sort(numbers->fractions, numbers->steps);
    sort(numbers->peak_gflops, numbers->rounds + 1);
    const double seconds = quantile(numbers->step_seconds, numbers->steps, 0.5);
    return (bench_result) {
        .milliseconds = seconds * 1e3,
        .least_milliseconds = numbers->step_seconds[0] * 1e3,
        .gflops = step_gflop(s) / seconds,
        .peak = quantile(numbers->peak_gflops, numbers->rounds + 1, 0.5),
        .fraction = quantile(numbers->fractions, numbers->steps, 0.5),
        .low_fraction = quantile(numbers->fractions, numbers->steps, 0.25),
        .high_fraction = quantile(numbers->fractions, numbers->steps, 0.75),
        .workspace = workspace_of(s),
        .threads = s->options.executor->width,
    };
}

static void print_person(const session *s, const bench_result *result, const bench_numbers *numbers)
{
    printf("supervision step of %u puzzle%s, %s, %u thread%s, %s kernels\n", (unsigned)s->options.batch,
           s->options.batch == 1 ? "" : "s", precision_of(s), (unsigned)result->threads,
           result->threads == 1 ? "" : "s", s->info.instruction_set);
    printf("  %-12s %10.3f ms\n", "median", result->milliseconds);
    printf("  %-12s %10.3f ms\n", "minimum", result->least_milliseconds);
    printf("  %-12s %10.1f GFLOP/s\n", "rate", result->gflops);
    printf("  %-12s %10.1f GFLOP/s, the median of %zu between the steps\n", "peak", result->peak,
           numbers->rounds + 1);
    printf("  %-12s %10.1f %% of the higher of the peaks before and after it: the median of %zu steps\n",
           "fraction", 100.0 * result->fraction, numbers->steps);
    printf("  %-12s %10.1f to %.1f %%: the middle half of the steps\n", "spread",
           100.0 * result->low_fraction, 100.0 * result->high_fraction);
    printf("  %-12s %10.3f MB\n", "workspace", (double)result->workspace * 1e-6);
    printf("  %-12s fp32 %.1f GFLOP/s and int8 %.1f GOP/s on one core, %.1f and %.1f on all %u\n", "machine",
           numbers->machine.fp32, numbers->machine.int8, numbers->machine.all_fp32, numbers->machine.all_int8,
           (unsigned)numbers->machine.processors);
}

static void print_json(const session *s, const bench_result *result, const bench_numbers *numbers)
{
    record r = record_begin(stdout);
    record_text(&r, "precision", precision_of(s));
    record_text(&r, "block", choice_name(block_choices, s->info.block));
    record_integer(&r, "channels", s->info.channels);
    record_integer(&r, "positions", s->info.positions);
    record_integer(&r, "prefix", s->info.prefix);
    record_integer(&r, "batch", s->options.batch);
    record_integer(&r, "threads", result->threads);
    record_number(&r, "step_ms_median", result->milliseconds);
    record_number(&r, "step_ms_min", result->least_milliseconds);
    record_number(&r, "gflops", result->gflops);
    record_number(&r, "peak_gflops", result->peak);
    record_number(&r, "peak_fraction", result->fraction);
    record_integer(&r, "workspace_bytes", result->workspace);
    record_integer(&r, "steps", numbers->steps);
    record_integer(&r, "rounds", numbers->rounds);
    record_text(&r, "instruction_set", s->info.instruction_set);
    record_number(&r, "core_peak_gflops", numbers->machine.fp32);
    record_number(&r, "core_peak_gops_int8", numbers->machine.int8);
    record_number(&r, "all_peak_gflops", numbers->machine.all_fp32);
    record_number(&r, "all_peak_gops_int8", numbers->machine.all_int8);
    record_integer(&r, "processors", numbers->machine.processors);
    record_end(&r);
    putchar('\n');
}

static void print_numbers(const session *s, bench_numbers *numbers, bool as_json)
{
    const bench_result result = result_of(s, numbers);
    (as_json ? print_json : print_person)(s, &result, numbers);
}

static int bench_session(const session *s, const bench_settings *settings)
{
    double *memory = malloc((3 * MOST_NUMBERS + 1) * sizeof *memory);
    bench_numbers numbers = { .step_seconds = memory };
    trm_solver *solver = load_zeros(s);
    int status = STATUS_DATA;
    if (memory != NULL) {
        numbers.fractions = memory + MOST_NUMBERS;
        numbers.peak_gflops = memory + 2 * MOST_NUMBERS;
    }
    if (solver != NULL && memory == NULL)
        report_error("not enough memory");
    else if (solver != NULL && measure(solver, s, settings->seconds, &numbers)) {
        print_numbers(s, &numbers, settings->json);
        status = was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
    }
    free(memory);
    trm_solver_free(solver);
    return status;
}

/* A temporary file is gone as soon as it is open; on Windows, which keeps what is mapped, when it is
 * closed. */
static int bench_model(const char *path, const bench_settings *settings, bool temporary)
{
    const solve_settings solving = { .steps = 65536,
                                     .threads = settings->threads,
                                     .batch = settings->batch,
                                     .precision = settings->precision,
                                     .all_steps = true };
    session s;
    const bool opened = session_open(&s, path, &solving);
    if (temporary)
        unlink(path);
    const int status = opened ? bench_session(&s, settings) : STATUS_DATA;
    session_close(&s);
#ifdef _WIN32
    if (temporary)
        unlink(path);
#endif
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
        return report_error("%s: a temporary file cannot be made: %s", path, strerror(errno));
    close(descriptor);
    if (trm_init(path, NULL, &error) == TRM_OK)
        return bench_model(path, settings, true);
    unlink(path);
    return report_error("%s", error.message);
}

static int run_bench(const void *given, char **operands, int count)
{
    const bench_settings *settings = given;
    catch_interrupts();
    return count > 0 ? bench_model(operands[0], settings, false) : bench_paper(settings);
}

const cli_command bench_command = {
    "bench",
    "[OPTIONS] [MODEL]",
    "Measures a supervision step: milliseconds, operations a second, and the share of the multiply-add rate "
    "that this machine reaches on registers just before and after it. Without MODEL: random weights of the "
    "paper's size.",
    options,
    sizeof(bench_settings),
    &defaults,
    0,
    1,
    run_bench,
};
