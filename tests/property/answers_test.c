/* Answers worth trusting: rules while solving, those of the host, search, watching. */
#include <stdbool.h>

#include "tests/support/asked.h"

/* -- rules -- */

START_TEST(changed_givens_refute_and_halt_nothing)
{
    open_new();
    const char *const texts[] = { "1234341221434321", "................" };
    ask(texts, 2, 4);
    options.halt = TRM_HALT_SIGNAL | TRM_HALT_STABLE;
    options.halt_probability = 1e-30;
    options.maximum_steps = 4;
    solve();
    ck_assert_uint_eq(got.stops[0], TRM_STOP_LIMIT);
    ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_REFUTED);
    ck_assert(got.halt_probabilities[0] == 0.0f);
    uint32_t changed = 0;
    for (int p = 0; p < 16; p++) {
        ck_assert_uint_eq(got.changed[p], got.tokens[p] != asked[p]);
        changed += got.changed[p];
    }
    ck_assert_uint_gt(changed, 0);
    ck_assert(got.stops[1] == TRM_STOP_SIGNAL && got.steps[1] == 1 && got.halt_probabilities[1] > 0.0f);
    for (int p = 16; p < 32; p++)
        ck_assert_uint_eq(got.changed[p], 0);
}
END_TEST

START_TEST(rules_end_runs_where_they_are_asked)
{
    open_shipped("sudoku-small.trm");
    ask(small, 3, 4);
    options.halt = 0;
    options.maximum_steps = 8;
    solve();
    ck_assert(got.stops[1] == TRM_STOP_LIMIT && got.steps[1] == 8 && got.verdicts[2] == TRM_VERDICT_REFUTED);
    options.policy = TRM_POLICY_FIRST_VERIFIED;
    solve();
    ck_assert(got.stops[1] == TRM_STOP_VERIFIED && got.verdicts[1] == TRM_VERDICT_VERIFIED);
    ck_assert_uint_lt(got.steps[1], 8);
    ck_assert(got.hows[1] == TRM_HOW_RUN && got.runs[1] == 1 && got.pins[1] == 0 &&
              got.total[1] == got.steps[1]);
}
END_TEST

START_TEST(what_nobody_calls_right_is_withheld)
{
    open_shipped("sudoku-small.trm");
    ask(small, 3, 4);
    options.require_verified = 1;
    options.maximum_steps = 4;
    solve();
    ck_assert_uint_eq(got.verdicts[1], TRM_VERDICT_VERIFIED);
    ck_assert_uint_eq(got.verdicts[2], TRM_VERDICT_REFUTED);
    ck_assert(got.halt_probabilities[2] == 0.0f);
    for (int p = 32; p < 48; p++)
        ck_assert(got.tokens[p] == 0 && got.probabilities[p] == 0.0f);
}
END_TEST

/* -- the host's rules -- */

static struct host {
    uint32_t verdict, calls;
    trm_status status;
} host;

static trm_status verify(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                         uint32_t *verdict, trm_error *why)
{
    struct host *h = user;
    const trm_shape *s = question->shapes;
    ck_assert(question->count == 1 && s->rows == 4 && s->box_rows == 2 && s->positions == 16 &&
              s->fields == 4);
    ck_assert_mem_eq(question->tokens, asked + index * 16, 16 * sizeof *asked);
    ck_assert(*verdict == TRM_VERDICT_UNVERIFIED && answer[0] == asked[index * 16]);
    h->calls++;
    *verdict = h->verdict;
    if (h->status != TRM_OK)
        snprintf(why->message, sizeof why->message, "the host has had enough");
    return h->status;
}

START_TEST(a_verifier_takes_the_place_of_rules)
{
    static const trm_verifier verifier = { sizeof verifier, &host, verify };
    open_shipped("sudoku-small.trm");
    ask(small, 2, 4);
    options.verifier = &verifier;
    options.maximum_steps = 3;
    host = (struct host) { .verdict = TRM_VERDICT_REFUTED };
    solve();
    ck_assert(got.stops[1] == TRM_STOP_LIMIT && got.verdicts[1] == TRM_VERDICT_REFUTED && host.calls == 6);
    host = (struct host) { .verdict = TRM_VERDICT_VERIFIED };
    solve();
    ck_assert(got.stops[0] == TRM_STOP_VERIFIED && got.steps[0] == 1 && host.calls == 2);
    host = (struct host) { .verdict = 3 };
    refuse(TRM_ERROR_ARGUMENT, "trm_verifier.verify: expected a trm_verdict, found 3");
    host = (struct host) { .status = TRM_ERROR_FILE };
    refuse(TRM_ERROR_FILE, "the host has had enough");
    ck_assert_uint_eq(host.calls, 1);
}
END_TEST

