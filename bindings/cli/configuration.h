/* Configuration files: the options of a command as lines `key = value`. */
#ifndef TRM_CLI_CONFIGURATION_H
#define TRM_CLI_CONFIGURATION_H

#include "bindings/cli/options.h"

/* Sets what the file says, but for options that were given before (on the command line), and marks it as
 * given. Texts stay where they are until the process ends: one file for each process. Returns a STATUS, after
 * telling what is wrong, with the line. */
int read_configuration(const cli_command *command, const char *path, void *settings);

/* The options among the first `count` whose values are not the defaults, as such lines, in the order of the
 * table. */
void write_configuration(const cli_command *command, size_t count, const void *settings, char *to,
                         size_t size);

#endif
