/* Every variant of a model, in ragged sizes, against the mathematics in double precision: each supervision
 * step of the library is compared with a step of tests/support/reference_model.h from the same state. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/core/bytes.h"
#include "tests/support/random.h"
#include "tests/support/reference_model.h"
#include "tests/support/run.h"
#include "tests/support/solver_state.h"

enum { PUZZLES = 2, STEPS = 3 };

/* Rounding to float grows a little in up to 12 evaluations of up to 3 blocks: below 1e-5 with 30 seeds. */
static const double tolerance = 5e-5;

typedef enum prefix_kind { NO_PREFIX, PUZZLE_ROWS, REGISTER_ROWS, PREFIX_KINDS } prefix_kind;

static uint32_t between(random_source *source, uint32_t least, uint32_t most)
{
    return least + random_below(source, most - least + 1);
}

static void draw_width(trmi_config *config, random_source *source)
{
    static const uint32_t channels[] = { 20, 36, 72, 16, 33, 48, 19 };
    static const uint32_t head_widths[] = { 4, 6, 10, 12, 16, 18, 32, 34 };
    if (config->block == TRM_BLOCK_MIXER) {
        config->channels = channels[random_below(source, 7)];
        config->token_hidden = between(source, 8, 70);
        return;
    }
    config->heads = between(source, 1, 5);
    const uint32_t width = head_widths[random_below(source, 8)];
    config->channels = config->heads * (config->position_encoding == TRM_POSITION_ROTARY ? width : width + 1);
}

static void draw_prefix(trmi_config *config, prefix_kind kind, random_source *source)
{
    if (kind == NO_PREFIX)
        return;
    config->prefix = between(source, 1, 4);
    config->registers = kind == REGISTER_ROWS;
    if (kind == PUZZLE_ROWS) {
        config->identifiers = between(source, 1, 4);
        config->puzzle_width = between(source, 1, config->prefix * config->channels);
    }
}

/* A variant in random sizes: small, because the reference is slow, but not so small that a norm comes close
 * to a sign, which no tolerance holds for. */
static trmi_config draw_config(trm_architecture architecture, trm_block block, trm_position_encoding encoding,
                               trm_gate gate, prefix_kind kind, bool head_bias, random_source *source)
{
    trmi_config config = random_config(block);
    config.architecture = architecture;
    config.position_encoding = encoding;
    config.gate = gate;
    config.head_bias = head_bias;
    config.prefix = config.identifiers = config.puzzle_width = 0;
    config.grid_rows = config.grid_columns = 0;
    draw_width(&config, source);
    draw_prefix(&config, kind, source);
    config.positions = between(source, 3, 30);
    config.vocabulary = between(source, 2, 40);
    config.channel_hidden = between(source, 8, 90);
    config.blocks = between(source, 1, 3);
    config.high_blocks = architecture == TRM_ARCHITECTURE_HRM ? between(source, 1, 3) : 0;
    config.cycles = between(source, 1, 3);
    config.updates = between(source, 1, 3);
    config.rotary_base =
        encoding == TRM_POSITION_ROTARY ? (random_below(source, 2) != 0 ? 10000 : 300) : config.rotary_base;
    config.norm_epsilon = random_below(source, 2) != 0 ? 1e-5 : 1e-3;
    return config;
}

/* ----------------------------------------------------------------------------------------- comparison */

static double worse(double worst, double difference)
{
    return fabs(difference) <= worst ? worst : fabs(difference);
}

/* Reads panels into N x D. Lanes beyond D must be zero. */
static void unpack(const trmi_config *config, const float *panels, double *rows)
{
    const uint32_t n = trmi_rows(config), d = config->channels;
    for (uint32_t c = 0; c < trmi_padded(d); c++)
        for (uint32_t r = 0; r < n; r++) {
            const float value = panels[((size_t)(c / 16) * n + r) * 16 + c % 16];
            if (c < d)
                rows[(size_t)r * d + c] = (double)value;
            else
                ck_assert_msg(trmi_bits_of_float(value) == 0, "lane %u of row %u is not zero", c, r);
        }
}

