/* What nodes hear from one another, worked by hand; the factor of a sum against exact integers. */
#include <math.h>
#include <stdbool.h>

#include "lib/kernels/kernels.h"
#include "tests/support/run.h"

/* That the middles between the factor and its neighbours lie on either side of 1 / sqrt(members), in
 * integers: factor = m 2^(exponent - 25), and the middles are (m - 1) and (m + 1) times the same. */
static bool nearest_to_root(uint64_t members, float factor)
{
    int exponent;
    const uint64_t m = (uint64_t)(frexpf(factor, &exponent) * 0x1p25f);
    const uint64_t one = (uint64_t)1 << (50 - 2 * exponent);
    return (m - 1) * (m - 1) * members <= one && (m + 1) * (m + 1) * members >= one;
}

START_TEST(test_factor)
{
    ck_assert(trmi_sum_factor(1) == 1.0f && trmi_sum_factor(4) == 0.5f);
    for (uint32_t members = 1; members < 16000; members++)
        ck_assert_msg(nearest_to_root(members, trmi_sum_factor(members)), "of %u members", members);
}
END_TEST

enum { POSITIONS = 3, FIELDS = 2, HELPERS = 1, NODES = POSITIONS * FIELDS + HELPERS };

/* Node i has i + 1 in every channel of the first panel, and minus that in the second. */
static void fill_nodes(float nodes[2][NODES][TRMI_PANEL])
{
    for (int i = 0; i < NODES; i++)
        for (int lane = 0; lane < TRMI_PANEL; lane++) {
            nodes[0][i][lane] = (float)(i + 1);
            nodes[1][i][lane] = (float)-(i + 1);
        }
}

static void aggregate(const trmi_relation_table *table, uint32_t begin, uint32_t end, float *sum, float *max,
                      size_t rows)
{
    float nodes[2][NODES][TRMI_PANEL];
    trmi_kernels kernels;
    trmi_kernels_select(&kernels);
    fill_nodes(nodes);
    kernels.aggregate(&(trmi_aggregate) { table,
                                          FIELDS,
                                          begin,
                                          end,
                                          2,
                                          { nodes[0][0], NODES * TRMI_PANEL },
                                          { sum, rows * TRMI_PANEL },
                                          { max, rows * TRMI_PANEL } });
}

static void check_rows(const float *found, const float *expected, size_t rows)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t lane = 0; lane < TRMI_PANEL; lane++)
            ck_assert_msg(found[row * TRMI_PANEL + lane] == expected[row], "row %zu: %g, not %g", row,
                          (double)found[row * TRMI_PANEL + lane], (double)expected[row]);
}

START_TEST(test_nodes)
{
    const uint32_t first[] = { 0, 4, 4, 5 }, heard[] = { 0, 2, 5, 6, 3 };
    const trmi_relation_table table = { TRMI_LEVEL_NODES, 3, NULL, first, heard, 0 };
    float sum[2 * 3 * TRMI_PANEL], max[2 * 3 * TRMI_PANEL];
    aggregate(&table, 0, 3, sum, max, 3);
    check_rows(sum, (float[]) { 8.5f, 0, 4, -8.5f, 0, -4 }, 6); /* (1 + 3 + 6 + 7) / 2 */
    check_rows(max, (float[]) { 7, 0, 4, -1, 0, -4 }, 6);
}
END_TEST

/* Node (p, v) hears (q, v). The second list alone, in rows of its own. */
START_TEST(test_positions)
{
    const uint32_t first[] = { 0, 2, 3 }, heard[] = { 0, 1, 2 };
    const trmi_relation_table table = { TRMI_LEVEL_POSITIONS, 2, NULL, first, heard, 0 };
    float sum[2 * 4 * TRMI_PANEL], max[2 * 4 * TRMI_PANEL];
    aggregate(&table, 0, 2, sum, max, 4);
    check_rows(max, (float[]) { 3, 4, 5, 6, -1, -2, -5, -6 }, 8);
    const float half = trmi_sum_factor(2);
    check_rows(sum, (float[]) { 4 * half, 6 * half, 5, 6, -4 * half, -6 * half, -5, -6 }, 8);
    aggregate(&table, 1, 2, sum, max, 2);
    check_rows(sum, (float[]) { 5, 6, -5, -6 }, 4);
}
END_TEST

