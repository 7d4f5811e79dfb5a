/* What the files of relational models say beside their weights: lists of who hears whom, settings that go
 * through safetensors and come back, and what is told of both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/interchange/writer.h"
#include "lib/model/model.h"
#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

enum { POSITIONS = 3, VOCABULARY = 4 };

static trm_allocator allocator;
static trm_error error;

static void set_up(void)
{
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

static trm_model *open_bytes(const void *bytes, size_t size)
{
    trm_model *model = NULL;
    ck_assert_msg(trm_model_open_memory(bytes, size, NULL, &model, &error) == TRM_OK, "%s", error.message);
    return model;
}

/* -- lists of the file -- */

static const uint32_t first[] = { 0, 2, 2, 3 }, heard[] = { 0, 2, 1 };
enum { HEARD = 3, LISTS_BYTES = (1 + 4 + HEARD) * 4 };

static void write_lists(uint8_t to[LISTS_BYTES])
{
    const uint32_t words[] = {
        POSITIONS, first[0], first[1], first[2], first[3], heard[0], heard[1], heard[2]
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int byte = 0; byte < 4; byte++)
            to[4 * i + (size_t)byte] = (uint8_t)(words[i] >> 8 * byte);
}

static trm_status supply(void *user, const trmi_tensor *tensor, float *to, trm_error *why)
{
    (void)why;
    const uint64_t count = trmi_logical_rows(tensor) * trmi_logical_columns(tensor);
    for (uint64_t i = 0; i < count; i++)
        to[i] = (float)random_normal(user) / 3;
    return TRM_OK;
}

/* A model of three positions that hear one another by "board", whose lists stand in its file or come with
   questions. */
static trmi_output board_file(const char *source, const trmi_metadata_entry *metadata, uint32_t count)
{
    char text[64];
    trmi_output file;
    random_source numbers = random_begin(7);
    trmi_weights weights = {
        .supply = supply, .user = &numbers, .metadata = metadata, .metadata_count = count
    };
    weights.config = random_config(TRM_BLOCK_RELATIONAL);
    weights.config.positions = POSITIONS;
    weights.config.vocabulary = VOCABULARY;
    random_make_relational(&weights.config, false);
    snprintf(text, sizeof text, "board=%s/positions/sum+max", source);
    ck_assert_int_eq(trmi_relations_parse(text, strlen(text), &weights.config.relations, NULL), TRM_OK);
    trmi_output_memory(&file, &allocator);
    ck_assert_msg(trmi_write_model(&file, &weights, false, &error) == TRM_OK, "%s", error.message);
    return file;
}

static const int32_t asked[POSITIONS] = { 1, 2, 3 };
static const trm_relation brought = { sizeof brought, "board", first, heard, HEARD, 1, POSITIONS };

static void solve(const trm_model *model, const trm_relation *relation, float logits[POSITIONS * VOCABULARY])
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    questions.count = 1;
    questions.tokens = asked;
    questions.relations = relation;
    questions.relation_count = relation != NULL;
    answers.logits = logits;
    ck_assert_msg(trm_solve(model, &questions, &answers, NULL, &error) == TRM_OK, "%s", error.message);
}

START_TEST(lists_of_a_file_are_those_that_a_question_would_bring)
{
    uint8_t lists[LISTS_BYTES];
    float of_file[POSITIONS * VOCABULARY], of_question[POSITIONS * VOCABULARY];
    trm_relation_info info = TRM_RELATION_INFO_INIT;
    write_lists(lists);
    const trmi_metadata_entry entry = { .key = "relation.board",
                                        .type = TRM_METADATA_BYTES,
                                        .bytes = (const char *)lists,
                                        .length = sizeof lists };
    trmi_output own = board_file("file", &entry, 1), given = board_file("question", NULL, 0);
    trm_model *with = open_bytes(own.bytes, (size_t)own.size),
              *without = open_bytes(given.bytes, (size_t)given.size);
    solve(with, NULL, of_file);
    solve(without, &brought, of_question);
    ck_assert_mem_eq(of_file, of_question, sizeof of_file);
    ck_assert_int_eq(trm_model_relation(with, 0, &info, &error), TRM_OK);
    ck_assert_str_eq(info.name, "board");
    ck_assert(info.source == TRM_RELATION_FILE && info.level == TRM_LEVEL_POSITIONS &&
              info.aggregates == (TRM_AGGREGATE_SUM | TRM_AGGREGATE_MAX));
    ck_assert_int_eq(trm_model_relation(without, 0, &info, &error), TRM_OK);
    ck_assert_uint_eq(info.source, TRM_RELATION_QUESTION);
    ck_assert_int_eq(trm_model_relation(with, 1, &info, &error), TRM_ERROR_ARGUMENT);
    trm_model_close(without);
    trm_model_close(with);
    trmi_output_close(&given);
    trmi_output_close(&own);
}
END_TEST

