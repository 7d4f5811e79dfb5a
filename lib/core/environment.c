#include "lib/core/environment.h"

/* Functions of a file of their own, so that no compiler moves arithmetic past them. */
#if defined(__SSE__) || defined(_M_X64)

#include <xmmintrin.h>

enum { USUAL_MXCSR = 0x1f80, USUAL_X87 = 0x037f }; /* all exceptions masked */

#if defined(__GNUC__)

static uint16_t exchange_x87(uint16_t control)
{
    uint16_t before;
    __asm__ volatile("fnstcw %0" : "=m"(before));
    if (before != control)
        __asm__ volatile("fldcw %0" : : "m"(control));
    return before;
}

static uint16_t status_of_x87(void)
{
    uint16_t status;
    __asm__ volatile("fnstsw %0" : "=m"(status));
    return status;
}

/* Only with the whole of its state, which takes long: where it raised nothing new, it is let alone. */
static void restore_status_of_x87(uint16_t status)
{
    enum { RAISED = 0x3f, STATUS = 2, PARTS = 14 };
    uint16_t state[PARTS];
    if (((status_of_x87() ^ status) & RAISED) == 0)
        return;
    __asm__ volatile("fnstenv %0" : "=m"(state));
    state[STATUS] = (uint16_t)((state[STATUS] & ~RAISED) | (status & RAISED));
    __asm__ volatile("fldenv %0" : : "m"(state));
}

#else /* Windows leaves the x87 alone */

static uint16_t exchange_x87(uint16_t control)
{
    return control;
}

static uint16_t status_of_x87(void)
{
    return 0;
}

static void restore_status_of_x87(uint16_t status)
{
    (void)status;
}

#endif

trmi_environment trmi_environment_enter(void)
{
    const trmi_environment host = { _mm_getcsr(), exchange_x87(USUAL_X87), status_of_x87() };
    _mm_setcsr(USUAL_MXCSR);
    return host;
}

void trmi_environment_leave(trmi_environment host)
{
    _mm_setcsr(host.mxcsr);
    restore_status_of_x87(host.x87_status);
    exchange_x87(host.x87);
}

#elif defined(__aarch64__)

trmi_environment trmi_environment_enter(void)
{
    trmi_environment host;
    __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(host.control), "=r"(host.status) : : "memory");
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
    return host;
}

void trmi_environment_leave(trmi_environment host)
{
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1" : : "r"(host.control), "r"(host.status) : "memory");
}

#elif defined(__arm__) && defined(__ARM_FP)

/* Helium keeps the size of a loop's elements there, 4 outside of such loops: the loops of the base
 * architecture fault with any other. */
#if defined(__ARM_FEATURE_MVE)
enum { USUAL_FPSCR = 4 << 16 };
#else
enum { USUAL_FPSCR = 0 };
#endif

trmi_environment trmi_environment_enter(void)
{
    trmi_environment host;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(host.fpscr) : : "memory");
    __asm__ volatile("vmsr fpscr, %0" : : "r"(USUAL_FPSCR) : "memory");
    return host;
}

void trmi_environment_leave(trmi_environment host)
{
    __asm__ volatile("vmsr fpscr, %0" : : "r"(host.fpscr) : "memory");
}

#elif defined(__arm__) || defined(__wasm__)

trmi_environment trmi_environment_enter(void)
{
    return (trmi_environment) { 0 };
}

void trmi_environment_leave(trmi_environment host)
{
    (void)host;
}

#else

trmi_environment trmi_environment_enter(void)
{
    trmi_environment host;
    fegetenv(&host.all);
    fesetenv(FE_DFL_ENV);
    return host;
}

void trmi_environment_leave(trmi_environment host)
{
    fesetenv(&host.all);
}

#endif
