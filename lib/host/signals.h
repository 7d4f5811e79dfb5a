/* The host's signal handlers do not run on our threads. */
#ifndef TRMI_HOST_SIGNALS_H
#define TRMI_HOST_SIGNALS_H

/* Calls `start` and returns what it returns. The threads that it starts get no signals but those of their own
 * faults, which the host's handlers see. */
int trmi_without_signals(int (*start)(void *argument), void *argument);

#endif
