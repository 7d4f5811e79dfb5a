/* Failures of the operating system: its own words for errno, in our sentence. */
#ifndef TRMI_CORE_SYSTEM_H
#define TRMI_CORE_SYSTEM_H

#include "lib/core/error.h"

/* "PATH: WHAT: the system's reason"; `what` completes the sentence "the file ...". Returns TRM_ERROR_FILE. */
TRMI_EXPORT trm_status trmi_fail_system(trm_error *error, const char *path, const char *what);

#endif
