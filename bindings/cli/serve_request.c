#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/serve_request.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

enum { LONGEST_ID = 200, LONGEST_NAME = 32, LONGEST_VALUE = 11 * MOST_LISTED + 1 };

/* What a request may ask for: the server's other options are not its own. */
static const char *const wishes[] = { "all-steps",   "halt-probability",
                                      "policy",      "require-verified",
                                      "runs",        "search",
                                      "seed",        "stable",
                                      "step-budget", "steps",
                                      "views",       NULL };

static bool refuse(char *sentence, const char *key, const char *expected, const json_t *found)
{
    char *text = found != NULL ? json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    snprintf(sentence, SERVE_SENTENCE, "%s: expected %s, found %.80s", key, expected,
             text != NULL ? text : "nothing");
    free(text);
    return false;
}

/* ------------------------------------------------------------------------------------------- options */

static const char *find_wish(const char *key, char name[LONGEST_NAME])
{
    snprintf(name, LONGEST_NAME, "%.31s", key);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '_' ? '-' : *at == '-' ? '_' : *at;
    for (size_t i = 0; wishes[i] != NULL; i++)
        if (strcmp(wishes[i], name) == 0)
            return wishes[i];
    return NULL;
}

static bool refuse_name(char *sentence, const char *name)
{
    const char *nearest = nearest_name(name, wishes);
    char meant[LONGEST_NAME] = "";
    if (nearest != NULL)
        snprintf(meant, sizeof meant, "%s", nearest);
    for (char *at = meant; *at != '\0'; at++)
        *at = *at == '-' ? '_' : *at;
    snprintf(sentence, SERVE_SENTENCE,
             "options: expected one of those that doc/serve.md lists, found \"%.31s\"%s%s%s", name,
             nearest != NULL ? "; did you mean \"" : "", meant, nearest != NULL ? "\"?" : "");
    return false;
}

/* The value as the command line would have it; false where it is of another kind. Numbers beyond those of
 * JSON are text. */
static bool write_value(const option *o, const json_t *value, char text[LONGEST_VALUE])
{
    const bool is_word = o->type == OPTION_CHOICE || o->type == OPTION_LIST,
               is_beyond = o->type == OPTION_NUMBER && o->most > INT64_MAX;
    if (json_is_string(value))
        return (is_word || is_beyond) &&
               snprintf(text, LONGEST_VALUE, "%s", json_string_value(value)) < LONGEST_VALUE;
    if (is_word)
        return false;
    if (json_is_integer(value))
        return snprintf(text, LONGEST_VALUE, "%lld", (long long)json_integer_value(value)) < LONGEST_VALUE;
    return json_is_real(value) &&
           snprintf(text, LONGEST_VALUE, "%.17g", json_real_value(value)) < LONGEST_VALUE;
}

/* Memory grows with the runs, and it is the server's: what it was started with itself is no request's. */
static option limited(const option *o, const solve_settings *settings)
{
    option own = *o;
    if (strcmp(o->name, "runs") == 0)
        own.most = settings->most_runs;
    return own;
}

static bool set_wish(const option *o, const char *key, const json_t *value, solve_settings *settings,
                     char *sentence)
{
    char text[LONGEST_VALUE], expected[128];
    const option own = limited(o, settings);
    if (o->type == OPTION_FLAG) {
        if (!json_is_boolean(value))
            return refuse(sentence, key, "true or false", value);
        *(bool *)((char *)settings + o->offset) = json_is_true(value);
        return true;
    }
    option_expects(&own, expected, sizeof expected);
    return (write_value(o, value, text) && option_set(&own, text, settings)) ||
           refuse(sentence, key, expected, value);
}

static bool read_wishes(serve_request *to, const cli_command *command, json_t *options, char *sentence)
{
    const char *key;
    json_t *value;
    if (options != NULL && !json_is_object(options))
        return refuse(sentence, "options", "an object", options);
    json_object_foreach(options, key, value)
    {
        char name[LONGEST_NAME];
        if (find_wish(key, name) == NULL)
            return refuse_name(sentence, key);
        if (!set_wish(option_named(command, name, strlen(name)), key, value, &to->settings, sentence))
            return false;
    }
    const char *conflict = session_conflict(&to->settings);
    if (conflict != NULL)
        snprintf(sentence, SERVE_SENTENCE, "options: %s", conflict);
    if (conflict != NULL)
        return false;
    to->wishes = options != NULL ? json_dumps(options, JSON_COMPACT | JSON_SORT_KEYS) : strdup("{}");
    return to->wishes != NULL || refuse(sentence, "request", "memory for it", NULL);
}

/* ------------------------------------------------------------------------------------------- the rest */

static bool read_id(serve_request *to, const json_t *id, char *sentence)
{
    if (!json_is_integer(id) && (!json_is_string(id) || json_string_length(id) > LONGEST_ID))
        return refuse(sentence, "id", "a whole number, or text of at most 200 bytes", id);
    to->id = json_dumps(id, JSON_ENCODE_ANY);
    return to->id != NULL || refuse(sentence, "request", "memory for it", NULL);
}

/* In milliseconds from now, no more than the server gives to each. */
static bool read_deadline(serve_request *to, const json_t *deadline, char *sentence)
{
    enum { LONGEST_DEADLINE = 1000000000 };
    const double given = to->settings.budget;
    double milliseconds = given;
    if (deadline != NULL) {
        milliseconds = json_number_value(deadline);
        if (!json_is_number(deadline) || !(milliseconds > 0.0 && milliseconds <= LONGEST_DEADLINE))
            return refuse(sentence, "deadline", "milliseconds, a number above 0, to 1000000000", deadline);
    }
    if (given > 0.0 && milliseconds > given)
        milliseconds = given;
    if (milliseconds > 0.0)
        to->deadline = to->arrival + milliseconds / 1000.0;
    return true;
}

static bool read_envelope(serve_request *to, json_t *line, const cli_command *command, char *sentence)
{
    static const char *const keys[] = { "id", "deadline", "options" };
    if (!json_is_object(line))
        return refuse(sentence, "request", "an object", line);
    if (!read_id(to, json_object_get(line, "id"), sentence) ||
        !read_deadline(to, json_object_get(line, "deadline"), sentence) ||
        !read_wishes(to, command, json_object_get(line, "options"), sentence))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_object_del(line, keys[i]);
    to->puzzle = json_dumps(line, JSON_COMPACT);
    to->puzzle_bytes = to->puzzle != NULL ? strlen(to->puzzle) : 0;
    return to->puzzle != NULL || refuse(sentence, "request", "memory for it", NULL);
}

bool serve_request_read(serve_request *to, const char *line, size_t length, const cli_command *command,
                        const solve_settings *usual, char sentence[SERVE_SENTENCE])
{
    json_error_t error;
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    memset(to, 0, sizeof *to);
    to->settings = *usual;
    to->arrival = seconds_now();
    if (root == NULL) {
        snprintf(sentence, SERVE_SENTENCE, "request: expected an object in JSON: column %d: %s", error.column,
                 error.text);
        return false;
    }
    const bool good = read_envelope(to, root, command, sentence);
    json_decref(root);
    return good;
}

void serve_request_free(serve_request *request)
{
    free(request->id);
    free(request->puzzle);
    free(request->wishes);
    memset(request, 0, sizeof *request);
}
