/* An output is written beside the file that it becomes, and takes its place when it is whole: who reads it
 * never sees half of one, and a command that fails leaves what was there. */
#ifndef TRM_CLI_NEW_FILE_H
#define TRM_CLI_NEW_FILE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct new_file {
    FILE *to;           /* NULL: none was begun */
    const char *output; /* as the command line names it */
    char *target;       /* where that leads, through symbolic links */
    char *beside;
} new_file;

/* False after telling what is wrong; then there is nothing to end. `output` has to live as long. */
bool new_file_begin(new_file *file, const char *output);

/* Puts it in its place; with `good` false it disappears. False after telling why it could not be written.
 * None that was begun: `good`. */
bool new_file_end(new_file *file, bool good);

#endif
