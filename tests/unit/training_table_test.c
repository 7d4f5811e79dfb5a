/* The table of training options: it has every number of trm_train_options once, its bounds are those of
 * trm_trainer_create(), its words those of the enumerators, and its places in checkpoints stay. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/learning/training_table.h"
#include "tests/support/run.h"

static trm_error error = TRM_ERROR_INIT;

static trm_option_info row_at(uint32_t index)
{
    trm_option_info row = TRM_OPTION_INFO_INIT;
    ck_assert_int_eq(trm_train_option(index, &row, &error), TRM_OK);
    return row;
}

static size_t size_of(const trm_option_info *row)
{
    return row->kind == TRM_OPTION_LONG || row->kind == TRM_OPTION_REAL ? 8 : 4;
}

/* A field that the table lacks is a gap; before fields of 8 bytes one of 4 is padding. */
START_TEST(every_number_is_there_once)
{
    static const size_t others[] = { offsetof(trm_train_options, executor),
                                     offsetof(trm_train_options, allocator),
                                     offsetof(trm_train_options, team), offsetof(trm_train_options, judge) };
    uint8_t covered[sizeof(trm_train_options)] = { 0 };
    memset(covered, 1, sizeof(size_t));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        memset(covered + others[i], 1, sizeof(void *));
    for (uint32_t i = 0; i < TRMI_OPTION_ROWS; i++) {
        const trm_option_info row = row_at(i);
        for (size_t k = 0; k < size_of(&row); k++)
            ck_assert_msg(covered[row.offset + k]++ == 0, "%s lies on another", row.name);
    }
    for (size_t i = 0, gap = 0; i < sizeof covered; i++) {
        gap = covered[i] ? 0 : gap + 1;
        ck_assert_msg(gap <= 4, "a field at %zu is not in the table", i - gap + 1);
    }
    ck_assert_msg(covered[sizeof covered - 1], "the last field is not in the table");
    ck_assert_ptr_null(row_at(TRMI_OPTION_ROWS).name);
    ck_assert_int_eq(trm_train_option(0, NULL, &error), TRM_ERROR_ARGUMENT);
}
END_TEST

static void put(trm_train_options *options, const trm_option_info *row, double value)
{
    char *at = (char *)options + row->offset;
    if (row->kind == TRM_OPTION_REAL)
        memcpy(at, &value, sizeof value);
    else if (row->kind == TRM_OPTION_LONG)
        memcpy(at, &(uint64_t) { (uint64_t)value }, 8);
    else
        memcpy(at, &(uint32_t) { (uint32_t)value }, 4);
}

/* What is wrong with the options if the row's has that value; "" when nothing is. */
static const char *refusal(const trm_option_info *row, double value)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    trm_trainer *trainer;
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *puzzles;
    task.name = "path";
    task.grid_rows = task.grid_columns = 3;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, &error), TRM_OK);
    options.warm_up = 0;
    put(&options, row, value);
    const trm_status status = trm_trainer_create("/nowhere/x.trm", puzzles, &options, &trainer, &error);
    trm_puzzles_free(puzzles);
    ck_assert_msg(status == TRM_ERROR_FILE || status == TRM_ERROR_ARGUMENT, "%s", error.message);
    return status == TRM_ERROR_FILE ? "" : error.message;
}

static void expect_refusal(const trm_option_info *row, double value)
{
    const char *sentence = refusal(row, value);
    ck_assert_msg(strstr(sentence, row->name) != NULL, "%s %g: %s", row->name, value, sentence);
}

START_TEST(bounds_are_those_of_the_trainer)
{
    const trm_option_info row = row_at((uint32_t)_i);
    const bool real = row.kind == TRM_OPTION_REAL, rises = strcmp(row.name, "warm_up") == 0;
    ck_assert(row.help[0] != '\0' && row.reserved == 0 && row.usual >= row.least && row.usual <= row.most);
    ck_assert_str_eq(refusal(&row, row.least), "");
    if (rises) {
        ck_assert_str_eq(refusal(&row, 999), "");
        expect_refusal(&row, 1000);
    } else if (row.most < 0x1p64) {
        ck_assert_str_eq(refusal(&row, row.most), "");
        expect_refusal(&row, real ? nextafter(row.most, INFINITY) : row.most + 1);
    }
    if (real)
        expect_refusal(&row, NAN);
    if (real || row.least > 0)
        expect_refusal(&row, real ? nextafter(row.least, -INFINITY) : row.least - 1);
}
END_TEST

