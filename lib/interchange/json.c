/* jansson calls itself for each level, deeper than the stack of a small thread; it calls some failures of
 * malloc errors of the text; and when its buffer cannot grow it leaves characters out and says nothing. So
 * levels are counted before it sees the text, the text is read twice, to the same values, and after
 * a failure a check of our own tells whether the text is JSON. */
#include "lib/interchange/json.h"

#include <stdbool.h>
#include <string.h>

#include "lib/core/error.h"

/* ------------------------------------------------------------------------------------- how deep it is */

/* Brackets outside of strings. Where the text is no JSON it counts on, which can only be too much. */
static bool is_deep(const char *text, size_t length)
{
    unsigned levels = 0;
    bool inside = false;
    for (size_t i = 0; i < length && levels <= TRMI_JSON_LEVELS; i++) {
        const char c = text[i];
        if (c == '"')
            inside = !inside;
        else if (inside && c == '\\')
            i++;
        else if (!inside && (c == '[' || c == '{'))
            levels++;
        else if (!inside && (c == ']' || c == '}') && levels > 0)
            levels--;
    }
    return levels > TRMI_JSON_LEVELS;
}

/* -------------------------------------------------------------------------------------------- is it
   right? */

typedef struct reader {
    const char *at, *end;
    unsigned level;
    uint64_t objects; /* a bit for each level: is it an object? */
} reader;

static bool take(reader *r, char c)
{
    const bool found = r->at < r->end && *r->at == c;
    r->at += found;
    return found;
}

static void skip_space(reader *r)
{
    while (take(r, ' ') || take(r, '\t') || take(r, '\n') || take(r, '\r'))
        ;
}

static bool take_word(reader *r, const char *word)
{
    const size_t length = strlen(word);
    const bool found = (size_t)(r->end - r->at) >= length && memcmp(r->at, word, length) == 0;
    r->at += found ? length : 0;
    return found;
}

static bool take_digits(reader *r)
{
    const char *begin = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > begin;
}

static bool take_number(reader *r)
{
    take(r, '-');
    if (!take(r, '0') && !take_digits(r))
        return false;
    if (take(r, '.') && !take_digits(r))
        return false;
    if (!take(r, 'e') && !take(r, 'E'))
        return true;
    if (!take(r, '+'))
        take(r, '-');
    return take_digits(r);
}

/* Four digits behind \u; -1 when there are not. */
static int32_t take_unit(reader *r)
{
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        const int c = r->at < r->end ? (unsigned char)*r->at++ : 0, letter = c | 0x20;
        if (c >= '0' && c <= '9')
            unit = unit << 4 | (c - '0');
        else if (letter >= 'a' && letter <= 'f')
            unit = unit << 4 | (letter - 'a' + 10);
        else
            return -1;
    }
    return unit;
}

/* Halves of a character come in pairs. */
static bool take_escape(reader *r)
{
    if (!take(r, 'u')) {
        const bool known = r->at < r->end && *r->at != 0 && strchr("\"\\/bfnrt", *r->at) != NULL;
        r->at += known;
        return known;
    }
    const int32_t unit = take_unit(r);
    if (unit < 0xd800 || unit > 0xdfff)
        return unit >= 0;
    if (unit > 0xdbff || !take_word(r, "\\u"))
        return false;
    const int32_t other = take_unit(r);
    return other >= 0xdc00 && other <= 0xdfff;
}

/* Behind the first quote. jansson has a code of its own for what is not UTF-8. */
static bool take_string(reader *r)
{
    while (r->at < r->end && *r->at != '"') {
        const unsigned char c = (unsigned char)*r->at++;
        if (c < 0x20 || (c == '\\' && !take_escape(r)))
            return false;
    }
    return take(r, '"');
}

static bool take_key(reader *r)
{
    skip_space(r);
    if (!take(r, '"') || !take_string(r))
        return false;
    skip_space(r);
    return take(r, ':');
}

static bool is_object(const reader *r)
{
    return (r->objects >> r->level & 1) != 0;
}

