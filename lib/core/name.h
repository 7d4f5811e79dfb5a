/* Names of tensors and keys, put together from parts. */
#ifndef TRMI_CORE_NAME_H
#define TRMI_CORE_NAME_H

#include <stddef.h>

#include "lib/core/message.h"

/* Writes what snprintf() writes, for %s and %u: builds without messages need no more. What is written ends
 * before `capacity` bytes, of which there is at least one, with a zero. */
void trmi_write_name(char *to, size_t capacity, const char *format, ...) TRMI_PRINTF(3, 4);

#endif
