/* The list of tensors and where their numbers lie. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model/tensors.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

/* The tensors of a configuration, one a line: name, stored rows x columns, layout. */
typedef struct listing {
    char text[8192];
    size_t used;
    unsigned count, stop_at; /* stop_at 0: never */
} listing;

static trm_status list_tensor(void *user, const trmi_tensor *t, trm_error *error)
{
    listing *list = user;
    (void)error;
    const int length = snprintf(list->text + list->used, sizeof list->text - list->used, "%s %ux%u %s\n",
                                t->name, (unsigned)trmi_tensor_rows(t), (unsigned)trmi_tensor_columns(t),
                                t->layout == TRMI_LAYOUT_ROWS ? "rows" : "panels");
    list->used += (size_t)length;
    return ++list->count == list->stop_at ? TRM_ERROR_PUZZLE : TRM_OK;
}

static void expect_list(const trmi_config *config, const char *text)
{
    static listing list;
    list = (listing) { .count = 0 };
    ck_assert_int_eq(trmi_tensors(config, list_tensor, &list, NULL), TRM_OK);
    ck_assert_str_eq(list.text, text);
}

START_TEST(test_list_of_a_mixer)
{
    trmi_config config = tiny_config();
    config.blocks = 2;
    config.channels = 17;
    config.token_hidden = 5;
    config.prefix = 2;
    config.registers = true;
    config.head_bias = true;
    config.position_encoding = TRM_POSITION_LEARNED;
    expect_list(&config, "embed.tokens 2x17 rows\nembed.positions 3x17 rows\nembed.registers 2x17 rows\n"
                         "state.y 1x17 rows\nstate.z 1x17 rows\n"
                         "net.0.tokens.gate_up 10x3 rows\nnet.0.tokens.down 3x5 rows\n"
                         "net.0.channels.gate_up 32x17 panels\nnet.0.channels.down 32x1 panels\n"
                         "net.1.tokens.gate_up 10x3 rows\nnet.1.tokens.down 3x5 rows\n"
                         "net.1.channels.gate_up 32x17 panels\nnet.1.channels.down 32x1 panels\n"
                         "head.tokens 16x17 panels\nhead.tokens.bias 1x2 rows\nhead.halt 16x17 panels\n"
                         "head.halt.bias 1x2 rows\n");
}
END_TEST

START_TEST(test_list_of_an_hrm)
{
    const trmi_config config = ragged_config();
    expect_list(&config,
                "embed.tokens 7x36 rows\nembed.puzzles 4x50 rows\nstate.y 1x36 rows\nstate.z 1x36 rows\n"
                "low.0.attention.qkv 144x36 panels\nlow.0.attention.out 48x48 panels\n"
                "low.0.channels.gate_up 64x36 panels\nlow.0.channels.down 48x21 panels\n"
                "high.0.attention.qkv 144x36 panels\nhigh.0.attention.out 48x48 panels\n"
                "high.0.channels.gate_up 64x36 panels\nhigh.0.channels.down 48x21 panels\n"
                "high.1.attention.qkv 144x36 panels\nhigh.1.attention.out 48x48 panels\n"
                "high.1.channels.gate_up 64x36 panels\nhigh.1.channels.down 48x21 panels\n"
                "head.tokens 16x36 panels\nhead.tokens.bias 1x7 rows\nhead.halt 16x36 panels\n"
                "head.halt.bias 1x2 rows\n");
}
END_TEST

/* The name of the last block's widest tensor is whole. */
static trm_status look_for_the_longest(void *user, const trmi_tensor *t, trm_error *error)
{
    (void)error;
    *(unsigned *)user += strcmp(t->name, "high.255.channels.gate_up") == 0;
    return TRM_OK;
}

START_TEST(test_many_blocks)
{
    unsigned found = 0;
    trmi_config config = ragged_config();
    config.high_blocks = 256;
    ck_assert_int_eq(trmi_tensors(&config, look_for_the_longest, &found, NULL), TRM_OK);
    ck_assert_uint_eq(found, 1);
}
END_TEST

START_TEST(test_a_visit_that_fails_is_the_last)
{
    const trmi_config config = ragged_config();
    for (unsigned stop = 1; stop <= 20; stop++) {
        listing list = { .stop_at = stop };
        ck_assert_int_eq(trmi_tensors(&config, list_tensor, &list, NULL), TRM_ERROR_PUZZLE);
        ck_assert_uint_eq(list.count, stop);
    }
}
END_TEST

static trm_status check_role(void *user, const trmi_tensor *t, trm_error *error)
{
    unsigned *seen = user;
    (void)error;
    static const char *const parts[TRMI_ROLE_COUNT] = {
        "embed.tokens",   "embed.positions",  "embed.puzzles", "embed.registers",
        "embed.features", "state.y",          "state.z",       "", /* of a block */
        "head.tokens",    "head.tokens.bias", "head.halt",     "head.halt.bias"
    };
    static const char *const block_parts[][TRMI_PUBLISHED_SLOTS] = {
        [TRM_BLOCK_MIXER] = { "tokens.gate_up", "tokens.down", "channels.gate_up", "channels.down" },
        [TRM_BLOCK_ATTENTION] = { "attention.qkv", "attention.out", "channels.gate_up", "channels.down" },
    };
    char name[64];
    const bool in_block = trmi_tensor_in_block(t);
    const bool high = t->network == TRMI_NETWORK_HIGH;
    if (in_block)
        snprintf(name, sizeof name, "%s.%u.%s", high ? "high" : "low", (unsigned)t->block,
                 block_parts[t->kind][t->slot]);
    else
        snprintf(name, sizeof name, "%s", parts[t->role]);
    ck_assert_str_eq(t->name, name);
    ++*seen;
    return TRM_OK;
}