/* -- search -- */

/* What rides together changes nothing. */
START_TEST(rounds_come_in_their_order)
{
    static const char *const texts[COUNT] = {
        "..8.2.7.17.2...8..514.7.......9.2.6.3......54....5..........9......3....1..8.7.2.",
        "....4.....14.....6..29.3...2...7..9..9....5..6.5..1..35.....72...6.....1.....7.3.",
        "12345678........9................................................................"
    };
    open_shipped("sudoku-small.trm");
    ask(texts, COUNT,
        9); /* the last one has no answer, which takes looking at two givens' neighbours to see */
    options.search = 1;
    options.maximum_steps = 4;
    options.step_budget = 160; /* past round 64 */
    options.seed = (uint64_t)_i;
    expect_invariant();
    const struct results alone = got;
    for (options.runs = 2; options.runs <= 7; options.runs += 5) {
        solve();
        expect_same(&alone);
    }
    ck_assert(got.total[2] == 160 && got.stops[2] == TRM_STOP_BUDGET &&
              got.verdicts[2] == TRM_VERDICT_REFUTED);
    for (int i = 0; i < COUNT; i++)
        ck_assert(got.verdicts[i] == TRM_VERDICT_VERIFIED ? got.stops[i] == TRM_STOP_VERIFIED
                                                          : got.total[i] == 160);
}
END_TEST

/* Too hard for a few steps of one run. */
static const char *const hard[] = {
    "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4.."
};

START_TEST(search_finds_more_than_a_run)
{
    open_shipped("sudoku-small.trm");
    ask(hard, 1, 9);
    options.policy = TRM_POLICY_FIRST_VERIFIED;
    options.maximum_steps = 8;
    solve();
    ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_REFUTED);
    options.search = 1;
    options.step_budget = 4000;
    solve();
    ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_VERIFIED);
    ck_assert(got.hows[0] != TRM_HOW_RUN && got.runs[0] > 1 && got.total[0] > 8 && got.total[0] <= 4000);
    for (int p = 0; p < SUDOKU; p++)
        ck_assert(hard[0][p] == '.' || got.tokens[p] == asked[p]);
}
END_TEST

/* What is given twice in a row costs a step, whatever rides beside it and however much may be spent. */
START_TEST(search_gives_up_what_no_answer_can_keep)
{
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.search = 1;
    options.maximum_steps = 4;
    options.step_budget = 300;
    for (options.runs = 1; options.runs <= 3; options.runs += 2) {
        expect_invariant();
        ck_assert(got.verdicts[2] == TRM_VERDICT_REFUTED && got.hows[2] == TRM_HOW_RUN);
        ck_assert(got.stops[2] == TRM_STOP_LIMIT && got.steps[2] == 1 && got.total[2] == 1 &&
                  got.runs[2] == 1);
        ck_assert(got.halt_probabilities[2] == 0.0f ||
                  got.changed[2 * SUDOKU] + got.changed[2 * SUDOKU + 1] == 0);
        ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_VERIFIED);
    }
    options.require_verified = 1;
    solve();
    ck_assert(got.verdicts[2] == TRM_VERDICT_REFUTED && got.total[2] == 1);
    for (int p = 2 * SUDOKU; p < 3 * SUDOKU; p++)
        ck_assert_int_eq(got.tokens[p], 0);
}
END_TEST

/* What rides together when the time is over was made, too. */
START_TEST(search_that_time_ends_tells_its_steps)
{
    trm_solver *solver = NULL;
    open_shipped("sudoku-small.trm");
    ask(sudokus, 1, 9);
    options.search = 1;
    options.shape = &shape;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_step(solver, NULL, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_read(solver, &answers, &error), TRM_OK);
    trm_solver_free(solver);
    ck_assert(got.stops[0] == TRM_STOP_RUNNING && got.runs[0] == 1 && got.total[0] == 1);
    options.shape = NULL;
    options.budget_nanoseconds = 1;
    solve();
    ck_assert(got.stops[0] == TRM_STOP_DEADLINE && got.steps[0] == 1);
    ck_assert_uint_eq(got.runs[0], 1);
    ck_assert_uint_eq(got.total[0], 1);
}
END_TEST

/* The host's own rules may not mind. */
static trm_status doubt(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                        uint32_t *verdict, trm_error *why)
{
    (void)user, (void)question, (void)index, (void)answer, (void)why;
    *verdict = TRM_VERDICT_UNVERIFIED;
    return TRM_OK;
}

