/* A file may have each matrix in its own precision. What is heard by sum and by maximum is added to a node's
 * own product in the same order, whichever of the two is 8-bit integers, and whatever this machine's kernels
 * can add at once: the bits are those of the portable ones. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "lib/model/model.h"
#include "lib/net/relational.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

enum { CELLS = 16, MOST_LOGITS = CELLS * 64, STEPS = 2, RELATIONS = 2 };

typedef struct answer {
    float logits[MOST_LOGITS];
    size_t count;
} answer;

static trmi_config draw_config(uint32_t channels)
{
    static const char relations[] = "up=shape/positions/sum+max right=shape/positions/sum+max";
    trmi_config config = random_config(TRM_BLOCK_RELATIONAL);
    config.positions = CELLS;
    config.channels = channels;
    config.channel_hidden = 24;
    random_make_relational(&config, false);
    config.grid_rows = config.grid_columns = 4;
    config.start_noise = 0;
    ck_assert_int_eq(trmi_relations_parse(relations, strlen(relations), &config.relations, NULL), TRM_OK);
    return config;
}

static trm_model *open_with(const random_file *file, uint32_t flags)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    options.flags = flags;
    ck_assert_msg(trm_model_open_memory(file->data, file->bytes, &options, &model, &error) == TRM_OK, "%s",
                  error.message);
    return model;
}

static void solve(const trm_model *model, answer *to)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    int32_t tokens[CELLS];
    for (int32_t i = 0; i < CELLS; i++)
        tokens[i] = i % 3;
    to->count = (size_t)CELLS * model->config.vocabulary;
    ck_assert_uint_le(to->count, MOST_LOGITS);
    questions.count = 1;
    questions.tokens = tokens;
    answers.logits = to->logits;
    options.halt = 0;
    options.maximum_steps = STEPS;
    ck_assert_msg(trm_solve(model, &questions, &answers, &options, &error) == TRM_OK, "%s", error.message);
}

/* The answer where the matrices of sums, or those of maxima, are numbers and all others integers. */
static void answer_mixed(const random_file *file, const char *processor, uint32_t aggregate, answer *to)
{
    ck_assert_int_eq(setenv("TRM_CPU", processor, 1), 0);
    trm_model *model = open_with(file, TRM_OPEN_INT8), *numbers = open_with(file, 0);
    for (uint32_t b = 0; b < model->config.blocks; b++)
        for (uint32_t r = 0; r < RELATIONS; r++) {
            const uint32_t slot = trmi_heard_slots_of(&model->config, r).first + aggregate;
            model->network[TRMI_NETWORK_LOW].block[b].slot[slot] =
                numbers->network[TRMI_NETWORK_LOW].block[b].slot[slot];
        }
    solve(model, to);
    trm_model_close(model);
    trm_model_close(numbers);
}

static void compare(uint32_t channels, uint32_t aggregate)
{
    static const char *const processors[] = { "avx2", "avxvnni", "avx512", "avx512vnni" };
    static answer portable, here;
    random_source source = random_begin(channels + aggregate);
    const trmi_config config = draw_config(channels);
    random_file file = random_model_file(&config, &source, 0.5, false);
    answer_mixed(&file, "scalar", aggregate, &portable);
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++) {
        answer_mixed(&file, processors[i], aggregate, &here);
        ck_assert_msg(memcmp(here.logits, portable.logits, here.count * sizeof(float)) == 0,
                      "%s: %u channels, matrix %u of two", processors[i], channels, aggregate);
    }
    free(file.data);
}

START_TEST(sums_are_numbers_and_maxima_integers)
{
    compare(20, 0);
    compare(520, 0);
}
END_TEST

START_TEST(sums_are_integers_and_maxima_numbers)
{
    compare(20, 1);
    compare(520, 1);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("mixed_precisions");
    TCase *tests = tcase_create("relations");
    tcase_add_test(tests, sums_are_numbers_and_maxima_integers);
    tcase_add_test(tests, sums_are_integers_and_maxima_numbers);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
