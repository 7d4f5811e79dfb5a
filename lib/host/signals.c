/* Signals of POSIX: a thread inherits the mask of the one that starts it. */
#define _POSIX_C_SOURCE 200809L
#include "lib/host/signals.h"
#include "config.h"

#ifdef TRMI_HAVE_THREADS
#include <signal.h>
#include <stddef.h>

int trmi_without_signals(int (*start)(void *argument), void *argument)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
    sigset_t masked, before;
    sigfillset(&masked);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&masked, faults[i]);
    pthread_sigmask(SIG_BLOCK, &masked, &before);
    const int result = start(argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
#endif
