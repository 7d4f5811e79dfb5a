/* A line is `name: value`, or `name:` with deeper lines below it that are its fields. What else there is in
 * YAML, lists and the like, is passed over. */
#include "lib/interchange/yaml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/text.h"

enum { LEVELS = 8, LONGEST_WORD = 256 };

typedef struct yaml {
    json_t *object[LEVELS]; /* borrowed but the first */
    size_t indent[LEVELS];
    unsigned level;
    json_t *open; /* the object of the last line without a value, whose fields may follow; or NULL */
    size_t line;
    const char *what;
    trm_error *error;
} yaml;

static trm_status fail_memory(const yaml *y)
{
    return trmi_no_memory(y->error, "reading %.200s", y->what);
}

/* -- values -- */

/* 5, -2 */
static bool read_integer(const char *word, json_t **value)
{
    char *end;
    errno = 0;
    const long long number = strtoll(word, &end, 10);
    if (*word == '\0' || *end != '\0' || errno != 0)
        return false;
    *value = json_integer(number);
    return true;
}

/* 1e-05, 10000.0: by JSON's rules, which no locale changes. */
static bool read_real(const char *word, json_t **value)
{
    json_t *read = json_loads(word, JSON_DECODE_ANY, NULL);
    if (!json_is_real(read)) {
        json_decref(read);
        return false;
    }
    *value = read;
    return true;
}

/* NULL without memory. */
static json_t *read_word(const char *word, bool quoted)
{
    static const struct {
        const char *word;
        int value;
    } words[] = { { "true", 1 }, { "True", 1 },  { "yes", 1 }, { "false", 0 }, { "False", 0 },
                  { "no", 0 },   { "null", -1 }, { "~", -1 },  { "", -1 } };
    json_t *value = NULL;
    if (quoted)
        return json_string(word);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].value < 0 ? json_null() : json_boolean(words[i].value);
    return read_integer(word, &value) || read_real(word, &value) ? value : json_string(word);
}

/* -- lines -- */

/* Leaves the fields that this line is no longer one of. */
static bool find_level(yaml *y, size_t indent)
{
    if (y->open != NULL && indent > y->indent[y->level] && y->level + 1 < LEVELS) {
        y->object[++y->level] = y->open;
        y->indent[y->level] = indent;
    }
    y->open = NULL;
    while (y->level > 0 && indent < y->indent[y->level])
        y->level--;
    return indent == y->indent[y->level];
}

static size_t trimmed(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\r' || text[length - 1] == '\t'))
        length--;
    return length;
}

/* The value behind the colon, without a comment, blanks and quotes. */
static bool cut_value(const char *text, size_t length, char word[LONGEST_WORD], bool *quoted)
{
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    *quoted = length > 0 && (*text == '"' || *text == '\'');
    size_t end = 0;
    if (*quoted) {
        const char *close = memchr(text + 1, *text, length - 1);
        end = close != NULL ? (size_t)(close - text - 1) : length - 1;
        text++;
    } else {
        while (end < length && !(text[end] == '#' && (end == 0 || text[end - 1] == ' ')))
            end++;
        end = trimmed(text, end);
    }
    if (end >= LONGEST_WORD)
        return false;
    memcpy(word, text, end);
    word[end] = '\0';
    return true;
}

static trm_status put(yaml *y, const char *name, const char *word, bool quoted)
{
    json_t *to = y->object[y->level], *value;
    if (json_object_get(to, name) != NULL)
        return trmi_fail(y->error, TRM_ERROR_FORMAT, "%.200s: line %zu: %.80s is there twice", y->what,
                         y->line, name);
    const bool opens = word[0] == '\0' && !quoted;
    value = opens ? json_object() : read_word(word, quoted);
    if (value == NULL || json_object_set_new(to, name, value) != 0)
        return fail_memory(y);
    y->open = opens ? json_object_get(to, name) : NULL;
    return TRM_OK;
}

static trm_status read_line(yaml *y, const char *text, size_t length)
{
    char name[LONGEST_WORD], word[LONGEST_WORD];
    bool quoted;
    size_t indent = 0;
    length = trimmed(text, length);
    while (indent < length && text[indent] == ' ')
        indent++;
    const char *begin = text + indent, *colon = memchr(begin, ':', length - indent);
    const size_t name_length = colon != NULL ? (size_t)(colon - begin) : 0;
    if (length == indent || strchr("#-%{[", *begin) != NULL || !find_level(y, indent) || name_length == 0 ||
        name_length >= sizeof name || (colon + 1 < text + length && colon[1] != ' '))
        return TRM_OK;
    if (memchr(text, '\0', length) != NULL)
        return trmi_fail(y->error, TRM_ERROR_FORMAT, "%.200s: line %zu: expected text, found byte 0x00",
                         y->what, y->line);
    if (length > UINT32_MAX || !trmi_is_text((const uint8_t *)text, (uint32_t)length))
        return trmi_fail(y->error, TRM_ERROR_FORMAT, "%.200s: line %zu: expected UTF-8", y->what, y->line);
    memcpy(name, begin, name_length);
    name[name_length] = '\0';
    if (!cut_value(colon + 1, (size_t)(text + length - colon - 1), word, &quoted))
        return TRM_OK;
    return put(y, name, word, quoted);
}

trm_status trmi_yaml_read(json_t **object, const char *text, size_t length, const char *what,
                          trm_error *error)
{
    yaml y = { .what = what, .error = error };
    trm_status status = TRM_OK;
    *object = y.object[0] = json_object();
    if (*object == NULL)
        return fail_memory(&y);
    for (const char *at = text, *end = text + length; at < end && status == TRM_OK;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        y.line++;
        status = read_line(&y, at, (size_t)(stop - at));
        at = stop < end ? stop + 1 : end;
    }
    if (status == TRM_OK && json_object_size(*object) == 0)
        status = trmi_fail(error, TRM_ERROR_FORMAT,
                           "%.200s: expected fields such as 'H_cycles: 3', found none", what);
    if (status != TRM_OK) {
        json_decref(*object);
        *object = NULL;
    }
    return status;
}