/* A value without others in it, or the brackets that begin one: *opened. */
static bool take_value(reader *r, bool *opened)
{
    skip_space(r);
    const bool object = take(r, '{');
    *opened = object || take(r, '[');
    if (!*opened)
        return take(r, '"')
                   ? take_string(r)
                   : take_word(r, "true") || take_word(r, "false") || take_word(r, "null") || take_number(r);
    if (++r->level > TRMI_JSON_LEVELS)
        return false;
    r->objects = (r->objects & ~((uint64_t)1 << r->level)) | (uint64_t)object << r->level;
    skip_space(r);
    if (take(r, object ? '}' : ']')) {
        r->level--;
        *opened = false;
        return true;
    }
    return !object || take_key(r);
}

/* Behind a value: the brackets that end, then a comma, or all. */
static bool take_ends(reader *r, bool *more)
{
    skip_space(r);
    while (r->level > 0 && take(r, is_object(r) ? '}' : ']')) {
        r->level--;
        skip_space(r);
    }
    *more = r->level > 0;
    if (!*more)
        return r->at == r->end;
    return take(r, ',') && (!is_object(r) || take_key(r));
}

static bool is_json(const char *text, size_t length)
{
    reader r = { text, text + length, 0, 0 };
    bool more = true, opened;
    while (more)
        if (!take_value(&r, &opened) || (!opened && !take_ends(&r, &more)))
            return false;
    return true;
}

/* -------------------------------------------------------------------------------------------------
   reading */

/* Codes that are about the text, whatever memory there is. */
static bool blames_text(enum json_error_code code)
{
    return code == json_error_duplicate_key || code == json_error_null_character ||
           code == json_error_null_byte_in_key || code == json_error_invalid_utf8 ||
           code == json_error_numeric_overflow || code == json_error_end_of_input_expected;
}

/* -- the same values -- */

static uint64_t mix(uint64_t sum, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < bytes; i++)
        sum = (sum ^ at[i]) * 1099511628211u; /* FNV-1a */
    return sum;
}

static uint64_t digest(json_t *value);

/* Members have no order. */
static uint64_t digest_members(json_t *object)
{
    uint64_t sum = json_object_size(object);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const uint64_t member = digest(value);
        sum += mix(member, key, strlen(key));
    }
    return sum;
}

static uint64_t digest_elements(json_t *array)
{
    uint64_t sum = json_array_size(array);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const uint64_t element = digest(json_array_get(array, i));
        sum = mix(sum, &element, sizeof element);
    }
    return sum;
}

/* No deeper than the levels that are allowed. */
static uint64_t digest(json_t *value)
{
    const uint64_t kind = (uint64_t)json_typeof(value) + 1;
    const json_int_t integer = json_integer_value(value);
    const double real = json_real_value(value);
    if (json_is_object(value))
        return mix(kind, "o", 1) + digest_members(value);
    if (json_is_array(value))
        return mix(kind, "a", 1) + digest_elements(value);
    if (json_is_string(value))
        return mix(kind, json_string_value(value), json_string_length(value));
    return mix(mix(kind, &integer, sizeof integer), &real, sizeof real);
}

static json_t *load(const char *text, size_t length, json_error_t *reason)
{
    return json_loadb(text, length, JSON_REJECT_DUPLICATES, reason);
}

static json_t *load_twice(const char *text, size_t length, json_error_t *reason)
{
    json_t *first = load(text, length, reason);
    if (first == NULL)
        return NULL;
    const uint64_t sum = digest(first);
    json_decref(first);
    json_t *second = load(text, length, reason);
    if (second != NULL && digest(second) == sum)
        return second;
    json_decref(second);
    return NULL;
}

/* jansson names an option of its own to whoever writes zero characters. */
static const char *reason_of(const json_error_t *reason)
{
    return json_error_code(reason) == json_error_null_character ? "text with a zero character (\\u0000)"
                                                                : reason->text;
}

trm_status trmi_json_read(json_t **json, const char *text, size_t length, const char *what, trm_error *error)
{
    json_error_t reason = { 0 };
    *json = NULL;
    if (is_deep(text, length))
        return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s has arrays or objects in more than %d others", what,
                         TRMI_JSON_LEVELS);
    *json = load_twice(text, length, &reason);
    if (*json != NULL)
        return TRM_OK;
    if (!blames_text(json_error_code(&reason)) && is_json(text, length))
        return trmi_no_memory(error, "reading %.200s", what);
    return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: not valid JSON: %s, in line %d, at byte %d", what,
                     reason_of(&reason), reason.line, reason.position);
}
