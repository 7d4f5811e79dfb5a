/* A trace from its JSON. Everything that a trace says is looked at before it is believed. */
#define _POSIX_C_SOURCE 200809L

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/trace/traced.h"
#include "bindings/trace/words.h"

enum { MOST_POSITIONS = 65536, MOST_NAME = 4096, FOUND_BYTES = 80, NOWHERE = -1 };

/* Where a reader is, for its sentences. */
typedef struct reading {
    traced *to;
    size_t size;         /* of the JSON */
    long long run, step; /* of the lists that are read, or NOWHERE */
    const char *object;  /* else: "answer.", "grid." or "" */
    trm_status status;   /* of the first failure */
    trm_error *error;
} reading;

/* ---------------------------------------------------------------------------------------------------
   sentences */

/* False, and of several sentences the first. */
static bool refuse(reading *r, trm_status status, const char *format, ...)
{
    va_list arguments;
    if (r->status != TRM_OK)
        return false;
    r->status = status;
    va_start(arguments, format);
    if (r->error != NULL)
        vsnprintf(r->error->message, sizeof r->error->message, format, arguments);
    va_end(arguments);
    return false;
}

static bool refuse_memory(reading *r)
{
    return refuse(r, TRM_ERROR_MEMORY, "not enough memory for the trace");
}

/* What stands there, in a few words. */
static const char *describe(const json_t *value, char found[FOUND_BYTES])
{
    if (json_is_string(value))
        snprintf(found, FOUND_BYTES, "a text of %zu bytes", json_string_length(value));
    else if (json_is_integer(value))
        snprintf(found, FOUND_BYTES, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(found, FOUND_BYTES, "%.9g", json_real_value(value));
    else if (json_is_array(value))
        snprintf(found, FOUND_BYTES, "a list of %zu", json_array_size(value));
    else
        snprintf(found, FOUND_BYTES, "%s",
                 value == NULL            ? "nothing"
                 : json_is_object(value)  ? "an object"
                 : json_is_boolean(value) ? "true or false"
                                          : "null");
    return found;
}

static bool refuse_value(reading *r, const char *key, const char *expected, const json_t *value)
{
    char found[FOUND_BYTES], place[FOUND_BYTES] = "";
    if (r->run != NOWHERE && r->step != NOWHERE)
        snprintf(place, sizeof place, "runs[%lld].steps[%lld].", r->run, r->step);
    else if (r->run != NOWHERE)
        snprintf(place, sizeof place, "runs[%lld].", r->run);
    else
        snprintf(place, sizeof place, "%s", r->object);
    return refuse(r, TRM_ERROR_FORMAT, "%s%s: expected %s, found %s", place, key, expected,
                  describe(value, found));
}

/* ------------------------------------------------------------------------------------------------------
   values */

static bool take_number(reading *r, const json_t *from, const char *key, uint64_t most, uint64_t *to)
{
    char expected[FOUND_BYTES];
    const json_t *value = json_object_get(from, key);
    *to = (uint64_t)json_integer_value(value);
    if (json_is_integer(value) && json_integer_value(value) >= 0 && *to <= most)
        return true;
    snprintf(expected, sizeof expected, "a whole number up to %llu", (unsigned long long)most);
    return refuse_value(r, key, expected, value);
}

static bool take_count(reading *r, const json_t *from, const char *key, uint32_t most, uint32_t *to)
{
    uint64_t number;
    const bool good = take_number(r, from, key, most, &number);
    *to = (uint32_t)number;
    return good;
}

/* null stands for what is no number. */
static bool take_real(reading *r, const json_t *from, const char *key, float *to)
{
    const json_t *value = json_object_get(from, key);
    *to = json_is_null(value) ? NAN : (float)json_number_value(value);
    return json_is_null(value) || (json_is_number(value) && isfinite(*to)) ||
           refuse_value(r, key, "a number", value);
}

static bool is_share(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) >= 0.0 && json_number_value(value) <= 1.0;
}

