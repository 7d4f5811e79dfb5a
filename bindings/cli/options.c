#include "bindings/cli/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

/* ------------------------------------------------------------------------------------------- nearest names
 */

/* How many single-character edits turn one word into the other (Levenshtein), words of up to 31 characters.
 */
static unsigned distance(const char *a, const char *b)
{
    enum { LONGEST = 31 };
    unsigned row[LONGEST + 1];
    const size_t columns = strlen(b);
    if (strlen(a) > LONGEST || columns > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= columns; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            const unsigned above = row[j], replaced = diagonal + (a[i - 1] != b[j - 1]);
            const unsigned shifted = (above < row[j - 1] ? above : row[j - 1]) + 1;
            row[j] = replaced < shifted ? replaced : shifted;
            diagonal = above;
        }
    }
    return row[columns];
}

const char *nearest_name(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    unsigned least = 3; /* farther ones are no help */
    for (; *names != NULL; names++) {
        const bool begun = strlen(word) > 1 && strncmp(word, *names, strlen(word)) == 0;
        const unsigned d = begun ? 0 : distance(word, *names);
        if (d < least) {
            least = d;
            nearest = *names;
        }
    }
    return nearest;
}

size_t split_names(char *list, const char **names, size_t room)
{
    size_t count = 0;
    for (char *comma; list != NULL && count < room; list = comma) {
        comma = strchr(list, ',');
        if (comma != NULL)
            *comma++ = '\0';
        names[count++] = list;
    }
    return list != NULL ? room + 1 : count;
}

/* ------------------------------------------------------------------------------------------- values */

/* Digits alone, least to most; *end is what stands behind them. */
static bool parse_digits(const char *text, const char **end, uint64_t least, uint64_t most, uint64_t *number)
{
    uint64_t value = 0;
    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++) {
        const uint64_t digit = (uint64_t)(*text - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = 10 * value + digit;
    }
    *end = text;
    *number = value;
    return value >= least && value <= most;
}

static bool parse_number(const option *o, const char *text, uint64_t *number)
{
    const char *end;
    uint64_t value;
    if (!parse_digits(text, &end, o->least, o->most, &value) || *end != '\0')
        return false;
    *number = value;
    return true;
}

static bool parse_count(const option *o, const char *text, uint32_t *count)
{
    uint64_t number;
    if (!parse_number(o, text, &number))
        return false;
    *count = (uint32_t)number;
    return true;
}

/* Digits, perhaps a point and more digits, perhaps an exponent: not all that strtod() takes. */
static bool parse_real(const option *o, const char *text, double *number)
{
    static const char digits[] = "0123456789";
    const size_t whole = strspn(text, digits), point = text[whole] == '.';
    const size_t mantissa = whole + point + strspn(text + whole + point, digits);
    const char *end = text + mantissa;
    if (mantissa == point)
        return false;
    if (*end == 'e' || *end == 'E') {
        end += end[1] == '-' || end[1] == '+' ? 2 : 1;
        const size_t exponent = strspn(end, digits);
        if (exponent == 0)
            return false;
        end += exponent;
    }
    const double value = strtod(text, NULL);
    if (*end != '\0' || !(value <= (double)o->most) || (o->type == OPTION_POSITIVE && value == 0.0))
        return false;
    *number = value;
    return true;
}

const char *choice_name(const choice *choices, uint32_t value)
{
    for (; choices->name != NULL; choices++)
        if (choices->value == value)
            return choices->name;
    return "unknown";
}

static bool parse_choice(const option *o, const char *text, uint32_t *value)
{
    for (const choice *c = o->choices; c->name != NULL; c++)
        if (strcmp(c->name, text) == 0) {
            *value = c->value;
            return true;
        }
    return false;
}

static bool parse_grid(const char *text, grid_size *grid)
{
    enum { MOST_SIDE = 65536 };
    uint64_t rows, columns;
    if (!parse_digits(text, &text, 1, MOST_SIDE, &rows) || *text != 'x' ||
        !parse_digits(text + 1, &text, 1, MOST_SIDE, &columns) || *text != '\0')
        return false;
    *grid = (grid_size) { (uint32_t)rows, (uint32_t)columns };
    return true;
}

static bool parse_range(const option *o, const char *text, number_range *range)
{
    uint64_t least, most;
    if (!parse_digits(text, &text, o->least, o->most, &least))
        return false;
    most = least;
    if (*text == '-' && !parse_digits(text + 1, &text, least, o->most, &most))
        return false;
    *range = (number_range) { (uint32_t)least, (uint32_t)most, true };
    return *text == '\0';
}

static bool parse_list(const option *o, const char *text, listed_numbers *list)
{
    listed_numbers read = { .count = 0 };
    bool more = !parse_choice(o, text, &read.choice);
    while (more) {
        uint64_t number;
        if (read.count == MOST_LISTED || !parse_digits(text, &text, o->least, o->most, &number))
            return false;
        read.numbers[read.count++] = (uint32_t)number;
        more = *text == ',';
        if (*text++ != '\0' && !more)
            return false;
    }
    *list = read;
    return true;
}

