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