static double panels_difference(const trmi_config *config, const float *panels, const double *rows)
{
    const size_t count = (size_t)trmi_rows(config) * config->channels;
    double *got = malloc(count * sizeof *got), worst = 0;
    ck_assert_ptr_nonnull(got);
    unpack(config, panels, got);
    for (size_t i = 0; i < count; i++)
        worst = worse(worst, got[i] - rows[i]);
    free(got);
    return worst;
}

/* What the library read out after its step, against what the reference reads out after its own. */
static double answers_difference(const trm_solver *solver, const reference_model *reference,
                                 reference_state *const *states)
{
    const trmi_config *config = &reference->config;
    const size_t each = (size_t)config->positions * config->vocabulary;
    float *logits = malloc(PUZZLES * each * sizeof *logits), halt[PUZZLES], go_on[PUZZLES];
    double *wanted = malloc(each * sizeof *wanted), heads[2], worst = 0;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.logits = logits;
    answers.halt_logits = halt;
    answers.continue_logits = go_on;
    ck_assert_int_eq(trm_solver_read(solver, &answers, NULL), TRM_OK);
    for (size_t p = 0; p < PUZZLES; p++) {
        reference_read(reference, states[p], wanted, heads);
        for (size_t i = 0; i < each; i++)
            worst = worse(worst, (double)logits[p * each + i] - wanted[i]);
        worst = worse(worst, (double)halt[p] - heads[0]);
        worst = worse(worst, (double)go_on[p] - heads[1]);
    }
    free(logits);
    free(wanted);
    return worst;
}

static double step_difference(trm_solver *solver, const reference_model *reference,
                              reference_state *const *states)
{
    double worst = 0;
    for (size_t p = 0; p < PUZZLES; p++) {
        unpack(&reference->config, trmi_solver_y(solver, p), states[p]->y);
        unpack(&reference->config, trmi_solver_z(solver, p), states[p]->z);
        reference_step(reference, states[p]);
    }
    ck_assert_int_eq(trm_solver_step(solver, NULL, NULL), TRM_OK);
    for (size_t p = 0; p < PUZZLES; p++) {
        worst = worse(worst, panels_difference(&reference->config, trmi_solver_y(solver, p), states[p]->y));
        worst = worse(worst, panels_difference(&reference->config, trmi_solver_z(solver, p), states[p]->z));
    }
    return worse(worst, answers_difference(solver, reference, states));
}

static void load_both(trm_solver *solver, const reference_model *reference, reference_state *const *states,
                      random_source *source)
{
    const trmi_config *config = &reference->config;
    int32_t *tokens = malloc(PUZZLES * config->positions * sizeof *tokens);
    uint32_t identifiers[PUZZLES] = { 0 };
    random_tokens(source, tokens, PUZZLES * config->positions, config->vocabulary);
    for (size_t p = 0; p < PUZZLES; p++) {
        if (config->identifiers > 0)
            identifiers[p] = random_below(source, config->identifiers);
        reference_load(reference, tokens + p * config->positions, identifiers[p], states[p]);
    }
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = PUZZLES;
    questions.tokens = tokens;
    questions.identifiers = config->identifiers > 0 ? identifiers : NULL;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_solver_load(solver, &questions, &error) == TRM_OK, "%s", error.message);
    free(tokens);
}

