/* What each misuse of solving comes to: options, questions, the order of calls, sizes of structs. */
#include <stdio.h>

#include "tests/support/random_solve.h"

static void expect_bad_options(const trm_solve_options *options)
{
    static result r;
    trm_error error = TRM_ERROR_INIT;
    size_t bytes = 77;
    expect_failure(trm_solver_measure(model, options, &bytes, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_uint_eq(bytes, 77);
    trm_solver *solver = NULL;
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solver_create(model, options, &solver, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_ptr_null(solver);
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(&r);
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solve(model, &questions, &answers, options, &error), TRM_ERROR_ARGUMENT, &error);
}

START_TEST(options_out_of_range_are_refused)
{
    trm_solve_options options = options_with(TRM_HALT_SIGNAL, 65537, 1);
    expect_bad_options(&options);
    options = options_with(4, 0, 1);
    expect_bad_options(&options);
    options = options_with(0, 0, 0);
    expect_bad_options(&options);
    options = options_with(0, 0, 65537);
    expect_bad_options(&options);
    options = options_with(TRM_HALT_STABLE, 0, 1);
    options.stable_steps = 1;
    expect_bad_options(&options);
    options.stable_steps = 65537;
    expect_bad_options(&options);
    options = options_with(TRM_HALT_SIGNAL, 0, 1);
    options.halt_probability = 1.0;
    expect_bad_options(&options);
    options.halt_probability = -0.1;
    expect_bad_options(&options);
    options.halt_probability = (double)NAN;
    expect_bad_options(&options);
}
END_TEST

START_TEST(incomplete_executors_and_allocators_are_refused)
{
    uint32_t width = 2;
    trm_executor executor = { sizeof executor, width, &width, NULL };
    trm_solve_options options = options_with(0, 0, 1);
    options.executor = &executor;
    expect_bad_options(&options);
    executor = (trm_executor) { sizeof executor, 0, &width, run_in_order };
    expect_bad_options(&options);
    executor = (trm_executor) { sizeof executor, 1025, &width, run_in_order };
    expect_bad_options(&options);
    executor = (trm_executor) { 0, 2, &width, run_in_order };
    expect_bad_options(&options);
    options.executor = NULL;
    counter counts = { 0 };
    trm_allocator allocator = { sizeof allocator, &counts, counted_allocate, NULL };
    options.allocator = &allocator;
    expect_bad_options(&options);
    allocator = (trm_allocator) { sizeof allocator, &counts, NULL, counted_release };
    expect_bad_options(&options);
}
END_TEST

static void expect_bad_questions(const trm_questions *questions, trm_status wanted, const char *words[3])
{
    static result r, untouched;
    trm_error error = TRM_ERROR_INIT;
    const trm_solve_options options = options_with(0, 1, COUNT);
    const trm_answers answers = answers_into(&r);
    answers_into(&untouched);
    expect_failure(trm_solve(model, questions, &answers, &options, &error), wanted, &error);
    ck_assert_mem_eq(&r, &untouched, sizeof r);
    for (int i = 0; words != NULL && i < 3; i++)
        ck_assert_msg(strstr(error.message, words[i]) != NULL, "no \"%s\" in: %s", words[i], error.message);
    trm_solver *solver = solver_with(&options);
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solver_load(solver, questions, &error), wanted, &error);
    trm_solver_free(solver);
}

START_TEST(questions_without_content_are_refused)
{
    trm_questions questions = all_questions();
    questions.count = 0;
    expect_bad_questions(&questions, TRM_ERROR_ARGUMENT, NULL);
    questions = all_questions();
    questions.tokens = NULL;
    expect_bad_questions(&questions, TRM_ERROR_ARGUMENT, NULL);
}
END_TEST

START_TEST(tokens_outside_the_vocabulary_are_named)
{
    const trm_questions questions = all_questions();
    int32_t *token = &tokens[3 * config.positions + 4];
    *token = (int32_t)config.vocabulary;
    char limit[16];
    snprintf(limit, sizeof limit, "%u", config.vocabulary);
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", limit });
    *token = -7;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", "-7" });
    *token = INT32_MIN;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", "-2147483648" });
    *token = INT32_MAX;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", "2147483647" });
}
END_TEST

START_TEST(identifiers_outside_the_table_are_named)
{
    const trm_questions questions = all_questions();
    identifiers[2] = config.identifiers;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "2", "3", "identifier" });
    identifiers[2] = UINT32_MAX;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "2", "4294967295", "identifier" });
}
END_TEST

