/* The multiply-add rate that all threads together reach on registers. */
#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/executor.h"
#include "lib/kernels/kernels.h"

enum { MEASURE_NANOSECONDS = 50000000, FIRST_ROUNDS = 1000 };

typedef struct peak_work {
    const trmi_kernels *kernels;
    uint64_t rounds;
    uint64_t operations[TRMI_MAXIMUM_WIDTH];
} peak_work;

static void peak_task(void *argument, uint32_t index)
{
    peak_work *work = argument;
    volatile float sink;
    float sum = 0.0f;
    work->operations[index] = work->kernels->peak(work->rounds, &sum);
    sink = sum;
    (void)sink;
}

/* One timed run on all threads: nanoseconds taken. */
static uint64_t timed_run(const trm_executor *executor, peak_work *work)
{
    const uint64_t begin = trmi_clock();
    trmi_execute(executor, peak_task, work, executor->width);
    return trmi_clock() - begin;
}

trm_status trm_measure_peak(const trm_executor *executor, double *gflops, trm_error *error)
{
    trm_executor threads;
    trmi_kernels kernels;
    if (gflops == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "gflops: expected where to put the rate, found NULL");
    const trm_status status = trmi_executor_read(&threads, executor, error);
    if (status != TRM_OK)
        return status;
    trmi_kernels_select(&kernels);
    peak_work work = { .kernels = &kernels, .rounds = FIRST_ROUNDS };
    uint64_t taken = timed_run(&threads, &work);
    while (taken < MEASURE_NANOSECONDS && work.rounds < UINT64_MAX / 4) {
        work.rounds *= 2;
        taken = timed_run(&threads, &work);
    }
    double operations = 0.0;
    for (uint32_t i = 0; i < threads.width; i++)
        operations += (double)work.operations[i];
    *gflops = operations / (double)taken;
    return TRM_OK;
}
