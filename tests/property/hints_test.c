/* Hints: what plain rules force is forced, what the model says is in an answer that the rules call right. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "tests/support/run.h"

enum { S = 81, MOST = 128 };

static const char easy[] =
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
static const char hard[] =
    "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";

static trm_model *model;
static trm_error error;
static trm_shape shape;
static trm_questions question;
static trm_solve_options options;
static int32_t asked[MOST];
static uint32_t side;

static struct results {
    uint32_t positions[MOST], reasons[MOST], end, clash[2], count;
    int32_t tokens[MOST];
    float confidences[MOST];
    const char *relations[MOST];
} got;
static trm_hints hints;

static void open_shipped(const char *name)
{
    char path[4096];
    trm_model_close(model);
    snprintf(path, sizeof path, "%s/models/%s", getenv("TRM_SOURCE_ROOT"), name);
    ck_assert_msg(trm_model_open(path, NULL, &model, &error) == TRM_OK, "%s", error.message);
}

static void set_up(void)
{
    model = NULL;
    error = (trm_error)TRM_ERROR_INIT;
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    hints = (trm_hints)TRM_HINTS_INIT;
    memset(&got, 0xff, sizeof got);
    hints.room = MOST;
    hints.positions = got.positions;
    hints.tokens = got.tokens;
    hints.reasons = got.reasons;
    hints.confidences = got.confidences;
    hints.relations = got.relations;
    hints.end = &got.end;
    hints.clash = got.clash;
    open_shipped("sudoku-small.trm");
}

static void tear_down(void)
{
    trm_model_close(model);
}

static void ask(const char *text)
{
    for (side = 1; side * side < strlen(text); side++)
        ;
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = shape.columns = side;
    question = (trm_questions)TRM_QUESTIONS_INIT;
    question.count = 1;
    question.tokens = asked;
    question.shapes = &shape;
    question.shape_count = 1;
    ck_assert_msg(trm_model_encode(model, &shape, text, strlen(text), asked, &error) == TRM_OK, "%s",
                  error.message);
}

static void hint(void)
{
    ck_assert_msg(trm_hint(model, &question, &options, &hints, &got.count, &error) == TRM_OK, "%s",
                  error.message);
}

/* -- what a reason says, found out anew -- */

static bool share(const char *relation, uint32_t a, uint32_t b)
{
    const uint32_t box = side == 9 ? 3 : 2;
    if (strcmp(relation, "row") == 0)
        return a / side == b / side;
    if (strcmp(relation, "column") == 0)
        return a % side == b % side;
    ck_assert_str_eq(relation, "box");
    return a / side / box == b / side / box && a % side / box == b % side / box;
}

static bool may_have(const int32_t *tokens, uint32_t position, int32_t token)
{
    for (uint32_t p = 0; p < side * side; p++)
        if (p != position && tokens[p] == token &&
            (share("row", p, position) || share("column", p, position) || share("box", p, position)))
            return false;
    return tokens[position] == 0;
}

static uint32_t open_beside(const int32_t *tokens, const char *relation, uint32_t position)
{
    uint32_t open = 0;
    for (uint32_t p = 0; p < side * side; p++)
        open += p != position && tokens[p] == 0 && share(relation, p, position);
    return open;
}

static uint32_t places_beside(const int32_t *tokens, const char *relation, uint32_t position, int32_t token)
{
    uint32_t places = 0;
    for (uint32_t p = 0; p < side * side; p++)
        places += p != position && share(relation, p, position) && may_have(tokens, p, token);
    return places;
}

static uint32_t values_beside(const int32_t *tokens, uint32_t position, int32_t token)
{
    uint32_t values = 0;
    for (int32_t t = 1; t <= (int32_t)side; t++)
        values += t != token && may_have(tokens, position, t);
    return values;
}

