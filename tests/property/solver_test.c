/* The promises of trm.h about solving: when puzzles stop, what they answer, and that threads may share a
   model. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>

#include "tests/support/random_solve.h"

/* ------------------------------------------------------------------------------------------- halting */

/* The step at which the rules of trm.h stop a puzzle with that history, and why. */
static uint32_t expected_stop(const result history[STEPS], int puzzle, uint32_t halt, uint32_t stable,
                              double probability, uint32_t *why)
{
    const size_t s = config.positions, at = (size_t)puzzle * s;
    uint32_t same = 1;
    for (uint32_t step = 1; step <= STEPS; step++) {
        const result *now = &history[step - 1];
        if (step > 1)
            same = memcmp(now->tokens + at, history[step - 2].tokens + at, s * sizeof *now->tokens) == 0
                       ? same + 1
                       : 1;
        const bool signal =
            probability == 0.0 ? now->halt_logits[puzzle] > 0 : now->halt_probabilities[puzzle] > probability;
        *why = (halt & TRM_HALT_SIGNAL) != 0 && signal           ? TRM_STOP_SIGNAL
               : (halt & TRM_HALT_STABLE) != 0 && same >= stable ? TRM_STOP_STABLE
               : step == STEPS                                   ? TRM_STOP_LIMIT
                                                                 : TRM_STOP_RUNNING;
        if (*why != TRM_STOP_RUNNING)
            return step;
    }
    return 0;
}

/* Solves with these rules; each puzzle must have the answer of its own step. Adds up how often each reason
 * occurred. */
static void check_halting(uint32_t halt, uint32_t stable, double probability, uint32_t seen[5])
{
    static result history[STEPS], got;
    record(history);
    trm_solve_options options = options_with(halt, STEPS, 2);
    options.stable_steps = stable;
    options.halt_probability = probability;
    solve_all(&options, &got);
    for (int puzzle = 0; puzzle < COUNT; puzzle++) {
        uint32_t why;
        const uint32_t step = expected_stop(history, puzzle, halt, stable, probability, &why);
        ck_assert_uint_eq(got.steps[puzzle], step);
        ck_assert_uint_eq(got.stops[puzzle], why);
        expect_same_puzzle(&got, &history[step - 1], puzzle);
        if (step > 1)
            seen[why]++;
    }
}

START_TEST(stops_by_signal_stability_and_limit)
{
    uint32_t seen[5] = { 0 };
    tear_down();
    for (uint64_t stream = 100; stream < 120; stream++) {
        open_random(stream % 2 != 0 ? TRM_BLOCK_MIXER : TRM_BLOCK_ATTENTION, stream);
        check_halting(0, 0, 0.0, seen);
        check_halting(TRM_HALT_SIGNAL, 0, 0.0, seen);
        check_halting(TRM_HALT_SIGNAL, 0, 0.8, seen);
        check_halting(TRM_HALT_SIGNAL, 0, 0.2, seen);
        check_halting(TRM_HALT_STABLE, 2, 0.0, seen);
        check_halting(TRM_HALT_STABLE | TRM_HALT_SIGNAL, 3, 0.0, seen);
        tear_down();
    }
    set_up();
    ck_assert_uint_gt(seen[TRM_STOP_SIGNAL], 0);
    ck_assert_uint_gt(seen[TRM_STOP_STABLE], 0);
    ck_assert_uint_gt(seen[TRM_STOP_LIMIT], 0);
}
END_TEST

START_TEST(zero_maximum_steps_is_the_models_number)
{
    static result got;
    const trm_solve_options options = options_with(0, 0, 1);
    solve_all(&options, &got);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.steps[i], config.maximum_steps);
        ck_assert_uint_eq(got.stops[i], TRM_STOP_LIMIT);
    }
}
END_TEST