START_TEST(below_one_says_so)
{
    for (uint32_t i = 0; i < TRMI_OPTION_ROWS; i++) {
        const trm_option_info row = row_at(i);
        if (strcmp(row.name, "average") == 0)
            ck_assert_str_eq(refusal(&row, 1.0),
                             "trm_train_options: average must be at least 0 and below 1; found 1");
    }
}
END_TEST

START_TEST(words_are_those_of_enumerators)
{
    char words[128] = "";
    for (uint32_t i = 0; i < TRMI_OPTION_ROWS; i++) {
        const trm_option_info row = row_at(i);
        ck_assert((row.words != NULL) == (row.kind == TRM_OPTION_WORD));
        if (row.words != NULL)
            snprintf(words + strlen(words), sizeof words - strlen(words), "%s: %s\n", row.name, row.words);
    }
    ck_assert_str_eq(words, "optimiser: adamw adam-atan2 muon\nprecision: fp32 int8\n");
    ck_assert(TRM_OPTIMISER_ADAMW == 1 && TRM_OPTIMISER_ADAM_ATAN2 == 2 && TRM_OPTIMISER_MUON == 3);
    ck_assert(TRM_PRECISION_FP32 == 1 && TRM_PRECISION_INT8 == 2);
}
END_TEST

static uint64_t bits(double value)
{
    uint64_t b;
    memcpy(&b, &value, sizeof b);
    return b;
}

/* Files of earlier runs have each number here. */
START_TEST(checkpoints_keep_their_places)
{
    trm_train_options options = {
        .batch = 3,
        .shards = 2,
        .steps = 60,
        .seed = UINT64_C(1) << 60,
        .optimiser = 2,
        .maximum_steps = 5,
        .learning_rate = 0.25,
        .weight_decay = 0.5,
        .beta1 = 0.125,
        .beta2 = 0.375,
        .muon_learning_rate = 0.75,
        .muon_weight_decay = 1.5,
        .muon_momentum = 0.625,
        .puzzle_learning_rate = 2.5,
        .puzzle_weight_decay = 3.5,
        .warm_up = 11,
        .cosine = 1,
        .curriculum = 1,
        .clip = 4.5,
        .smoothing = 0.0625,
        .halt_weight = 5.5,
        .exploration = 0.1875,
        .average = 0.9375,
        .average_begin = 12,
        .states = 4,
        .recompute = 1,
        .plain = 1,
        .precision = 2,
        .cell_weight = 6.5,
        .replacement = 0.3125,
        .staggered = 1,
        .wrong_givens = 0.4375,
    };
    const uint64_t numbers[TRMI_OPTION_NUMBERS] = {
        3,
        2,
        60,
        UINT64_C(1) << 60,
        2,
        5,
        bits(0.25),
        bits(0.5),
        bits(0.125),
        bits(0.375),
        bits(0.75),
        bits(1.5),
        bits(0.625),
        bits(2.5),
        bits(3.5),
        11,
        UINT64_C(0x201010101),
        bits(4.5),
        bits(0.0625),
        bits(5.5),
        bits(0.1875),
        bits(0.9375),
        12,
        4,
        bits(6.5),
        bits(0.3125),
        1 | (uint64_t)trmi_bits_of_float(0.4375f) << 32,
    };
    uint64_t list[TRMI_OPTION_NUMBERS];
    trm_train_options back = { 0 };
    trmi_options_list(&options, list);
    for (int i = 0; i < TRMI_OPTION_NUMBERS; i++)
        ck_assert_msg(list[i] == numbers[i], "number %d is %#llx", i, (unsigned long long)list[i]);
    trmi_options_unlist(list, &back);
    for (uint32_t i = 0; i < TRMI_OPTION_ROWS; i++)
        ck_assert_double_eq(trmi_option_value(&trmi_option_rows[i], &back),
                            trmi_option_value(&trmi_option_rows[i], &options));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("training_table");
    TCase *t = tcase_create("training_table");
    tcase_add_test(t, every_number_is_there_once);
    tcase_add_loop_test(t, bounds_are_those_of_the_trainer, 0, TRMI_OPTION_ROWS);
    tcase_add_test(t, below_one_says_so);
    tcase_add_test(t, words_are_those_of_enumerators);
    tcase_add_test(t, checkpoints_keep_their_places);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