static void expect_reason(const int32_t *tokens, uint32_t i)
{
    const uint32_t position = got.positions[i];
    ck_assert(may_have(tokens, position, got.tokens[i]));
    switch (got.reasons[i]) {
    case TRM_REASON_LAST:
        ck_assert_uint_eq(open_beside(tokens, got.relations[i], position), 0);
        break;
    case TRM_REASON_PLACE:
        ck_assert_uint_eq(places_beside(tokens, got.relations[i], position, got.tokens[i]), 0);
        break;
    case TRM_REASON_VALUE:
        ck_assert(values_beside(tokens, position, got.tokens[i]) == 0 && *got.relations[i] == '\0');
        break;
    default:
        ck_assert(got.reasons[i] == TRM_REASON_MODEL && *got.relations[i] == '\0');
        return;
    }
    ck_assert(got.confidences[i] == 1.0f);
}

/* Follows all hints, to a right answer. Returns how many were the model's. */
static uint32_t follow(void)
{
    int32_t tokens[MOST];
    uint32_t verdict, of_model = 0;
    memcpy(tokens, asked, sizeof tokens);
    for (uint32_t i = 0; i < got.count; i++) {
        expect_reason(tokens, i);
        tokens[got.positions[i]] = got.tokens[i];
        of_model += got.reasons[i] == TRM_REASON_MODEL;
    }
    ck_assert_uint_eq(got.end, TRM_HINTS_DONE);
    ck_assert_int_eq(trm_model_verify(model, &question, tokens, &verdict, &error), TRM_OK);
    ck_assert_uint_eq(verdict, TRM_VERDICT_VERIFIED);
    return of_model;
}

START_TEST(plain_rules_come_first)
{
    ask(easy);
    options.maximum_steps = 1; /* nobody asks the model */
    hint();
    ck_assert_uint_eq(got.count, 51);
    ck_assert_uint_eq(follow(), 0);
    const struct results all = got;
    hints.room = 1;
    for (uint32_t i = 0; i < all.count; i++) {
        hint();
        ck_assert(got.count == 1 && got.positions[0] == all.positions[i] && got.tokens[0] == all.tokens[i]);
        ck_assert_uint_eq(got.end, i + 1 < all.count ? TRM_HINTS_MORE : TRM_HINTS_DONE);
        asked[got.positions[0]] = got.tokens[0];
    }
    hint();
    ck_assert(got.count == 0 && got.end == TRM_HINTS_DONE);
}
END_TEST

START_TEST(the_model_helps_where_rules_force_nothing)
{
    ask(hard);
    options.search = 1;
    options.maximum_steps = 8;
    options.step_budget = 4000;
    hint();
    ck_assert_uint_gt(follow(), 0);
    const struct results all = got;
    trm_pool *pool = NULL;
    if (trm_pool_create(3, NULL, &pool, &error) == TRM_OK)
        options.executor = trm_pool_executor(pool);
    options.runs = 3;
    hint();
    ck_assert_mem_eq(&got, &all, sizeof got);
    trm_pool_free(pool);
}
END_TEST

START_TEST(no_hint_leads_astray)
{
    ask(hard);
    options.maximum_steps = 4; /* not enough for a right answer */
    hint();
    ck_assert_uint_eq(got.end, TRM_HINTS_UNKNOWN);
    for (uint32_t i = 0; i < got.count; i++)
        ck_assert_uint_ne(got.reasons[i], TRM_REASON_MODEL);
}
END_TEST

START_TEST(what_has_no_answer_is_told)
{
    static const struct {
        const char *text;
        uint32_t clash[2];
    } cases[] = { { "11..............", { 0, 1 } },
                  { "123....4........", { 3, 3 } },
                  { "3.....1..1......", { 1, 1 } } /* 1 has no place in row 1 */ };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask(cases[i].text);
        hint();
        ck_assert(got.count == 0 && got.end == TRM_HINTS_CLASH);
        ck_assert_uint_eq(got.clash[0], cases[i].clash[0]);
        ck_assert_uint_eq(got.clash[1], cases[i].clash[1]);
    }
}
END_TEST

