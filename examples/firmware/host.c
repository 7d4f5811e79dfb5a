/* The board is a computer. */
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

void put(const char *text)
{
    fputs(text, stdout);
}

_Noreturn void quit(int status)
{
    exit(status);
}

size_t stack_place(void)
{
    return 0;
}

size_t stack_used(size_t beyond)
{
    return beyond;
}