static bool take_share(reading *r, const json_t *from, const char *key, float *to)
{
    const json_t *value = json_object_get(from, key);
    *to = (float)json_number_value(value);
    return is_share(value) || refuse_value(r, key, "a number from 0 to 1", value);
}

static bool take_word(reading *r, const json_t *from, const char *key, const char *(*name_of)(uint32_t),
                      uint32_t *to)
{
    const json_t *value = json_object_get(from, key);
    char expected[FOUND_BYTES * 2] = "";
    if (json_is_string(value) && value_named(json_string_value(value), name_of, to))
        return true;
    for (uint32_t i = 0; strcmp(name_of(i), "unknown") != 0; i++)
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%s",
                 i > 0 ? ", " : "one of ", name_of(i));
    return refuse_value(r, key, expected, value);
}

/* As many characters of Latin-1 as bytes at `to`. */
static bool take_text(reading *r, const json_t *from, const char *key, size_t length, char *to)
{
    char expected[FOUND_BYTES];
    const json_t *value = json_object_get(from, key);
    const unsigned char *text = (const unsigned char *)json_string_value(value);
    const size_t bytes = json_is_string(value) ? json_string_length(value) : 0;
    size_t count = 0, at = 0;
    for (; at < bytes && count < length; count++) {
        const bool beyond = text[at] > 0x7f; /* jansson reads none but good UTF-8 */
        if (text[at] > 0xc3)
            break;
        to[count] = (char)(beyond ? text[at] << 6 | (text[at + 1] & 0x3f) : text[at]);
        at += beyond ? 2 : 1;
    }
    if (json_is_string(value) && count == length && at == bytes)
        return true;
    snprintf(expected, sizeof expected, "%zu character%s of an alphabet", length, length == 1 ? "" : "s");
    return refuse_value(r, key, expected, value);
}

/* Room for `count` things, all 0; at least one. */
static bool make_room(reading *r, void *list, size_t count, size_t bytes)
{
    void *made = calloc(count > 0 ? count : 1, bytes);
    memcpy(list, &made, sizeof made);
    return made != NULL || refuse_memory(r);
}

static const json_t *take_list(reading *r, const json_t *from, const char *key, size_t least,
                               const char *what)
{
    const json_t *value = json_object_get(from, key);
    if (json_is_array(value) && json_array_size(value) >= least)
        return value;
    refuse_value(r, key, what, value);
    return NULL;
}

/* --------------------------------------------------------------------------------------- the question */

static bool read_grid(reading *r, const json_t *root)
{
    traced *t = r->to;
    const json_t *grid = json_object_get(root, "grid");
    if (json_is_null(grid))
        return true;
    if (!json_is_object(grid))
        return refuse_value(r, "grid", "an object or null", grid);
    r->object = "grid.";
    bool good = take_count(r, grid, "rows", MOST_POSITIONS, &t->rows) &&
                take_count(r, grid, "columns", MOST_POSITIONS, &t->columns) &&
                take_count(r, grid, "box_rows", t->rows, &t->box_rows) &&
                take_count(r, grid, "box_columns", t->columns, &t->box_columns);
    r->object = "";
    if (good && (uint64_t)t->rows * t->columns != t->positions)
        good = refuse(r, TRM_ERROR_FORMAT, "grid: expected %zu cells, found %u x %u", t->positions,
                      (unsigned)t->rows, (unsigned)t->columns);
    if (good && (t->box_rows == 0) != (t->box_columns == 0))
        good =
            refuse(r, TRM_ERROR_FORMAT, "grid: expected rows and columns of a box or of none, found %u x %u",
                   (unsigned)t->box_rows, (unsigned)t->box_columns);
    return good;
}

static bool refuse_list(reading *r, const traced_relation *relation, size_t list)
{
    return refuse(r, TRM_ERROR_FORMAT,
                  "relations: list %zu of '%s': expected numbers below %zu, found others", list,
                  relation->name, relation->lists);
}

