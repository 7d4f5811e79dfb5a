/* trm_solver_change(): questions that change under way; and trm_firmware_measure(), what a small machine will
   say. */
#include <string.h>

#include <trm/train.h>

#include "tests/support/run.h"

enum { SIDE = 6, CELLS = SIDE * SIDE, TOKENS = 5 };

static const char before[] = "S         #     #     #     #    G   ",
                  after[] = "S     ##  #     #     #     #    G   ";
static trm_error error;
static trm_model *model;
static void *file;

static void set_up(void)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    size_t bytes = 0;
    error = (trm_error)TRM_ERROR_INIT;
    options.block = TRM_BLOCK_RELATIONAL;
    options.channels = 12;
    options.channel_hidden = 20;
    options.blocks = 2;
    options.cycles = 1;
    options.updates = 2;
    options.prefix = 0;
    options.gate = TRM_GATE_NORMED;
    options.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    options.positions = CELLS;
    options.grid_rows = options.grid_columns = SIDE;
    options.task = "path";
    options.alphabet = "# SGo";
    options.vocabulary = TOKENS;
    options.sizes = "4x4-8x8";
    options.seed = 3;
    ck_assert_msg(trm_init_memory(&options, &file, &bytes, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_model_open_memory(file, bytes, NULL, &model, &error) == TRM_OK, "%s", error.message);
}

static void tear_down(void)
{
    trm_model_close(model);
    trm_convert_free(file, NULL);
}

static trm_solver *solver_of(const trm_solve_options *options)
{
    trm_solver *solver = NULL;
    ck_assert_msg(trm_solver_create(model, options, &solver, &error) == TRM_OK, "%s", error.message);
    return solver;
}

static trm_solver *plain_solver(void)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 4;
    return solver_of(&options);
}

/* The question in tokens, which the next call overwrites. */
static const trm_questions *question(const char *map)
{
    static int32_t tokens[CELLS];
    static trm_questions asked = TRM_QUESTIONS_INIT;
    ck_assert_msg(trm_model_encode(model, NULL, map, CELLS, tokens, &error) == TRM_OK, "%s", error.message);
    asked.count = 1;
    asked.tokens = tokens;
    return &asked;
}

static void make_steps(trm_solver *solver, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_msg(trm_solver_step(solver, NULL, &error) == TRM_OK, "%s", error.message);
}

typedef struct reading {
    float logits[CELLS * TOKENS], halt;
    uint32_t steps;
} reading;

static reading read_of(const trm_solver *solver)
{
    reading r = { .steps = 0 };
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.logits = r.logits;
    answers.halt_logits = &r.halt;
    answers.steps = &r.steps;
    ck_assert_msg(trm_solver_read(solver, &answers, &error) == TRM_OK, "%s", error.message);
    return r;
}

/* Two steps of one map, then one of the other, which is loaded or changed to. */
static reading two_and_one(trm_status (*turn)(trm_solver *, const trm_questions *, trm_error *))
{
    trm_solver *solver = plain_solver();
    ck_assert_int_eq(trm_solver_load(solver, question(before), &error), TRM_OK);
    make_steps(solver, 2);
    ck_assert_msg(turn(solver, question(after), &error) == TRM_OK, "%s", error.message);
    make_steps(solver, 1);
    const reading r = read_of(solver);
    trm_solver_free(solver);
    return r;
}

START_TEST(goes_on_from_the_thought)
{
    const reading changed = two_and_one(trm_solver_change), again = two_and_one(trm_solver_change),
                  loaded = two_and_one(trm_solver_load);
    ck_assert_uint_eq(changed.steps, 1);
    ck_assert_mem_eq(changed.logits, again.logits, sizeof again.logits);
    ck_assert_mem_ne(changed.logits, loaded.logits, sizeof loaded.logits);
}
END_TEST

