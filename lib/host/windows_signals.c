/* Windows has no signals that any thread might have to handle. */
#include "lib/host/signals.h"

int trmi_without_signals(int (*start)(void *argument), void *argument)
{
    return start(argument);
}
