/* Orders of lines: what stays where it is, and that each line comes to one place. */
#include <string.h>

#include "lib/task/orders.h"
#include "tests/support/run.h"

enum { LINES = 12, SIZE = 3 };

static const struct moves {
    bool groups, within;
} moves[] = { { false, false }, { true, false }, { false, true }, { true, true } };

/* Of many orders: whether some group left its place, and some line its place within its group. */
START_TEST(groups_and_lines_move_as_they_may)
{
    trmi_generator generator;
    const struct moves *may = &moves[_i];
    bool groups = false, within = false;
    trmi_generator_begin(&generator, 1, "orders");
    for (int tries = 0; tries < 50; tries++) {
        uint8_t lines[LINES], seen[LINES] = { 0 };
        trmi_order_draw_lines(lines, LINES, SIZE, may->groups, may->within, &generator);
        for (uint32_t i = 0; i < LINES; i++) {
            ck_assert_uint_lt(lines[i], LINES);
            ck_assert_uint_eq(seen[lines[i]]++, 0);
            ck_assert_uint_eq(lines[i] / SIZE, lines[i / SIZE * SIZE] / SIZE); /* a group stays together */
            groups = groups || lines[i] / SIZE != i / SIZE;
            within = within || lines[i] % SIZE != i % SIZE;
        }
    }
    ck_assert(groups == may->groups && within == may->within);
}
END_TEST

/* What does not move draws nothing: the next numbers are those of a generator that was not used. */
START_TEST(what_stays_draws_nothing)
{
    trmi_generator used, fresh;
    uint8_t lines[LINES], order[LINES], expected[LINES];
    trmi_generator_begin(&used, 2, "orders");
    trmi_generator_begin(&fresh, 2, "orders");
    trmi_order_draw_lines(lines, LINES, SIZE, false, false, &used);
    trmi_order_draw(order, LINES, &used);
    trmi_order_draw(expected, LINES, &fresh);
    ck_assert_mem_eq(order, expected, LINES);
}
END_TEST

/* Size 0: all lines are one group. */
START_TEST(lines_without_groups_are_one)
{
    trmi_generator generator;
    uint8_t lines[LINES];
    bool apart = false;
    trmi_generator_begin(&generator, 3, "orders");
    trmi_order_draw_lines(lines, LINES, 0, true, true, &generator);
    for (uint32_t i = 0; i < LINES; i++)
        apart = apart || lines[i] / SIZE != lines[i / SIZE * SIZE] / SIZE;
    ck_assert(apart);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("orders");
    TCase *tests = tcase_create("orders");
    tcase_add_loop_test(tests, groups_and_lines_move_as_they_may, 0, sizeof moves / sizeof *moves);
    tcase_add_test(tests, what_stays_draws_nothing);
    tcase_add_test(tests, lines_without_groups_are_one);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
