/* What an example asks of its board: somewhere to write, and an end. */
#ifndef PLATFORM_H
#define PLATFORM_H

void put(const char *text);
_Noreturn void quit(int status);

#endif
