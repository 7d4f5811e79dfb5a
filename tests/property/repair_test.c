/* Repairs: as few givens changed as can be, and a right answer apart from them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "tests/support/run.h"

enum { MOST = 81 };

static const char large[] =
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
static const char solved[] =
    "534678912672195348198342567859761423426853791713924856961537284287419635345286179";

static trm_model *model;
static trm_error error;
static trm_shape shape;
static trm_questions question;
static trm_solve_options options;
static int32_t asked[MOST], got[MOST];
static trm_repaired repaired;

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
    options.maximum_steps = 32;
    repaired = (trm_repaired)TRM_REPAIRED_INIT;
    open_shipped("sudoku-small.trm");
}

static void tear_down(void)
{
    trm_model_close(model);
}

static void ask(const char *text)
{
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = shape.columns = strlen(text) == 81 ? 9 : strlen(text) == 25 ? 5 : 4;
    question = (trm_questions)TRM_QUESTIONS_INIT;
    question.count = 1;
    question.tokens = asked;
    question.shapes = &shape;
    question.shape_count = 1;
    ck_assert_msg(trm_model_encode(model, &shape, text, strlen(text), asked, &error) == TRM_OK, "%s",
                  error.message);
}

/* Right apart from what it changes, and that it says how much it changes. */
static void repair(uint32_t least, uint32_t most)
{
    int32_t changed[MOST];
    uint32_t verdict, count = 0;
    ck_assert_msg(trm_repair(model, &question, &options, got, &repaired, &error) == TRM_OK, "%s",
                  error.message);
    ck_assert(repaired.verdict == TRM_VERDICT_VERIFIED && repaired.fewest == 1);
    for (uint32_t p = 0; p < shape.rows * shape.columns; p++) {
        const int differs = asked[p] != 0 && asked[p] != got[p];
        changed[p] = differs ? got[p] : asked[p];
        count += (uint32_t)differs;
    }
    ck_assert(count >= least && count <= most && repaired.changes == count);
    trm_questions mended = question;
    mended.tokens = changed;
    ck_assert_int_eq(trm_model_verify(model, &mended, got, &verdict, &error), TRM_OK);
    ck_assert_uint_eq(verdict, TRM_VERDICT_VERIFIED);
}

START_TEST(what_is_right_stays)
{
    ask(large);
    repair(0, 0);
    ck_assert(repaired.how == TRM_HOW_RUN && repaired.total_steps > 0 && repaired.halt_probability > 0.0f);
    for (int p = 0; p < 81; p++)
        ck_assert_int_eq(got[p], solved[p] - '0');
}
END_TEST

/* Each given in turn. One that leaves the question another answer has not to be repaired. */
START_TEST(one_wrong_given)
{
    ask(large);
    int32_t wanted[MOST];
    uint32_t original = 0, tried = 0;
    for (int p = 0; p < 81; p++)
        wanted[p] = solved[p] - '0';
    for (uint32_t p = 0; p < 81; p++) {
        const int32_t right = asked[p];
        if (right == 0)
            continue;
        asked[p] = right % 9 + 1;
        repair(0, 1);
        asked[p] = right;
        tried++;
        original += memcmp(got, wanted, sizeof wanted) == 0;
    }
    ck_assert_uint_gt(2 * original, tried);
}
END_TEST

START_TEST(a_clash_of_three)
{
    ask("111.............");
    repair(2, 2);
    ask("1...1...........");
    repair(1, 1);
}
END_TEST

/* A full grid with two values exchanged has to get both back. */
START_TEST(two_wrong_givens)
{
    ask(solved);
    const int32_t first = asked[0];
    asked[0] = asked[1];
    asked[1] = first;
    repair(2, 2);
    for (int p = 0; p < 81; p++)
        ck_assert_int_eq(got[p], solved[p] - '0');
}
END_TEST

