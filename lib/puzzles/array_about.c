#include "lib/puzzles/array_about.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/json_cursor.h"

enum { MOST_DEPTH = 32 };

/* A number, true, false or null: whatever word it is. */
static trm_status skip_word(trmi_json_cursor *c)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
    const char first = trmi_json_next(c);
    if (first == '\0' || strchr(letters, first) == NULL)
        return trmi_json_fail(c, "a value");
    while (c->at < c->end && *c->at != '\0' && strchr(letters, *c->at) != NULL)
        c->at++;
    return TRM_OK;
}

static trm_status skip_text(trmi_json_cursor *c)
{
    char *text;
    size_t length;
    return trmi_json_string(c, &text, &length);
}

/* A value that nobody asks for, whatever is inside it. */
static trm_status skip_value(trmi_json_cursor *c, uint32_t depth)
{
    const char first = trmi_json_next(c), last = first == '[' ? ']' : '}';
    if (first == '"')
        return skip_text(c);
    if (first != '[' && first != '{')
        return skip_word(c);
    if (depth == MOST_DEPTH)
        return trmi_json_fail(c, "a value of at most 32 levels");
    c->at++;
    if (trmi_json_take(c, last))
        return TRM_OK;
    trm_status status;
    do {
        status = first == '{' ? skip_text(c) : TRM_OK;
        if (status == TRM_OK && first == '{')
            status = trmi_json_expect(c, ':');
        if (status == TRM_OK)
            status = skip_value(c, depth + 1);
    } while (status == TRM_OK && trmi_json_take(c, ','));
    return status == TRM_OK ? trmi_json_expect(c, last) : status;
}

/* A set is a part of the names of files. */
static bool is_name(const char *text, size_t length)
{
    return length > 0 && length < TRMI_ABOUT_NAME && strlen(text) == length &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == length;
}

static trm_status read_sets(trmi_array_about *about, trmi_json_cursor *c)
{
    char *text;
    size_t length;
    TRMI_TRY(trmi_json_expect(c, '['));
    TRMI_TRY(trmi_json_string(c, &text, &length));
    if (!is_name(text, length))
        return trmi_fail(c->error, TRM_ERROR_FORMAT,
                         "expected a set's name of letters and digits, at most %d, found '%.40s'",
                         TRMI_ABOUT_NAME - 1, text);
    memcpy(about->set, text, length + 1);
    if (!trmi_json_take(c, ']'))
        return trmi_fail(c->error, TRM_ERROR_UNSUPPORTED, "expected one set, found several behind '%s'",
                         about->set);
    return TRM_OK;
}

static trm_status read_identifiers(trmi_json_cursor *c)
{
    int64_t identifiers;
    TRMI_TRY(trmi_json_whole(c, 0, UINT32_MAX, &identifiers));
    if (identifiers > 1)
        return trmi_fail(c->error, TRM_ERROR_UNSUPPORTED,
                         "expected puzzles that are not told apart by identifiers, found %" PRId64
                         " of these (num_puzzle_identifiers)",
                         identifiers);
    return TRM_OK;
}

static trm_status read_member(trmi_array_about *about, trmi_json_cursor *c)
{
    char *key;
    size_t length;
    TRMI_TRY(trmi_json_string(c, &key, &length));
    TRMI_TRY(trmi_json_expect(c, ':'));
    if (strcmp(key, "sets") == 0)
        return read_sets(about, c);
    if (strcmp(key, "seq_len") == 0)
        return trmi_json_whole(c, 1, UINT32_MAX, &about->cells);
    if (strcmp(key, "vocab_size") == 0)
        return trmi_json_whole(c, 1, UINT32_MAX, &about->vocabulary);
    if (strcmp(key, "num_puzzle_identifiers") == 0)
        return read_identifiers(c);
    return skip_value(c, 0);
}

trm_status trmi_array_about_read(trmi_array_about *about, char *text, size_t bytes, trm_error *error)
{
    trmi_json_cursor c = { text, text, text + bytes, error };
    *about = (trmi_array_about) { .set = "all" };
    if (bytes == 0)
        return TRM_OK;
    for (size_t i = 0; i < bytes; i++)
        if (text[i] == '\n')
            text[i] = ' ';
    trm_status status = trmi_json_expect(&c, '{');
    bool more = status == TRM_OK && !trmi_json_take(&c, '}');
    while (status == TRM_OK && more) {
        status = read_member(about, &c);
        more = status == TRM_OK && trmi_json_take(&c, ',');
        if (status == TRM_OK && !more)
            status = trmi_json_expect(&c, '}');
    }
    return status == TRM_OK && trmi_json_next(&c) != '\0' ? trmi_json_fail(&c, "the end of the file")
                                                          : status;
}