START_TEST(a_failed_load_leaves_the_solver_as_it_was)
{
    static result before, after;
    const trm_solve_options options = options_with(0, 3, COUNT);
    trm_solver *solver = solver_with(&options);
    load_all(solver);
    step_once(solver);
    read_all(solver, &before);
    trm_questions questions = all_questions();
    trm_error error = TRM_ERROR_INIT;
    const int32_t good = tokens[COUNT * config.positions - 1];
    tokens[COUNT * config.positions - 1] = -1;
    expect_failure(trm_solver_load(solver, &questions, &error), TRM_ERROR_PUZZLE, &error);
    tokens[COUNT * config.positions - 1] = good;
    questions.count = COUNT + 1;
    expect_failure(trm_solver_load(solver, &questions, &error), TRM_ERROR_ARGUMENT, &error);
    read_all(solver, &after);
    ck_assert_mem_eq(&before, &after, sizeof before);
    ck_assert_uint_eq(step_once(solver), COUNT);
    trm_solver_free(solver);
}
END_TEST

START_TEST(calls_out_of_order_are_refused)
{
    static result r;
    const trm_solve_options options = options_with(0, 1, COUNT);
    trm_solver *solver = solver_with(&options);
    trm_error error = TRM_ERROR_INIT;
    const trm_answers answers = answers_into(&r);
    uint32_t running = 99;
    expect_failure(trm_solver_step(solver, &running, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_uint_eq(running, 99);
    expect_failure(trm_solver_read(solver, &answers, &error), TRM_ERROR_ARGUMENT, &error);
    load_all(solver);
    expect_failure(trm_solver_read(solver, &answers, &error), TRM_ERROR_ARGUMENT, &error);
    expect_ok(trm_solver_step(solver, NULL, &error), &error);
    expect_ok(trm_solver_read(solver, &answers, &error), &error);
    trm_solver_free(solver);
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    static result r;
    const trm_solve_options options = options_with(0, 1, COUNT);
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(&r);
    trm_solver *solver = solver_with(&options), *none = NULL;
    size_t bytes = 0;
    trm_error error = TRM_ERROR_INIT;
    expect_failure(trm_solve(NULL, &questions, &answers, &options, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solve(model, NULL, &answers, &options, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solve(model, &questions, NULL, &options, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_measure(NULL, &options, &bytes, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_measure(model, &options, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_create(NULL, &options, &none, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_create(model, &options, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_load(NULL, &questions, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_load(solver, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_step(NULL, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_read(NULL, &answers, &error), TRM_ERROR_ARGUMENT, &error);
    load_all(solver);
    step_once(solver);
    expect_failure(trm_solver_read(solver, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_int_eq(trm_solver_load(solver, NULL, NULL), TRM_ERROR_ARGUMENT);
    trm_solver_free(solver);
    trm_solver_free(NULL);
    trm_model_close(NULL);
    trm_pool_free(NULL);
}
END_TEST

START_TEST(a_short_options_struct_means_defaults)
{
    static result wanted, got;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.maximum_steps = 3;
    solve_all(&options, &wanted);
    memset(&options, 0xEE, sizeof options);
    options.maximum_steps = 3;
    options.size = offsetof(trm_solve_options, halt);
    solve_all(&options, &got);
    ck_assert_mem_eq(&wanted, &got, sizeof got);
    options.size = 0;
    expect_bad_options(&options);
    options.size = sizeof options.size - 1;
    expect_bad_options(&options);
}
END_TEST

START_TEST(a_long_options_struct_needs_a_zero_tail)
{
    static result wanted, got;
    struct {
        trm_solve_options known;
        unsigned char later[24];
    } options = { options_with(0, 2, 2), { 0 } };
    solve_all(&options.known, &wanted);
    options.known.size = sizeof options;
    solve_all(&options.known, &got);
    ck_assert_mem_eq(&wanted, &got, sizeof got);
    options.later[23] = 1;
    expect_bad_options(&options.known);
}
END_TEST

START_TEST(questions_follow_the_size_rule)
{
    struct {
        trm_questions known;
        unsigned char later[8];
    } questions = { all_questions(), { 0 } };
    static result r;
    const trm_answers answers = answers_into(&r);
    const trm_solve_options options = options_with(0, 1, 1);
    trm_error error = TRM_ERROR_INIT;
    questions.known.size = sizeof questions;
    expect_ok(trm_solve(model, &questions.known, &answers, &options, &error), &error);
    questions.later[0] = 9;
    expect_failure(trm_solve(model, &questions.known, &answers, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
    questions.known.size = offsetof(trm_questions, identifiers);
    memset(&questions.known.identifiers, 0xEE, sizeof questions.known.identifiers);
    expect_ok(trm_solve(model, &questions.known, &answers, &options, &error), &error);
    questions.known.size = 3;
    expect_failure(trm_solve(model, &questions.known, &answers, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
}
END_TEST

START_TEST(answers_follow_the_size_rule)
{
    static result r;
    struct {
        trm_answers known;
        unsigned char later[8];
    } answers = { answers_into(&r), { 0 } };
    const trm_questions questions = all_questions();
    const trm_solve_options options = options_with(0, 1, 1);
    trm_error error = TRM_ERROR_INIT;
    answers.known.size = sizeof answers;
    expect_ok(trm_solve(model, &questions, &answers.known, &options, &error), &error);
    answers.later[7] = 9;
    expect_failure(trm_solve(model, &questions, &answers.known, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
    memset(&answers.known.logits, 0xEE, sizeof answers.known - offsetof(trm_answers, logits));
    answers.known.size = offsetof(trm_answers, logits);
    expect_ok(trm_solve(model, &questions, &answers.known, &options, &error), &error);
    answers.known.size = 0;
    expect_failure(trm_solve(model, &questions, &answers.known, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
}
END_TEST

START_TEST(a_short_error_struct_is_not_overrun)
{
    trm_error error;
    memset(&error, 0x55, sizeof error);
    error.size = offsetof(trm_error, message) + 12;
    ck_assert_int_eq(trm_solver_load(NULL, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(error.status, TRM_ERROR_ARGUMENT);
    ck_assert_uint_eq(strlen(error.message), 11);
    for (size_t i = 12; i < sizeof error.message; i++)
        ck_assert_int_eq(error.message[i], 0x55);
}
END_TEST

static Suite *solver_misuse_suite(void)
{
    Suite *suite = suite_create("solver_misuse");
    TCase *tests = add_case(suite, "misuse");
    tcase_add_test(tests, options_out_of_range_are_refused);
    tcase_add_test(tests, incomplete_executors_and_allocators_are_refused);
    tcase_add_test(tests, questions_without_content_are_refused);
    tcase_add_test(tests, tokens_outside_the_vocabulary_are_named);
    tcase_add_test(tests, identifiers_outside_the_table_are_named);
    tcase_add_test(tests, a_failed_load_leaves_the_solver_as_it_was);
    tcase_add_test(tests, calls_out_of_order_are_refused);
    tcase_add_test(tests, null_arguments_are_refused);
    tests = add_case(suite, "sizes");
    tcase_add_test(tests, a_short_options_struct_means_defaults);
    tcase_add_test(tests, a_long_options_struct_needs_a_zero_tail);
    tcase_add_test(tests, questions_follow_the_size_rule);
    tcase_add_test(tests, answers_follow_the_size_rule);
    tcase_add_test(tests, a_short_error_struct_is_not_overrun);
    return suite;
}

int main(void)
{
    random_seed();
    return run_suite(solver_misuse_suite());
}
