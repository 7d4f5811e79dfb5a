/* Threads that wait for tasks, each with a processor of its own. The caller of a run works with them. */
#ifndef TRMI_HOST_WORKERS_H
#define TRMI_HOST_WORKERS_H

#include "lib/core/executor.h"

typedef struct trmi_workers trmi_workers;

/* Starts `count` threads, or `most` if that is less, beside the caller's. Fails where the build has no
   threads. */
trm_status trmi_workers_start(trmi_workers **workers, uint32_t count, uint32_t most,
                              const trm_allocator *allocator, trm_error *error);

/* The `run` of an executor whose user is a trmi_workers. Runs of several threads take turns; a task does not
 * start another. */
void trmi_workers_run(void *workers, trmi_work *task, void *argument, uint32_t count);

/* Ends the threads and releases them; accepts NULL. No run is going on. */
void trmi_workers_stop(trmi_workers *workers);

#endif
