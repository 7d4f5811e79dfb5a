/* Questions that no model can answer, or that this one cannot: each gets a status and a sentence in its
 * user's words, and no step is made for it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "tests/support/run.h"

/* `length` characters are encoded, or as many as the shape has for 0; whatever came of that, the question is
   asked. */
typedef struct bad {
    const char *what, *model;
    trm_shape shape;
    size_t length;
    trm_relation relations[2];
    size_t relation_count;
    trm_status status;
    const char *words;
} bad;

#define SHAPE(rows, columns, box_rows, box_columns, fields, positions, helpers) \
    { \
        sizeof(trm_shape), rows, columns, box_rows, box_columns, fields, positions, helpers, 0 \
    }
#define EDGE(first, heard, count, lists) \
    { \
        sizeof(trm_relation), "edge", first, heard, count, 1, lists \
    }

/* A path of three vertices, and what is none. */
static const uint32_t ends[] = { 0, 1, 3, 4 }, path[] = { 1, 0, 2, 1 }, outside[] = { 1, 0, 3, 1 },
                      falling[] = { 1, 2, 0, 1 }, twice[] = { 1, 2, 2, 1 }, back[] = { 0, 3, 1, 4 },
                      late[] = { 1, 1, 3, 4 }, beyond[] = { 0, 1, 3, 5 }, huge[] = { 0, 1, UINT32_MAX, 4 },
                      none[] = { 0, 0, 0, 0 };

