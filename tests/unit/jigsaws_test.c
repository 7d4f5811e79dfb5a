/* Regions that are drawn, and sets of jigsaws: made, written, read, refused. That their puzzles have one
 * solution is sudoku_test's. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/puzzles/csv.h"
#include "lib/puzzles/puzzles.h"
#include "lib/puzzles/regions.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

#define HEADER TRMI_CSV_HEADER ",regions\n"
#define GOOD_ROW "a,2..1.....1....23,2341321441321423,0,AAABCCABCCBBDDDD\n"

static char *directory;
static trm_puzzles *jigsaws;
static trm_task task;

static void set_up(void)
{
    const trm_task none = TRM_TASK_INIT;
    task = none;
    task.name = "jigsaw";
    task.grid_rows = task.grid_columns = 4;
    directory = make_directory();
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &jigsaws, NULL), TRM_OK);
}

static void tear_down(void)
{
    trm_puzzles_free(jigsaws);
    remove_directory(directory);
}

/* -- regions -- */

/* Cells of the region that can be reached from one of them: marked as they are met. */
static uint32_t flood(uint32_t side, const uint8_t *region, uint32_t cell, bool *seen)
{
    uint32_t count = 1;
    seen[cell] = true;
    for (uint32_t other = 0; other < side * side; other++) {
        const bool beside = (other / side == cell / side && (other + 1 == cell || cell + 1 == other)) ||
                            other + side == cell || cell + side == other;
        if (beside && !seen[other] && region[other] == region[cell])
            count += flood(side, region, other, seen);
    }
    return count;
}

START_TEST(draws_connected_regions_of_equal_size)
{
    const uint32_t side = (uint32_t)_i;
    uint8_t first[TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE], region[sizeof first];
    trmi_generator generator = { side };
    for (int draw = 0; draw < 4; draw++) {
        bool seen[sizeof region] = { false };
        uint32_t count = 0;
        trmi_regions_draw(side, &generator, region);
        for (uint32_t cell = 0; cell < side * side; cell++) {
            if (seen[cell])
                continue;
            ck_assert_uint_eq(region[cell], count++); /* as they come */
            ck_assert_uint_eq(flood(side, region, cell, seen), side);
        }
        ck_assert_uint_eq(count, side);
        if (draw == 0)
            memcpy(first, region, side * side);
    }
    ck_assert(side < 3 || memcmp(first, region, side * side) != 0);
}
END_TEST

/* Of the cells of the boxes, which regions begin as, few stay together. */
START_TEST(leaves_the_boxes_behind)
{
    uint8_t region[81];
    uint32_t kept = 0;
    trmi_generator generator = { 3 };
    for (int draw = 0; draw < 100; draw++) {
        trmi_regions_draw(9, &generator, region);
        for (uint32_t cell = 0; cell < 81; cell++)
            for (uint32_t other = cell + 1; other < 81; other++)
                kept +=
                    region[cell] == region[other] && cell / 27 == other / 27 && cell % 9 / 3 == other % 9 / 3;
    }
    ck_assert_msg(kept < 100 * 324 / 2, "%u of 32400 pairs", (unsigned)kept);
}
END_TEST

/* -- sets -- */

