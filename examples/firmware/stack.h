/* How much stack was used: what lies below its top is painted at the start, and looked at in the end. One
 * file of an image includes this, its start. */
#ifndef STACK_H
#define STACK_H

#include <stddef.h>
#include <stdint.h>

#include "platform.h"

extern uint32_t stack_top[]; /* board.ld */

enum { PAINTED_BYTES = 16384, PAINT = 0x5aa55aa5 };

static inline volatile uint32_t *painted_begin(void)
{
    return (volatile uint32_t *)((uintptr_t)stack_top - PAINTED_BYTES);
}

/* Called by the start, whose own frame is left alone. */
static inline void paint_stack(void)
{
    enum { OWN_BYTES = 256 };
    volatile uint32_t *at = painted_begin();
    for (size_t i = 0; i < (PAINTED_BYTES - OWN_BYTES) / sizeof *at; i++)
        at[i] = PAINT;
}

/* The lowest address that is none any more. */
static inline size_t unpainted_stack(void)
{
    const volatile uint32_t *at = painted_begin();
    while (at < (volatile uint32_t *)(uintptr_t)stack_top && *at == PAINT)
        at++;
    return (size_t)at;
}

size_t stack_place(void)
{
    return (size_t)__builtin_frame_address(0);
}

size_t stack_used(size_t beyond)
{
    return beyond - unpainted_stack();
}

#endif