/* The surest first, and none for what stays as it is. */
START_TEST(a_way_has_hints)
{
    open_shipped("path.trm");
    ask("S   ## #  #   #  # ##   G");
    hint();
    ck_assert(got.end == TRM_HINTS_DONE && got.count >= 7);
    for (uint32_t i = 0; i < got.count; i++) {
        char character;
        trm_shape one = TRM_SHAPE_INIT;
        int32_t tokens[25];
        char text[25];
        memcpy(tokens, asked, sizeof tokens);
        tokens[got.positions[i]] = got.tokens[i];
        one.rows = one.columns = 5;
        ck_assert_int_eq(trm_model_decode(model, &one, tokens, 25, text, &error), TRM_OK);
        character = text[got.positions[i]];
        ck_assert(character == 'o' && got.reasons[i] == TRM_REASON_MODEL);
        ck_assert(i == 0 || got.confidences[i] <= got.confidences[i - 1]);
    }
}
END_TEST

static trm_status refute(void *user, const trm_questions *q, size_t index, const int32_t *answer,
                         uint32_t *verdict, trm_error *why)
{
    (void)user, (void)q, (void)index, (void)answer, (void)why;
    *verdict = TRM_VERDICT_REFUTED;
    return TRM_OK;
}

START_TEST(a_verifier_takes_the_place_of_rules)
{
    static const trm_verifier verifier = { sizeof verifier, NULL, refute };
    ask(easy);
    options.verifier = &verifier;
    options.maximum_steps = 2;
    hint();
    ck_assert(got.count == 0 && got.end == TRM_HINTS_UNKNOWN);
}
END_TEST

/* -- what is refused -- */

static void refuse(trm_status status, const trm_questions *q, const trm_hints *to, const char *sentence)
{
    uint32_t count = 7;
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trm_hint(model, q, &options, to, &count, &error), status);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
    ck_assert_uint_eq(count, 7);
}

static void *no_memory(void *user, size_t bytes)
{
    (void)user, (void)bytes;
    return NULL;
}

static void release_nothing(void *user, void *pointer)
{
    (void)user, (void)pointer;
}

START_TEST(what_is_no_request_is_refused)
{
    static const trm_allocator poor = { sizeof poor, NULL, no_memory, release_nothing };
    ask(easy);
    refuse(TRM_ERROR_ARGUMENT, &question, NULL, "found NULL for the hints");
    refuse(TRM_ERROR_ARGUMENT, NULL, &hints, "questions: expected a trm_questions");
    hints.room = 0;
    refuse(TRM_ERROR_ARGUMENT, &question, &hints, "trm_hints.room: expected 1 or more, found 0");
    hints.room = 1;
    options.policy = 9;
    refuse(TRM_ERROR_ARGUMENT, &question, &hints, "policy: expected 0 to 4, found 9");
    options.policy = 0;
    asked[3] = 99;
    refuse(TRM_ERROR_PUZZLE, &question, &hints, "expected a token from 0 to");
    asked[3] = 0;
    question.count = 2;
    refuse(TRM_ERROR_ARGUMENT, &question, &hints, "count: expected 1 to 1, found 2");
    question.count = 1;
    options.allocator = &poor;
    refuse(TRM_ERROR_MEMORY, &question, &hints, "bytes to work hints out in");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("hints");
    TCase *t = tcase_create("hints");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, plain_rules_come_first);
    tcase_add_test(t, the_model_helps_where_rules_force_nothing);
    tcase_add_test(t, no_hint_leads_astray);
    tcase_add_test(t, what_has_no_answer_is_told);
    tcase_add_test(t, a_way_has_hints);
    tcase_add_test(t, a_verifier_takes_the_place_of_rules);
    tcase_add_test(t, what_is_no_request_is_refused);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
