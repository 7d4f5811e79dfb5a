/* Described tasks: puzzles made up for them, held to definitions that know nothing of bit sets, relations and
 * helpers. What their text may say is in description_test.c. */
#include <stdio.h>
#include <string.h>

#include "lib/core/memory.h"
#include "lib/puzzles/described.h"
#include "lib/puzzles/puzzles.h"
#include "lib/task/verify.h"
#include "tests/support/run.h"

#define GRID "task t\nvariables N x N\nvalues N\nall_different row column\n"
#define LIST "task t\nvariables N\nvalues 2\n"

static const char futoshiki[] = GRID "less neighbours 20-50%\n", cages[] = GRID "sum regions 2-3\n",
                  crooked[] = "task t\nvariables N x N\nvalues N\nall_different row column regions\n",
                  crossed[] = "task t\nvariables N x N\nvalues N\nall_different row column box diagonals\n",
                  diagonals[] = "task t\nvariables N x N\nvalues N\nall_different diagonals\n",
                  sudoku[] = "task t\nvariables N x N\nvalues N\nall_different row column box\n",
                  colouring[] = "task t\nvariables N\nvalues 3-4\nconflict pairs 3.6-5.2\n",
                  apart[] = "task t\nvariables N\nvalues 2-3\nconflict pairs 3-4 values 11 12 33\n",
                  clauses[] = LIST "clause groups 2-3\n",
                  everything[] =
                      GRID "all_different regions\nconflict neighbours 0-5\nless pairs 0.5\nsum regions 1-4\n"
                           "conflict pairs 0.5 values 12 21\nclause groups 3\n";
static const char fixed[] =
    "task four-letters\nvariables N x N\nvalues 4 as abcd\nall_different row column\n"; /* as many as rows */
static const char *const tasks[] = { fixed,  crossed,   futoshiki, cages,   crooked,
                                     sudoku, colouring, apart,     clauses, everything };
enum { TASKS = sizeof tasks / sizeof *tasks, ROOM = 1 << 18 };

/* -- puzzles -- */

static trm_allocator memory;
static trmi_description description;
static trmi_described *described;

static void begin(const char *text)
{
    ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trmi_description_read(&description, text, NULL), TRM_OK);
    ck_assert_int_eq(trmi_described_create(&memory, &description, &described, NULL), TRM_OK);
}

static bool keeps(const trmi_constraints *c, uint32_t index, const uint8_t *answer)
{
    const trmi_constraint *k = &c->constraint[index];
    const uint32_t *m = trmi_constraint_members(c, index);
    uint32_t sum = 0, holds = 0;
    for (uint32_t i = 0; i < k->count; i++) {
        sum += k->kind == TRMI_SUM ? answer[m[i]] + 1u : 0;
        holds += k->kind == TRMI_CLAUSE && answer[m[i] / c->values] == m[i] % c->values;
        if (k->kind == TRMI_BARRED && i % 2 == 0 && answer[m[i] / c->values] == m[i] % c->values &&
            answer[m[i + 1] / c->values] == m[i + 1] % c->values)
            return false;
        for (uint32_t j = 0; k->kind <= TRMI_CONFLICT && j < i; j++)
            if (answer[m[i]] == answer[m[j]])
                return false;
    }
    return k->kind == TRMI_LESS     ? answer[m[0]] < answer[m[1]]
           : k->kind == TRMI_SUM    ? sum == k->total
           : k->kind == TRMI_CLAUSE ? holds > 0
                                    : true;
}

static bool is_right(const trmi_constraints *c, const uint8_t *answer)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (!keeps(c, i, answer))
            return false;
    return true;
}

/* Counts up over what is not given; false behind the last. */
static bool count_up(const trmi_described *d, uint8_t *answer)
{
    for (uint32_t i = 0; i < d->constraints.cells; i++) {
        if (d->given[i] != TRMI_NO_VALUE)
            continue;
        if (++answer[i] < d->constraints.values)
            return true;
        answer[i] = 0;
    }
    return false;
}