/* Field 0 hears field 1, which hears nobody, in each position. */
START_TEST(test_fields)
{
    const uint32_t first[] = { 0, 1, 1 }, heard[] = { 1 };
    const trmi_relation_table table = { TRMI_LEVEL_FIELDS, 2, NULL, first, heard, 0 };
    float sum[2 * 4 * TRMI_PANEL], max[2 * 4 * TRMI_PANEL];
    aggregate(&table, 1, 3, sum, max, 4); /* positions 1 and 2 */
    check_rows(sum, (float[]) { 4, 0, 6, 0, -4, 0, -6, 0 }, 8);
    check_rows(max, (float[]) { 4, 0, 6, 0, -4, 0, -6, 0 }, 8);
}
END_TEST

/* A member that is infinite or not a number is heard wherever it stands. */
START_TEST(test_overflow)
{
    float nodes[2][TRMI_PANEL], max[TRMI_PANEL];
    const uint32_t first[] = { 0, 2 }, heard[] = { 0, 1 };
    const trmi_relation_table table = { TRMI_LEVEL_NODES, 1, NULL, first, heard, 0 };
    trmi_kernels kernels;
    trmi_kernels_select(&kernels);
    for (int lane = 0; lane < TRMI_PANEL; lane++) {
        nodes[0][lane] = lane < 2 ? -0.0f : NAN;
        nodes[1][lane] = lane == 1 ? NAN : lane == 0 ? 0.0f : 1.0f;
    }
    nodes[0][3] = INFINITY;
    kernels.aggregate(&(trmi_aggregate) {
        &table, 1, 0, 1, 1, { nodes[0], 2 * TRMI_PANEL }, { NULL, 0 }, { max, TRMI_PANEL } });
    ck_assert(max[0] == 0.0f && isnan(max[1]) && isnan(max[2]) && isnan(max[3]));
}
END_TEST

/* Two groups of positions, lists within positions that begin at a slice's first, and a list of nodes, which
 * alone reaches the helper. */
START_TEST(test_gathering)
{
    const uint32_t of_position[] = { 1, 0, 1 }, of_field[] = { 0, 0 }, first[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
    const trmi_relation_table groups = { TRMI_LEVEL_POSITIONS, 2, of_position, first, NULL, 0 },
                              cell = { TRMI_LEVEL_FIELDS, 1, of_field, first, NULL, 0 },
                              own = { TRMI_LEVEL_NODES, NODES, NULL, first, NULL, 0 };
    float group_rows[4][TRMI_PANEL], cell_rows[2][TRMI_PANEL], own_rows[NODES][TRMI_PANEL], to[5][TRMI_PANEL];
    for (int lane = 0; lane < TRMI_PANEL; lane++) {
        for (int i = 0; i < 4; i++)
            group_rows[i][lane] = (float)(10 * (i + 1));
        for (int i = 0; i < 2; i++)
            cell_rows[i][lane] = (float)(100 * (i + 1)); /* of positions 1 and 2 */
        for (int i = 0; i < NODES; i++)
            own_rows[i][lane] = (float)(1000 * i);
        for (int i = 0; i < 5; i++)
            to[i][lane] = (float)i;
    }
    const trmi_term terms[] = { { &groups, { group_rows[0], 0 }, 0 },
                                { &cell, { cell_rows[0], 0 }, 1 },
                                { &own, { own_rows[0], 0 }, 0 } };
    trmi_kernels kernels;
    trmi_kernels_select(&kernels);
    kernels.gather_add(&(trmi_gathering) { { to[0], 0 }, 2, 7, 1, FIELDS, POSITIONS * FIELDS, terms, 3 });
    check_rows(to[0], (float[]) { 2110, 3121, 4232, 5243, 6004 }, 5);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("aggregates");
    TCase *sums = tcase_create("aggregates"), *gatherings = tcase_create("gatherings");
    tcase_add_test(sums, test_factor);
    tcase_add_test(sums, test_nodes);
    tcase_add_test(sums, test_positions);
    tcase_add_test(sums, test_fields);
    tcase_add_test(sums, test_overflow);
    tcase_add_test(gatherings, test_gathering);
    suite_add_tcase(s, sums);
    suite_add_tcase(s, gatherings);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
