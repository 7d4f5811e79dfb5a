/* New models: every kind opens, the same options give the same bytes, and the numbers are spread as they
 * should be. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/checksum.h"
#include "lib/core/generator.h"
#include "lib/model/model.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

static char *directory;

static void set_up(void)
{
    directory = make_directory();
}

static void tear_down(void)
{
    remove_directory(directory);
}

static trm_init_options small(void)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.channels = 32;
    options.positions = 16;
    options.prefix = 2;
    options.vocabulary = 6;
    options.seed = 1;
    return options;
}

static const char *model_path(void)
{
    return inside_directory(directory, "model.trm");
}

static trm_model *make(const trm_init_options *options)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    ck_assert_msg(trm_init(model_path(), options, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_model_open(model_path(), NULL, &model, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(count_files(directory), 1);
    return model;
}

static uint32_t checksum_of(const trm_init_options *options)
{
    size_t bytes;
    trm_model_close(make(options));
    uint8_t *file = read_whole(model_path(), &bytes);
    const uint32_t crc = trmi_crc32c(0, file, bytes);
    free(file);
    return crc;
}

START_TEST(makes_the_same_bytes_everywhere)
{
    trm_init_options options = small();
    const uint32_t first = checksum_of(&options);
    ck_assert_uint_eq(checksum_of(&options), first);
    ck_assert_uint_eq(first, 3348844585u); /* recorded; the numbers are checked by the tests below */
    options.seed = 2;
    ck_assert_uint_ne(checksum_of(&options), first);
}
END_TEST

START_TEST(defaults_to_the_paper)
{
    trm_model *model = make(NULL);
    const trmi_config *c = &model->config;
    ck_assert(c->channels == 512 && c->positions == 81 && c->prefix == 16 && c->vocabulary == 11 &&
              c->blocks == 2);
    ck_assert(c->cycles == 3 && c->updates == 6 && c->maximum_steps == 16 && c->registers &&
              c->identifiers == 0);
    ck_assert_uint_eq(c->channel_hidden, 1536);
    ck_assert_uint_eq(c->token_hidden, 512);
    trm_model_close(model);
}
END_TEST

START_TEST(follows_the_options)
{
    trm_init_options options = small();
    options.architecture = TRM_ARCHITECTURE_HRM;
    options.block = TRM_BLOCK_ATTENTION;
    options.gate = TRM_GATE_NORMED;
    options.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    options.channels = 192;
    options.identifiers = 5;
    options.head_bias = 1;
    options.channel_hidden = 40;
    options.blocks = 1;
    options.high_blocks = 3;
    options.task = "maze";
    options.alphabet = " #SGo";
    options.alphabet_first = 1;
    options.grid_rows = 2;
    options.grid_columns = 8;
    trm_model *model = make(&options);
    const trmi_config *c = &model->config;
    ck_assert(c->architecture == TRM_ARCHITECTURE_HRM && c->block == TRM_BLOCK_ATTENTION &&
              c->gate == TRM_GATE_NORMED);
    ck_assert(c->likelihood == TRM_LIKELIHOOD_SOFTMAX && c->position_encoding == TRM_POSITION_ROTARY);
    ck_assert(c->heads == 3 && c->identifiers == 5 && c->puzzle_width == 192 && !c->registers &&
              c->head_bias);
    ck_assert(c->channel_hidden == 40 && c->token_hidden == 0 && c->blocks == 1 && c->high_blocks == 3);
    ck_assert(c->grid_rows == 2 && c->grid_columns == 8);
    ck_assert_str_eq(model->task.name, "maze");
    ck_assert_int_eq(model->task.token['#'], 2);
    trm_model_close(model);
}
END_TEST

/* The bytes of the file, without one. */
START_TEST(makes_the_same_in_memory)
{
    trm_init_options options = small();
    options.task = "maze";
    options.alphabet = "# SGo";
    trm_model_close(make(&options));
    void *bytes = NULL;
    size_t size = 0;
    ck_assert_int_eq(trm_init_memory(&options, &bytes, &size, NULL), TRM_OK);
    size_t written;
    uint8_t *file = read_whole(model_path(), &written);
    ck_assert_uint_eq(written, size);
    ck_assert_mem_eq(file, bytes, size);
    free(file);
    trm_convert_free(bytes, NULL);
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_init_memory(&options, NULL, &size, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "must not be NULL"));
    bytes = &options;
    ck_assert_int_eq(trm_convert_memory("none", 4, NULL, &bytes, &size, NULL), TRM_ERROR_FORMAT);
    ck_assert(bytes == NULL && size == 0);
    bytes = &options;
    size = 1;
    options.channels = 0;
    options.heads = 7777777;
    ck_assert_int_eq(trm_init_memory(&options, &bytes, &size, NULL), TRM_ERROR_ARGUMENT);
    ck_assert(bytes == NULL && size == 0);
}
END_TEST

