/* What has to hold between the numbers of a model: each rule at both of its edges. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "lib/core/memory.h"
#include "lib/model/config.h"
#include "lib/model/metadata.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

/* NULL: the configuration is right; otherwise what the sentence of the refusal has to contain. */
static void check(const trmi_config *config, const char *sentence)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trmi_config_check(config, &error);
    const char *wanted = sentence == NULL ? "" : sentence;
    ck_assert_msg(status == (sentence == NULL ? TRM_OK : TRM_ERROR_FORMAT), "%s: %s", wanted, error.message);
    ck_assert_msg(strstr(error.message, wanted) != NULL, "%s: %s", wanted, error.message);
}

static void set(trmi_config *config, size_t offset, uint32_t value)
{
    memcpy((char *)config + offset, &value, sizeof value);
}

/* A field by itself: the tiny mixer or the ragged attention with it changed. */
static void check_field(bool ragged, size_t offset, uint32_t value, const char *sentence)
{
    trmi_config config = ragged ? ragged_config() : tiny_config();
    set(&config, offset, value);
    check(&config, sentence);
}

#define FIELD(name) offsetof(trmi_config, name)
#define TINY(name, value, sentence) check_field(false, FIELD(name), value, sentence)
#define RAGGED(name, value, sentence) check_field(true, FIELD(name), value, sentence)

START_TEST(test_right_ones)
{
    const trmi_config tiny = tiny_config(), ragged = ragged_config();
    check(&tiny, NULL);
    check(&ragged, NULL);
}
END_TEST

START_TEST(test_enumerations)
{
    TINY(architecture, 0, "architecture: expected one of the values of trm_architecture, found 0");
    TINY(architecture, 3, "architecture: expected one of the values of trm_architecture, found 3");
    TINY(block, 0, "block: expected");
    TINY(block, 4, "block: expected");
    TINY(position_encoding, 0, "position_encoding: expected");
    TINY(position_encoding, 4, "position_encoding: expected");
    TINY(position_encoding, TRM_POSITION_LEARNED, NULL);
    TINY(gate, 0, "gate: expected");
    TINY(gate, 3, "gate: expected");
    TINY(gate, TRM_GATE_NORMED, NULL);
    TINY(likelihood, 0, "likelihood: expected");
    TINY(likelihood, 3, "likelihood: expected");
    TINY(likelihood, TRM_LIKELIHOOD_SOFTMAX, NULL);
}
END_TEST

START_TEST(test_numbers)
{
    static const struct {
        const char *name;
        size_t offset;
        uint32_t least, most;
    } rules[] = {
        { "channels: expected 1 to 65536, found", FIELD(channels), 1, 65536 },
        { "vocabulary: expected 2 to 65536, found", FIELD(vocabulary), 2, 65536 },
        { "positions: expected 1 to 65536, found", FIELD(positions), 1, 65536 },
        { "blocks: expected 1 to 256, found", FIELD(blocks), 1, 256 },
        { "token_hidden: expected", FIELD(token_hidden), 1, 1048576 },
        { "channel_hidden: expected 1 to 1048576, found", FIELD(channel_hidden), 1, 1048576 },
        { "cycles: expected 1 to 65536, found", FIELD(cycles), 1, 65536 },
        { "updates: expected 1 to 65536, found", FIELD(updates), 1, 65536 },
        { "maximum_steps: expected 1 to 65536, found", FIELD(maximum_steps), 1, 65536 },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const bool zero_has_a_sentence_of_its_own = rules[i].offset == FIELD(token_hidden);
        check_field(false, rules[i].offset, rules[i].least, NULL);
        check_field(false, rules[i].offset, rules[i].most, NULL);
        check_field(false, rules[i].offset, rules[i].least - 1,
                    zero_has_a_sentence_of_its_own ? "token_hidden" : rules[i].name);
        check_field(false, rules[i].offset, rules[i].most + 1, rules[i].name);
        check_field(false, rules[i].offset, UINT32_MAX, rules[i].name);
    }
    RAGGED(prefix, 65537, "prefix: expected 0 to 65536, found 65537");
    RAGGED(identifiers, 16777216, NULL);
    RAGGED(identifiers, 16777217, "identifiers: expected 0 to 16777216, found 16777217");
    RAGGED(high_blocks, 256, NULL);
    RAGGED(high_blocks, 257, "high_blocks: expected 0 to 256, found 257");
    RAGGED(heads, 1025, "heads: expected 0 to 1024, found 1025");
    RAGGED(grid_rows, 65537, "grid_rows: expected 0 to 65536, found 65537");
    RAGGED(grid_columns, 65537, "grid_columns: expected 0 to 65536, found 65537");
}
END_TEST