START_TEST(search_leaves_givens_to_a_verifier)
{
    static const trm_verifier verifier = { sizeof verifier, NULL, doubt };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.search = 1;
    options.maximum_steps = 2;
    options.step_budget = 20;
    options.halt = 0;
    options.verifier = &verifier;
    solve();
    ck_assert(got.total[2] == 20 && got.stops[2] == TRM_STOP_BUDGET);
}
END_TEST

/* -- watching -- */

static struct seen {
    uint64_t calls, let, views; /* steps, so many are let pass, those under another view */
    trm_status status;
} seen;

static trm_status look(void *user, const trm_run_step *step, trm_error *why)
{
    struct seen *s = user;
    ck_assert(step->size == sizeof *step && step->positions == SUDOKU && step->question < COUNT);
    ck_assert(step->step > 1 || step->changed == SUDOKU);
    ck_assert(step->probabilities[0] > 0.0f && step->tokens[0] >= 0);
    s->views += step->view > 0;
    if (s->calls++ < s->let)
        return TRM_OK;
    if (s->status != TRM_OK)
        snprintf(why->message, sizeof why->message, "enough seen");
    return s->status;
}

START_TEST(a_watcher_sees_every_step)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.maximum_steps = 3;
    options.runs = 2;
    solve();
    const struct results alone = got;
    options.watcher = &watcher;
    seen = (struct seen) { 0 };
    solve();
    expect_same(&alone);
    ck_assert_uint_eq(seen.calls, got.total[0] + got.total[1] + got.total[2]);
    seen.status = TRM_ERROR_MEMORY;
    refuse(TRM_ERROR_MEMORY, "enough seen");
}
END_TEST

/* The answers of batches before a failure are written, and nothing else is. */
START_TEST(what_was_answered_before_a_failure_stays)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.halt = 0;
    options.maximum_steps = 2;
    solve();
    const struct results whole = got;
    memset(&got, 0x5a, sizeof got);
    options.watcher = &watcher;
    seen = (struct seen) { .status = TRM_ERROR_FILE, .let = 3 };
    refuse(TRM_ERROR_FILE, "enough seen");
    ck_assert_mem_eq(got.tokens, whole.tokens, SUDOKU * sizeof *got.tokens);
    ck_assert(got.halt_logits[0] == whole.halt_logits[0] && got.total[0] == 2);
    for (size_t i = SUDOKU * sizeof *got.tokens; i < sizeof got.tokens; i++)
        ck_assert_uint_eq(((unsigned char *)got.tokens)[i], 0x5a);
    for (int i = 1; i < COUNT; i++)
        ck_assert(got.steps[i] == 0x5a5a5a5a && got.stops[i] == 0x5a5a5a5a && got.verdicts[i] == 0x5a5a5a5a);
}
END_TEST

/* A host that goes on behind a failure of its own finds every run within its limit, and all steps counted. */
START_TEST(a_failure_takes_no_run_beyond_its_limit)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    trm_solver *solver = NULL;
    uint32_t running = 7;
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.halt = 0;
    options.maximum_steps = 2;
    options.batch = COUNT;
    options.shape = &shape;
    options.watcher = &watcher;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    for (int step = 0; step < 2; step++) {
        seen = (struct seen) { .status = TRM_ERROR_FILE, .let = 1 };
        ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_ERROR_FILE);
        ck_assert_uint_eq(running, 7);
    }
    seen = (struct seen) { 0 };
    ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_read(solver, &answers, &error), TRM_OK);
    trm_solver_free(solver);
    ck_assert(running == 0 && seen.calls == 0);
    for (int i = 0; i < COUNT; i++)
        ck_assert(got.steps[i] == 2 && got.total[i] == 2 && got.stops[i] == TRM_STOP_LIMIT);
}
END_TEST

START_TEST(a_watcher_is_told_the_view)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    static const uint32_t views[] = { 0, 1 };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.watcher = &watcher;
    options.halt = 0;
    options.maximum_steps = 2;
    options.runs = 2;
    options.views = views;
    options.view_count = 2;
    seen = (struct seen) { 0 };
    solve();
    ck_assert(seen.calls == 4 * COUNT && seen.views == 2 * COUNT);
}
END_TEST

/* Whether no given beside the position has its value. */
static bool agrees_with_givens(const int32_t *tokens, int position)
{
    const int row = position / 9, column = position % 9;
    for (int p = 0; p < SUDOKU; p++) {
        const bool beside = p / 9 == row || p % 9 == column || (p / 27 == row / 3 && p % 9 / 3 == column / 3);
        if (beside && p != position && hard[0][p] != '.' && tokens[p] == tokens[position])
            return false;
    }
    return true;
}