/* Every combination of what a model can be, small. */
START_TEST(makes_every_kind)
{
    trm_init_options options = small();
    options.architecture = _i & 1 ? TRM_ARCHITECTURE_HRM : TRM_ARCHITECTURE_TRM;
    options.block = _i & 2 ? TRM_BLOCK_ATTENTION : TRM_BLOCK_MIXER;
    options.position_encoding = _i & 4 ? TRM_POSITION_LEARNED : 0;
    options.head_bias = _i & 8 ? 1 : 0;
    options.prefix = _i & 16 ? 0 : 3;
    options.identifiers = (_i & 48) == 32 ? 2 : 0;
    options.channels = 40;
    options.heads = _i & 2 ? 4 : 0;
    options.blocks = 1;
    trm_model_close(make(&options));
}
END_TEST

static void measure(const float *numbers, size_t count, double *mean, double *root)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)numbers[i];
        squares += (double)numbers[i] * (double)numbers[i];
    }
    *mean = sum / (double)count;
    *root = sqrt(squares / (double)count);
}

static void check_spread(const float *numbers, size_t count, double deviation)
{
    double mean, root;
    measure(numbers, count, &mean, &root);
    ck_assert_msg(fabs(mean) < 5 * deviation / sqrt((double)count), "mean %g", mean);
    ck_assert_msg(fabs(root / deviation - 1) < 5 / sqrt((double)count), "deviation %g instead of %g", root,
                  deviation);
}

START_TEST(spreads_numbers_as_published)
{
    trm_init_options options = small();
    options.channels = 256;
    options.prefix = 8;
    trm_model *model = make(&options);
    check_spread(model->embed_tokens, 6 * 256, 1 / 16.0);
    check_spread(model->embed_registers, 8 * 256, 1 / 16.0);
    check_spread(model->state_y, 256, 1.0);
    check_spread(model->state_z, 256, 1.0);
    check_spread(model->network[0].block[1].slot[TRMI_SLOT_MIX_IN].numbers, 2 * 256 * 24, 1 / sqrt(24));
    check_spread(model->network[0].block[1].slot[TRMI_SLOT_MIX_OUT].numbers, 24 * 256, 1 / 16.0);
    check_spread(model->network[0].block[0].slot[TRMI_SLOT_CHANNELS_GATE_UP].numbers, 2 * 768 * 256,
                 1 / 16.0);
    check_spread(model->network[0].block[0].slot[TRMI_SLOT_CHANNELS_DOWN].numbers, 256 * 768, 1 / sqrt(768));
    ck_assert(memcmp(model->state_y, model->state_z, sizeof(float)) != 0);
    ck_assert(memcmp(model->network[0].block[0].slot[TRMI_SLOT_CHANNELS_DOWN].numbers,
                     model->network[0].block[1].slot[TRMI_SLOT_CHANNELS_DOWN].numbers, sizeof(float)) != 0);
    ck_assert(model->head_halt[0] == 0.0f && model->head_halt[1] == 0.0f);
    ck_assert(model->head_halt_bias[0] == -5.0f && model->head_halt_bias[1] == -5.0f);
    trm_model_close(model);
}
END_TEST

static trm_init_options relational(void)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.block = TRM_BLOCK_RELATIONAL;
    options.gate = TRM_GATE_NORMED;
    options.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    options.channels = 24;
    options.channel_hidden = 48;
    options.prefix = 0;
    options.vocabulary = 10;
    options.head_bias = 1;
    options.fields = 9;
    options.first_value = 1;
    options.start_noise = 0.5f;
    options.task = "sudoku";
    options.alphabet = ".123456789";
    options.grid_rows = options.grid_columns = 9;
    return options;
}

/* A panel's lanes are outputs, all of them used: 96 of them. */
static void check_cut(const trmi_tensor_entry *entry, const trm_model *model, size_t count, double deviation)
{
    const float *numbers = (const float *)((const char *)model->source.bytes + entry->offset);
    double most = 0.0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)numbers[i]));
    check_spread(numbers, count, deviation);
    ck_assert_double_le(most, 2.0001 / 0.87962566 * deviation);
    ck_assert_double_ge(most, 1.9 / 0.87962566 * deviation);
}

