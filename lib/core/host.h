/* What the library asks of the machine and the system around it. lib/host answers; nothing else in the rooms
 * up to lib/solve knows a system, and a test bounds what they may call. */
#ifndef TRMI_CORE_HOST_H
#define TRMI_CORE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include <trm/trm.h>

#include "lib/core/export.h"

/* The functions of an allocator for callers that bring none. */
void *trmi_host_allocate(void *user, size_t bytes);
void trmi_host_release(void *user, void *memory);

/* Nanoseconds since some fixed moment; never runs backwards. */
uint64_t trmi_clock(void);
/* Whether trmi_clock() runs: some machines have no clock. */
bool trmi_has_clock(void);

/* The bits of variants.h that the processor has, the operating system supports and the word in TRM_CPU
 * allows. The word can only take bits away. */
uint32_t trmi_cpu_features(void);

/* "PATH: WHAT: the system's reason", of the last call that failed; `what` completes the sentence "the file
 * ...". Returns TRM_ERROR_FILE. */
TRMI_EXPORT trm_status trmi_fail_system(trm_error *error, const char *path, const char *what);

#endif