static uint32_t count_answers(const trmi_described *d)
{
    uint8_t answer[TRMI_DESCRIBED_VARIABLES] = { 0 };
    uint32_t count = 0;
    for (uint32_t i = 0; i < d->constraints.cells; i++)
        answer[i] = d->given[i] != TRMI_NO_VALUE ? d->given[i] : 0;
    do
        count += is_right(&d->constraints, answer);
    while (count_up(d, answer));
    return count;
}

/* Whether two cells of a row or column of a Latin square have the same value. */
static bool is_latin(const trmi_described *d)
{
    const uint32_t side = d->constraints.side;
    for (uint32_t a = 0; a < side * side; a++)
        for (uint32_t b = 0; b < a; b++)
            if ((a / side == b / side || a % side == b % side) && d->answer[a] == d->answer[b])
                return false;
    return true;
}

START_TEST(makes_puzzles_with_one_answer)
{
    enum { PUZZLES = 8, MOST_OPEN = 12 };
    begin(tasks[_i]);
    trmi_generator generator = { (uint64_t)_i };
    uint32_t counted = 0;
    for (uint32_t p = 0; p < PUZZLES; p++) {
        uint32_t open = 0;
        const uint32_t size =
            description.grid ? (tasks[_i] == sudoku || tasks[_i] == crossed ? 4 : 3 + p % 2) : 6 + p % 3;
        ck_assert_int_eq(trmi_described_draw(described, size, &generator, NULL), TRM_OK);
        ck_assert(is_right(&described->constraints, described->answer));
        ck_assert(!description.grid || is_latin(described));
        for (uint32_t i = 0; i < described->constraints.cells; i++) {
            ck_assert(described->given[i] == TRMI_NO_VALUE || described->given[i] == described->answer[i]);
            open += described->given[i] == TRMI_NO_VALUE;
        }
        if (open > MOST_OPEN)
            continue;
        ck_assert_uint_eq(count_answers(described), 1);
        counted++;
    }
    ck_assert_uint_gt(counted, 0);
    trmi_described_free(described);
}
END_TEST

/* Both diagonals have every value; each of their cells hears those that it is on with, itself included. */
START_TEST(crosses_grids)
{
    enum { SIDE = 5, GRID_CELLS = SIDE * SIDE };
    trmi_generator generator = { 2 };
    begin("task t\nvariables N x N\nvalues N\nall_different row column diagonals\n");
    for (int puzzle = 0; puzzle < 5; puzzle++) {
        ck_assert_int_eq(trmi_described_draw(described, SIDE, &generator, NULL), TRM_OK);
        ck_assert(is_latin(described));
        ck_assert_uint_eq(described->lists->relation_count, 1);
        const trm_relation *r = &described->lists->relations[0];
        ck_assert_str_eq(r->name, "diagonal");
        for (uint32_t a = 0; a < GRID_CELLS; a++) {
            const uint32_t *heard = r->heard + r->first[a];
            for (uint32_t b = 0; b < GRID_CELLS; b++) {
                const bool falling = a / SIDE == a % SIDE && b / SIDE == b % SIDE,
                           rising = a / SIDE + a % SIDE == SIDE - 1 && b / SIDE + b % SIDE == SIDE - 1;
                ck_assert(a == b || !(falling || rising) || described->answer[a] != described->answer[b]);
                if (falling || rising)
                    ck_assert(heard < r->heard + r->first[a + 1] && *heard++ == b);
            }
            ck_assert_ptr_eq(heard, r->heard + r->first[a + 1]);
        }
    }
    trmi_described_free(described);
}
END_TEST

/* -- the verifier -- */

static trmi_task task;
static trmi_task_text kept;
static trmi_verification verification;
static _Alignas(TRMI_ALIGNMENT) char room[ROOM];