START_TEST(a_spent_budget_leaves_one_step_each)
{
    static result history[STEPS], got;
    record(history);
    trm_solve_options options = options_with(0, STEPS, 2);
    options.budget_nanoseconds = 1;
    solve_all(&options, &got);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.steps[i], 1);
        ck_assert_uint_eq(got.stops[i], TRM_STOP_DEADLINE);
        expect_same_puzzle(&got, &history[0], i);
    }
}
END_TEST

START_TEST(a_large_budget_changes_nothing)
{
    static result history[STEPS], got;
    record(history);
    trm_solve_options options = options_with(0, STEPS, 2);
    options.budget_nanoseconds = UINT64_MAX;
    solve_all(&options, &got);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.stops[i], TRM_STOP_LIMIT);
        expect_same_puzzle(&got, &history[STEPS - 1], i);
    }
}
END_TEST

START_TEST(a_step_after_the_last_does_nothing)
{
    static result before, after;
    const trm_solve_options options = options_with(0, 2, COUNT);
    trm_solver *solver = solver_with(&options);
    load_all(solver);
    ck_assert_uint_eq(step_once(solver), COUNT);
    ck_assert_uint_eq(step_once(solver), 0);
    read_all(solver, &before);
    ck_assert_uint_eq(step_once(solver), 0);
    read_all(solver, &after);
    ck_assert_mem_eq(&before, &after, sizeof before);
    trm_solver_free(solver);
}
END_TEST

START_TEST(loading_again_starts_afresh)
{
    static result first, second;
    const trm_solve_options options = options_with(0, 3, COUNT);
    trm_solver *solver = solver_with(&options);
    for (int run = 0; run < 2; run++) {
        load_all(solver);
        for (int step = 0; step < 3; step++)
            step_once(solver);
        read_all(solver, run == 0 ? &first : &second);
    }
    ck_assert_mem_eq(&first, &second, sizeof first);
    trm_solver_free(solver);
}
END_TEST

/* ------------------------------------------------------------------------------------------- answers */

/* The share of a logit among `count`, under the model's likelihood. */
static double share(const float *row, size_t count, size_t of)
{
    double sum = 0, part = 0;
    for (size_t k = 0; k < count; k++) {
        const double v = (double)row[k];
        const double size = config.likelihood == TRM_LIKELIHOOD_SOFTMAX ? exp(v)
                            : v >= 0                                    ? v + 1
                                                                        : 1 / (1 - v);
        sum += size;
        part = k == of ? size : part;
    }
    return part / sum;
}

START_TEST(answers_follow_from_the_logits)
{
    static result r;
    tear_down();
    likelihood = (trm_likelihood)_i;
    set_up();
    const trm_solve_options options = options_with(0, 2, COUNT);
    solve_all(&options, &r);
    const size_t v = config.vocabulary;
    for (size_t i = 0; i < COUNT * config.positions; i++) {
        const float *row = r.logits + i * v;
        size_t best = 0;
        for (size_t k = 1; k < v; k++)
            best = row[k] > row[best] ? k : best;
        ck_assert_int_eq(r.tokens[i], (int32_t)best);
        ck_assert_double_eq_tol((double)r.probabilities[i], share(row, v, best), 1e-6);
    }
    for (int i = 0; i < COUNT; i++)
        ck_assert_double_eq_tol((double)r.halt_probabilities[i], 1 / (1 + exp(-(double)r.halt_logits[i])),
                                1e-6);
}
END_TEST

