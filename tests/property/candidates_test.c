/* Several answers of a question: which are kept, in which order, how often they were found, how sure they
   are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/run.h"

enum { S = 16, BIG = 81, MOST = 24 };

static const char two_answers[] = "..343412..434321", few_givens[] = "1...............";
static const char hard[] =
    "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";

static trm_model *model;
static trm_error error;
static trm_shape shape;
static trm_solve_options options;
static int32_t asked[BIG];

static struct found {
    int32_t tokens[MOST * BIG];
    uint32_t counts[MOST], verdicts[MOST], hows[MOST], count;
    float confidences[MOST];
    uint64_t total;
    int32_t answer[BIG];
} got;

static void set_up(void)
{
    char path[4096];
    error = (trm_error)TRM_ERROR_INIT;
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    snprintf(path, sizeof path, "%s/models/sudoku-small.trm", getenv("TRM_SOURCE_ROOT"));
    ck_assert_msg(trm_model_open(path, NULL, &model, &error) == TRM_OK, "%s", error.message);
}

static void tear_down(void)
{
    trm_model_close(model);
}

static trm_questions questions_of(const char *text)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = shape.columns = strlen(text) == BIG ? 9 : 4;
    ck_assert_int_eq(trm_model_encode(model, &shape, text, strlen(text), asked, &error), TRM_OK);
    questions.count = 1;
    questions.tokens = asked;
    questions.shapes = &shape;
    questions.shape_count = 1;
    options.shape = &shape;
    return questions;
}

static trm_candidates candidates_to(struct found *to)
{
    trm_candidates candidates = TRM_CANDIDATES_INIT;
    candidates.room = MOST;
    candidates.tokens = to->tokens;
    candidates.counts = to->counts;
    candidates.verdicts = to->verdicts;
    candidates.confidences = to->confidences;
    candidates.hows = to->hows;
    return candidates;
}

/* In a workspace of the size that was measured. */
static void solve(const char *text)
{
    const trm_questions questions = questions_of(text);
    const trm_candidates candidates = candidates_to(&got);
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_solver *solver = NULL;
    uint32_t running = 1;
    memset(&got, 0, sizeof got);
    answers.tokens = got.answer;
    answers.total_steps = &got.total;
    ck_assert_msg(trm_solver_measure(model, &options, &options.workspace_size, &error) == TRM_OK, "%s",
                  error.message);
    options.workspace = malloc(options.workspace_size);
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    while (running > 0)
        ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_read(solver, &answers, &error), TRM_OK);
    if (options.candidates > 0)
        ck_assert_int_eq(trm_solver_candidates(solver, 0, &candidates, &got.count, &error), TRM_OK);
    trm_solver_free(solver);
    free(options.workspace);
    options.workspace = NULL;
}

static void expect_distinct_and_right(uint32_t positions)
{
    for (uint32_t i = 0; i < got.count; i++) {
        uint32_t verdict;
        trm_questions questions = TRM_QUESTIONS_INIT;
        questions.count = 1;
        questions.tokens = asked;
        questions.shapes = &shape;
        questions.shape_count = 1;
        ck_assert_int_eq(trm_model_verify(model, &questions, got.tokens + i * positions, &verdict, &error),
                         TRM_OK);
        ck_assert(verdict == TRM_VERDICT_VERIFIED && got.verdicts[i] == verdict);
        ck_assert(got.confidences[i] == 1.0f && got.counts[i] >= 1);
        for (uint32_t k = 0; k < i; k++)
            ck_assert_int_ne(memcmp(got.tokens + i * positions, got.tokens + k * positions, positions * 4),
                             0);
    }
}

START_TEST(a_search_finds_both_answers)
{
    options.search = 1;
    options.step_budget = 600;
    solve(two_answers);
    const struct found alone = got;
    options.candidates = 5;
    solve(two_answers);
    ck_assert_uint_eq(got.count, 2);
    expect_distinct_and_right(S);
    ck_assert_mem_eq(got.answer, alone.answer, sizeof got.answer);
    ck_assert_uint_eq(got.total, 600); /* there might have been a third */
    ck_assert_uint_lt(alone.total, 600);
}
END_TEST

START_TEST(it_ends_when_there_are_enough)
{
    options.search = 1;
    options.candidates = 12;
    solve(few_givens);
    ck_assert_uint_eq(got.count, 12);
    ck_assert_uint_lt(got.total, 4096);
    expect_distinct_and_right(S);
}
END_TEST

static void expect_same(const struct found *wanted)
{
    ck_assert_mem_eq(&got, wanted, sizeof got);
}

START_TEST(what_rides_together_changes_nothing)
{
    options.search = 1;
    options.candidates = 20;
    options.step_budget = 300;
    options.maximum_steps = 16;
    options.seed = (uint64_t)_i;
    solve(few_givens);
    const struct found alone = got;
    trm_pool *pool = NULL;
    if (trm_pool_create(3, NULL, &pool, &error) == TRM_OK)
        options.executor = trm_pool_executor(pool);
    for (options.runs = 2; options.runs <= 7; options.runs += 5) {
        solve(few_givens);
        expect_same(&alone);
    }
    trm_pool_free(pool);
}
END_TEST