static bool read_lists(reading *r, const json_t *lists, traced_relation *to)
{
    size_t count = 0, used = 0;
    for (size_t i = 0; i < to->lists; i++)
        count += json_array_size(json_array_get(lists, i));
    if (count >= UINT32_MAX)
        return refuse(r, TRM_ERROR_FORMAT, "relations: expected fewer than %u numbers in '%s', found %zu",
                      UINT32_MAX, to->name, count);
    if (!make_room(r, &to->first, to->lists + 1, sizeof *to->first) ||
        !make_room(r, &to->heard, count, sizeof *to->heard))
        return false;
    for (size_t i = 0; i < to->lists; i++) {
        const json_t *list = json_array_get(lists, i), *number;
        size_t k;
        if (!json_is_array(list))
            return refuse_list(r, to, i);
        json_array_foreach(list, k, number)
        {
            const json_int_t value = json_integer_value(number);
            if (!json_is_integer(number) || value < 0 || (uint64_t)value >= to->lists)
                return refuse_list(r, to, i);
            to->heard[used++] = (uint32_t)value;
        }
        to->first[i + 1] = (uint32_t)used;
    }
    return true;
}

static bool read_relations(reading *r, json_t *root)
{
    traced *t = r->to;
    json_t *relations = json_object_get(root, "relations"), *lists;
    const char *name;
    if (!json_is_object(relations))
        return refuse_value(r, "relations", "an object", relations);
    if (!make_room(r, &t->relations, json_object_size(relations), sizeof *t->relations))
        return false;
    json_object_foreach(relations, name, lists)
    {
        traced_relation *to = &t->relations[t->relation_count];
        if (!json_is_array(lists) || json_array_size(lists) == 0)
            return refuse(r, TRM_ERROR_FORMAT, "relations: expected lists of '%s', found none", name);
        if ((to->name = strdup(name)) == NULL)
            return refuse_memory(r);
        t->relation_count++;
        to->lists = json_array_size(lists);
        if (!read_lists(r, lists, to))
            return false;
    }
    return true;
}

static bool read_model(reading *r, const json_t *root)
{
    traced *t = r->to;
    const json_t *model = json_object_get(root, "model");
    if (!json_is_string(model) || json_string_length(model) > MOST_NAME ||
        strlen(json_string_value(model)) != json_string_length(model))
        return refuse_value(r, "model", "the name of a file", model);
    t->model = strdup(json_string_value(model));
    return t->model != NULL || refuse_memory(r);
}

static bool read_question(reading *r, json_t *root)
{
    traced *t = r->to;
    uint32_t positions = 0;
    char blank = 0;
    if (!read_model(r, root) || !take_share(r, root, "halt_threshold", &t->halt_threshold) ||
        !take_count(r, root, "positions", MOST_POSITIONS, &positions))
        return false;
    if (positions == 0)
        return refuse_value(r, "positions", "at least 1", json_object_get(root, "positions"));
    t->positions = positions;
    t->blank = NO_BLANK;
    if (!json_is_null(json_object_get(root, "blank"))) {
        if (!take_text(r, root, "blank", 1, &blank))
            return false;
        t->blank = (unsigned char)blank;
    }
    return make_room(r, &t->question, positions, 1) &&
           take_text(r, root, "question", positions, t->question) && read_grid(r, root) &&
           read_relations(r, root);
}

/* ----------------------------------------------------------------------------------------- the answer */

