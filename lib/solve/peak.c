/* The multiply-add rate that all threads together reach on registers. */
#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/executor.h"
#include "lib/kernels/kernels.h"

enum { MEASURE_NANOSECONDS = 50000000, FIRST_ROUNDS = 1000 };

typedef struct peak_work {
    trmi_kernels kernels;
    bool integers; /* 8 bits each, or fp32 */
    uint64_t rounds;
    uint64_t operations[TRMI_MAXIMUM_WIDTH];
} peak_work;

static void peak_task(void *argument, uint32_t index)
{
    peak_work *work = argument;
    volatile float sink;
    float sum = 0.0f;
    int32_t integer_sum = 0;
    work->operations[index] = work->integers ? work->kernels.quantised_peak(work->rounds, &integer_sum)
                                             : work->kernels.peak(work->rounds, &sum);
    sink = sum + (float)integer_sum;
    (void)sink;
}

/* One timed run on all threads: nanoseconds taken. */
static uint64_t timed_run(const trm_executor *executor, peak_work *work)
{
    const uint64_t begin = trmi_clock();
    trmi_execute(executor, peak_task, work, executor->width);
    return trmi_clock() - begin;
}

static trm_status measure(const trm_executor *executor, bool integers, double *rate, trm_error *error)
{
    trm_executor threads;
    const trm_status status = trmi_executor_read(&threads, executor, error);
    if (status != TRM_OK)
        return status;
    peak_work work = { .integers = integers, .rounds = FIRST_ROUNDS };
    trmi_kernels_select(&work.kernels);
    uint64_t taken = timed_run(&threads, &work);
    while (taken < MEASURE_NANOSECONDS && work.rounds < UINT64_MAX / 4) {
        work.rounds *= 2;
        taken = timed_run(&threads, &work);
    }
    double operations = 0.0;
    for (uint32_t i = 0; i < threads.width; i++)
        operations += (double)work.operations[i];
    *rate = operations / (double)taken;
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
