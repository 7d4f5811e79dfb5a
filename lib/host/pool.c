/* The library's own executor: workers beside the caller's thread, or that thread alone. */
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/host/processors.h"
#include "lib/host/workers.h"

struct trm_pool {
    trm_allocator allocator;
    trm_executor executor;
    trmi_workers *workers; /* NULL for one thread */
};

static void run_alone(void *user, trmi_work *task, void *argument, uint32_t count)
{
    (void)user;
    for (uint32_t index = 0; index < count; index++)
        task(argument, index);
}

static uint32_t default_threads(void)
{
    const uint32_t processors = trmi_processors();
    return processors < TRMI_MAXIMUM_WIDTH ? processors : TRMI_MAXIMUM_WIDTH;
}

/* Puts `threads` threads behind the pool's executor, but no more than there are processors: of more,
 * one that has claimed a task and has no processor would keep the others waiting. The number of tasks stays
 * that of the threads asked for. */
static trm_status staff(trm_pool *pool, uint32_t threads, trm_error *error)
{
    pool->executor = (trm_executor) { sizeof pool->executor, threads, NULL, run_alone };
    if (threads == 1)
        return TRM_OK;
    const trm_status status =
        trmi_workers_start(&pool->workers, threads - 1, default_threads() - 1, &pool->allocator, error);
    pool->executor.user = pool->workers;
    pool->executor.run = trmi_workers_run;
    return status;
}

trm_status trm_pool_create(uint32_t threads, const trm_allocator *allocator, trm_pool **pool,
                           trm_error *error)
{
    if (!pool)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "pool is NULL, expected where to put the pool");
    if (threads > TRMI_MAXIMUM_WIDTH)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "threads is %lu, expected 0 to %d",
                         (unsigned long)threads, TRMI_MAXIMUM_WIDTH);
    trm_allocator own;
    TRMI_TRY(trmi_allocator_read(&own, allocator, error));
    trm_pool *created = trmi_allocate(&own, sizeof *created);
    if (!created)
        return trmi_no_memory(error, "a pool (%zu bytes)", sizeof *created);
    created->allocator = own;
    trm_status status = staff(created, threads > 0 ? threads : default_threads(), error);
    if (status == TRM_OK)
        *pool = created;
    else
        trm_pool_free(created);
    return status;
}

void trm_pool_free(trm_pool *pool)
{
    if (!pool)
        return;
    trmi_workers_stop(pool->workers);
    const trm_allocator allocator = pool->allocator;
    trmi_release(&allocator, pool);
}

const trm_executor *trm_pool_executor(const trm_pool *pool)
{
    return pool ? &pool->executor : NULL;
}
