/* A run is a number of tasks and one atomic word from which every thread, the caller too, claims the next: a
 * thread that is late finds nothing to do and holds nobody up. A thread that waits looks at an atomic for
 * some microseconds, because the next run of a solve is near, and then sleeps. Sleepers announce themselves
 * before their last look, and who changes something looks for sleepers afterwards: one of the two sees the
 * other. */
#define _POSIX_C_SOURCE 200809L
#include "lib/host/workers.h"
#include "config.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/host/signals.h"

#ifdef TRMI_HAVE_THREADS
#include <pthread.h>
#include <stdatomic.h>

enum {
    SPINS = 1000,           /* looks before sleeping, 15 to 50 microseconds: about what waking costs */
    CLAIM_MASK = 0xffff,    /* the next task, in the low half of the claims */
    CLAIM_COUNT_SHIFT = 16, /* the number of tasks, in the high half */
};
#define STOP_CLAIM 0x80000000u /* instead of claims: end */

struct trmi_workers {
    trm_allocator allocator;
    uint32_t count;  /* threads that were started */
    trmi_work *task; /* of the run: written before its claims, read by those who made one */
    void *argument;
    pthread_mutex_t turn;  /* of the caller whose run it is */
    pthread_mutex_t sleep; /* of the two conditions */
    pthread_cond_t work, finished;
    _Alignas(TRMI_ALIGNMENT) atomic_uint claims;
    _Alignas(TRMI_ALIGNMENT) atomic_uint unfinished; /* tasks */
    _Alignas(TRMI_ALIGNMENT) atomic_uint sleepers;   /* workers that wait for work */
    atomic_uint caller_sleeps;
    pthread_t threads[];
};