/* Lists that are not there, of another type, cut short, or of another size: a sentence when questions
   come. */
START_TEST(lists_that_are_none_are_named)
{
    uint8_t lists[LISTS_BYTES];
    write_lists(lists);
    const trmi_metadata_entry entries[] = {
        { .key = "provenance.data", .type = TRM_METADATA_TEXT, .bytes = "none", .length = 4 },
        { .key = "relation.board", .type = TRM_METADATA_TEXT, .bytes = "none", .length = 4 },
        { .key = "relation.board",
          .type = TRM_METADATA_BYTES,
          .bytes = (const char *)lists,
          .length = sizeof lists - 4 },
    };
    static const char *const sentences[] = {
        "metadata relation.board: expected the lists of the relation, found no such key",
        "metadata relation.board: expected the lists of the relation, found another type", "board"
    };
    trmi_output file = board_file("file", &entries[_i], 1);
    trm_model *model = open_bytes(file.bytes, (size_t)file.size);
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    questions.count = 1;
    questions.tokens = asked;
    const trm_status status = trm_solve(model, &questions, &answers, NULL, &error);
    ck_assert_msg(status != TRM_OK && strstr(error.message, sentences[_i]) != NULL, "%s: %s",
                  trm_status_name(status), error.message);
    trm_model_close(model);
    trmi_output_close(&file);
}
END_TEST

/* A verifier sees what the question brought, as it brought it. */
static trm_status see_lists(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                            uint32_t *verdict, trm_error *why)
{
    (void)answer, (void)why;
    uint32_t *calls = user;
    const trm_relation *r = question->relations;
    ck_assert(index == 0 && question->count == 1 && question->relation_count == 1);
    ck_assert_str_eq(r->name, "board");
    ck_assert(r->heard_count == HEARD && r->first[POSITIONS] - r->first[0] == HEARD);
    ck_assert_mem_eq(r->heard + r->first[0], heard, sizeof heard);
    ++*calls;
    *verdict = TRM_VERDICT_VERIFIED;
    return TRM_OK;
}

START_TEST(a_verifier_sees_the_lists)
{
    uint32_t calls = 0, verdict = 0;
    const trm_verifier verifier = { sizeof verifier, &calls, see_lists };
    trmi_output file = board_file("question", NULL, 0);
    trm_model *model = open_bytes(file.bytes, (size_t)file.size);
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    questions.count = 1;
    questions.tokens = asked;
    questions.relations = &brought;
    questions.relation_count = 1;
    answers.verdicts = &verdict;
    options.verifier = &verifier;
    ck_assert_msg(trm_solve(model, &questions, &answers, &options, &error) == TRM_OK, "%s", error.message);
    ck_assert(calls == 1 && verdict == TRM_VERDICT_VERIFIED);
    trm_model_close(model);
    trmi_output_close(&file);
}
END_TEST

/* -- through safetensors and back -- */

static const char *const shipped[] = { "sudoku-small", "path", "colouring" };

static void convert(const void *data, size_t bytes, uint32_t format, void **to, size_t *to_bytes)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.format = format;
    ck_assert_msg(trm_convert_memory(data, bytes, &options, to, to_bytes, &error) == TRM_OK, "%s",
                  error.message);
}

