/* The names of temporary files: BASE.tmp-PID-N. */
#ifndef TRMI_HOST_TEMPORARY_NAME_H
#define TRMI_HOST_TEMPORARY_NAME_H

#include <stdbool.h>

/* What stands between BASE and PID. */
extern const char trmi_temporary_infix[];

bool trmi_is_temporary(const char *name, const char *base);

#endif