START_TEST(test_mixer)
{
    TINY(token_hidden, 0, "a mixer: expected token_hidden of at least 1 and heads 0, found 0 and 0");
    TINY(heads, 1, "a mixer: expected token_hidden of at least 1 and heads 0, found 1 and 1");
    TINY(position_encoding, TRM_POSITION_ROTARY,
         "a mixer: expected position_encoding none or learned, found rotary");
}
END_TEST

START_TEST(test_attention)
{
    RAGGED(token_hidden, 1, "attention: expected token_hidden 0, found 1");
    RAGGED(heads, 0, "heads that divide the 36 channels, found 0");
    RAGGED(heads, 5, "heads that divide the 36 channels, found 5");
    RAGGED(heads, 72, "heads that divide the 36 channels, found 72");
    RAGGED(heads, 18, NULL);
    RAGGED(heads, 36, "rotary positions: expected an even number of channels a head, found 1");
    RAGGED(heads, 12, "rotary positions: expected an even number of channels a head, found 3");
    trmi_config config = ragged_config();
    config.heads = 12;
    config.position_encoding = TRM_POSITION_LEARNED;
    check(&config, NULL);
}
END_TEST

START_TEST(test_prefix)
{
    trmi_config config = ragged_config();
    config.registers = true;
    check(&config,
          "register rows: expected a prefix of at least 1 and no puzzle table, found 3 and 4 identifiers");
    config.identifiers = 0;
    config.puzzle_width = 0;
    check(&config, NULL);
    config.registers = false;
    check(&config, "a prefix of 3 rows: expected register rows or a puzzle table, found neither");
    config.prefix = 0;
    check(&config, NULL);
    config.registers = true;
    check(&config, "register rows: expected a prefix of at least 1 and no puzzle table, found 0 and 0");
    RAGGED(puzzle_width, 0, "both identifiers and puzzle_width or neither, found 4 and 0");
    TINY(puzzle_width, 1, "both identifiers and puzzle_width or neither, found 0 and 1");
    RAGGED(puzzle_width, 108, NULL);
    RAGGED(puzzle_width, 109, "puzzle_width: expected at most the 3 x 36 numbers of the prefix, found 109");
    RAGGED(puzzle_width, UINT32_MAX, "numbers of the prefix, found 4294967295");
    RAGGED(prefix, 0, "puzzle_width: expected at most the 0 x 36");
}
END_TEST

/* Products that almost fit in 32 bits, and that do not. */
START_TEST(test_products)
{
    trmi_config config = ragged_config();
    config.heads = 1024;
    config.channels = 65536;
    config.prefix = 65530;
    config.puzzle_width = 65530u * 65536u;
    check(&config, NULL);
    config.puzzle_width++;
    check(&config, "the 65530 x 65536 numbers of the prefix, found 4294574081");
    config.puzzle_width = 1;
    config.prefix = 65531;
    check(&config, "prefix and positions: expected at most 65536 together, found 65537");
    config = tiny_config();
    config.positions = 65536;
    config.grid_rows = config.grid_columns = 65536;
    check(&config, "to be the 65536 positions, found 65536 x 65536");
    config.grid_rows = 1;
    check(&config, NULL);
}
END_TEST

START_TEST(test_shape)
{
    RAGGED(high_blocks, 0, "high_blocks: expected at least 1 in an HRM and 0 in a TRM, found 0");
    TINY(high_blocks, 1, "high_blocks: expected at least 1 in an HRM and 0 in a TRM, found 1");
    RAGGED(grid_rows, 0, "rows x columns to be the 6 positions, found 0 x 3");
    RAGGED(grid_columns, 0, "rows x columns to be the 6 positions, found 2 x 0");
    RAGGED(grid_columns, 4, "rows x columns to be the 6 positions, found 2 x 4");
}
END_TEST

static void check_epsilon(double epsilon, const char *sentence)
{
    trmi_config config = tiny_config();
    config.norm_epsilon = epsilon;
    check(&config, sentence);
}

static void check_base(double base, const char *sentence)
{
    trmi_config config = ragged_config();
    config.rotary_base = base;
    check(&config, sentence);
}

START_TEST(test_reals)
{
    static const char epsilon[] = "norm_epsilon: expected a number above 0 and below 1";
    static const char base[] = "rotary_base: expected a number above 1, up to 1e30";
    check_epsilon(0.0, epsilon);
    check_epsilon(-1e-5, epsilon);
    check_epsilon(1e-46, epsilon); /* 0 as a float */
    check_epsilon(1e-44, NULL);
    check_epsilon(1.0, epsilon);
    check_epsilon((double)NAN, epsilon);
    check_epsilon((double)INFINITY, epsilon);
    check_epsilon(0.999, NULL);
    check_base(1.0, base);
    check_base(1.0000001, NULL);
    check_base(1e30, NULL);
    check_base(1.1e30, base);
    check_base((double)NAN, base);
    check_base((double)INFINITY, base);
    check_base(-2.0, base);
}
END_TEST

