/* The names of temporary files, BASE.tmp-PID-N, and the numbers of their descriptors. */
#ifndef TRMI_HOST_TEMPORARY_NAME_H
#define TRMI_HOST_TEMPORARY_NAME_H

#include <stdbool.h>

/* What stands between BASE and PID. */
extern const char trmi_temporary_infix[];

bool trmi_is_temporary(const char *name, const char *base);

/* What the host writes to a standard stream that it closed must not land in the file: its number becomes one
 * behind those. `file` below 0 stays; on failure it is closed, errno set. */
int trmi_above_streams(int file);

#endif
