/* Random relational models against the tests' model in double precision: grids, fields, widths and relations
 * of all kinds, offsets too, that golden files lack; on grids of the model's own shape and of others. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/relational_golden.h"
#include "tests/support/run.h"

enum { MODELS = 24, STEPS = 2, MOST = 4096 };

/* Rounding to float grows a little in up to 12 evaluations. */
static const double tolerance = 5e-5;

static uint32_t between(random_source *source, uint32_t least, uint32_t most)
{
    return least + random_below(source, most - least + 1);
}

static trmi_config draw_config(random_source *source, bool fields)
{
    static const char *const relations[] = {
        "row=shape/positions/sum+max offset(1,-1)=shape/positions/node cell=shape/fields/max "
        "above=shape/fields/sum+max",
        "offset(-2,1)=shape/positions/node up=shape/positions/node below=shape/fields/max "
        "column=shape/positions/sum",
        "all=shape/positions/sum+max right=shape/positions/node next=shape/fields/sum "
        "previous=shape/fields/sum",
        "left=shape/positions/node offset(0,3)=shape/positions/node column=shape/positions/max",
        "offset(-1,-1)=shape/positions/node row=shape/positions/sum all=shape/positions/max "
        "down=shape/positions/node",
    };
    trmi_config config = random_config(TRM_BLOCK_RELATIONAL);
    config.positions = 2 * between(source, 2, 8);
    config.vocabulary = between(source, 3, 7);
    config.channels = between(source, 5, 40);
    config.channel_hidden = between(source, 5, 50);
    config.blocks = between(source, 1, 3);
    config.cycles = between(source, 1, 2);
    config.updates = between(source, 1, 2);
    random_make_relational(&config, fields);
    config.start_noise = 0;
    config.bounds = (trmi_bounds) { .least_rows = 1, .most_rows = 9, .least_columns = 1, .most_columns = 9 };
    const char *text = relations[fields ? random_below(source, 3) : 3 + random_below(source, 2)];
    ck_assert_int_eq(trmi_relations_parse(text, strlen(text), &config.relations, NULL), TRM_OK);
    return config;
}

/* What both were asked and what they said. */
typedef struct bed {
    trmi_config config;
    relational_golden reference;
    trm_model *model;
    void *converted;
    int32_t tokens[MOST];
    float logits[MOST];
    double expected[MOST];
} bed;

static void open_both(bed *b, random_source *source, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    size_t bytes;
    random_file file = random_checkpoint(&b->config, source, 0.5);
    write_whole(path, file.data, file.bytes);
    relational_golden_open_model(&b->reference, path);
    ck_assert_msg(trm_convert_memory(file.data, file.bytes, NULL, &b->converted, &bytes, &error) == TRM_OK,
                  "%s", error.message);
    ck_assert_msg(trm_model_open_memory(b->converted, bytes, NULL, &b->model, &error) == TRM_OK, "%s",
                  error.message);
    free(file.data);
}

static double expect(bed *b, uint32_t rows, uint32_t columns)
{
    const reference_question question = { .positions = rows * columns,
                                          .fields = b->config.fields,
                                          .rows = rows,
                                          .columns = columns,
                                          .tokens = b->tokens };
    reference_thought *thought = reference_thought_create(&b->reference.model, &question);
    for (int step = 0; step < STEPS; step++)
        reference_relational_step(&b->reference.model, thought);
    const double halt =
        reference_relational_read(&b->reference.model, &question, thought, b->expected, NULL, NULL);
    reference_thought_free(thought);
    return halt;
}

static float solve(bed *b, uint32_t rows, uint32_t columns)
{
    trm_error error = TRM_ERROR_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    float halt;
    shape.rows = rows;
    shape.columns = columns;
    shape.fields = b->config.fields;
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = b->tokens;
    questions.shapes = &shape;
    questions.shape_count = 1;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.logits = b->logits;
    answers.halt_logits = &halt;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = STEPS;
    ck_assert_msg(trm_solve(b->model, &questions, &answers, &options, &error) == TRM_OK, "%s", error.message);
    return halt;
}

static void compare(bed *b, random_source *source, uint32_t rows, uint32_t columns)
{
    const uint32_t positions = rows * columns, v = b->config.vocabulary, f = b->config.fields,
                   outputs = f > 1 ? f : v;
    random_tokens(source, b->tokens, positions, v);
    const double halt = expect(b, rows, columns);
    ck_assert_double_eq_tol((double)solve(b, rows, columns), halt, tolerance * fmax(1, fabs(halt)));
    for (uint32_t p = 0; p < positions; p++)
        for (uint32_t o = 0; o < outputs; o++)
            ck_assert_double_eq_tol((double)b->logits[p * v + b->config.first_value + o],
                                    b->expected[p * outputs + o], tolerance);
    for (uint32_t p = 0; f > 1 && p < positions; p++)
        ck_assert(b->logits[p * v] == -INFINITY);
}

START_TEST(relational_models)
{
    static bed b;
    random_source source = random_begin((uint64_t)_i);
    char *directory = make_directory();
    b.config = draw_config(&source, _i % 2 == 0);
    open_both(&b, &source, inside_directory(directory, "model.safetensors"));
    compare(&b, &source, b.config.grid_rows, b.config.grid_columns);
    compare(&b, &source, between(&source, 1, 9), between(&source, 1, 9));
    compare(&b, &source, 3, 1);
    trm_model_close(b.model);
    relational_golden_close(&b.reference);
    trm_convert_free(b.converted, NULL);
    remove_directory(directory);
}
END_TEST

/* A logit of each value has its place among the tokens: no more values than that, in no shape. */
START_TEST(bounds_of_fields_lie_in_the_vocabulary)
{
    trmi_config config = random_config(TRM_BLOCK_RELATIONAL);
    trm_error error = TRM_ERROR_INIT;
    config.bounds =
        (trmi_bounds) { .least_fields = 1, .most_fields = config.vocabulary - config.first_value };
    ck_assert_msg(trmi_config_check(&config, &error) == TRM_OK, "%s", error.message);
    config.bounds.most_fields++;
    ck_assert_int_eq(trmi_config_check(&config, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "most_fields"));
    random_make_relational(&config, false);
    config.bounds = (trmi_bounds) { .least_fields = 1, .most_fields = 2 };
    ck_assert_int_eq(trmi_config_check(&config, &error), TRM_ERROR_FORMAT);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("relational_variants");
    TCase *tests = tcase_create("against double precision");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, relational_models, 0, MODELS);
    tcase_add_test(tests, bounds_of_fields_lie_in_the_vocabulary);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
