/* One training at a time for an output. */
#ifndef TRM_CLI_TRAIN_LOCK_H
#define TRM_CLI_TRAIN_LOCK_H

#include <stdbool.h>

enum { LOCK_PATH_BYTES = 4096 + 8 };

typedef struct train_lock {
    int file; /* -1: none */
    char path[LOCK_PATH_BYTES];
} train_lock;

/* Locks OUTPUT.lock until lock_release(), or the end of the process, however it ends. False after telling
 * which process has it. Where no file can be made there is no lock: writing the output will fail, too. */
bool lock_take(train_lock *lock, const char *output);
void lock_release(train_lock *lock);

#endif
