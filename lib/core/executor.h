/* Running work through the host's executor, or on the calling thread when there is none. */
#ifndef TRMI_CORE_EXECUTOR_H
#define TRMI_CORE_EXECUTOR_H

#include <trm/trm.h>

#include "lib/core/export.h"
#include "lib/core/parts.h"

typedef void trmi_work(void *argument, uint32_t index);

enum { TRMI_MAXIMUM_WIDTH = 1024 };

/* Fills *to with *from, or with "the calling thread" (width 1, run NULL) when `from` is NULL; fails when it
 * is incomplete. */
TRMI_EXPORT trm_status trmi_executor_read(trm_executor *to, const trm_executor *from, trm_error *error);

/* The most tasks at once. */
static inline uint32_t trmi_width(const trm_executor *executor)
{
    return TRMI_HAS_CALLBACKS ? executor->width : 1;
}

/* task(argument, 0 .. count - 1), count <= executor->width; returns when all have returned. */
TRMI_EXPORT void trmi_execute(const trm_executor *executor, trmi_work *task, void *argument, uint32_t count);

/* Part `index` of `count` of the range 0 .. total, cut at multiples of `step`, parts as even as that allows.
 */
typedef struct trmi_range {
    uint32_t begin, end;
} trmi_range;
TRMI_EXPORT trmi_range trmi_part(uint32_t total, uint32_t step, uint32_t index, uint32_t count);

#endif
