/* Start of a bare RISC-V hart on QEMU's virt board: a UART to write to, a register that ends the machine. */
#include <stdint.h>

#include "platform.h"
#include "stack.h"

extern uint32_t bss_start[], bss_end[];
int main(void);
_Noreturn void begin(void);

enum { FAULT = 99 };

static volatile uint8_t *const uart = (uint8_t *)0x10000000;
static volatile uint32_t *const finisher = (uint32_t *)0x00100000;

void put(const char *text)
{
    while (*text != '\0')
        *uart = (uint8_t)*text++;
}

_Noreturn void quit(int status)
{
    *finisher = status == 0 ? 0x5555u : (uint32_t)status << 16 | 0x3333u;
    for (;;) {
    }
}

__attribute__((used, aligned(4))) void fault(void);
void fault(void)
{
    put("fault\n");
    quit(FAULT);
}

__attribute__((naked, section(".vectors"), used)) void reset(void);
void reset(void)
{
    __asm__ volatile(
        ".option push\n.option norelax\nla gp, __global_pointer$\n.option pop\nla sp, stack_top\n"
        "la t0, fault\ncsrw mtvec, t0\n"
#ifdef __riscv_flen
        "li t0, 1 << 13\ncsrs mstatus, t0\n" /* the floating-point unit is off until it is asked for */
#endif
        "j begin\n");
}

_Noreturn void begin(void)
{
    for (uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    paint_stack();
    quit(main());
}