bool option_set(const option *o, const char *text, void *settings)
{
    void *to = (char *)settings + o->offset;
    switch (o->type) {
    case OPTION_FLAG:
        break;
    case OPTION_NUMBER:
        return parse_number(o, text, to);
    case OPTION_COUNT:
        return parse_count(o, text, to);
    case OPTION_REAL:
    case OPTION_POSITIVE:
        return parse_real(o, text, to);
    case OPTION_CHOICE:
        return parse_choice(o, text, to);
    case OPTION_GRID:
        return parse_grid(text, to);
    case OPTION_RANGE:
        return parse_range(o, text, to);
    case OPTION_LIST:
        return parse_list(o, text, to);
    case OPTION_TEXT:
        memcpy(to, &text, sizeof text);
        return text[0] != '\0';
    }
    return false;
}

void option_expects(const option *o, char *to, size_t size)
{
    if (o->type == OPTION_NUMBER || o->type == OPTION_COUNT)
        snprintf(to, size, "a number from %llu to %llu", (unsigned long long)o->least,
                 (unsigned long long)o->most);
    else if (o->type == OPTION_REAL)
        snprintf(to, size, "a number from 0 to %llu, such as 0.5 or 1e-3", (unsigned long long)o->most);
    else if (o->type == OPTION_POSITIVE)
        snprintf(to, size, "a number above 0, such as 0.5, to %llu", (unsigned long long)o->most);
    else if (o->type == OPTION_GRID)
        snprintf(to, size, "ROWSxCOLUMNS, such as 9x9");
    else if (o->type == OPTION_RANGE)
        snprintf(to, size, "a range of numbers from %llu to %llu, such as %llu-%llu",
                 (unsigned long long)o->least, (unsigned long long)o->most, (unsigned long long)o->least,
                 (unsigned long long)o->most);
    else if (o->type == OPTION_TEXT)
        snprintf(to, size, "some text");
    const bool chooses = o->type == OPTION_CHOICE || o->type == OPTION_LIST;
    size_t used = 0;
    for (const choice *c = o->choices; chooses && c->name != NULL && used < size; c++)
        used += (size_t)snprintf(to + used, size - used, "%s%s", c == o->choices ? "" : " or ", c->name);
    if (o->type == OPTION_LIST && used < size)
        snprintf(to + used, size - used, " or up to %d numbers from %llu to %llu, such as 0,8", MOST_LISTED,
                 (unsigned long long)o->least, (unsigned long long)o->most);
}

static void write_list(const option *o, const listed_numbers *list, char *to, size_t size)
{
    size_t used = 0;
    if (list->count == 0)
        snprintf(to, size, "%s", choice_name(o->choices, list->choice));
    for (uint32_t i = 0; i < list->count && used < size; i++)
        used +=
            (size_t)snprintf(to + used, size - used, "%s%u", i > 0 ? "," : "", (unsigned)list->numbers[i]);
}

static void write_real(double value, char *to, size_t size)
{
    int digits = 6;
    do
        snprintf(to, size, "%.*g", digits++, value);
    while (digits <= 17 && strtod(to, NULL) != value);
}

void option_text(const option *o, const void *settings, char *to, size_t size)
{
    const void *at = (const char *)settings + o->offset;
    const number_range *range = at;
    const grid_size *grid = at;
    *to = '\0';
    if (o->type == OPTION_NUMBER)
        snprintf(to, size, "%llu", (unsigned long long)*(const uint64_t *)at);
    else if (o->type == OPTION_COUNT)
        snprintf(to, size, "%u", (unsigned)*(const uint32_t *)at);
    else if (o->type == OPTION_REAL || o->type == OPTION_POSITIVE)
        write_real(*(const double *)at, to, size);
    else if (o->type == OPTION_TEXT && *(const char *const *)at != NULL)
        snprintf(to, size, "%s", *(const char *const *)at);
    else if (o->type == OPTION_GRID && grid->rows > 0)
        snprintf(to, size, "%ux%u", (unsigned)grid->rows, (unsigned)grid->columns);
    else if (o->type == OPTION_RANGE && range->given)
        snprintf(to, size, "%u-%u", (unsigned)range->least, (unsigned)range->most);
    else if (o->type == OPTION_LIST)
        write_list(o, at, to, size);
    for (const choice *c = o->choices; o->type == OPTION_CHOICE && c->name != NULL; c++)
        if (c->value == *(const uint32_t *)at)
            snprintf(to, size, "%s", c->name);
}

/* ------------------------------------------------------------------------------------------- parsing */

static bool given[MOST_OPTIONS]; /* of the one command that a process runs */

bool option_was_given(const cli_command *command, const option *o)
{
    return given[o - command->options];
}

