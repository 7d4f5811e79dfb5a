/* What plain rules leave of a question, against trying everything: Latin squares of which some cells are
   given. */
#include <string.h>

#include "lib/core/generator.h"
#include "lib/task/deduction.h"
#include "tests/support/run.h"

enum { SIDE = 5, CELLS = SIDE * SIDE, ROOM = 1 << 16, ENOUGH = 100000 };

static _Alignas(TRMI_ALIGNMENT) char room[ROOM];
static trmi_task task;
static trmi_verification verification;
static trmi_deduction deduction;

static void set_up(void)
{
    const trmi_task_words words = { .name = "latin",
                                    .alphabet = ".12345",
                                    .vocabulary = 1 + SIDE,
                                    .shape = { CELLS, SIDE, SIDE, 0, 0, 1, 0 },
                                    .blank = TRMI_UNSAID,
                                    .keeps_givens = TRMI_UNSAID };
    trm_error error = TRM_ERROR_INIT;
    trmi_arena arena = { .base = room };
    ck_assert_msg(trmi_task_parse(&task, &words, &error) == TRM_OK, "%s", error.message);
    trmi_verification_lay(&verification, &task, &task.shape, &arena);
    ck_assert(trmi_task_has_lists(&verification));
    trmi_deduction_lay(&deduction, &verification, &arena);
    ck_assert_uint_le(arena.used, ROOM);
}

static bool may_stand(const int32_t *grid, int at, int32_t value)
{
    for (int i = 0; i < SIDE; i++)
        if ((grid[at / SIDE * SIDE + i] == value && at % SIDE != i) ||
            (grid[i * SIDE + at % SIDE] == value && at / SIDE != i))
            return false;
    return true;
}

/* Whether the cells from `at` on can be filled in; the grid is as it was when they cannot. */
static bool fill_in(int32_t *grid, int at)
{
    if (at == CELLS)
        return true;
    if (grid[at] != 0)
        return may_stand(grid, at, grid[at]) && fill_in(grid, at + 1);
    for (int32_t value = 1; value <= SIDE; value++) {
        grid[at] = value;
        if (may_stand(grid, at, value) && fill_in(grid, at + 1))
            return true;
    }
    grid[at] = 0;
    return false;
}

static bool is_possible(const int32_t question[CELLS])
{
    int32_t grid[CELLS];
    for (int p = 0; p < CELLS; p++)
        if (question[p] != 0 && !may_stand(question, p, question[p]))
            return false;
    memcpy(grid, question, sizeof grid);
    return fill_in(grid, 0);
}

/* Mostly without two of the same in a line, so that it takes a search to see. */
static void draw_question(trmi_generator *generator, int32_t question[CELLS])
{
    memset(question, 0, CELLS * sizeof *question);
    for (int p = 0; p < CELLS; p++) {
        const int32_t value = 1 + (int32_t)trmi_generator_below(generator, SIDE);
        if (trmi_generator_below(generator, 3) == 0 &&
            (may_stand(question, p, value) || trmi_generator_below(generator, 50) == 0))
            question[p] = value;
    }
}

START_TEST(finds_an_answer_where_there_is_one)
{
    trmi_generator generator;
    int32_t question[CELLS];
    unsigned answered = 0, refuted = 0;
    trmi_generator_begin(&generator, 1, "deduction");
    for (int i = 0; i < 6000; i++) {
        draw_question(&generator, question);
        const bool possible = is_possible(question);
        trmi_deduction_begin(&deduction, question, NULL);
        const trmi_verdict verdict = trmi_deduction_solve(&deduction, ENOUGH);
        ck_assert_int_eq(verdict, possible ? TRMI_VERIFIED : TRMI_REFUTED);
        if (possible)
            ck_assert_int_eq(trmi_task_verify(&verification, question, deduction.tokens, NULL),
                             TRMI_VERIFIED);
        answered += possible;
        refuted += !possible;
    }
    ck_assert(answered > 50 && refuted > 50);
}
END_TEST

/* An empty square takes guesses; with none it is left open. */
START_TEST(says_when_guesses_do_not_suffice)
{
    const int32_t empty[CELLS] = { 0 };
    trmi_deduction_begin(&deduction, empty, NULL);
    ck_assert_int_eq(trmi_deduction_solve(&deduction, 0), TRMI_UNVERIFIED);
    trmi_deduction_begin(&deduction, empty, NULL);
    ck_assert_int_eq(trmi_deduction_solve(&deduction, ENOUGH), TRMI_VERIFIED);
}
END_TEST

START_TEST(breaks_at_what_is_no_value)
{
    int32_t question[CELLS] = { 0 };
    uint8_t without[CELLS] = { 0 };
    question[5] = 77;
    trmi_deduction_begin(&deduction, question, NULL);
    ck_assert(deduction.broken && deduction.clash[0] == 5);
    without[5] = 1;
    trmi_deduction_begin(&deduction, question, without);
    ck_assert(!deduction.broken);
    ck_assert_int_eq(trmi_deduction_solve(&deduction, ENOUGH), TRMI_VERIFIED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deduction");
    TCase *tests = tcase_create("squares");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, finds_an_answer_where_there_is_one);
    tcase_add_test(tests, says_when_guesses_do_not_suffice);
    tcase_add_test(tests, breaks_at_what_is_no_value);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