/* All that a model is and says: its configuration, its task, and the bits of an answer. */
static void expect_same(const trm_model *a, const trm_model *b)
{
    const trmi_config *c = &a->config;
    int32_t *tokens = calloc(c->positions, sizeof *tokens);
    float *logits[2];
    ck_assert_mem_eq(c, &b->config, sizeof *c);
    ck_assert_str_eq(a->task.name, b->task.name);
    ck_assert_uint_eq(a->container.metadata_count, b->container.metadata_count);
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = tokens;
    uint32_t *nobody = calloc((size_t)c->positions + 1, sizeof *nobody); /* a graph without edges */
    const trm_relation none = { sizeof none, "edge", nobody, nobody, 0, 1, 0 };
    questions.relations = c->relations.relation[0].source == TRMI_RELATION_QUESTION ? &none : NULL;
    questions.relation_count = questions.relations != NULL;
    for (int i = 0; i < 2; i++) {
        logits[i] = malloc((size_t)c->positions * c->vocabulary * sizeof **logits);
        trm_answers answers = TRM_ANSWERS_INIT;
        answers.logits = logits[i];
        trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
        options.maximum_steps = 1;
        ck_assert_msg(trm_solve(i == 0 ? a : b, &questions, &answers, &options, &error) == TRM_OK, "%s",
                      error.message);
    }
    ck_assert_mem_eq(logits[0], logits[1], (size_t)c->positions * c->vocabulary * sizeof **logits);
    free(nobody);
    free(logits[0]);
    free(logits[1]);
    free(tokens);
}

static void there_and_back(const void *data, size_t bytes)
{
    void *published, *back;
    size_t published_bytes, back_bytes;
    convert(data, bytes, TRM_FORMAT_SAFETENSORS, &published, &published_bytes);
    convert(published, published_bytes, TRM_FORMAT_TRM, &back, &back_bytes);
    trm_model *before = open_bytes(data, bytes), *after = open_bytes(back, back_bytes);
    expect_same(before, after);
    trm_model_close(after);
    trm_model_close(before);
    trm_convert_free(back, NULL);
    trm_convert_free(published, NULL);
}

START_TEST(shipped_models_come_back_from_safetensors)
{
    char path[512];
    size_t bytes;
    snprintf(path, sizeof path, "%s/models/%s.trm", getenv("TRM_SOURCE_ROOT"), shipped[_i]);
    uint8_t *data = read_whole(path, &bytes);
    ck_assert_ptr_nonnull(data);
    there_and_back(data, bytes);
    free(data);
}
END_TEST

/* Every setting that differs from what is usual. */
START_TEST(random_models_come_back_from_safetensors)
{
    random_source source = random_begin(3);
    trmi_config config = random_config(TRM_BLOCK_RELATIONAL);
    random_make_relational(&config, _i == 0);
    config.cell_confidence = true;
    config.halt_threshold = 0.25;
    config.start_noise = 0.75;
    config.bounds = (trmi_bounds) { .most_positions = 40 };
    const random_file file = random_model_file(&config, &source, 0.5, false);
    there_and_back(file.data, file.bytes);
    free(file.data);
}
END_TEST

/* Which the models above do not have: they are softmax, with a bias. */
START_TEST(another_likelihood_comes_back_from_safetensors)
{
    trm_init_options init = TRM_INIT_OPTIONS_INIT;
    void *data;
    size_t bytes;
    init.block = TRM_BLOCK_RELATIONAL;
    init.prefix = 0;
    init.gate = TRM_GATE_NORMED;
    init.channels = init.channel_hidden = init.positions = 16;
    init.grid_rows = init.grid_columns = 4;
    init.vocabulary = 5;
    init.fields = 4;
    init.first_value = 1;
    init.task = "sudoku";
    init.likelihood = TRM_LIKELIHOOD_STABLEMAX;
    init.head_bias = (uint32_t)_i;
    ck_assert_msg(trm_init_memory(&init, &data, &bytes, &error) == TRM_OK, "%s", error.message);
    there_and_back(data, bytes);
    trm_convert_free(data, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("relational files");
    TCase *tests = tcase_create("files");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, lists_of_a_file_are_those_that_a_question_would_bring);
    tcase_add_loop_test(tests, lists_that_are_none_are_named, 0, 3);
    tcase_add_test(tests, a_verifier_sees_the_lists);
    tcase_add_loop_test(tests, shipped_models_come_back_from_safetensors, 0,
                        sizeof shipped / sizeof *shipped);
    tcase_add_loop_test(tests, random_models_come_back_from_safetensors, 0, 2);
    tcase_add_loop_test(tests, another_likelihood_comes_back_from_safetensors, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
