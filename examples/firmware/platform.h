/* What an example asks of its board: somewhere to write, an end, and how much stack there was use for. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stddef.h>

void put(const char *text);
_Noreturn void quit(int status);

/* Where the caller's stack ends; and the most bytes that were used so far beyond such a place. 0 where nobody
   looks. */
size_t stack_place(void);
size_t stack_used(size_t beyond);

#endif