/* Guesses stand where the question has a blank, as many as the step says, and contradict no given. */
static trm_status look_at_guesses(void *user, const trm_run_step *step, trm_error *why)
{
    uint32_t guesses = 0;
    (void)why;
    for (int p = 0; p < SUDOKU; p++)
        if (hard[0][p] != '.')
            ck_assert_int_eq(step->asked[p], asked[p]);
        else if (step->asked[p] != asked[p]) {
            ck_assert(agrees_with_givens(step->asked, p));
            guesses++;
        }
    ck_assert_uint_eq(guesses, step->pins);
    *(uint64_t *)user += guesses;
    return TRM_OK;
}

START_TEST(a_watcher_is_told_the_guesses)
{
    uint64_t guesses = 0;
    const trm_watcher watcher = { sizeof watcher, &guesses, look_at_guesses };
    open_shipped("sudoku-small.trm");
    ask(hard, 1, 9);
    options.search = 1;
    options.maximum_steps = 4;
    options.step_budget = 40;
    options.watcher = &watcher;
    solve();
    ck_assert_uint_gt(guesses, 0);
}
END_TEST

/* -- what is refused -- */

START_TEST(demands_that_contradict_are_refused)
{
    static const uint32_t views[] = { 0, 2 };
    open_shipped("sudoku-small.trm");
    ask(sudokus, 1, 9);
    options.views = views;
    options.view_count = 2;
    refuse(TRM_ERROR_ARGUMENT, "views[1]: expected a symmetry of the task in this shape");
    options.view_count = 1;
    options.search = 1;
    refuse(TRM_ERROR_ARGUMENT, "search: expected no views with it");
    options.views = NULL;
    options.view_count = 0;
    options.policy = TRM_POLICY_VOTE;
    refuse(TRM_ERROR_ARGUMENT, "search: expected TRM_POLICY_FIRST_HALT or _FIRST_VERIFIED");
    options.search = 0;
    options.runs = 2;
    options.start = TRM_START_FIXED;
    refuse(TRM_ERROR_ARGUMENT, "runs: expected at most 1, as many as there are views");
    options.start = TRM_START_MODEL;
    options.runs = options.batch = 65536;
    refuse(TRM_ERROR_ARGUMENT, "runs: expected at most 1048576 runs of a batch together");
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    open_shipped("path.trm");
    options.search = 1;
    size_t bytes;
    ck_assert_int_eq(trm_solver_measure(model, &options, &bytes, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "search: expected a task with values to guess, found path"));
}
END_TEST

/* A workspace that is measured for a run has room for that alone. */
START_TEST(runs_beyond_the_workspace_are_refused)
{
    size_t bytes;
    trm_solver *solver = NULL;
    open_shipped("path.trm");
    ck_assert_int_eq(trm_solver_measure(model, &options, &bytes, &error), TRM_OK);
    void *workspace = malloc(bytes);
    ck_assert_ptr_nonnull(workspace);
    options.workspace = workspace;
    options.workspace_size = bytes;
    options.views = all_views;
    options.view_count = options.runs = 8;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_ERROR_WORKSPACE);
    ck_assert_ptr_null(solver);
    ck_assert_ptr_nonnull(strstr(error.message, "workspace_size: expected at least"));
    free(workspace);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("answers");
    TCase *t = tcase_create("answers"), *thorough = tcase_create("thorough search");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_checked_fixture(thorough, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_set_timeout(thorough, 300);
    tcase_set_tags(thorough, "long");
    tcase_add_test(t, changed_givens_refute_and_halt_nothing);
    tcase_add_test(t, rules_end_runs_where_they_are_asked);
    tcase_add_test(t, what_nobody_calls_right_is_withheld);
    tcase_add_test(t, a_verifier_takes_the_place_of_rules);
    tcase_add_loop_test(thorough, rounds_come_in_their_order, 0, 2);
    tcase_add_test(thorough, search_finds_more_than_a_run);
    tcase_add_test(thorough, search_gives_up_what_no_answer_can_keep);
    tcase_add_test(t, search_that_time_ends_tells_its_steps);
    tcase_add_test(t, search_leaves_givens_to_a_verifier);
    tcase_add_test(t, a_watcher_sees_every_step);
    tcase_add_test(t, what_was_answered_before_a_failure_stays);
    tcase_add_test(t, a_failure_takes_no_run_beyond_its_limit);
    tcase_add_test(t, a_watcher_is_told_the_view);
    tcase_add_test(t, a_watcher_is_told_the_guesses);
    tcase_add_test(t, demands_that_contradict_are_refused);
    tcase_add_test(t, runs_beyond_the_workspace_are_refused);
    suite_add_tcase(s, t);
    suite_add_tcase(s, thorough);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