static bool read_answer(reading *r, const json_t *root)
{
    traced *t = r->to;
    traced_answer *a = &t->answer;
    const json_t *answer = json_object_get(root, "answer");
    if (!json_is_object(answer))
        return refuse_value(r, "answer", "an object", answer);
    r->object = "answer.";
    if (json_object_get(answer, "text") != NULL &&
        (!make_room(r, &a->text, t->positions, 1) || !take_text(r, answer, "text", t->positions, a->text)))
        return false;
    a->has_run = !json_is_null(json_object_get(answer, "run"));
    const bool good = (!a->has_run || take_count(r, answer, "run", UINT32_MAX, &a->run)) &&
                      take_word(r, answer, "stop", stop_name, &a->stop) &&
                      take_count(r, answer, "steps", UINT32_MAX, &a->steps) &&
                      take_share(r, answer, "halt_probability", &a->halt_probability) &&
                      take_word(r, answer, "verdict", verdict_name, &a->found.verdict) &&
                      take_word(r, answer, "how", how_name, &a->found.how) &&
                      take_count(r, answer, "runs", UINT32_MAX, &a->found.runs) &&
                      take_count(r, answer, "pins", UINT32_MAX, &a->found.pins) &&
                      take_number(r, answer, "total_steps", INT64_MAX, &a->found.total_steps);
    r->object = "";
    return good;
}

/* ------------------------------------------------------------------------------------------------------
   runs */

static bool read_probabilities(reading *r, const json_t *from, float *to)
{
    const size_t positions = r->to->positions;
    const json_t *list = json_object_get(from, "probabilities"), *value;
    char expected[FOUND_BYTES];
    size_t i;
    snprintf(expected, sizeof expected, "%zu numbers from 0 to 1", positions);
    if (!json_is_array(list) || json_array_size(list) != positions)
        return refuse_value(r, "probabilities", expected, list);
    json_array_foreach(list, i, value)
    {
        if (!is_share(value))
            return refuse_value(r, "probabilities", expected, value);
        to[i] = (float)json_number_value(value);
    }
    return true;
}

/* Steps of a run ascend. */
static bool read_step(reading *r, const json_t *from, size_t place)
{
    traced *t = r->to;
    traced_step *step = &t->steps[place];
    step->place = place;
    if (!take_count(r, from, "step", UINT32_MAX, &step->step) ||
        !take_text(r, from, "text", t->positions, t->texts + place * t->positions) ||
        !read_probabilities(r, from, t->probabilities + place * t->positions) ||
        !take_count(r, from, "changed", (uint32_t)t->positions, &step->changed) ||
        !take_real(r, from, "halt_logit", &step->halt_logit) ||
        !take_share(r, from, "halt_probability", &step->halt_probability) ||
        !take_word(r, from, "verdict", verdict_name, &step->verdict) ||
        !take_word(r, from, "stop", stop_name, &step->stop))
        return false;
    return step->step > (r->step > 0 ? step[-1].step : 0) ||
           refuse_value(r, "step", "numbers that ascend from 1", json_object_get(from, "step"));
}

static bool read_pins(reading *r, const json_t *from, traced_run *run)
{
    traced *t = r->to;
    const json_t *pins = take_list(r, from, "pins", 0, "a list"), *pin;
    size_t i;
    run->pins = t->pin_count;
    json_array_foreach(pins, i, pin)
    {
        traced_pin *to = &t->pins[t->pin_count++];
        if (!take_count(r, pin, "position", (uint32_t)t->positions - 1, &to->position) ||
            !take_text(r, pin, "text", 1, &to->text))
            return false;
    }
    run->pins_end = t->pin_count;
    return pins != NULL;
}

static bool read_run(reading *r, const json_t *from, traced_run *run)
{
    traced *t = r->to;
    const json_t *steps = json_object_get(from, "steps"), *step;
    size_t i;
    if (!take_count(r, from, "run", UINT32_MAX, &run->run) ||
        !take_word(r, from, "how", how_name, &run->how) ||
        !take_count(r, from, "view", UINT32_MAX, &run->view) || !read_pins(r, from, run))
        return false;
    if (r->run > 0 && run->run <= run[-1].run)
        return refuse_value(r, "run", "numbers that ascend", json_object_get(from, "run"));
    run->steps = t->step_count;
    json_array_foreach(steps, i, step)
    {
        r->step = (long long)i;
        if (!read_step(r, step, t->step_count++))
            return false;
    }
    r->step = NOWHERE;
    run->steps_end = t->step_count;
    return true;
}

