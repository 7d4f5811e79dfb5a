/* The performance counter. clock_gettime() is no part of Windows: a program may bring one of its own. */
#include <windows.h>

#include "lib/core/host.h"

uint64_t trmi_clock(void)
{
    LARGE_INTEGER counted = { 0 }, a_second = { 0 };
    QueryPerformanceCounter(&counted);
    QueryPerformanceFrequency(&a_second);
    const uint64_t count = (uint64_t)counted.QuadPart, rate = (uint64_t)a_second.QuadPart;
    return count / rate * 1000000000u + count % rate * 1000000000u / rate;
}

bool trmi_has_clock(void)
{
    return true;
}
