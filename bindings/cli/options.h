/* Command lines: one table of options per command serves the parser, --help and the test of the manual page. */
#ifndef TRM_CLI_OPTIONS_H
#define TRM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STATUS_OK = 0, STATUS_DATA = 1, STATUS_USAGE = 2, STATUS_INTERRUPTED = 130 };

typedef enum option_type {
    OPTION_FLAG,   /* bool */
    OPTION_NUMBER, /* uint64_t, least to most */
    OPTION_REAL,   /* double, least to most */
    OPTION_TEXT,   /* const char * */
    OPTION_CHOICE, /* uint32_t, one of the choices' values */
    OPTION_GRID    /* grid_size, ROWSxCOLUMNS */
} option_type;

typedef struct choice {
    const char *name; /* NULL ends a list */
    uint32_t value;
} choice;

typedef struct grid_size {
    uint32_t rows, columns;
} grid_size;

typedef struct option {
    const char *name;  /* without dashes; NULL ends a table */
    char letter;       /* or 0 */
    const char *value; /* placeholder, NULL for flags */
    const char *help;
    option_type type;
    size_t offset; /* of the variable in the command's settings */
    uint64_t least, most;
    const choice *choices;
} option;

typedef struct cli_command {
    const char *name, *operands, *summary;
    const option *options;
    size_t settings_bytes;
    const void *defaults; /* the settings before parsing */
    int least_operands, most_operands;
    int (*run)(const void *settings, char **operands, int count);
} cli_command;

extern const cli_command info_command, solve_command, eval_command, convert_command, init_command, bench_command;

/* Parses the words after the command's name into `settings` and moves the operands to the front of `words`. Returns their number, or -1 after
 * telling what is wrong, or -2 after showing --help. */
int parse_options(const cli_command *command, char **words, int count, void *settings);

/* The help of one command, on standard output. */
void show_help(const cli_command *command);

/* The name among `names` (ended by NULL) that is nearest to `word`, or NULL when none is near. */
const char *nearest_name(const char *word, const char *const *names);

#endif
