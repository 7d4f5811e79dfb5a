/* The monotonic clock of POSIX; elsewhere the calendar time of C11, the best that there is. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "lib/core/host.h"

uint64_t trmi_clock(void)
{
    struct timespec now = { 0, 0 };
#ifdef CLOCK_MONOTONIC
    clock_gettime(CLOCK_MONOTONIC, &now);
#else
    timespec_get(&now, TIME_UTC);
#endif
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool trmi_has_clock(void)
{
    return true;
}