/* Counts what there is to read, and makes room for it. */
static bool make_rooms(reading *r, const json_t *runs)
{
    traced *t = r->to;
    size_t i, steps = 0, pins = 0;
    const json_t *run;
    json_array_foreach(runs, i, run)
    {
        r->run = (long long)i;
        const json_t *list = take_list(r, run, "steps", 1, "at least one step");
        if (list == NULL)
            return false;
        steps += json_array_size(list);
        pins += json_array_size(json_object_get(run, "pins"));
    }
    r->run = NOWHERE;
    if (steps > r->size / 2 / t->positions) /* a probability has two bytes at least */
        return refuse(r, TRM_ERROR_FORMAT,
                      "runs: expected %zu probabilities in each of %zu steps, found fewer", t->positions,
                      steps);
    return make_room(r, &t->runs, json_array_size(runs), sizeof *t->runs) &&
           make_room(r, &t->pins, pins, sizeof *t->pins) &&
           make_room(r, &t->steps, steps, sizeof *t->steps) &&
           make_room(r, &t->texts, steps * t->positions, 1) &&
           make_room(r, &t->probabilities, steps * t->positions, sizeof *t->probabilities);
}

static bool read_runs(reading *r, const json_t *root)
{
    traced *t = r->to;
    const json_t *runs = take_list(r, root, "runs", 1, "at least one run"), *run;
    size_t i;
    bool answers = !t->answer.has_run;
    if (runs == NULL || !make_rooms(r, runs))
        return false;
    json_array_foreach(runs, i, run)
    {
        r->run = (long long)i;
        if (!read_run(r, run, &t->runs[t->run_count++]))
            return false;
        answers = answers || t->runs[i].run == t->answer.run;
    }
    r->run = NOWHERE;
    return answers || refuse(r, TRM_ERROR_FORMAT, "answer.run: expected one of the runs, found %u",
                             (unsigned)t->answer.run);
}

/* -------------------------------------------------------------------------------------------------------
   all */

/* A trace of another version may say anything but this. */
static bool read_version(reading *r, const json_t *root)
{
    const json_t *format = json_object_get(root, "format"), *version = json_object_get(root, "version");
    if (!json_is_string(format) || strcmp(json_string_value(format), "trm-trace") != 0)
        return refuse(r, TRM_ERROR_FORMAT,
                      "expected a trace of trm (\"format\": \"trm-trace\"), found other JSON");
    if (!json_is_integer(version))
        return refuse_value(r, "version", "a whole number", version);
    return json_integer_value(version) == TRACE_VERSION ||
           refuse(r, TRM_ERROR_VERSION, "expected a trace of version %d, found one of version %lld",
                  TRACE_VERSION, (long long)json_integer_value(version));
}

static json_t *parse(reading *r, const char *json, size_t size)
{
    json_error_t why;
    if (size > TRACE_MOST_BYTES) {
        refuse(r, TRM_ERROR_FORMAT, "expected a trace of at most %u bytes, found %zu",
               (unsigned)TRACE_MOST_BYTES, size);
        return NULL;
    }
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (root == NULL && json_error_code(&why) == json_error_premature_end_of_input && size > 0)
        refuse(r, TRM_ERROR_FORMAT, "expected a whole trace, found one that ends after %zu bytes", size);
    else if (root == NULL)
        refuse(r, TRM_ERROR_FORMAT,
               "expected a trace, which is JSON, found what is none: line %d, column %d: %s", why.line,
               why.column, why.text);
    return root;
}

trm_status trace_read(const char *json, size_t size, traced **made, trm_error *error)
{
    reading r = { .size = size, .run = NOWHERE, .step = NOWHERE, .object = "", .error = error };
    *made = NULL;
    json_t *root = parse(&r, json, size);
    if (root != NULL && make_room(&r, &r.to, 1, sizeof *r.to) && read_version(&r, root) &&
        read_question(&r, root) && read_answer(&r, root) && read_runs(&r, root))
        *made = r.to;
    else
        trace_free(r.to);
    json_decref(root);
    return r.status;
}
