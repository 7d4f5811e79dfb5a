/* Start of a Cortex-M with semihosting, as QEMU has it: a board's own start and its UART take this file's
   place. */
#include <stdint.h>

#include "platform.h"
#include "stack.h"

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];
int main(void);
_Noreturn void reset(void);

enum { SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026, FAULT = 99 };

static int semihost(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void put(const char *text)
{
    semihost(SYS_WRITE0, text);
}

_Noreturn void quit(int status)
{
    const uint32_t block[2] = { APPLICATION_EXIT, (uint32_t)status };
    semihost(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

static void fault(void)
{
    put("fault\n");
    quit(FAULT);
}

_Noreturn void reset(void)
{
    *(volatile uint32_t *)0xE000ED88 |=
        0xFu << 20; /* CPACR: FPU and Helium; without it the first instruction faults */
    __asm__ volatile("dsb\n isb");
    for (uint32_t *to = data_start, *from = data_load; to < data_end;)
        *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    paint_stack();
    quit(main());
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault,
};
