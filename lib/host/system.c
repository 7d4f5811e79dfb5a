/* Failures of the operating system: its own words for errno, in our sentence. strerror() may share its buffer
   between threads; POSIX has one that does not. */
#define _POSIX_C_SOURCE 200112L /* strerror_r as POSIX has it, not GNU's */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/host.h"

trm_status trmi_fail_system(trm_error *error, const char *path, const char *what)
{
    const int number = errno;
    char reason[128];
#if defined(__unix__) || defined(__APPLE__)
    if (strerror_r(number, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", number);
#else
    snprintf(reason, sizeof reason, "%s", strerror(number));
#endif
    return trmi_fail(error, TRM_ERROR_FILE, "%s: %s: %s", path, what, reason);
}