static void begin_verifying(const char *text)
{
    trm_task given = TRM_TASK_INIT;
    const trmi_constraints *c = &described->constraints;
    const trmi_constraint_lists *lists = described->lists;
    trmi_arena arena = { .base = room };
    given.rules = text;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    const trmi_shape shape = { .positions = c->cells,
                               .rows = c->side,
                               .columns = c->side,
                               .fields = c->values,
                               .helpers = lists->helpers.count };
    trmi_verification_lay(&verification, &task, &shape, &arena);
    ck_assert_uint_le(arena.used, ROOM);
    for (uint32_t r = 0; r < lists->relation_count; r++) {
        const trm_relation *from = &lists->relations[r];
        const trmi_relation_table table = {
            .level = from->lists == c->cells ? TRMI_LEVEL_POSITIONS : TRMI_LEVEL_NODES,
            .lists = from->lists,
            .first = from->first,
            .heard = from->heard,
        };
        trmi_verification_give(&verification, from->name, &table);
    }
}

static trmi_verdict judge(const uint8_t *answer, trmi_ruling *ruling)
{
    int32_t asked[16] = { 0 }, answered[16];
    for (uint32_t i = 0; i < described->constraints.cells; i++)
        answered[i] = answer[i] + 1;
    return trmi_task_verify(&verification, asked, answered, ruling);
}

static const struct {
    const char *text;
    uint32_t size;
} small[] = { { futoshiki, 3 }, { cages, 3 }, { crooked, 3 }, { diagonals, 3 },
              { colouring, 7 }, { apart, 8 }, { clauses, 10 } };

START_TEST(verifies_every_answer)
{
    begin(small[_i].text);
    trmi_generator generator = { 7 };
    for (uint32_t p = 0; p < 4; p++) {
        ck_assert_int_eq(trmi_described_draw(described, small[_i].size, &generator, NULL), TRM_OK);
        begin_verifying(small[_i].text);
        uint8_t answer[16] = { 0 };
        uint32_t right = 0;
        memset(described->given, TRMI_NO_VALUE, sizeof described->given);
        do {
            trmi_ruling ruling;
            const bool good = is_right(&described->constraints, answer);
            ck_assert_int_eq(judge(answer, &ruling), good ? TRMI_VERIFIED : TRMI_REFUTED);
            ck_assert(ruling.position < described->constraints.cells &&
                      ruling.other < described->constraints.cells);
            right += good;
        } while (count_up(described, answer));
        ck_assert_uint_gt(right, 0);
    }
    trmi_described_free(described);
}
END_TEST

/* So many are given as the text says, and the answer is a right one all the same. */
START_TEST(gives_what_it_is_told)
{
    static const char *const texts[] = { "task t\nvariables N\nvalues 3\ngivens 0\nconflict pairs 2-3\n",
                                         "task t\nvariables N\nvalues 3\ngivens 30-50%\nconflict pairs 2-3\n",
                                         "task t\nvariables N\nvalues 3\ngivens 100\nconflict pairs 2-3\n" };
    static const uint32_t least[] = { 0, 6, 20 }, most[] = { 0, 10, 20 };
    trmi_generator generator = { 3 };
    begin(texts[_i]);
    for (uint32_t p = 0; p < 20; p++) {
        uint32_t given = 0;
        ck_assert_int_eq(trmi_described_draw(described, 20, &generator, NULL), TRM_OK);
        ck_assert(is_right(&described->constraints, described->answer));
        for (uint32_t i = 0; i < described->constraints.cells; i++) {
            given += described->given[i] != TRMI_NO_VALUE;
            ck_assert(described->given[i] == TRMI_NO_VALUE || described->given[i] == described->answer[i]);
        }
        ck_assert(given >= least[_i] && given <= most[_i]);
    }
    trmi_described_free(described);
}
END_TEST

/* Nothing can be judged without the lists that rules speak of. */
START_TEST(verifies_nothing_without_lists)
{
    begin(clauses);
    trmi_generator generator = { 7 };
    ck_assert_int_eq(trmi_described_draw(described, 8, &generator, NULL), TRM_OK);
    described->lists->relation_count = 1;
    begin_verifying(clauses);
    ck_assert_int_eq(judge(described->answer, NULL), TRMI_UNVERIFIED);
    described->lists->relation_count = 2;
    trmi_described_free(described);
}
END_TEST

/* -- bounds -- */