START_TEST(before_a_step_it_is_a_load)
{
    trm_solver *changed = plain_solver(), *loaded = plain_solver();
    ck_assert_int_eq(trm_solver_load(changed, question(before), &error), TRM_OK);
    ck_assert_int_eq(trm_solver_change(changed, question(after), &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(loaded, question(after), &error), TRM_OK);
    make_steps(changed, 2);
    make_steps(loaded, 2);
    const reading a = read_of(changed), b = read_of(loaded);
    ck_assert_mem_eq(a.logits, b.logits, sizeof a.logits);
    trm_solver_free(changed);
    trm_solver_free(loaded);
}
END_TEST

START_TEST(wakes_what_has_stopped)
{
    trm_solver *solver = plain_solver();
    uint32_t running = 7;
    ck_assert_int_eq(trm_solver_load(solver, question(before), &error), TRM_OK);
    make_steps(solver, 5);
    ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_uint_eq(running, 0);
    ck_assert_uint_eq(read_of(solver).steps, 4);
    ck_assert_int_eq(trm_solver_change(solver, question(after), &error), TRM_OK);
    ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_uint_eq(running, 1);
    trm_solver_free(solver);
}
END_TEST

START_TEST(refuses_what_is_no_change)
{
    trm_solver *solver = plain_solver();
    trm_shape shape = TRM_SHAPE_INIT;
    trm_questions asked = *question(before);
    const int32_t wrong[CELLS] = { TOKENS };
    ck_assert_int_eq(trm_solver_change(NULL, &asked, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_solver_change(solver, &asked, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "none loaded"));
    ck_assert_int_eq(trm_solver_load(solver, &asked, &error), TRM_OK);
    make_steps(solver, 1);
    const reading held = read_of(solver);
    ck_assert_int_eq(trm_solver_change(solver, NULL, &error), TRM_ERROR_ARGUMENT);
    asked.tokens = wrong;
    ck_assert_int_eq(trm_solver_change(solver, &asked, &error), TRM_ERROR_PUZZLE);
    shape.rows = 4;
    shape.columns = 9;
    asked = *question(before);
    asked.shapes = &shape;
    asked.shape_count = 1;
    ck_assert_int_eq(trm_solver_change(solver, &asked, &error), TRM_ERROR_PUZZLE);
    const reading still = read_of(solver);
    ck_assert_mem_eq(held.logits, still.logits, sizeof held.logits);
    trm_solver_free(solver);
}
END_TEST

START_TEST(refuses_another_number_of_questions)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.batch = 2;
    trm_solver *solver = solver_of(&options);
    int32_t tokens[2 * CELLS];
    trm_questions two = *question(before);
    memcpy(tokens, two.tokens, CELLS * sizeof *tokens);
    memcpy(tokens + CELLS, two.tokens, CELLS * sizeof *tokens);
    two.count = 2;
    two.tokens = tokens;
    ck_assert_int_eq(trm_solver_load(solver, &two, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_change(solver, question(after), &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "expected the 2 questions that were loaded, found 1"));
    trm_solver_free(solver);
}
END_TEST

/* As many positions in 2 rows of 18, but for searches fewer values than in 6 of 6. */
START_TEST(refuses_more_values_than_a_search_has_room_for)
{
    trm_init_options made = TRM_INIT_OPTIONS_INIT;
    trm_relation_info relations[2] = { TRM_RELATION_INFO_INIT, TRM_RELATION_INFO_INIT };
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_shape flat = TRM_SHAPE_INIT, square = TRM_SHAPE_INIT;
    trm_questions asked = TRM_QUESTIONS_INIT;
    const int32_t tokens[CELLS] = { 0 };
    size_t bytes;
    tear_down();
    relations[0].name = "row";
    relations[1].name = "column";
    for (int i = 0; i < 2; i++) {
        relations[i].source = TRM_RELATION_SHAPE;
        relations[i].level = TRM_LEVEL_POSITIONS;
        relations[i].aggregates = TRM_AGGREGATE_SUM;
    }
    made.block = TRM_BLOCK_RELATIONAL;
    made.channels = 12;
    made.channel_hidden = 20;
    made.prefix = 0;
    made.gate = TRM_GATE_NORMED;
    made.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    made.positions = CELLS;
    made.grid_rows = made.grid_columns = SIDE;
    made.task = "latin";
    made.alphabet = ".123456";
    made.vocabulary = 1 + SIDE;
    made.relations = relations;
    made.relation_count = 2;
    made.sizes = "2x2-18x18";
    ck_assert_msg(trm_init_memory(&made, &file, &bytes, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_model_open_memory(file, bytes, NULL, &model, &error) == TRM_OK, "%s", error.message);
    flat.rows = 2;
    flat.columns = 18;
    square.rows = square.columns = SIDE;
    asked.count = 1;
    asked.tokens = tokens;
    asked.shapes = &square;
    asked.shape_count = 1;
    options.shape = &flat;
    options.maximum_steps = 1;
    options.step_budget = 4;
    for (options.search = 0; options.search < 2; options.search++) {
        trm_solver *solver = solver_of(&options);
        const trm_status expected = options.search != 0 ? TRM_ERROR_WORKSPACE : TRM_OK;
        ck_assert_int_eq(trm_solver_load(solver, &asked, &error), expected);
        trm_solver_free(solver);
    }
}
END_TEST

START_TEST(tells_what_firmware_takes)
{
    trm_firmware_cost cost = TRM_FIRMWARE_COST_INIT, larger = TRM_FIRMWARE_COST_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    size_t here = 0;
    ck_assert_msg(trm_firmware_measure(model, NULL, &cost, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(trm_solver_measure(model, NULL, &here, &error), TRM_OK);
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    ck_assert_uint_eq(cost.operations, info.step_operations);
    ck_assert_uint_eq(cost.model_bytes, info.file_bytes);
    ck_assert_uint_lt(cost.solver_workspace, here);
    shape.rows = shape.columns = 8;
    options.shape = &shape;
    ck_assert_int_eq(trm_firmware_measure(model, &options, &larger, &error), TRM_OK);
    ck_assert_uint_eq(larger.model_workspace, cost.model_workspace);
    ck_assert_uint_gt(larger.solver_workspace, cost.solver_workspace);
    ck_assert_uint_gt(larger.operations, cost.operations);
    shape.rows = 9;
    ck_assert_int_eq(trm_firmware_measure(model, &options, &larger, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_firmware_measure(NULL, NULL, &cost, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_firmware_measure(model, NULL, NULL, &error), TRM_ERROR_ARGUMENT);
}
END_TEST

/* What lies behind them is not theirs. */
START_TEST(options_of_an_older_header_have_no_shape)
{
    trm_firmware_cost usual = TRM_FIRMWARE_COST_INIT, cost = TRM_FIRMWARE_COST_INIT;
    trm_solve_options older = TRM_SOLVE_OPTIONS_INIT;
    older.size = offsetof(trm_solve_options, shape);
    memset((char *)&older + older.size, 0xab, sizeof older - older.size);
    ck_assert_int_eq(trm_firmware_measure(model, NULL, &usual, &error), TRM_OK);
    ck_assert_msg(trm_firmware_measure(model, &older, &cost, &error) == TRM_OK, "%s", error.message);
    ck_assert_mem_eq(&cost, &usual, sizeof cost);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("change");
    TCase *changing = tcase_create("changing");
    tcase_add_checked_fixture(changing, set_up, tear_down);
    tcase_add_test(changing, goes_on_from_the_thought);
    tcase_add_test(changing, before_a_step_it_is_a_load);
    tcase_add_test(changing, wakes_what_has_stopped);
    tcase_add_test(changing, refuses_what_is_no_change);
    tcase_add_test(changing, refuses_another_number_of_questions);
    tcase_add_test(changing, refuses_more_values_than_a_search_has_room_for);
    tcase_add_test(changing, tells_what_firmware_takes);
    tcase_add_test(changing, options_of_an_older_header_have_no_shape);
    suite_add_tcase(s, changing);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