START_TEST(makes_relational_models)
{
    trm_init_options options = relational();
    options.sizes = "4x4 6x6";
    trm_model *model = make(&options);
    const trmi_config *c = &model->config;
    ck_assert(c->fields == 9 && c->first_value == 1 && c->halting == TRMI_HALTING_SOFTMIN &&
              c->start_noise == 0.5);
    ck_assert(c->box_rows == 3 && c->relations.count == 4 && c->bounds.least_rows == 4 &&
              c->bounds.most_rows == 9 && c->bounds.least_fields == 4 && c->bounds.most_positions == 81);
    ck_assert_str_eq(c->relations.relation[3].name, "cell");
    check_cut(trmi_container_tensor(&model->container, "net.0.relational.own"), model, 96 * 24,
              1 / sqrt(9 * 24.0));
    check_cut(trmi_container_tensor(&model->container, "net.1.relational.box.max"), model, 96 * 24,
              1 / sqrt(9 * 24.0));
    ck_assert(model->head_halt_bias[0] == 5.5f && model->head_tokens_bias[0] == 0.0f &&
              model->head_halt[0] == 0.0f);
    trm_model_close(model);
    const trm_relation_info edge = { sizeof edge,
                                     "edge",
                                     TRM_RELATION_QUESTION,
                                     TRM_LEVEL_POSITIONS,
                                     TRM_AGGREGATE_SUM | TRM_AGGREGATE_MAX,
                                     0,
                                     NULL };
    options.relations = &edge;
    options.relation_count = 1;
    options.halting = TRM_HALTING_PRODUCT;
    model = make(&options);
    ck_assert(model->config.relations.count == 1 && model->config.halting == TRMI_HALTING_PRODUCT);
    ck_assert_str_eq(model->config.relations.relation[0].name, "edge");
    trm_model_close(model);
}
END_TEST

/* Each changes what would be right. */
START_TEST(refuses_bad_relations)
{
    const trm_relation_info good = {
        sizeof good, "edge", TRM_RELATION_QUESTION, TRM_LEVEL_POSITIONS, TRM_AGGREGATE_SUM, 0, NULL
    };
    const trm_relation lists = TRM_RELATION_INIT;
    for (int what = 0; what < 12; what++) {
        trm_init_options options = relational();
        trm_relation_info list[2] = { good, good };
        trm_error error = TRM_ERROR_INIT;
        trm_status expected = TRM_ERROR_ARGUMENT;
        options.relations = list;
        options.relation_count = what == 0   ? 33
                                 : what == 1 ? 2
                                 : what == 2 ? 0
                                             : 1; /* 2: twice the same name */
        list[0].name = what == 3 ? NULL : what == 4 ? "no=name" : "edge";
        list[0].level = what == 5 ? 4 : TRM_LEVEL_POSITIONS;
        list[0].source = what == 6 ? 0 : what == 7 ? TRM_RELATION_SHAPE : TRM_RELATION_QUESTION;
        list[0].aggregates = what == 8 ? 0 : TRM_AGGREGATE_SUM;
        options.start_noise = what == 9 ? 101.0f : 0.0f;
        options.sizes = what == 10 ? "4x" : NULL;
        list[0].lists = what == 11 ? &lists : NULL;
        if (what == 11)
            expected = TRM_ERROR_UNSUPPORTED;
        const trm_status status = trm_init(model_path(), &options, &error);
        ck_assert_msg(status == expected, "%d: %s: %s", what, trm_status_name(status), error.message);
    }
    ck_assert_uint_eq(count_files(directory), 0);
}
END_TEST

START_TEST(generates_a_known_stream)
{
    /* The published test vector of SplitMix64 for the state 1234567. */
    static const uint64_t expected[] = { 6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                         4593380528125082431u, 16408922859458223821u };
    trmi_generator generator = { 1234567 };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_uint_eq(trmi_generator_next(&generator), expected[i]);
}
END_TEST