static void check_model(const trm_model *model, random_source *source, const char *what)
{
    reference_model *reference = reference_model_create(model);
    reference_state *states[PUZZLES];
    for (size_t p = 0; p < PUZZLES; p++)
        states[p] = reference_state_create(reference);
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.batch = PUZZLES;
    options.maximum_steps = STEPS;
    trm_solver *solver = NULL;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_solver_create(model, &options, &solver, &error) == TRM_OK, "%s: %s", what,
                  error.message);
    load_both(solver, reference, states, source);
    for (size_t p = 0; p < PUZZLES; p++) {
        const double start = panels_difference(&reference->config, trmi_solver_x(solver, p), states[p]->x);
        ck_assert_msg(start <= 1e-5, "%s: x differs by %.3g", what, start);
        ck_assert(panels_difference(&reference->config, trmi_solver_y(solver, p), states[p]->y) <= 0);
        ck_assert(panels_difference(&reference->config, trmi_solver_z(solver, p), states[p]->z) <= 0);
    }
    for (int step = 1; step <= STEPS; step++) {
        const double worst = step_difference(solver, reference, states);
        ck_assert_msg(worst <= tolerance, "%s: step %d differs by %.3g", what, step, worst);
    }
    trm_solver_free(solver);
    for (size_t p = 0; p < PUZZLES; p++)
        reference_state_free(states[p]);
    reference_model_free(reference);
}

static void check_variant(trm_architecture architecture, trm_block block, trm_position_encoding encoding,
                          trm_gate gate, prefix_kind kind, bool head_bias)
{
    const uint64_t stream = (((uint64_t)architecture * 4 + (uint64_t)block) * 4 + (uint64_t)encoding) * 16 +
                            (uint64_t)gate * 8 + (uint64_t)kind * 2 + head_bias;
    random_source source = random_begin(stream);
    const trmi_config config = draw_config(architecture, block, encoding, gate, kind, head_bias, &source);
    char what[256];
    snprintf(what, sizeof what,
             "architecture %d block %d encoding %d gate %d prefix %d bias %d: D %u h %u S %u P %u V %u Ht %u "
             "Hc %u K %u/%u T %u n %u",
             (int)architecture, (int)block, (int)encoding, (int)gate, (int)kind, head_bias, config.channels,
             config.heads, config.positions, config.prefix, config.vocabulary, config.token_hidden,
             config.channel_hidden, config.blocks, config.high_blocks, config.cycles, config.updates);
    random_file file = random_model_file(&config, &source, 0.5, false);
    trm_model *model = random_model_open(&file);
    check_model(model, &source, what);
    trm_model_close(model);
    free(file.data);
}

static void check_variants(trm_architecture architecture, trm_block block, trm_position_encoding encoding)
{
    for (int gate = TRM_GATE_PLAIN; gate <= TRM_GATE_NORMED; gate++)
        for (int kind = NO_PREFIX; kind < PREFIX_KINDS; kind++)
            for (int head_bias = 0; head_bias < 2; head_bias++)
                check_variant(architecture, block, encoding, (trm_gate)gate, (prefix_kind)kind,
                              head_bias != 0);
}

START_TEST(mixers)
{
    check_variants((trm_architecture)_i, TRM_BLOCK_MIXER, TRM_POSITION_NONE);
    check_variants((trm_architecture)_i, TRM_BLOCK_MIXER, TRM_POSITION_LEARNED);
}
END_TEST

START_TEST(attention_without_positions)
{
    check_variants((trm_architecture)_i, TRM_BLOCK_ATTENTION, TRM_POSITION_NONE);
}
END_TEST

START_TEST(attention_with_learned_positions)
{
    check_variants((trm_architecture)_i, TRM_BLOCK_ATTENTION, TRM_POSITION_LEARNED);
}
END_TEST

START_TEST(attention_with_rotary_positions)
{
    check_variants((trm_architecture)_i, TRM_BLOCK_ATTENTION, TRM_POSITION_ROTARY);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("variants");
    TCase *tests = tcase_create("against double precision");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, mixers, TRM_ARCHITECTURE_TRM, TRM_ARCHITECTURE_HRM + 1);
    tcase_add_loop_test(tests, attention_without_positions, TRM_ARCHITECTURE_TRM, TRM_ARCHITECTURE_HRM + 1);
    tcase_add_loop_test(tests, attention_with_learned_positions, TRM_ARCHITECTURE_TRM,
                        TRM_ARCHITECTURE_HRM + 1);
    tcase_add_loop_test(tests, attention_with_rotary_positions, TRM_ARCHITECTURE_TRM,
                        TRM_ARCHITECTURE_HRM + 1);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