/* -- where nobody can tell -- */

static struct ends {
    int32_t tokens[MOST][BIG];
    float halt_probabilities[MOST];
} ends;

static trm_status note(void *user, const trm_run_step *seen, trm_error *why)
{
    struct ends *to = user;
    (void)why;
    memcpy(to->tokens[seen->run], seen->tokens, seen->positions * sizeof *seen->tokens);
    to->halt_probabilities[seen->run] = seen->halt_probability;
    return TRM_OK;
}

static trm_status cannot_tell(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                              uint32_t *verdict, trm_error *why)
{
    (void)user, (void)question, (void)index, (void)answer, (void)verdict, (void)why;
    return TRM_OK;
}

/* Of the runs that a watcher has seen end: who has most votes comes first, the surest tells how likely it
   is. */
START_TEST(confidences_are_those_of_the_surest_runs)
{
    static const trm_verifier verifier = { sizeof verifier, NULL, cannot_tell };
    static const trm_watcher watcher = { sizeof watcher, &ends, note };
    options.verifier = &verifier;
    options.watcher = &watcher;
    options.candidates = MOST;
    options.runs = 6;
    options.maximum_steps = 12;
    solve("1.......3...4..2");
    uint32_t counted = 0;
    float before = 6.0f;
    for (uint32_t i = 0; i < got.count; i++) {
        float votes = 0.0f, surest = 0.0f;
        uint32_t count = 0;
        for (uint32_t run = 0; run < options.runs; run++)
            if (memcmp(ends.tokens[run], got.tokens + i * S, S * sizeof(int32_t)) == 0) {
                const float sure = ends.halt_probabilities[run];
                votes += sure;
                surest = sure > surest ? sure : surest;
                count++;
            }
        ck_assert(got.counts[i] == count && got.verdicts[i] == TRM_VERDICT_UNVERIFIED);
        ck_assert(got.confidences[i] == surest && votes <= before);
        before = votes;
        counted += count;
    }
    ck_assert_uint_eq(counted, 6);
}
END_TEST

START_TEST(refuted_answers_are_no_candidates_for_those_who_require_right_ones)
{
    options.candidates = 4;
    options.maximum_steps = 3;
    solve(hard);
    ck_assert(got.count == 1 && got.verdicts[0] == TRM_VERDICT_REFUTED && got.confidences[0] == 0.0f);
    options.require_verified = 1;
    solve(hard);
    ck_assert_uint_eq(got.count, 0);
}
END_TEST

START_TEST(the_weakest_leaves)
{
    static const trm_verifier verifier = { sizeof verifier, NULL, cannot_tell };
    options.verifier = &verifier;
    options.runs = 8;
    options.maximum_steps = 2;
    options.candidates = MOST;
    solve(hard);
    const struct found all = got;
    ck_assert_uint_gt(all.count, 2);
    options.candidates = 2;
    solve(hard);
    ck_assert_uint_eq(got.count, 2);
    ck_assert_mem_eq(got.tokens, all.tokens, BIG * sizeof *got.tokens);
}
END_TEST

/* -- what is refused -- */

static void refuse(const trm_solver *solver, uint32_t question, const trm_candidates *to,
                   const char *sentence)
{
    uint32_t count = 7;
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trm_solver_candidates(solver, question, to, &count, &error), TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
    ck_assert_uint_eq(count, 7);
}

START_TEST(what_is_no_request_is_refused)
{
    const trm_questions questions = questions_of(two_answers);
    trm_candidates to = candidates_to(&got);
    trm_solver *solver = NULL;
    refuse(NULL, 0, &to, "found NULL for the solver");
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    refuse(solver, 0, &to, "expected one made with trm_solve_options.candidates");
    trm_solver_free(solver);
    options.candidates = 3;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    refuse(solver, 0, &to, "questions loaded, 0, found 0");
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    refuse(solver, 1, &to, "questions loaded, 1, found 1");
    refuse(solver, 0, NULL, "found NULL for the candidates");
    to.size = 3;
    refuse(solver, 0, &to, "trm_candidates.size");
    to = candidates_to(&got);
    ck_assert_int_eq(trm_solver_candidates(solver, 0, &to, &got.count, &error), TRM_OK);
    ck_assert_uint_eq(got.count, 0); /* no run has ended */
    trm_solver_free(solver);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("candidates");
    TCase *t = tcase_create("candidates");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, a_search_finds_both_answers);
    tcase_add_test(t, it_ends_when_there_are_enough);
    tcase_add_loop_test(t, what_rides_together_changes_nothing, 0, 2);
    tcase_add_test(t, confidences_are_those_of_the_surest_runs);
    tcase_add_test(t, refuted_answers_are_no_candidates_for_those_who_require_right_ones);
    tcase_add_test(t, the_weakest_leaves);
    tcase_add_test(t, what_is_no_request_is_refused);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
