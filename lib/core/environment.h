/* The processor's floating-point environment: how it rounds, whether it keeps subnormal numbers, what it
 * traps. It belongs to the host. What computes does so in the usual one: to the nearest even, nothing
 * flushed, nothing trapped. */
#ifndef TRMI_CORE_ENVIRONMENT_H
#define TRMI_CORE_ENVIRONMENT_H

#include <stdint.h>

#include "lib/core/export.h"

#if defined(__SSE__) || defined(_M_X64)
typedef struct trmi_environment {
    uint32_t mxcsr;
    uint16_t x87;        /* its control word, which the C library asks how to round decimal numbers */
    uint16_t x87_status; /* what it raised: C libraries that compute there answer for both */
} trmi_environment;
#elif defined(__aarch64__)
typedef struct trmi_environment {
    uint64_t control, status;
} trmi_environment;
#elif defined(__arm__)
typedef struct trmi_environment {
    uint32_t fpscr; /* 0 without a floating-point unit */
} trmi_environment;
#elif defined(__wasm__)
typedef struct trmi_environment {
    uint32_t none; /* there is but one */
} trmi_environment;
#else
#include <fenv.h>
typedef struct trmi_environment {
    fenv_t all;
} trmi_environment;
#endif

/* Sets the usual environment on this thread, and returns the one that was; leaving puts that one back, flags
   included. */
TRMI_EXPORT trmi_environment trmi_environment_enter(void);
TRMI_EXPORT void trmi_environment_leave(trmi_environment host);

#endif