START_TEST(test_widths)
{
    const trmi_config config = ragged_config();
    ck_assert_uint_eq(trmi_rows(&config), 9);
    ck_assert_uint_eq(trmi_head_width(&config), 16);
    ck_assert_uint_eq(trmi_padded(1), 16);
    ck_assert_uint_eq(trmi_padded(16), 16);
    ck_assert_uint_eq(trmi_padded(17), 32);
}
END_TEST

/* ------------------------------------------------------------------------------------------- metadata */

static trm_status put_entry(void *user, const trmi_metadata_entry *entry, trm_error *error)
{
    trm_builder *builder = user;
    (void)error;
    if (entry->type == TRM_METADATA_INTEGER)
        builder_integer(builder, entry->key, entry->integer);
    else if (entry->type == TRM_METADATA_REAL)
        builder_real(builder, entry->key, entry->real);
    else
        builder_value(builder, entry->key, (uint8_t)entry->type, entry->bytes, entry->length, true);
    return TRM_OK;
}

/* What is written is what is read. */
static void check_round_trip(const trmi_config *config)
{
    trm_builder builder = { .omit = NULL };
    trm_allocator allocator;
    trmi_container container;
    trmi_config read;
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    char text[TRMI_RELATIONS_BYTES];
    ck_assert_int_eq(trmi_config_write(config, text, put_entry, &builder, NULL), TRM_OK);
    trm_file file = builder_finish(&builder);
    ck_assert_int_eq(trmi_container_open(&container, file.bytes, file.size, &allocator, NULL), TRM_OK);
    ck_assert_uint_eq(container.metadata_count, 25);
    ck_assert_int_eq(trmi_config_read(&read, &container, NULL), TRM_OK);
    ck_assert_mem_eq(&read, config, FIELD(registers));
    ck_assert(read.registers == config->registers && read.head_bias == config->head_bias);
    ck_assert_mem_eq(&read.blocks, &config->blocks, FIELD(rotary_base) - FIELD(blocks));
    ck_assert(read.rotary_base == config->rotary_base && read.norm_epsilon == config->norm_epsilon);
    trmi_container_close(&container);
    file_free(&file);
}

START_TEST(test_round_trip)
{
    const trmi_config tiny = tiny_config();
    trmi_config config = ragged_config();
    check_round_trip(&tiny);
    check_round_trip(&config);
    config.registers = true;
    config.identifiers = config.puzzle_width = 0;
    check_round_trip(&config);
    config.head_bias = false;
    check_round_trip(&config);
}
END_TEST

/* builder_model() leaves out what has its default. */
START_TEST(test_defaults)
{
    trmi_config config = ragged_config(), read;
    trm_allocator allocator;
    trmi_container container;
    config.rotary_base = 10000.0;
    config.norm_epsilon = 1e-5;
    config.maximum_steps = 16;
    trm_file file = builder_model_file(&config);
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trmi_container_open(&container, file.bytes, file.size, &allocator, NULL), TRM_OK);
    ck_assert_ptr_null(trmi_container_metadata(&container, "model.rotary_base"));
    ck_assert_ptr_null(trmi_container_metadata(&container, "model.norm_epsilon"));
    ck_assert_ptr_null(trmi_container_metadata(&container, "model.maximum_steps"));
    ck_assert_int_eq(trmi_config_read(&read, &container, NULL), TRM_OK);
    ck_assert(read.rotary_base == 10000.0 && read.norm_epsilon == 1e-5 && read.maximum_steps == 16);
    ck_assert(read.registers == false && read.token_hidden == 0);
    trmi_container_close(&container);
    file_free(&file);
}
END_TEST

START_TEST(test_names)
{
    ck_assert_str_eq(trmi_enum_name("model.gate", TRM_GATE_NORMED), "normed");
    ck_assert_ptr_null(trmi_enum_name("model.gate", 3));
    ck_assert_ptr_null(trmi_enum_name("model.gates", TRM_GATE_NORMED));
    ck_assert_uint_eq(trmi_enum_value("model.gate", "normed"), TRM_GATE_NORMED);
    ck_assert_uint_eq(trmi_enum_value("model.gate", "rotary"), 0);
    ck_assert_uint_eq(trmi_enum_value("model.gates", "normed"), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("config");
    TCase *t = tcase_create("config");
    tcase_add_test(t, test_right_ones);
    tcase_add_test(t, test_enumerations);
    tcase_add_test(t, test_numbers);
    tcase_add_test(t, test_mixer);
    tcase_add_test(t, test_attention);
    tcase_add_test(t, test_prefix);
    tcase_add_test(t, test_products);
    tcase_add_test(t, test_shape);
    tcase_add_test(t, test_reals);
    tcase_add_test(t, test_widths);
    tcase_add_test(t, test_round_trip);
    tcase_add_test(t, test_defaults);
    tcase_add_test(t, test_names);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