typedef void change(trm_init_options *options);
static void no_channels(trm_init_options *o)
{
    o->channels = 0;
}
static void many_channels(trm_init_options *o)
{
    o->channels = UINT32_MAX;
}
static void no_positions(trm_init_options *o)
{
    o->positions = 0;
}
static void many_positions(trm_init_options *o)
{
    o->positions = UINT32_MAX;
}
static void no_vocabulary(trm_init_options *o)
{
    o->vocabulary = 0;
}
static void no_blocks(trm_init_options *o)
{
    o->blocks = 0;
}
static void no_cycles(trm_init_options *o)
{
    o->cycles = 0;
}
static void no_updates(trm_init_options *o)
{
    o->updates = 0;
}
static void heads_in_a_mixer(trm_init_options *o)
{
    o->heads = 2;
}
static void heads_that_do_not_divide(trm_init_options *o)
{
    o->block = TRM_BLOCK_ATTENTION, o->heads = 5;
}
static void unknown_block(trm_init_options *o)
{
    o->block = 4;
}
static void unknown_gate(trm_init_options *o)
{
    o->gate = 0;
}
static void high_blocks_in_a_trm(trm_init_options *o)
{
    o->high_blocks = 1;
}
static void table_without_prefix(trm_init_options *o)
{
    o->prefix = 0, o->identifiers = 2;
}
static void width_without_table(trm_init_options *o)
{
    o->puzzle_width = 5;
}
static void wrong_grid(trm_init_options *o)
{
    o->grid_rows = 4, o->grid_columns = 5;
}
static void long_alphabet(trm_init_options *o)
{
    o->alphabet = "0123456";
}
static void head_bias_of_two(trm_init_options *o)
{
    o->head_bias = 2;
}
static void reserved_set(trm_init_options *o)
{
    o->reserved = 1;
}
static void size_of_zero(trm_init_options *o)
{
    o->size = 0;
}

static change *const changes[] = {
    no_channels,   many_channels, no_positions,         many_positions,       no_vocabulary,
    no_blocks,     no_cycles,     no_updates,           heads_in_a_mixer,     heads_that_do_not_divide,
    unknown_block, unknown_gate,  high_blocks_in_a_trm, table_without_prefix, width_without_table,
    wrong_grid,    long_alphabet, head_bias_of_two,     reserved_set,         size_of_zero,
};

START_TEST(refuses_bad_options)
{
    trm_init_options options = small();
    trm_error error = TRM_ERROR_INIT;
    changes[_i](&options);
    ck_assert_int_eq(trm_init(model_path(), &options, &error), TRM_ERROR_ARGUMENT);
    ck_assert(error.status == TRM_ERROR_ARGUMENT && strlen(error.message) > 20);
    ck_assert_uint_eq(count_files(directory), 0);
}
END_TEST

START_TEST(leaves_nothing_behind_when_it_fails)
{
    const trm_init_options options = small();
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_init(NULL, &options, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_init(directory, &options, &error), TRM_ERROR_FILE);
    ck_assert_int_eq(trm_init(inside_directory(directory, "missing/model.trm"), &options, &error),
                     TRM_ERROR_FILE);
    ck_assert_uint_eq(count_files(directory), 0);
}
END_TEST

START_TEST(survives_each_failing_allocation)
{
    for (int forever = 0; forever < 2; forever++) {
        trm_status status = TRM_ERROR_MEMORY;
        for (uint64_t at = 0; status != TRM_OK; at++) {
            failing_memory memory = { .fail_at = at, .forever = forever };
            const trm_allocator failing = failing_allocator(&memory);
            trm_init_options options = small();
            options.task = "sudoku";
            options.alphabet = "1234";
            options.allocator = &failing;
            remove(model_path());
            status = trm_init(model_path(), &options, NULL);
            ck_assert(status == TRM_OK || status == TRM_ERROR_MEMORY);
            ck_assert_int_eq(memory.alive, 0);
            ck_assert_uint_eq(count_files(directory), status == TRM_OK ? 1 : 0);
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("init");
    TCase *cases = tcase_create("init");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, makes_the_same_bytes_everywhere);
    tcase_add_test(cases, defaults_to_the_paper);
    tcase_add_test(cases, follows_the_options);
    tcase_add_test(cases, makes_the_same_in_memory);
    tcase_add_loop_test(cases, makes_every_kind, 0, 64);
    tcase_add_test(cases, spreads_numbers_as_published);
    tcase_add_test(cases, makes_relational_models);
    tcase_add_test(cases, refuses_bad_relations);
    tcase_add_test(cases, generates_a_known_stream);
    tcase_add_loop_test(cases, refuses_bad_options, 0, sizeof changes / sizeof changes[0]);
    tcase_add_test(cases, leaves_nothing_behind_when_it_fails);
    tcase_add_test(cases, survives_each_failing_allocation);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
