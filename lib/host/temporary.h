/* A new file under a name of its own, beside the one that it is to replace. */
#ifndef TRMI_HOST_TEMPORARY_H
#define TRMI_HOST_TEMPORARY_H

#include <trm/trm.h>

enum { TRMI_PATH_BYTES = 4096, TRMI_TEMPORARY_SUFFIX_BYTES = 40 };

typedef struct trmi_temporary {
    char target[TRMI_PATH_BYTES]; /* where the path leads, through symbolic links */
    char name[TRMI_PATH_BYTES + TRMI_TEMPORARY_SUFFIX_BYTES]; /* TARGET.tmp-PID-N */
    char link[TRMI_PATH_BYTES];                               /* room to work in */
} trmi_temporary;

/* Creates the file, locked as long as it is open, with owner, group and mode of what it will replace, and
 * removes temporary files that killed processes left there. *file is never a standard stream. On failure
 * nothing is left. */
trm_status trmi_temporary_create(trmi_temporary *temporary, const char *path, int *file, trm_error *error);

#endif
