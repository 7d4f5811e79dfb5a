/* Command lines: one table of options per command serves the parser, --help and the test of the manual page.
 */
#ifndef TRM_CLI_OPTIONS_H
#define TRM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STATUS_OK = 0,
    STATUS_DATA = 1,
    STATUS_USAGE = 2,
    STATUS_ABSTAINED = 3, /* --require-verified: a puzzle has no answer that was called right */
    STATUS_INTERRUPTED = 130,
    STATUS_CLOSED_PIPE = 141 /* what a shell says of a program that SIGPIPE ended */
};

typedef enum option_type {
    OPTION_FLAG,     /* bool */
    OPTION_NUMBER,   /* uint64_t, least to most */
    OPTION_COUNT,    /* the same as uint32_t */
    OPTION_REAL,     /* double, from 0 to most */
    OPTION_POSITIVE, /* double, above 0, to most */
    OPTION_TEXT,     /* const char *, not empty */
    OPTION_CHOICE,   /* uint32_t, one of the choices' values */
    OPTION_GRID,     /* grid_size, ROWSxCOLUMNS */
    OPTION_RANGE,    /* number_range, LEAST-MOST or one number for both, least to most */
    OPTION_LIST      /* listed_numbers, one of the choices or numbers with commas between, least to most */
} option_type;

typedef struct choice {
    const char *name; /* NULL ends a list */
    uint32_t value;
} choice;

/* The word for a value, "unknown" where the list has none. */
const char *choice_name(const choice *choices, uint32_t value);

typedef struct grid_size {
    uint32_t rows, columns;
} grid_size;

typedef struct number_range {
    uint32_t least, most;
    bool given;
} number_range;

enum { MOST_LISTED = 64 };
typedef struct listed_numbers {
    uint32_t choice; /* where nothing is listed */
    uint32_t count, numbers[MOST_LISTED];
} listed_numbers;

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

enum { MOST_OPTIONS = 96 }; /* of a table */

/* Rows of a table: the field of the settings, then what a user sees. */
/* clang-format off */
#define OPTION_ROW(type, name, letter, value, help, kind, field, least, most, choices) \
    { name, letter, value, help, kind, offsetof(type, field), least, most, choices }
#define FLAG_ROW(type, field, name, help) \
    OPTION_ROW(type, name, 0, NULL, help, OPTION_FLAG, field, 0, 0, NULL)
#define NUMBER_ROW(type, field, name, value, least, most, help) \
    OPTION_ROW(type, name, 0, value, help, OPTION_NUMBER, field, least, most, NULL)
#define REAL_ROW(type, field, name, value, most, help) \
    OPTION_ROW(type, name, 0, value, help, OPTION_REAL, field, 0, most, NULL)
#define POSITIVE_ROW(type, field, name, value, most, help) \
    OPTION_ROW(type, name, 0, value, help, OPTION_POSITIVE, field, 0, most, NULL)
#define TEXT_ROW(type, field, name, value, help) \
    OPTION_ROW(type, name, 0, value, help, OPTION_TEXT, field, 0, 0, NULL)
#define CHOICE_ROW(type, field, name, value, choices, help) \
    OPTION_ROW(type, name, 0, value, help, OPTION_CHOICE, field, 0, 0, choices)
#define GRID_ROW(type, field, name, help) \
    OPTION_ROW(type, name, 0, "RxC", help, OPTION_GRID, field, 0, 0, NULL)
#define RANGE_ROW(type, field, name, least, most, help) \
    OPTION_ROW(type, name, 0, "A-B", help, OPTION_RANGE, field, least, most, NULL)
#define LIST_ROW(type, field, name, value, least, most, choices, help) \
    OPTION_ROW(type, name, 0, value, help, OPTION_LIST, field, least, most, choices)
#define JSON_ROW(type) FLAG_ROW(type, json, "json", "results as one JSON object on the last line")
#define QUIET_ROW(type, help) OPTION_ROW(type, "quiet", 'q', NULL, help, OPTION_FLAG, quiet, 0, 0, NULL)
#define LAST_ROW { NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL }
/* clang-format on */

typedef struct cli_command {
    const char *name, *operands, *summary;
    const option *options;
    size_t settings_bytes;
    const void *defaults; /* the settings before parsing */
    int least_operands, most_operands;
    int (*run)(const void *settings, char **operands, int count);
} cli_command;

extern const cli_command info_command, solve_command, eval_command, convert_command, init_command,
    bench_command, generate_command, train_command, plot_command, quantize_command, calibrate_command,
    embed_command, hint_command, trace_command, models_command, serve_command;

/* Parses the words after the command's name into `settings` and moves the operands to the front of `words`.
 * Returns their number, or -1 after telling what is wrong, or -2 after showing --help. */
int parse_options(const cli_command *command, char **words, int count, void *settings);

/* Whether the option was among the words that were parsed, or marked as if it had been. */
bool option_was_given(const cli_command *command, const option *o);
void option_mark_given(const cli_command *command, const option *o);

/* The option of this name, or NULL; then nearest_option() is the name of one that may have been meant, or
 * NULL, too. */
const option *option_named(const cli_command *command, const char *name, size_t length);
const char *nearest_option(const cli_command *command, const char *name);

/* Takes the value from text; false when it is none that the option has: option_expects() says what those are.
 */
bool option_set(const option *o, const char *text, void *settings);
void option_expects(const option *o, char *to, size_t size);

/* The value as option_set() takes it; empty when there is none. */
void option_text(const option *o, const void *settings, char *to, size_t size);

/* The help of one command, on standard output. */
void show_help(const cli_command *command);

/* The names between commas, each ended by a zero in place of its comma. Returns their number; room + 1 where
 * there are more than `names` has room for. */
size_t split_names(char *list, const char **names, size_t room);

/* The name among `names` (ended by NULL) that `word` is the beginning of, or else is nearest to it, or NULL
 * when none is near. */
const char *nearest_name(const char *word, const char *const *names);

#endif