START_TEST(rules_help_where_the_model_fails)
{
    ask(large);
    asked[0] = 6;
    options.maximum_steps = 1;
    options.start = TRM_START_FIXED;
    repair(1, 1);
    ck_assert(repaired.how == TRM_HOW_RULES ? !(repaired.halt_probability > 0.0f)
                                            : repaired.how == TRM_HOW_RUN);
}
END_TEST

/* Seven wrong givens of which no two clash: more sets might be left out than are tried. */
START_TEST(what_needs_too_many_tries_is_given_up)
{
    ask(".4.678.12.721..348...34.5..89......3.24.5196.7.3..2.5.961..7..42874196.5..5...1.9");
    ck_assert_msg(trm_repair(model, &question, &options, got, &repaired, &error) == TRM_OK, "%s",
                  error.message);
    ck_assert_uint_eq(repaired.verdict, TRM_VERDICT_UNVERIFIED);
    ck_assert_uint_eq(repaired.fewest, 0);
    ck_assert_uint_eq(repaired.changes, 0);
    for (int p = 0; p < MOST; p++)
        ck_assert_int_eq(got[p], 0);
}
END_TEST

START_TEST(threads_change_nothing)
{
    ask(large);
    asked[4] = 8;
    repair(1, 1);
    const trm_repaired alone = repaired;
    int32_t answer[MOST];
    memcpy(answer, got, sizeof answer);
    trm_pool *pool = NULL;
    if (trm_pool_create(3, NULL, &pool, &error) == TRM_OK)
        options.executor = trm_pool_executor(pool);
    options.batch = 4;
    repair(1, 1);
    ck_assert_mem_eq(&repaired, &alone, sizeof repaired);
    ck_assert_mem_eq(got, answer, sizeof answer);
    trm_pool_free(pool);
}
END_TEST

/* -- what is refused -- */

static trm_status tell(void *user, const trm_questions *q, size_t index, const int32_t *answer,
                       uint32_t *verdict, trm_error *why)
{
    (void)user, (void)q, (void)index, (void)answer, (void)verdict, (void)why;
    return TRM_OK;
}

static void refuse(trm_status status, int32_t *tokens, const char *sentence)
{
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trm_repair(model, &question, &options, tokens, &repaired, &error), status);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
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
    static const trm_verifier verifier = { sizeof verifier, NULL, tell };
    static const trm_allocator poor = { sizeof poor, NULL, no_memory, release_nothing };
    ask(large);
    refuse(TRM_ERROR_ARGUMENT, NULL, "found NULL for the tokens");
    options.verifier = &verifier;
    refuse(TRM_ERROR_ARGUMENT, got, "verifier: expected NULL, as repairs go by the rules");
    options.verifier = NULL;
    options.allocator = &poor;
    refuse(TRM_ERROR_MEMORY, got, "bytes to repair in");
    options.allocator = NULL;
    question.count = 2;
    refuse(TRM_ERROR_ARGUMENT, got, "count: expected 1 to 1, found 2");
    question.count = 1;
    asked[0] = -1;
    refuse(TRM_ERROR_PUZZLE, got, "expected a token from 0 to");
}
END_TEST

START_TEST(a_way_has_no_givens_to_repair)
{
    open_shipped("path.trm");
    ask("S         #             G");
    refuse(TRM_ERROR_UNSUPPORTED, got, "expected rules about values in groups to repair by, found path");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("repair");
    TCase *t = tcase_create("repair");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, what_is_right_stays);
    tcase_add_test(t, one_wrong_given);
    tcase_add_test(t, a_clash_of_three);
    tcase_add_test(t, two_wrong_givens);
    tcase_add_test(t, rules_help_where_the_model_fails);
    tcase_add_test(t, what_needs_too_many_tries_is_given_up);
    tcase_add_test(t, threads_change_nothing);
    tcase_add_test(t, what_is_no_request_is_refused);
    tcase_add_test(t, a_way_has_no_givens_to_repair);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
