/* The host's signal handlers do not run on our threads. */
#ifndef TRMI_HOST_SIGNALS_H
#define TRMI_HOST_SIGNALS_H

/* Calls `start` and returns what it does. Of signals, the threads that it starts see only a fault of their
 * own, which reaches whoever handles faults. */
int trmi_without_signals(int (*start)(void *argument), void *argument);

#endif
