/* Instructions of an emulated Cortex-M, by its SysTick: with -icount they are its time. */
#ifndef TICKS_H
#define TICKS_H

#include <stdint.h>

enum { CALIBRATED = 3000000 }; /* instructions */

static volatile uint32_t *const systick = (uint32_t *)0xE000E010; /* control, reload, value */

static inline void start_ticks(void)
{
    systick[0] = 0;
    systick[1] = 0xffffff;
    systick[2] = 0;
    systick[0] = 5;
    while (systick[2] == 0) {
    }
}

static inline uint32_t ticks(void)
{
    return systick[2];
}

static inline uint32_t ticks_since(uint32_t begin)
{
    return (begin - ticks()) & 0xffffff;
}

/* Ticks of CALIBRATED instructions. */
static inline uint32_t calibrate_ticks(void)
{
    const uint32_t begin = ticks();
    uint32_t left = CALIBRATED / 3;
    __asm__ volatile("1: nop\n subs %0, %0, #1\n bne 1b" : "+r"(left) : : "cc");
    return ticks_since(begin);
}

static inline uint64_t instructions_of(uint32_t elapsed, uint32_t unit)
{
    return (uint64_t)elapsed * CALIBRATED / unit;
}

#endif