static void relax(void)
{
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    __builtin_ia32_pause();
#elif defined(__GNUC__) && defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static bool unclaimed(unsigned claims)
{
    return (claims & CLAIM_MASK) < (claims & ~STOP_CLAIM) >> CLAIM_COUNT_SHIFT;
}

static bool claim_task(trmi_workers *workers, uint32_t *index)
{
    unsigned claims = atomic_load(&workers->claims);
    while (unclaimed(claims))
        if (atomic_compare_exchange_weak(&workers->claims, &claims, claims + 1)) {
            *index = claims & CLAIM_MASK;
            return true;
        }
    return false;
}

static void finish_task(trmi_workers *workers)
{
    if (atomic_fetch_sub(&workers->unfinished, 1) != 1 || !atomic_load(&workers->caller_sleeps))
        return;
    pthread_mutex_lock(&workers->sleep);
    pthread_cond_signal(&workers->finished);
    pthread_mutex_unlock(&workers->sleep);
}

static void run_claimed_tasks(trmi_workers *workers)
{
    for (uint32_t index; claim_task(workers, &index); finish_task(workers))
        workers->task(workers->argument, index);
}

static bool work_or_stop(trmi_workers *workers)
{
    const unsigned claims = atomic_load(&workers->claims);
    return unclaimed(claims) || claims == STOP_CLAIM;
}

static bool all_finished(trmi_workers *workers)
{
    return atomic_load(&workers->unfinished) == 0;
}

static bool spin_until(bool (*condition)(trmi_workers *), trmi_workers *workers)
{
    for (unsigned i = 0; i < SPINS; i++) {
        if (condition(workers))
            return true;
        relax();
    }
    return condition(workers);
}

/* Sleeps once. A thread that wakes looks for work and spins again. */
static void sleep_for_work(trmi_workers *workers)
{
    pthread_mutex_lock(&workers->sleep);
    atomic_fetch_add(&workers->sleepers, 1);
    if (!work_or_stop(workers))
        pthread_cond_wait(&workers->work, &workers->sleep);
    atomic_fetch_sub(&workers->sleepers, 1);
    pthread_mutex_unlock(&workers->sleep);
}

static void *work(void *argument)
{
    trmi_workers *workers = argument;
    while (atomic_load(&workers->claims) != STOP_CLAIM) {
        run_claimed_tasks(workers);
        if (!spin_until(work_or_stop, workers))
            sleep_for_work(workers);
    }
    return NULL;
}

static void wake_workers(trmi_workers *workers, uint32_t wanted)
{
    if (atomic_load(&workers->sleepers) == 0)
        return;
    pthread_mutex_lock(&workers->sleep);
    if (wanted >= atomic_load(&workers->sleepers))
        pthread_cond_broadcast(&workers->work);
    else
        for (uint32_t i = 0; i < wanted; i++)
            pthread_cond_signal(&workers->work);
    pthread_mutex_unlock(&workers->sleep);
}

static void wait_until_finished(trmi_workers *workers)
{
    if (spin_until(all_finished, workers))
        return;
    pthread_mutex_lock(&workers->sleep);
    atomic_store(&workers->caller_sleeps, 1);
    while (!all_finished(workers))
        pthread_cond_wait(&workers->finished, &workers->sleep);
    atomic_store(&workers->caller_sleeps, 0);
    pthread_mutex_unlock(&workers->sleep);
}

void trmi_workers_run(void *user, trmi_work *task, void *argument, uint32_t count)
{
    trmi_workers *workers = user;
    pthread_mutex_lock(&workers->turn);
    workers->task = task;
    workers->argument = argument;
    atomic_store(&workers->unfinished, count);
    atomic_store(&workers->claims, count << CLAIM_COUNT_SHIFT);
    wake_workers(workers, count - 1);
    run_claimed_tasks(workers);
    wait_until_finished(workers);
    pthread_mutex_unlock(&workers->turn);
}

typedef struct staffing {
    trmi_workers *workers;
    uint32_t count;
} staffing;

/* Starts threads until there are `count` or the system has had enough; returns its error number. */
static int start_threads(void *argument)
{
    const staffing *wanted = argument;
    trmi_workers *workers = wanted->workers;
    int failure = 0;
    while (failure == 0 && workers->count < wanted->count) {
        failure = pthread_create(&workers->threads[workers->count], NULL, work, workers);
        workers->count += failure == 0;
    }
    return failure;
}

trm_status trmi_workers_start(trmi_workers **workers, uint32_t count, uint32_t most,
                              const trm_allocator *allocator, trm_error *error)
{
    count = count < most ? count : most;
    trmi_workers *started = trmi_allocate(allocator, sizeof *started + count * sizeof *started->threads);
    if (!started)
        return trmi_no_memory(error, "%lu threads", (unsigned long)count);
    started->allocator = *allocator;
    started->turn = started->sleep = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    started->work = started->finished = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    const int failure = trmi_without_signals(start_threads, &(staffing) { started, count });
    if (failure != 0) {
        const unsigned long running = started->count;
        trmi_workers_stop(started);
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED, "the system started %lu of %lu threads (error %d)",
                         running, (unsigned long)count, failure);
    }
    *workers = started;
    return TRM_OK;
}

void trmi_workers_stop(trmi_workers *workers)
{
    if (!workers)
        return;
    atomic_store(&workers->claims, STOP_CLAIM);
    wake_workers(workers, workers->count);
    for (uint32_t i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->finished);
    pthread_cond_destroy(&workers->work);
    pthread_mutex_destroy(&workers->sleep);
    pthread_mutex_destroy(&workers->turn);
    const trm_allocator allocator = workers->allocator;
    trmi_release(&allocator, workers);
}

#else

trm_status trmi_workers_start(trmi_workers **workers, uint32_t count, uint32_t most,
                              const trm_allocator *allocator, trm_error *error)
{
    (void)workers, (void)most, (void)allocator;
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED, "threads is %lu, but this build has only the caller's",
                     (unsigned long)count + 1);
}

void trmi_workers_run(void *workers, trmi_work *task, void *argument, uint32_t count)
{
    (void)workers;
    for (uint32_t index = 0; index < count; index++)
        task(argument, index);
}

void trmi_workers_stop(trmi_workers *workers)
{
    (void)workers;
}
#endif
