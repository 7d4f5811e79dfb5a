/* Several runs of a question: who of them answers, who is dropped on the way, and what they may cost
   together. */
#include "tests/support/asked.h"

START_TEST(policies_choose_the_same_run_always)
{
    static const uint32_t views[] = { 0, 1 };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.runs = 5;
    options.maximum_steps = 6;
    options.policy = (uint32_t)_i;
    options.views = views;
    options.view_count = 2;
    options.seed = 0xfedcba9876543210u;
    expect_invariant();
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.runs[i], 5);
        ck_assert_uint_ge(got.total[i], got.steps[i]);
        ck_assert_uint_le(got.total[i], 5 * 6);
    }
    ck_assert_uint_ne(got.verdicts[2], TRM_VERDICT_VERIFIED);
}
END_TEST

/* The one halts first, or is surer: whoever solves with each run alone knows who it must be. */
START_TEST(policies_choose_by_their_rule)
{
    struct results each[COUNT];
    open_shipped("sudoku-small.trm");
    ask(sudokus, 1, 9);
    options.maximum_steps = 3;
    options.halt = 0;
    options.runs = 1;
    uint32_t surest = 0;
    for (uint32_t view = 0; view < 2; view++) {
        options.views = &view;
        options.view_count = 1;
        options.start = TRM_START_FIXED;
        solve();
        each[view] = got;
        if (got.halt_logits[0] > each[surest].halt_logits[0])
            surest = view;
    }
    static const uint32_t both[] = { 0, 1 };
    options.views = both;
    options.view_count = options.runs = 2;
    options.policy = TRM_POLICY_BEST;
    solve();
    ck_assert_mem_eq(got.tokens, each[surest].tokens, SUDOKU * sizeof *got.tokens);
    ck_assert(got.halt_logits[0] == each[surest].halt_logits[0] && got.total[0] == 6);
    ck_assert_uint_eq(got.hows[0], surest == 0 ? TRM_HOW_RUN : TRM_HOW_VIEW);
}
END_TEST

/* An open map that some views see at once, and others after many steps. */
static const char *const open_map[] = { "        # "
                                        "     #  # "
                                        "   ###  # "
                                        " ##  S    "
                                        "##  ##   #"
                                        "   #G #   "
                                        "        # "
                                        "      #   "
                                        " #  # #  #"
                                        " #  #  #  " };

static void ask_all_views(void)
{
    open_shipped("path.trm");
    ask(open_map, 1, 10);
    options.maximum_steps = 16;
    options.views = all_views;
    options.view_count = options.runs = 8;
    options.policy = TRM_POLICY_VOTE;
}

/* Of the runs alone each makes as many steps as it would in a vote where none is dropped. */
START_TEST(a_vote_drops_weak_runs)
{
    uint64_t alone = 0;
    ask_all_views();
    expect_invariant();
    const struct results voted = got;
    options.runs = 1;
    options.view_count = 1;
    for (options.views = all_views; options.views < all_views + 8; options.views++) {
        solve();
        alone += got.total[0];
    }
    ck_assert_msg(voted.total[0] > 8 && voted.total[0] < alone, "%llu of %llu steps",
                  (unsigned long long)voted.total[0], (unsigned long long)alone);
    ck_assert(voted.verdicts[0] == TRM_VERDICT_VERIFIED && voted.stops[0] == TRM_STOP_SIGNAL);
    ck_assert_uint_eq(voted.runs[0], 8);
}
END_TEST

/* Who has not stopped by itself agrees on nothing. */
START_TEST(a_vote_without_halting_goes_on)
{
    ask_all_views();
    options.halt = 0;
    solve();
    ck_assert_uint_eq(got.total[0], 8 * 16);
    options.halt = TRM_HALT_SIGNAL;
    options.candidates = 8; /* each to its own end, or until the rules call it right */
    solve();
    ck_assert(got.total[0] > 8 && got.verdicts[0] == TRM_VERDICT_VERIFIED);
}
END_TEST

START_TEST(dropped_runs_run_again_after_a_change)
{
    trm_solver *solver = NULL;
    uint32_t running = 1;
    ask_all_views();
    options.shape = &shape;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    while (running > 0)
        ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_change(solver, &questions, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_read(solver, &answers, &error), TRM_OK);
    ck_assert_uint_eq(got.total[0], 8);
    trm_solver_free(solver);
}
END_TEST

START_TEST(steps_of_all_runs_have_one_budget)
{
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.runs = 3;
    options.halt = 0;
    options.step_budget = 7;
    options.policy = TRM_POLICY_BEST;
    expect_invariant();
    for (int i = 0; i < COUNT; i++)
        ck_assert(got.total[i] == 7 && got.stops[i] == TRM_STOP_BUDGET && got.steps[i] <= 3);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("runs");
    TCase *t = tcase_create("runs");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, policies_choose_the_same_run_always, TRM_POLICY_FIRST_HALT,
                        TRM_POLICY_FIRST_VERIFIED + 1);
    tcase_add_test(t, policies_choose_by_their_rule);
    tcase_add_test(t, a_vote_drops_weak_runs);
    tcase_add_test(t, a_vote_without_halting_goes_on);
    tcase_add_test(t, dropped_runs_run_again_after_a_change);
    tcase_add_test(t, steps_of_all_runs_have_one_budget);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