START_TEST(test_roles)
{
    unsigned seen = 0;
    trmi_config config = ragged_config();
    ck_assert_int_eq(trmi_tensors(&config, check_role, &seen, NULL), TRM_OK);
    ck_assert_uint_eq(seen, 20);
    config.block = TRM_BLOCK_MIXER;
    config.position_encoding = TRM_POSITION_LEARNED;
    config.token_hidden = 3;
    ck_assert_int_eq(trmi_tensors(&config, check_role, &seen, NULL), TRM_OK);
    ck_assert_uint_eq(seen, 41);
}
END_TEST

/* ------------------------------------------------------------------------------------------- index */

/* Whether stored place `index` belongs to the matrix, from the page alone: undo the layout, then look for
 * padding. */
static bool belongs(const trmi_tensor *t, uint64_t index)
{
    const uint64_t columns = trmi_tensor_columns(t);
    const bool panels = t->layout == TRMI_LAYOUT_PANELS;
    const uint64_t row = panels ? index / 16 / columns * 16 + index % 16 : index / columns;
    const uint64_t column = panels ? index / 16 % columns : index % columns;
    return row % t->stored_group_rows < t->group_rows && column % t->stored_group_columns < t->group_columns;
}

/* Each logical number has a place of its own, and every other place is padding. */
static trm_status check_bijection(void *user, const trmi_tensor *t, trm_error *error)
{
    const uint64_t places = trmi_tensor_rows(t) * trmi_tensor_columns(t);
    const uint64_t rows = (uint64_t)t->groups * t->group_rows,
                   columns = (uint64_t)t->column_groups * t->group_columns;
    unsigned *padded = user;
    char *taken = calloc(places, 1);
    (void)error;
    ck_assert(taken != NULL);
    for (uint64_t row = 0; row < rows; row++)
        for (uint64_t column = 0; column < columns; column++) {
            const uint64_t at = trmi_tensor_index(t, row, column);
            ck_assert_uint_lt(at, places);
            ck_assert_msg(!taken[at]++, "%s: %u twice", t->name, (unsigned)at);
        }
    for (uint64_t at = 0; at < places; at++)
        ck_assert_msg(belongs(t, at) == (taken[at] != 0), "%s: %u", t->name, (unsigned)at);
    *padded += places > rows * columns;
    free(taken);
    return TRM_OK;
}

START_TEST(test_index_is_a_bijection)
{
    unsigned padded = 0;
    trmi_config config = ragged_config();
    ck_assert_int_eq(trmi_tensors(&config, check_bijection, &padded, NULL), TRM_OK);
    ck_assert_uint_eq(padded, 3 * 4 + 2);
    config = tiny_config();
    config.token_hidden = 3;
    config.positions = 5;
    ck_assert_int_eq(trmi_tensors(&config, check_bijection, &padded, NULL), TRM_OK);
}
END_TEST

START_TEST(test_places_by_hand)
{
    const trmi_tensor rows = { .layout = TRMI_LAYOUT_ROWS,
                               .groups = 2,
                               .group_rows = 3,
                               .stored_group_rows = 3,
                               .column_groups = 1,
                               .group_columns = 5,
                               .stored_group_columns = 5 };
    ck_assert_uint_eq(trmi_tensor_index(&rows, 4, 2), 22);
    const trmi_tensor gate_up = { .layout = TRMI_LAYOUT_PANELS,
                                  .groups = 2,
                                  .group_rows = 21,
                                  .stored_group_rows = 32,
                                  .column_groups = 1,
                                  .group_columns = 36,
                                  .stored_group_columns = 36 };
    ck_assert_uint_eq(trmi_tensor_index(&gate_up, 3, 1), 19);
    ck_assert_uint_eq(trmi_tensor_index(&gate_up, 17, 0), 36 * 16 + 1);
    ck_assert_uint_eq(trmi_tensor_index(&gate_up, 21, 0), 2 * 36 * 16); /* up, row 0: stored row 32 */
    const trmi_tensor out = { .layout = TRMI_LAYOUT_PANELS,
                              .groups = 1,
                              .group_rows = 36,
                              .stored_group_rows = 48,
                              .column_groups = 3,
                              .group_columns = 12,
                              .stored_group_columns = 16 };
    ck_assert_uint_eq(trmi_tensor_index(&out, 0, 12), 16 * 16); /* head 1, column 0: stored column 16 */
    ck_assert_uint_eq(trmi_tensor_index(&out, 35, 35), (2 * 48 + 43) * 16 + 3);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tensors");
    TCase *t = tcase_create("tensors");
    tcase_add_test(t, test_list_of_a_mixer);
    tcase_add_test(t, test_list_of_an_hrm);
    tcase_add_test(t, test_many_blocks);
    tcase_add_test(t, test_a_visit_that_fails_is_the_last);
    tcase_add_test(t, test_roles);
    tcase_add_test(t, test_index_is_a_bijection);
    tcase_add_test(t, test_places_by_hand);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