START_TEST(refuses_sums_that_nothing_or_too_much_fulfils)
{
    static trmi_constraints c;
    static trmi_constraint_helpers helpers;
    const uint32_t all[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(
        trmi_description_read(&description, "task t\nvariables N x N\nvalues 16\nsum regions 8", NULL),
        TRM_OK);
    ck_assert_int_eq(trmi_constraints_begin(&c, &description, 4, 16, NULL), TRM_OK);
    ck_assert(trmi_constraints_add(&c, TRMI_SUM, all, 8, 68));
    ck_assert_int_eq(trmi_constraint_helpers_make(&helpers, &description, &c, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "at most 1024 ways"));
    c.constraint[0].total = 7;
    ck_assert_int_eq(trmi_constraint_helpers_make(&helpers, &description, &c, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "that some values have, found 7 of 8 cells"));
    c.constraint[0].total = 9;
    ck_assert_int_eq(trmi_constraint_helpers_make(&helpers, &description, &c, NULL), TRM_OK);
    ck_assert_uint_eq(helpers.count, 8);
}
END_TEST

START_TEST(refuses_sizes)
{
    trm_error error = TRM_ERROR_INIT;
    trmi_generator generator = { 1 };
    begin(sudoku);
    ck_assert_int_eq(trmi_described_draw(described, 5, &generator, &error), TRM_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "t: a grid of 5 x 5 has no boxes");
    ck_assert_int_eq(trmi_described_draw(described, 17, &generator, NULL), TRM_ERROR_ARGUMENT);
    trmi_described_free(described);
}
END_TEST

/* -- sets -- */

static trm_puzzles *make_set(const char *text, uint64_t count)
{
    trm_task given = TRM_TASK_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    trm_puzzles *set;
    trm_error error = TRM_ERROR_INIT;
    given.rules = text;
    options.count = count;
    options.least_size = options.most_size = text == sudoku || text == crossed || text == fixed ? 4 : 0;
    ck_assert_msg(trm_puzzles_create(&given, NULL, &set, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_puzzles_generate(set, &options, &error) == TRM_OK, "%s", error.message);
    return set;
}

START_TEST(keeps_sets_of_puzzles)
{
    trm_puzzles *set = make_set(tasks[_i], 5);
    trm_task said = TRM_TASK_INIT;
    trm_init_options model = TRM_INIT_OPTIONS_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    size_t offset;
    for (uint64_t i = 0; i < 5; i++)
        ck_assert_int_eq(trmi_puzzles_agree(set, i, &offset, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_describe(set, &said, NULL), TRM_OK);
    ck_assert_str_eq(said.rules, tasks[_i]);
    ck_assert_int_eq(trm_puzzles_model(set, &model, NULL), TRM_OK);
    void *bytes;
    size_t size;
    trm_error error = TRM_ERROR_INIT;
    model.channels = 8;
    model.channel_hidden = 16;
    ck_assert_msg(trm_init_memory(&model, &bytes, &size, &error) == TRM_OK, "%s", error.message);
    trm_convert_free(bytes, NULL);
    options.count = 1;
    options.least_givens = options.most_givens = 3;
    ck_assert_int_eq(trm_puzzles_generate(set, &options, NULL), TRM_ERROR_ARGUMENT);
    said.grid_rows = said.grid_columns = 4;
    trm_puzzles *none;
    ck_assert_int_eq(trm_puzzles_create(&said, NULL, &none, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_null(none);
    trm_puzzles_free(set);
}
END_TEST

/* -- hints and repairs -- */

static trm_model *model; /* has learned nothing */
static void *model_file;

static void make_model(const trm_puzzles *set, const char *rules)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    size_t bytes;
    ck_assert_int_eq(trm_puzzles_model(set, &options, &error), TRM_OK);
    options.channels = 8;
    options.channel_hidden = 16;
    options.rules = rules != NULL ? rules : options.rules;
    ck_assert_msg(trm_init_memory(&options, &model_file, &bytes, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_model_open_memory(model_file, bytes, NULL, &model, &error) == TRM_OK, "%s",
                  error.message);
}

static void free_model(void)
{
    trm_model_close(model);
    trm_convert_free(model_file, NULL);
}

static int32_t asked[TRMI_DESCRIBED_VARIABLES], got[TRMI_DESCRIBED_VARIABLES];
static uint32_t asked_cells;

static trm_questions question_of(const trm_puzzles *set, uint64_t index)
{
    char text[TRMI_DESCRIBED_VARIABLES + 1] = "", answer[TRMI_DESCRIBED_VARIABLES + 1] = "";
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_puzzles_question(set, index, &question, &error), TRM_OK);
    ck_assert_int_eq(trm_puzzles_get(set, index, text, answer, NULL, &error), TRM_OK);
    asked_cells = (uint32_t)strlen(text);
    ck_assert_msg(trm_model_encode(model, question.shapes, text, asked_cells, asked, &error) == TRM_OK, "%s",
                  error.message);
    question.tokens = asked;
    return question;
}

static uint32_t give_hints(const trm_questions *question, const trm_solve_options *options)
{
    uint32_t count, end = UINT32_MAX;
    trm_hints hints = TRM_HINTS_INIT;
    trm_error error = TRM_ERROR_INIT;
    hints.room = 1;
    hints.end = &end;
    ck_assert_msg(trm_hint(model, question, options, &hints, &count, &error) == TRM_OK, "%s", error.message);
    return end;
}

/* What is called right is right, whoever found it: values in groups are not all that these tasks speak of. */
START_TEST(repairs_to_what_is_right)
{
    trm_puzzles *set = make_set(tasks[_i], 6);
    make_model(set, NULL);
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    options.maximum_steps = 1;
    for (uint64_t i = 0; i < 6; i++) {
        trm_questions question = question_of(set, i);
        trm_repaired repaired = TRM_REPAIRED_INIT;
        uint32_t verdict;
        give_hints(&question, &options);
        ck_assert_msg(trm_repair(model, &question, &options, got, &repaired, &error) == TRM_OK, "%s",
                      error.message);
        if (repaired.verdict != TRM_VERDICT_VERIFIED)
            continue;
        for (uint32_t p = 0; p < asked_cells; p++)
            asked[p] = asked[p] != 0 ? got[p] : 0;
        ck_assert_int_eq(trm_model_verify(model, &question, got, &verdict, &error), TRM_OK);
        ck_assert_uint_eq(verdict, TRM_VERDICT_VERIFIED);
    }
    free_model();
    trm_puzzles_free(set);
}
END_TEST

/* The last cell is forced, and what comes of it is right in one order alone. */
START_TEST(hints_at_nothing_that_an_order_forbids)
{
    trm_puzzles *set = make_set(futoshiki, 4);
    make_model(set, NULL);
    for (uint64_t i = 0; i < 4; i++) {
        trm_questions question = question_of(set, i);
        char answer[TRMI_DESCRIBED_VARIABLES + 1] = "";
        trm_error error = TRM_ERROR_INIT;
        ck_assert_int_eq(trm_puzzles_get(set, i, NULL, answer, NULL, &error), TRM_OK);
        ck_assert_int_eq(trm_model_encode(model, question.shapes, answer, asked_cells, asked, &error),
                         TRM_OK);
        asked[i] = 0;
        ck_assert_uint_eq(give_hints(&question, NULL), TRM_HINTS_DONE);
        ck_assert_uint_eq(question.relation_count, 2);
        trm_relation turned[2] = { question.relations[1], question.relations[0] };
        turned[0].name = question.relations[0].name;
        turned[1].name = question.relations[1].name;
        question.relations = turned;
        ck_assert_uint_eq(give_hints(&question, NULL), TRM_HINTS_CLASH);
    }
    free_model();
    trm_puzzles_free(set);
}
END_TEST

/* Nodes may hear any node, and positions are nodes by their numbers. */
START_TEST(takes_nodes_for_no_positions)
{
    trm_puzzles *set = make_set(clauses, 1);
    make_model(set, NULL);
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_repaired repaired = TRM_REPAIRED_INIT;
    trm_error error = TRM_ERROR_INIT;
    options.maximum_steps = 1;
    trm_questions question = question_of(set, 0);
    const uint32_t nodes = asked_cells * 2 + question.shapes->helpers;
    static uint32_t first[ROOM], heard[ROOM];
    trm_relation relations[2] = { question.relations[0], question.relations[1] };
    for (uint32_t n = 0; n < nodes; n++) { /* each hears the last one */
        first[n + 1] = n + 1;
        heard[n] = nodes - 1;
    }
    for (int i = 0; i < 2; i++) {
        relations[i].first = first;
        relations[i].heard = heard;
        relations[i].heard_count = nodes;
        relations[i].lists = nodes;
    }
    question.relations = relations;
    memset(asked, 0, sizeof asked);
    asked[0] = 1;
    give_hints(&question, &options);
    ck_assert_msg(trm_repair(model, &question, &options, got, &repaired, &error) == TRM_OK, "%s",
                  error.message);
    free_model();
    trm_puzzles_free(set);
}
END_TEST

/* Fewer positions leave rows, but no room for more helpers. */
START_TEST(refuses_more_helpers_than_there_is_room_for)
{
    trm_puzzles *set = make_set(clauses, 1);
    make_model(set, NULL);
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    trm_solver *solver;
    trm_error error = TRM_ERROR_INIT;
    const trm_questions question = question_of(set, 0);
    shape.positions = 500;
    options.shape = &shape;
    options.heard = 100000;
    for (uint32_t helpers = 0; helpers < 2; helpers++) {
        shape.helpers = helpers * (question.shapes->helpers - 1);
        ck_assert_msg(trm_solver_create(model, &options, &solver, &error) == TRM_OK, "%s", error.message);
        ck_assert_int_eq(trm_solver_load(solver, &question, &error), TRM_ERROR_WORKSPACE);
        trm_solver_free(solver);
    }
    free_model();
    trm_puzzles_free(set);
}
END_TEST

/* 5 x 5 has no boxes, and the question brings none. */
START_TEST(repairs_nothing_without_lists)
{
    trm_puzzles *set = make_set(futoshiki, 8);
    uint32_t refused = 0;
    make_model(set, "different=box");
    for (uint64_t i = 0; i < 8; i++) {
        trm_repaired repaired = TRM_REPAIRED_INIT;
        const trm_questions question = question_of(set, i);
        if (asked_cells != 25)
            continue;
        ck_assert_int_eq(trm_repair(model, &question, NULL, got, &repaired, NULL), TRM_ERROR_UNSUPPORTED);
        refused++;
    }
    ck_assert_uint_gt(refused, 0);
    free_model();
    trm_puzzles_free(set);
}
END_TEST

/* The same on every machine. */
START_TEST(makes_the_same_puzzles_everywhere)
{
    char question[17] = "", answer[17] = "";
    trm_puzzles *set = make_set(futoshiki, 1);
    ck_assert_int_eq(trm_puzzles_get(set, 0, question, answer, NULL, NULL), TRM_OK);
    ck_assert_str_eq(question, "4...2...........");
    ck_assert_str_eq(answer, "4123234132141432");
    trm_puzzles_free(set);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("described");
    TCase *described_tasks = tcase_create("described");
    tcase_add_loop_test(described_tasks, gives_what_it_is_told, 0, 3);
    tcase_add_loop_test(described_tasks, makes_puzzles_with_one_answer, 0, TASKS);
    tcase_add_test(described_tasks, crosses_grids);
    tcase_add_loop_test(described_tasks, verifies_every_answer, 0, sizeof small / sizeof *small);
    tcase_add_test(described_tasks, verifies_nothing_without_lists);
    tcase_add_test(described_tasks, refuses_sums_that_nothing_or_too_much_fulfils);
    tcase_add_test(described_tasks, refuses_sizes);
    tcase_add_loop_test(described_tasks, keeps_sets_of_puzzles, 0, TASKS);
    tcase_add_loop_test(described_tasks, repairs_to_what_is_right, 0, TASKS);
    tcase_add_test(described_tasks, hints_at_nothing_that_an_order_forbids);
    tcase_add_test(described_tasks, takes_nodes_for_no_positions);
    tcase_add_test(described_tasks, repairs_nothing_without_lists);
    tcase_add_test(described_tasks, refuses_more_helpers_than_there_is_room_for);
    tcase_add_test(described_tasks, makes_the_same_puzzles_everywhere);
    suite_add_tcase(all, described_tasks);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