static const bad cases[] = {
    { "a shape below the model's bounds",
      "sudoku-small",
      SHAPE(3, 3, 0, 0, 0, 0, 0),
      0,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "rows: expected 4 to 9, as this model takes, found 3" },
    { "a shape above them",
      "sudoku-small",
      SHAPE(16, 16, 0, 0, 0, 0, 0),
      0,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "rows: expected 4 to 9, as this model takes, found 16" },
    { "rows without columns",
      "path",
      SHAPE(10, 0, 0, 0, 0, 0, 0),
      100,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "expected rows and columns together, found 10 and 0" },
    { "rows and columns beyond all numbers",
      "path",
      SHAPE(65536, 65536, 0, 0, 0, 0, 0),
      100,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "positions, found 65536 x 65536" },
    { "a shape that contradicts its positions",
      "path",
      SHAPE(10, 10, 0, 0, 0, 99, 0),
      99,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "found 10 x 10 for 99" },
    { "a shape that contradicts the text's length",
      "path",
      SHAPE(6, 7, 0, 0, 0, 0, 0),
      41,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "expected a puzzle of 42 characters, found 41" },
    { "boxes that do not divide the grid",
      "sudoku-small",
      SHAPE(6, 6, 4, 2, 0, 0, 0),
      0,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "expected boxes that divide the grid, found boxes of 4 x 2 in 6 x 6" },
    { "half of a box",
      "sudoku-small",
      SHAPE(6, 6, 2, 0, 0, 0, 0),
      0,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "expected boxes that divide the grid, found boxes of 2 x 0 in 6 x 6" },
    { "a relation that the shape cannot have",
      "sudoku-small",
      SHAPE(7, 7, 0, 0, 0, 0, 0),
      0,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "box" },
    { "fields beyond the alphabet",
      "colouring",
      SHAPE(0, 0, 0, 0, 5, 3, 0),
      3,
      { EDGE(ends, path, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "fields: expected 2 to 4, as this model takes, found 5" },
    { "more positions than the model takes",
      "colouring",
      SHAPE(0, 0, 0, 0, 0, 20000, 0),
      3,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "positions: expected 1 to 10000, as this model takes, found 20000" },
    { "helpers that the model does not know",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 1),
      3,
      { EDGE(ends, path, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "helpers: expected 0, as this model knows none, found 1" },
    { "a puzzle of another size for a model of one",
      "sudoku-4x4",
      SHAPE(6, 6, 0, 0, 0, 0, 0),
      36,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "rows: expected 4, as this model has one size (or 0 for that), found 6" },
    { "lists that a model needs and nobody brings",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { { 0 } },
      0,
      TRM_ERROR_PUZZLE,
      "relation edge: expected lists with the question, found none" },
    { "lists that point outside",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(ends, outside, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "relation edge: expected numbers below 3, found 3 in list 1" },
    { "lists that descend",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(ends, falling, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "relation edge: expected numbers that ascend, found 0 after 2 in list 1" },
    { "a number twice",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(ends, twice, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "relation edge: expected numbers that ascend, found 2 after 2 in list 1" },
    { "offsets that fall",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(back, path, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "never fall and end at 4, found 1 after 3 for list 2" },
    { "offsets that begin late",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(late, path, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "expected offsets that begin at 0" },
    { "offsets that end beyond the numbers",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(beyond, path, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "never fall and end at 4, found 5" },
    { "an offset beyond everything",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(huge, path, 4, 3) },
      1,
      TRM_ERROR_PUZZLE,
      "never fall and end at 4, found 4294967295" },
    { "too few lists",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(ends, path, 3, 2) },
      1,
      TRM_ERROR_PUZZLE,
      "relation edge: expected 3 lists, found 2" },
    { "the same relation twice",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(ends, path, 4, 3), EDGE(ends, path, 4, 3) },
      2,
      TRM_ERROR_PUZZLE,
      "relation edge: expected once, found twice" },
    { "lists that overflow the room",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(ends, path, 4, 3) },
      1,
      TRM_ERROR_WORKSPACE,
      "expected at most 3 entries a question (trm_solve_options.heard), found 4" },
    { "empty lists, which are allowed",
      "colouring",
      SHAPE(0, 0, 0, 0, 3, 3, 0),
      0,
      { EDGE(none, NULL, 0, 3) },
      1,
      TRM_OK,
      "" },
};

static trm_model *model;
static uint32_t steps;

static void open_model(const char *name)
{
    char file[512];
    trm_error error = TRM_ERROR_INIT;
    snprintf(file, sizeof file, "%s/models/%s.trm", getenv("TRM_SOURCE_ROOT"), name);
    ck_assert_msg(trm_model_open(file, NULL, &model, &error) == TRM_OK, "%s", error.message);
}

static trm_status count_step(void *user, const trm_run_step *seen, trm_error *error)
{
    (void)user, (void)seen, (void)error;
    steps++;
    return TRM_OK;
}

/* The text of a question, blank as far as the task knows that. */
static trm_status encode(const bad *b, int32_t *tokens, trm_error *error)
{
    char text[10000];
    const size_t cells = b->shape.rows != 0 ? (size_t)b->shape.rows * b->shape.columns : b->shape.positions;
    const size_t length = b->length != 0 ? b->length : cells;
    memset(text, strcmp(b->model, "path") == 0 ? ' ' : '.', sizeof text);
    return trm_model_encode(model, &b->shape, text, length, tokens, error);
}

static trm_status solve(const bad *b, const int32_t *tokens, trm_error *error)
{
    static int32_t answer[10000];
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    const trm_watcher watcher = { sizeof watcher, NULL, count_step };
    questions.count = questions.shape_count = 1;
    questions.tokens = tokens;
    questions.shapes = &b->shape;
    questions.relations = b->relation_count > 0 ? b->relations : NULL;
    questions.relation_count = b->relation_count;
    answers.tokens = answer;
    options.watcher = &watcher;
    options.maximum_steps = 2;
    options.heard = b->status == TRM_ERROR_WORKSPACE ? 3 : 10;
    options.shape = b->status == TRM_OK ? &b->shape : NULL;
    return trm_solve(model, &questions, &answers, &options, error);
}

START_TEST(each_has_a_status_and_a_sentence)
{
    const bad *b = &cases[_i];
    static int32_t tokens[10000];
    trm_error error = TRM_ERROR_INIT;
    steps = 0;
    open_model(b->model);
    trm_status status = encode(b, tokens, &error);
    const trm_status encoded = status;
    ck_assert_msg(status == TRM_OK || status == b->status, "%s: encoded to %d, %s", b->what, (int)status,
                  error.message);
    if (status == TRM_OK || strstr(b->words, "characters") == NULL)
        status = solve(b, tokens, &error);
    ck_assert_msg(status == b->status && strstr(error.message, b->words) != NULL,
                  "%s: expected %s with '%s', found %s: %s (encoding: %s)", b->what,
                  trm_status_name(b->status), b->words, trm_status_name(status), error.message,
                  trm_status_name(encoded));
    ck_assert_msg((steps > 0) == (b->status == TRM_OK), "%s: %u steps", b->what, (unsigned)steps);
    trm_model_close(model);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("bad questions");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, each_has_a_status_and_a_sentence, 0, (int)(sizeof cases / sizeof *cases));
    suite_add_tcase(s, all);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
