/* Work is cut into at most `width` tasks; who runs them is the executor's affair. */
#include "lib/core/executor.h"

#include <assert.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"

trm_status trmi_executor_read(trm_executor *to, const trm_executor *from, trm_error *error)
{
    trm_executor read = { sizeof read, 1, NULL, NULL };
    if (from) {
        const trm_status status =
            trmi_read_struct(&read, sizeof read, from, sizeof read, "trm_executor", error);
        if (status != TRM_OK)
            return status;
        if (read.width < 1 || read.width > TRMI_MAXIMUM_WIDTH)
            return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_executor.width is %lu, expected 1 to %d",
                             (unsigned long)read.width, TRMI_MAXIMUM_WIDTH);
        if (!read.run)
            return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_executor.run is NULL, expected a function");
    }
    *to = read;
    return TRM_OK;
}

/* A task as a thread of the host runs it. */
typedef struct hosted_work {
    trmi_work *task;
    void *argument;
} hosted_work;

static void run_hosted(void *argument, uint32_t index)
{
    const hosted_work *work = argument;
    const trmi_environment host = trmi_environment_enter();
    work->task(work->argument, index);
    trmi_environment_leave(host);
}

void trmi_execute(const trm_executor *executor, trmi_work *task, void *argument, uint32_t count)
{
    assert(count <= trmi_width(executor));
    if (TRMI_HAS_CALLBACKS && executor->run && count > 1) {
        hosted_work work = { task, argument };
        executor->run(executor->user, run_hosted, &work, count);
        return;
    }
    for (uint32_t index = 0; index < count; index++)
        task(argument, index);
}

/* Where part `index` begins: whole steps are dealt out, and only the last one may be short. */
static uint32_t part_begin(uint32_t total, uint32_t step, uint32_t index, uint32_t count)
{
    assert(step > 0 && index <= count);
    const uint64_t steps = ((uint64_t)total + step - 1) / step;
    const uint64_t begin = steps * index / count * step;
    return begin < total ? (uint32_t)begin : total;
}

trmi_range trmi_part(uint32_t total, uint32_t step, uint32_t index, uint32_t count)
{
    assert(index < count);
    return (trmi_range) { part_begin(total, step, index, count), part_begin(total, step, index + 1, count) };
}