START_TEST(writes_and_reads_regions)
{
    char before[16], after[16], text[16];
    const char *path = inside_directory(directory, "jigsaws.csv");
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    trm_puzzles *again;
    options.count = 100; /* the set grows on the way */
    ck_assert_int_eq(trm_puzzles_generate(jigsaws, &options, NULL), TRM_OK);
    options.first = 100;
    ck_assert_int_eq(trm_puzzles_generate(jigsaws, &options, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_write(jigsaws, path, "x", NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &again, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_read(again, path, 0, NULL), TRM_OK);
    ck_assert_uint_eq(trm_puzzles_count(again), 200);
    for (uint64_t i = 0; i < 200; i++) {
        ck_assert_int_eq(trm_puzzles_regions(jigsaws, i, before, NULL), TRM_OK);
        ck_assert_int_eq(trm_puzzles_regions(again, i, after, NULL), TRM_OK);
        ck_assert_mem_eq(before, after, 16);
        ck_assert_mem_eq(trmi_puzzles_pair(jigsaws, i), trmi_puzzles_pair(again, i), 32);
    }
    ck_assert_int_eq(trm_puzzles_regions(jigsaws, 200, text, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_regions(jigsaws, 0, NULL, NULL), TRM_ERROR_ARGUMENT);
    trm_puzzles_free(again);
}
END_TEST

static const struct bad_row {
    const char *text, *sentence;
} bad[] = {
    { TRMI_CSV_HEADER "\na,2..1.....1....23,2341321441321423,0\n",
      "(answer): expected a jigsaw with its regions, found none" },
    { HEADER "a,2..1.....1....23,2341321441321423,0,AAABCCABCCBBDDD\n", "found 15" },
    { HEADER "a,2..1.....1....23,2341321441321423,0,AAABCCABCCBBDDDE\n",
      "line 2, column 54 (regions): expected 4 regions, found one more" },
    { HEADER "a,2..1.....1....23,2341321441321423,0,AAABCCABCCBBDDDA\n",
      "line 2, column 54 (regions): expected 4 cells in each region, found one more" },
    { HEADER "a,2..1.....1....23,2341321441321423,0,AABBAABBCCDDCCDD\n",
      "line 2, column 24 (answer): by the rules of jigsaw the answer has the value of a position that it "
      "hears" },
};

START_TEST(names_what_is_wrong_with_regions)
{
    trm_error error = TRM_ERROR_INIT;
    const char *path = inside_directory(directory, "bad.csv");
    write_whole(path, bad[_i].text, strlen(bad[_i].text));
    ck_assert_int_eq(trm_puzzles_read(jigsaws, path, 0, &error), TRM_ERROR_PUZZLE);
    ck_assert_msg(strstr(error.message, bad[_i].sentence) != NULL, "no \"%s\" in: %s", bad[_i].sentence,
                  error.message);
    ck_assert_uint_eq(trm_puzzles_count(jigsaws), 0);
}
END_TEST

START_TEST(keeps_jigsaws_and_others_apart)
{
    char text[16];
    trm_error error = TRM_ERROR_INIT;
    const char *path = inside_directory(directory, "good.csv");
    write_whole(path, HEADER GOOD_ROW, strlen(HEADER GOOD_ROW));
    ck_assert_int_eq(trm_puzzles_read(jigsaws, path, 0, &error), TRM_OK);
    trm_puzzles *sudokus;
    task.name = "sudoku";
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &sudokus, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_read(sudokus, path, 0, &error),
                     TRM_OK); /* a Sudoku may bring boxes of its own */
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    options.count = 1;
    ck_assert_int_eq(trm_puzzles_generate(sudokus, &options, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_regions(sudokus, 1, text, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "sudoku has not"));
    trm_puzzles_free(sudokus);
    task.name = "jigsaw";
    task.grid_columns = 5;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &sudokus, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "as many rows as columns, found 4 x 5"));
}
END_TEST

/* Everything that takes memory for regions. */
static trm_status use_memory(const trm_allocator *allocator)
{
    trm_puzzles *made = NULL;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    options.count = 4;
    trm_status status = trm_puzzles_create(&task, allocator, &made, NULL);
    if (status == TRM_OK)
        status = trm_puzzles_generate(made, &options, NULL);
    trm_puzzles_free(made);
    return status;
}

START_TEST(survives_every_failed_allocation)
{
    trm_status status = TRM_ERROR_MEMORY;
    for (uint64_t fail_at = 0; status != TRM_OK; fail_at++) {
        failing_memory memory = { .fail_at = fail_at };
        const trm_allocator failing = failing_allocator(&memory);
        status = use_memory(&failing);
        ck_assert(status == TRM_ERROR_MEMORY || status == TRM_OK);
        ck_assert_int_eq(memory.alive, 0);
        ck_assert(status != TRM_OK || fail_at > 5);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("jigsaws");
    TCase *regions = tcase_create("jigsaws");
    tcase_add_checked_fixture(regions, set_up, tear_down);
    tcase_add_loop_test(regions, draws_connected_regions_of_equal_size, 1, TRMI_SUDOKU_SIDE + 1);
    tcase_add_test(regions, leaves_the_boxes_behind);
    tcase_add_test(regions, writes_and_reads_regions);
    tcase_add_loop_test(regions, names_what_is_wrong_with_regions, 0, sizeof bad / sizeof *bad);
    tcase_add_test(regions, keeps_jigsaws_and_others_apart);
    tcase_add_test(regions, survives_every_failed_allocation);
    suite_add_tcase(all, regions);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