void option_mark_given(const cli_command *command, const option *o)
{
    given[o - command->options] = true;
}

const option *option_named(const cli_command *command, const char *name, size_t length)
{
    for (const option *o = command->options; o->name != NULL; o++)
        if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
            return o;
    return NULL;
}

const char *nearest_option(const cli_command *command, const char *name)
{
    const char *names[MOST_OPTIONS + 2] = { "help" };
    for (int i = 0; i < MOST_OPTIONS && command->options[i].name != NULL; i++)
        names[i + 1] = command->options[i].name;
    return nearest_name(name, names);
}

static int fail_unknown(const cli_command *command, const char *word)
{
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 1, "="),
             word + 1); /* without the first dash and the value */
    const char *nearest = name[0] == '-' ? nearest_option(command, name + 1) : NULL;
    if (nearest != NULL)
        report_error("%s: unknown option '%s'; did you mean '--%s'?", command->name, word, nearest);
    else
        report_error("%s: unknown option '%s'; 'trm %s --help' lists those that there are", command->name,
                     word, command->name);
    return -1;
}

/* The option of a word such as --name, --name=value or -l; *value is what stands behind '='. */
static const option *find_option(const cli_command *command, const char *word, const char **value)
{
    const size_t length = strcspn(word, "=");
    *value = word[length] == '=' ? word + length + 1 : NULL;
    if (word[1] == '-')
        return option_named(command, word + 2, length - 2);
    for (const option *o = command->options; o->name != NULL; o++)
        if (o->letter != 0 && word[1] == o->letter && word[2] == '\0')
            return o;
    return NULL;
}

/* Takes one option, and its value from the next word where it needs one. Returns the words used, or -1. */
static int take_option(const cli_command *command, char **words, int left, void *settings)
{
    const char *value;
    const option *o = find_option(command, words[0], &value);
    if (o == NULL)
        return fail_unknown(command, words[0]);
    option_mark_given(command, o);
    if (o->type == OPTION_FLAG) {
        const bool set = true;
        memcpy((char *)settings + o->offset, &set, sizeof set);
        if (value == NULL)
            return 1;
        report_error("%s: --%s takes no value, found '%s'", command->name, o->name, value);
        return -1;
    }
    const int used = value == NULL ? 2 : 1;
    if (left < used) {
        report_error("%s: --%s needs a value, %s", command->name, o->name, o->value);
        return -1;
    }
    value = value == NULL ? words[1] : value;
    if (option_set(o, value, settings))
        return used;
    char expected[256] = "";
    option_expects(o, expected, sizeof expected);
    report_error("%s: --%s: expected %s, found '%s'", command->name, o->name, expected, value);
    return -1;
}

static int check_operands(const cli_command *command, char **words, int count)
{
    if (count >= command->least_operands && count <= command->most_operands)
        return count;
    if (count > command->most_operands)
        report_error("%s: unexpected '%s'; usage: trm %s %s", command->name, words[command->most_operands],
                     command->name, command->operands);
    else
        report_error("%s: something is missing; usage: trm %s %s", command->name, command->name,
                     command->operands);
    return -1;
}

int parse_options(const cli_command *command, char **words, int count, void *settings)
{
    int operands = 0;
    bool only_operands = false;
    memcpy(settings, command->defaults, command->settings_bytes);
    for (int i = 0; i < count;) {
        char *word = words[i];
        if (only_operands || word[0] != '-' || word[1] == '\0') {
            words[operands++] = word;
            i++;
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
            i++;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            show_help(command);
            return -2;
        } else {
            const int used = take_option(command, words + i, count - i, settings);
            if (used < 0)
                return -1;
            i += used;
        }
    }
    return check_operands(command, words, operands);
}

/* A text whose first word goes to `column` and whose further lines begin at `indent`. */
static void print_words(const char *text, size_t column, size_t indent)
{
    enum { HELP_WIDTH = 100 };
    const char *word = text;
    while (*word != '\0') {
        const size_t length = strcspn(word, " ");
        const bool fits = word == text || column + 1 + length <= HELP_WIDTH;
        if (!fits) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (word != text) {
            putchar(' ');
            column++;
        }
        fwrite(word, 1, length, stdout);
        column += length;
        word += length + strspn(word + length, " ");
    }
    putchar('\n');
}

void show_help(const cli_command *command)
{
    enum { TEXT_COLUMN = 29 };
    printf("usage: trm %s %s\n\n", command->name, command->operands);
    print_words(command->summary, 0, 0);
    putchar('\n');
    for (const option *o = command->options; o->name != NULL; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s--%s%s%s", o->letter == 'q' ? "-q, " : "", o->name,
                 o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
        const int used = printf("  %-26s ", left);
        print_words(o->help, used > 0 ? (size_t)used : 0, TEXT_COLUMN);
    }
    printf("  %-26s %s\n", "-h, --help", "show this");
}
