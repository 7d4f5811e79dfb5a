/* A line is empty, a comment (# in front), or `key = value`. Blanks around both are dropped; a value may
 * stand in double quotes to keep its own. */
#include "bindings/cli/configuration.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bindings/cli/report.h"

enum { LARGEST_FILE = 65536, LONGEST_VALUE = 4096 };

static char text[LARGEST_FILE + 1]; /* of the file */

typedef struct place {
    const cli_command *command;
    const char *path;
    unsigned line;
    unsigned lines[MOST_OPTIONS]; /* where each option was given; 0: nowhere */
} place;

static bool load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        report_error("%s: %s", path, strerror(errno));
        return false;
    }
    errno = 0;
    const size_t length = fread(text, 1, sizeof text, file);
    const int failure = ferror(file) ? (errno != 0 ? errno : EIO) : 0;
    fclose(file);
    if (failure != 0)
        report_error("%s: %s", path, strerror(failure));
    else if (length > LARGEST_FILE)
        report_error("%s: expected a configuration of at most %d bytes", path, LARGEST_FILE);
    else if (memchr(text, '\0', length) != NULL)
        report_error("%s: expected text, found byte 0x00 at offset %zu", path, strlen(text));
    else {
        text[length] = '\0';
        return true;
    }
    return false;
}

/* Without blanks at either end. */
static char *trim(char *from)
{
    static const char blanks[] = " \t\r";
    from += strspn(from, blanks);
    size_t length = strlen(from);
    while (length > 0 && strchr(blanks, from[length - 1]) != NULL)
        from[--length] = '\0';
    return from;
}

static char *unquote(char *value)
{
    const size_t length = strlen(value);
    if (length < 2 || value[0] != '"' || value[length - 1] != '"')
        return value;
    value[length - 1] = '\0';
    return value + 1;
}

static bool fail_key(const place *at, const char *key)
{
    const char *nearest = nearest_option(at->command, key);
    if (nearest != NULL && strcmp(nearest, "help") != 0)
        report_error("%s, line %u: unknown key '%s'; did you mean '%s'?", at->path, at->line, key, nearest);
    else
        report_error("%s, line %u: unknown key '%s'; 'trm %s --help' lists those that there are", at->path,
                     at->line, key, at->command->name);
    return false;
}

static bool take_pair(place *at, const char *key, const char *value, void *settings)
{
    char expected[256] = "";
    const option *o = option_named(at->command, key, strlen(key));
    if (o == NULL)
        return fail_key(at, key);
    unsigned *line = &at->lines[o - at->command->options];
    if (*line != 0 || o->type == OPTION_FLAG) {
        if (*line != 0)
            report_error("%s, line %u: '%s' has a value since line %u", at->path, at->line, key, *line);
        else
            report_error("%s, line %u: '%s' belongs on the command line, as --%s", at->path, at->line, key,
                         key);
        return false;
    }
    *line = at->line;
    uint64_t unused[8]; /* what the command line says wins, but a wrong value stays wrong */
    option elsewhere = *o;
    elsewhere.offset = 0;
    const bool overridden = option_was_given(at->command, o);
    option_mark_given(at->command, o);
    if (overridden ? option_set(&elsewhere, value, unused) : option_set(o, value, settings))
        return true;
    option_expects(o, expected, sizeof expected);
    report_error("%s, line %u: %s: expected %s, found '%s'", at->path, at->line, key, expected, value);
    return false;
}

static bool take_line(place *at, char *line, void *settings)
{
    line = trim(line);
    if (*line == '\0' || *line == '#')
        return true;
    char *equals = strchr(line, '=');
    if (equals == NULL) {
        report_error("%s, line %u: expected 'key = value', found '%s'", at->path, at->line, line);
        return false;
    }
    *equals = '\0';
    return take_pair(at, trim(line), unquote(trim(equals + 1)), settings);
}

int read_configuration(const cli_command *command, const char *path, void *settings)
{
    place at = { .command = command, .path = path };
    if (!load(path))
        return STATUS_DATA;
    for (char *line = text, *end; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        at.line++;
        if (!take_line(&at, line, settings))
            return STATUS_USAGE;
    }
    return STATUS_OK;
}

void write_configuration(const cli_command *command, size_t count, const void *settings, char *to,
                         size_t size)
{
    char value[LONGEST_VALUE], usual[LONGEST_VALUE];
    size_t used = 0;
    *to = '\0';
    for (const option *o = command->options; o < command->options + count && used < size; o++) {
        option_text(o, settings, value, sizeof value);
        option_text(o, command->defaults, usual, sizeof usual);
        if (strcmp(value, usual) != 0)
            used += (size_t)snprintf(to + used, size - used, "%s = %s\n", o->name, value);
    }
}