START_TEST(each_answer_may_be_left_out)
{
    static result all, one;
    const trm_solve_options options = options_with(0, 2, 2);
    solve_all(&options, &all);
    for (int wanted = 0; wanted <= 8; wanted++) {
        trm_answers answers = answers_into(&one);
        answers.tokens = wanted == 1 ? answers.tokens : NULL;
        answers.probabilities = wanted == 2 ? answers.probabilities : NULL;
        answers.logits = wanted == 3 ? answers.logits : NULL;
        answers.halt_probabilities = wanted == 4 ? answers.halt_probabilities : NULL;
        answers.halt_logits = wanted == 5 ? answers.halt_logits : NULL;
        answers.continue_logits = wanted == 6 ? answers.continue_logits : NULL;
        answers.steps = wanted == 7 ? answers.steps : NULL;
        answers.stops = wanted == 8 ? answers.stops : NULL;
        const trm_questions questions = all_questions();
        trm_error error = TRM_ERROR_INIT;
        expect_ok(trm_solve(model, &questions, &answers, &options, &error), &error);
        ck_assert(answers.tokens == NULL || memcmp(one.tokens, all.tokens, sizeof all.tokens) == 0);
        ck_assert(answers.probabilities == NULL ||
                  memcmp(one.probabilities, all.probabilities, sizeof all.probabilities) == 0);
        ck_assert(answers.logits == NULL || memcmp(one.logits, all.logits, sizeof all.logits) == 0);
        ck_assert(answers.halt_logits == NULL ||
                  memcmp(one.halt_logits, all.halt_logits, sizeof all.halt_logits) == 0);
        ck_assert(answers.steps == NULL || memcmp(one.steps, all.steps, sizeof all.steps) == 0);
        ck_assert(answers.stops == NULL || memcmp(one.stops, all.stops, sizeof all.stops) == 0);
    }
}
END_TEST

START_TEST(no_identifiers_means_zeros)
{
    static result given, none;
    memset(identifiers, 0, sizeof identifiers);
    const trm_solve_options options = options_with(0, 1, COUNT);
    solve_all(&options, &given);
    trm_questions questions = all_questions();
    questions.identifiers = NULL;
    const trm_answers answers = answers_into(&none);
    trm_error error = TRM_ERROR_INIT;
    expect_ok(trm_solve(model, &questions, &answers, &options, &error), &error);
    ck_assert_mem_eq(&given, &none, sizeof given);
}
END_TEST

/* ------------------------------------------------------------------------------------------- threads */

static void *solve_repeatedly(void *argument)
{
    result *r = argument;
    const trm_questions questions = all_questions();
    for (int run = 0; run < 20; run++) {
        trm_solve_options options = options_with(0, 3, 1 + (uint32_t)run % COUNT);
        const trm_answers answers = answers_into(r);
        if (trm_solve(model, &questions, &answers, &options, NULL) != TRM_OK)
            return NULL;
    }
    return r;
}

START_TEST(two_threads_share_a_model)
{
    static result r[3];
    const trm_solve_options options = options_with(0, 3, 1);
    solve_all(&options, &r[2]);
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, solve_repeatedly, &r[i]), 0);
    for (int i = 0; i < 2; i++) {
        void *done = NULL;
        ck_assert_int_eq(pthread_join(thread[i], &done), 0);
        ck_assert_ptr_eq(done, &r[i]);
        ck_assert_mem_eq(&r[i], &r[2], sizeof r[i]);
    }
}
END_TEST

static Suite *solver_suite(void)
{
    Suite *suite = suite_create("solver");
    TCase *tests = add_case(suite, "halting");
    tcase_add_test(tests, stops_by_signal_stability_and_limit);
    tcase_add_test(tests, zero_maximum_steps_is_the_models_number);
    tcase_add_test(tests, a_spent_budget_leaves_one_step_each);
    tcase_add_test(tests, a_large_budget_changes_nothing);
    tcase_add_test(tests, a_step_after_the_last_does_nothing);
    tcase_add_test(tests, loading_again_starts_afresh);
    tests = add_case(suite, "answers");
    tcase_add_loop_test(tests, answers_follow_from_the_logits, TRM_LIKELIHOOD_SOFTMAX,
                        TRM_LIKELIHOOD_STABLEMAX + 1);
    tcase_add_test(tests, each_answer_may_be_left_out);
    tcase_add_test(tests, no_identifiers_means_zeros);
    tests = add_case(suite, "threads");
    tcase_add_test(tests, two_threads_share_a_model);
    return suite;
}

int main(void)
{
    random_seed();
    return run_suite(solver_suite());
}
