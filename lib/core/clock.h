/* Time that never runs backwards. */
#ifndef TRMI_CORE_CLOCK_H
#define TRMI_CORE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some fixed moment; monotonic. */
uint64_t trmi_clock(void);

#endif
