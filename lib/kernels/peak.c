/* The multiply-add rate that all threads together reach on registers: the best of runs of several lengths. A
 * short one fits between two interruptions, in a long one starting the threads costs nothing. */
#include "lib/core/error.h"
#include "lib/core/executor.h"
#include "lib/core/host.h"
#include "lib/kernels/kernels.h"

enum { FIRST_ROUNDS = 500, FIRST_NANOSECONDS = 50000, LENGTHS = 8, TURNS = 4 }; /* 51 milliseconds */

typedef struct peak_work {
    trmi_kernels kernels;
    bool integers; /* 8 bits each, or fp32 */
    uint64_t rounds;
    uint64_t operations; /* of one thread, all do the same */
} peak_work;

static void peak_task(void *argument, uint32_t index)
{
    peak_work *work = argument;
    volatile float sink;
    float sum = 0.0f;
    int32_t integer_sum = 0;
    const uint64_t operations = work->integers ? work->kernels.quantised_peak(work->rounds, &integer_sum)
                                               : work->kernels.peak(work->rounds, &sum);
    if (index == 0)
        work->operations = operations;
    sink = sum + (float)integer_sum;
    (void)sink;
}

/* Operations a nanosecond of one run on all threads. */
static double rate_of_run(const trm_executor *executor, peak_work *work, uint64_t rounds)
{
    work->rounds = rounds;
    const uint64_t begin = trmi_clock();
    trmi_execute(executor, peak_task, work, executor->width);
    const uint64_t taken = trmi_clock() - begin;
    return (double)work->operations * executor->width / (double)(taken > 0 ? taken : 1);
}

/* So many rounds that they take about FIRST_NANOSECONDS; whoever interrupts a run makes them fewer, not
   more. */
static uint64_t first_rounds(const trm_executor *executor, peak_work *work)
{
    double best = 0.0;
    uint64_t rounds = FIRST_ROUNDS;
    for (;;) {
        const double rate = rate_of_run(executor, work, rounds);
        best = rate > best ? rate : best;
        if ((double)work->operations * executor->width >= best * FIRST_NANOSECONDS ||
            rounds >= UINT64_MAX >> (LENGTHS + 1))
            return rounds;
        rounds *= 2;
    }
}

static trm_status measure(const trm_executor *executor, bool integers, double *rate, trm_error *error)
{
    trm_executor threads;
    TRMI_TRY(trmi_executor_read(&threads, executor, error));
    peak_work work = { .integers = integers };
    trmi_kernels_select(&work.kernels);
    const uint64_t first = first_rounds(&threads, &work);
    *rate = 0.0;
    for (int i = 0; i < TURNS * LENGTHS; i++) {
        const double one = rate_of_run(&threads, &work, first << i % LENGTHS);
        *rate = one > *rate ? one : *rate;
    }
    return TRM_OK;
}

trm_status trm_measure_peak(const trm_executor *executor, double *gflops, trm_error *error)
{
    if (gflops == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "gflops: expected where to put the rate, found NULL");
    return measure(executor, false, gflops, error);
}

trm_status trm_measure_peak_int8(const trm_executor *executor, double *gops, trm_error *error)
{
    if (gops == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "gops: expected where to put the rate, found NULL");
    return measure(executor, true, gops, error);
}
