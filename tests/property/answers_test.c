/* Answers worth trusting: rules while solving, several runs of a question and who of them answers, search. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/model/model.h"
#include "lib/task/views.h"
#include "tests/support/run.h"

enum { SUDOKU = 81, COUNT = 3, MOST = 100 };

/* Of three hardnesses; the last one is none: r1c1 and r1c2 are equal. */
static const char *const sudokus[COUNT] = {
    "..8.2.7.17.2...8..514.7.......9.2.6.3......54....5..........9......3....1..8.7.2.",
    "....4.....14.....6..29.3...2...7..9..9....5..6.5..1..35.....72...6.....1.....7.3.",
    "11...............................................................................",
};
static const char *const small[] = { "1...............", "12..34......4..1", "11.............." };

static trm_model *model;
static trm_error error;
static trm_shape shape;
static trm_questions questions;
static trm_solve_options options;

static struct results {
    int32_t tokens[COUNT * MOST];
    float halt_probabilities[COUNT], halt_logits[COUNT], probabilities[COUNT * MOST];
    uint32_t steps[COUNT], stops[COUNT], verdicts[COUNT], hows[COUNT], runs[COUNT], pins[COUNT];
    uint64_t total[COUNT];
    uint8_t changed[COUNT * MOST];
} got;
static trm_answers answers;
static int32_t asked[COUNT * MOST];

static void open_shipped(const char *name)
{
    char path[4096];
    trm_model_close(model);
    snprintf(path, sizeof path, "%s/models/%s", getenv("TRM_SOURCE_ROOT"), name);
    ck_assert_msg(trm_model_open(path, NULL, &model, &error) == TRM_OK, "%s", error.message);
}

/* A model that has learnt nothing changes what questions give. */
static void open_new_of(uint32_t side)
{
    trm_init_options init = TRM_INIT_OPTIONS_INIT;
    trm_model_close(model);
    init.channels = init.channel_hidden = init.token_hidden = 16;
    init.prefix = 0;
    init.positions = side * side;
    init.grid_rows = init.grid_columns = side;
    init.task = "sudoku";
    init.alphabet = side == 4 ? ".1234" : ".123456789";
    init.vocabulary = side + 1;
    ck_assert_msg(trm_init("answers-test.trm", &init, &error) == TRM_OK, "%s", error.message);
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    opening.flags = TRM_OPEN_READ;
    ck_assert_int_eq(trm_model_open("answers-test.trm", &opening, &model, &error), TRM_OK);
    remove("answers-test.trm");
}

static void open_new(void)
{
    open_new_of(4);
}

static void ask(const char *const *texts, uint32_t count, uint32_t side)
{
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = shape.columns = side;
    questions = (trm_questions)TRM_QUESTIONS_INIT;
    questions.count = count;
    questions.tokens = asked;
    questions.shapes = &shape;
    questions.shape_count = 1;
    for (uint32_t i = 0; i < count; i++)
        ck_assert_msg(
            trm_model_encode(model, &shape, texts[i], side * side, asked + i * side * side, &error) == TRM_OK,
            "%s", error.message);
}

static void set_up(void)
{
    model = NULL;
    error = (trm_error)TRM_ERROR_INIT;
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    answers = (trm_answers)TRM_ANSWERS_INIT;
    memset(&got, 0xff, sizeof got);
    answers.tokens = got.tokens;
    answers.probabilities = got.probabilities;
    answers.halt_probabilities = got.halt_probabilities;
    answers.halt_logits = got.halt_logits;
    answers.steps = got.steps;
    answers.stops = got.stops;
    answers.verdicts = got.verdicts;
    answers.hows = got.hows;
    answers.runs = got.runs;
    answers.pins = got.pins;
    answers.total_steps = got.total;
    answers.changed = got.changed;
}

static void tear_down(void)
{
    trm_model_close(model);
}

static void solve(void)
{
    ck_assert_msg(trm_solve(model, &questions, &answers, &options, &error) == TRM_OK, "%s", error.message);
}

static void refuse(trm_status status, const char *sentence)
{
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trm_solve(model, &questions, &answers, &options, &error), status);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
}

/* -- rules -- */

START_TEST(changed_givens_refute_and_halt_nothing)
{
    open_new();
    const char *const texts[] = { "1234341221434321", "................" };
    ask(texts, 2, 4);
    options.halt = TRM_HALT_SIGNAL | TRM_HALT_STABLE;
    options.halt_probability = 1e-30;
    options.maximum_steps = 4;
    solve();
    ck_assert_uint_eq(got.stops[0], TRM_STOP_LIMIT);
    ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_REFUTED);
    ck_assert(got.halt_probabilities[0] == 0.0f);
    uint32_t changed = 0;
    for (int p = 0; p < 16; p++) {
        ck_assert_uint_eq(got.changed[p], got.tokens[p] != asked[p]);
        changed += got.changed[p];
    }
    ck_assert_uint_gt(changed, 0);
    ck_assert(got.stops[1] == TRM_STOP_SIGNAL && got.steps[1] == 1 && got.halt_probabilities[1] > 0.0f);
    for (int p = 16; p < 32; p++)
        ck_assert_uint_eq(got.changed[p], 0);
}
END_TEST

START_TEST(rules_end_runs_where_they_are_asked)
{
    open_shipped("sudoku-small.trm");
    ask(small, 3, 4);
    options.halt = 0;
    options.maximum_steps = 8;
    solve();
    ck_assert(got.stops[1] == TRM_STOP_LIMIT && got.steps[1] == 8 && got.verdicts[2] == TRM_VERDICT_REFUTED);
    options.policy = TRM_POLICY_FIRST_VERIFIED;
    solve();
    ck_assert(got.stops[1] == TRM_STOP_VERIFIED && got.verdicts[1] == TRM_VERDICT_VERIFIED);
    ck_assert_uint_lt(got.steps[1], 8);
    ck_assert(got.hows[1] == TRM_HOW_RUN && got.runs[1] == 1 && got.pins[1] == 0 &&
              got.total[1] == got.steps[1]);
}
END_TEST

START_TEST(what_nobody_calls_right_is_withheld)
{
    open_shipped("sudoku-small.trm");
    ask(small, 3, 4);
    options.require_verified = 1;
    options.maximum_steps = 4;
    solve();
    ck_assert_uint_eq(got.verdicts[1], TRM_VERDICT_VERIFIED);
    ck_assert_uint_eq(got.verdicts[2], TRM_VERDICT_REFUTED);
    ck_assert(got.halt_probabilities[2] == 0.0f);
    for (int p = 32; p < 48; p++)
        ck_assert(got.tokens[p] == 0 && got.probabilities[p] == 0.0f);
}
END_TEST

/* -- the host's rules -- */

static struct host {
    uint32_t verdict, calls;
    trm_status status;
} host;

static trm_status verify(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                         uint32_t *verdict, trm_error *why)
{
    struct host *h = user;
    const trm_shape *s = question->shapes;
    ck_assert(question->count == 1 && s->rows == 4 && s->box_rows == 2 && s->positions == 16 &&
              s->fields == 4);
    ck_assert_mem_eq(question->tokens, asked + index * 16, 16 * sizeof *asked);
    ck_assert(*verdict == TRM_VERDICT_UNVERIFIED && answer[0] == asked[index * 16]);
    h->calls++;
    *verdict = h->verdict;
    if (h->status != TRM_OK)
        snprintf(why->message, sizeof why->message, "the host has had enough");
    return h->status;
}

START_TEST(a_verifier_takes_the_place_of_rules)
{
    static const trm_verifier verifier = { sizeof verifier, &host, verify };
    open_shipped("sudoku-small.trm");
    ask(small, 2, 4);
    options.verifier = &verifier;
    options.maximum_steps = 3;
    host = (struct host) { .verdict = TRM_VERDICT_REFUTED };
    solve();
    ck_assert(got.stops[1] == TRM_STOP_LIMIT && got.verdicts[1] == TRM_VERDICT_REFUTED && host.calls == 6);
    host = (struct host) { .verdict = TRM_VERDICT_VERIFIED };
    solve();
    ck_assert(got.stops[0] == TRM_STOP_VERIFIED && got.steps[0] == 1 && host.calls == 2);
    host = (struct host) { .verdict = 3 };
    refuse(TRM_ERROR_ARGUMENT, "trm_verifier.verify: expected a trm_verdict, found 3");
    host = (struct host) { .status = TRM_ERROR_FILE };
    refuse(TRM_ERROR_FILE, "the host has had enough");
    ck_assert_uint_eq(host.calls, 1);
}
END_TEST

/* -- views -- */

START_TEST(tasks_have_views)
{
    uint32_t views[TRM_MAXIMUM_VIEWS], count;
    open_shipped("sudoku-small.trm");
    ck_assert_int_eq(trm_model_views(model, NULL, views, &count, &error), TRM_OK);
    ck_assert(count == 2 && views[0] == 0 && views[1] == 1);
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = shape.columns = 6;
    ck_assert_int_eq(trm_model_views(model, &shape, views, &count, &error), TRM_OK);
    ck_assert_uint_eq(count, 1);
    open_shipped("path.trm");
    ck_assert_int_eq(trm_model_views(model, NULL, views, &count, &error), TRM_OK);
    ck_assert(count == 8 && views[7] == 7);
    shape.columns = 9;
    ck_assert_int_eq(trm_model_views(model, &shape, views, &count, &error), TRM_OK);
    ck_assert(count == 4 && views[1] == 2 && views[3] == 6);
    open_new();
    ck_assert_int_eq(trm_model_views(model, NULL, views, &count, &error), TRM_OK);
    ck_assert_uint_eq(count, 8);
    ck_assert_int_eq(trm_model_views(model, NULL, NULL, &count, &error), TRM_ERROR_ARGUMENT);
}
END_TEST

static uint32_t turned(uint32_t view, uint32_t place, uint32_t side)
{
    uint32_t row = place / side, column = place % side;
    if (view & 4)
        column = side - 1 - column;
    if (view & 2)
        row = side - 1 - row;
    return view & 1 ? column * side + row : row * side + column;
}

/* A map seen turned is answered as the turned map is. */
START_TEST(a_view_is_the_turned_question)
{
    enum { SIDE = 10, S = SIDE * SIDE };
    static const char *const map[] = { "S  #      "
                                       "## # #### "
                                       "   #    # "
                                       " ### ## # "
                                       "     #  # "
                                       "### ## ## "
                                       "    #     "
                                       " ## # ### "
                                       " #  #   # "
                                       " # ##  G# " };
    int32_t as_it_is[S];
    uint32_t view = (uint32_t)_i;
    open_shipped("path.trm");
    ask(map, 1, SIDE);
    options.halt = 0;
    options.maximum_steps = 4;
    options.views = &view;
    options.view_count = 1;
    solve();
    const struct results seen = got;
    ck_assert_uint_eq(seen.hows[0], view == 0 ? TRM_HOW_RUN : TRM_HOW_VIEW);
    memcpy(as_it_is, asked, sizeof as_it_is);
    for (uint32_t p = 0; p < S; p++)
        asked[p] = as_it_is[turned(view, p, SIDE)];
    options.views = NULL;
    options.view_count = 0;
    solve();
    ck_assert(seen.halt_logits[0] == got.halt_logits[0]);
    for (uint32_t p = 0; p < S; p++) {
        ck_assert_int_eq(seen.tokens[turned(view, p, SIDE)], got.tokens[p]);
        ck_assert(seen.probabilities[turned(view, p, SIDE)] == got.probabilities[p]);
    }
}
END_TEST

/* Bands and stacks stay together, and every value has another name. */
START_TEST(draws_are_symmetries)
{
    const uint32_t number = TRM_VIEW_VALUES | TRM_VIEW_LINES | (uint32_t)_i * TRM_VIEW_DRAW;
    trmi_view view;
    bool comes[81] = { false }, named[10] = { false };
    open_new_of(9);
    ck_assert(trmi_view_exists(&model->task, &model->task.shape, 0, number));
    trmi_view_open(&view, &model->task, &model->task.shape, number);
    for (uint32_t place = 0; place < 81; place++) {
        const uint32_t source = trmi_view_source(&view, place),
                       beside = place % 9 < 8 ? place + 1 : place - 1;
        ck_assert(!comes[source]);
        comes[source] = true;
        ck_assert_uint_eq(trmi_view_source(&view, beside) / 9, source / 9);
        ck_assert_uint_eq(trmi_view_source(&view, place / 27 * 27 + place % 9) / 27, source / 27);
        ck_assert_uint_eq(trmi_view_source(&view, place - place % 3) % 9 / 3, source % 9 / 3);
    }
    for (int32_t token = 0; token < 10; token++) {
        const int32_t is = trmi_view_token(&view, token);
        ck_assert(!named[is] && (token > 0) == (is > 0) && trmi_view_token_back(&view, is) == token);
        named[is] = true;
    }
}
END_TEST

/* A Sudoku of a published kind, seen with other values and lines, is answered as the exchanged Sudoku is. */
START_TEST(a_drawn_view_is_the_exchanged_question)
{
    enum { S = 16, V = 5 };
    static const uint32_t numbers[] = { TRM_VIEW_VALUES, TRM_VIEW_LINES + 3 * TRM_VIEW_DRAW,
                                        TRM_VIEW_VALUES + TRM_VIEW_LINES + TRM_VIEW_TRANSPOSED +
                                            TRM_VIEW_DRAW,
                                        31 + 134217727u * TRM_VIEW_DRAW };
    static float logits[2][S * V];
    const uint32_t number = numbers[_i];
    int32_t as_it_is[S];
    trmi_view view;
    open_new();
    ask((const char *const[]) { "12..34......4..1" }, 1, 4);
    options.halt = 0;
    options.maximum_steps = 2;
    options.views = &number;
    options.view_count = 1;
    answers.logits = logits[0];
    solve();
    const struct results seen = got;
    ck_assert_uint_eq(seen.hows[0], TRM_HOW_VIEW);
    trmi_view_open(&view, &model->task, &model->task.shape, number);
    memcpy(as_it_is, asked, sizeof as_it_is);
    for (uint32_t p = 0; p < S; p++)
        asked[p] = trmi_view_token(&view, as_it_is[trmi_view_source(&view, p)]);
    ck_assert(memcmp(asked, as_it_is, sizeof as_it_is) != 0);
    options.views = NULL;
    options.view_count = 0;
    answers.logits = logits[1];
    solve();
    ck_assert(seen.halt_logits[0] == got.halt_logits[0]);
    for (uint32_t p = 0; p < S; p++) {
        const uint32_t source = trmi_view_source(&view, p);
        ck_assert_int_eq(trmi_view_token(&view, seen.tokens[source]), got.tokens[p]);
        ck_assert(seen.probabilities[source] == got.probabilities[p]);
        for (int32_t token = 0; token < V; token++)
            ck_assert(logits[0][source * V + (uint32_t)token] ==
                      logits[1][p * V + (uint32_t)trmi_view_token(&view, token)]);
    }
}
END_TEST

/* A symmetry that is none for the shape, or that the model could not notice. */
static const struct view_case {
    const char *file; /* NULL: a new mixer of 4x4 */
    uint32_t side, columns, view;
} bad_views[] = {
    { "sudoku-small.trm", 9, 9, TRM_VIEW_UPSIDE_DOWN }, /* its lines are alike to it, and its values */
    { "sudoku-small.trm", 9, 9, TRM_VIEW_VALUES },
    { "sudoku-small.trm", 9, 9, TRM_VIEW_LINES },
    { "sudoku-small.trm", 6, 6, TRM_VIEW_TRANSPOSED }, /* boxes of 2 rows and 3 columns */
    { "path.trm", 10, 10, TRM_VIEW_VALUES },
    { "path.trm", 10, 10, TRM_VIEW_LINES },
    { "path.trm", 9, 10, TRM_VIEW_TRANSPOSED },
    { "path.trm", 10, 10, TRM_VIEW_DRAW }, /* of nothing */
    { NULL, 4, 4, 2 * TRM_VIEW_DRAW },
    { NULL, 4, 4, TRM_VIEW_DRAW + TRM_VIEW_TRANSPOSED },
};

START_TEST(views_that_are_none_are_refused)
{
    const struct view_case *bad = &bad_views[_i];
    const uint32_t views[] = { 0, bad->view };
    size_t bytes;
    char sentence[32];
    if (bad->file != NULL)
        open_shipped(bad->file);
    else
        open_new();
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = bad->side;
    shape.columns = bad->columns;
    options.shape = &shape;
    options.views = views;
    options.view_count = 2;
    ck_assert_int_eq(trm_solver_measure(model, &options, &bytes, &error), TRM_ERROR_ARGUMENT);
    snprintf(sentence, sizeof sentence, "found %u", (unsigned)bad->view);
    ck_assert_ptr_nonnull(strstr(error.message, "views[1]: expected a symmetry of the task in this shape"));
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
}
END_TEST

/* -- runs and policies -- */

static void expect_same(const struct results *wanted)
{
    ck_assert_mem_eq(got.tokens, wanted->tokens, sizeof got.tokens);
    ck_assert_mem_eq(got.probabilities, wanted->probabilities, sizeof got.probabilities);
    ck_assert_mem_eq(got.halt_logits, wanted->halt_logits, sizeof got.halt_logits);
    for (int i = 0; i < COUNT; i++) {
        ck_assert(got.steps[i] == wanted->steps[i] && got.stops[i] == wanted->stops[i]);
        ck_assert(got.verdicts[i] == wanted->verdicts[i] && got.hows[i] == wanted->hows[i]);
        ck_assert(got.runs[i] == wanted->runs[i] && got.pins[i] == wanted->pins[i]);
        ck_assert_uint_eq(got.total[i], wanted->total[i]);
    }
}

/* Any number of threads and any batch give the same bits. */
static void expect_invariant(void)
{
    solve();
    const struct results alone = got;
    for (uint32_t threads = 2; threads <= 3; threads++) {
        trm_pool *pool = NULL;
        if (trm_pool_create(threads, NULL, &pool, &error) != TRM_OK)
            continue; /* a build without threads */
        options.executor = trm_pool_executor(pool);
        options.batch = threads;
        solve();
        expect_same(&alone);
        options.executor = NULL;
        options.batch = 1;
        trm_pool_free(pool);
    }
}

START_TEST(policies_choose_the_same_run_always)
{
    static const uint32_t views[] = { 0, 1 };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.runs = 5;
    options.maximum_steps = 6;
    options.policy = (uint32_t)_i;
    options.views = views;
    options.view_count = 2;
    options.seed = 0xfedcba9876543210u;
    expect_invariant();
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.runs[i], 5);
        ck_assert_uint_ge(got.total[i], got.steps[i]);
        ck_assert_uint_le(got.total[i], 5 * 6);
    }
    ck_assert_uint_ne(got.verdicts[2], TRM_VERDICT_VERIFIED);
}
END_TEST

/* The one halts first, or is surer: whoever solves with each run alone knows who it must be. */
START_TEST(policies_choose_by_their_rule)
{
    struct results each[COUNT];
    open_shipped("sudoku-small.trm");
    ask(sudokus, 1, 9);
    options.maximum_steps = 3;
    options.halt = 0;
    options.runs = 1;
    uint32_t surest = 0;
    for (uint32_t view = 0; view < 2; view++) {
        options.views = &view;
        options.view_count = 1;
        options.start = TRM_START_FIXED;
        solve();
        each[view] = got;
        if (got.halt_logits[0] > each[surest].halt_logits[0])
            surest = view;
    }
    static const uint32_t both[] = { 0, 1 };
    options.views = both;
    options.view_count = options.runs = 2;
    options.policy = TRM_POLICY_BEST;
    solve();
    ck_assert_mem_eq(got.tokens, each[surest].tokens, SUDOKU * sizeof *got.tokens);
    ck_assert(got.halt_logits[0] == each[surest].halt_logits[0] && got.total[0] == 6);
    ck_assert_uint_eq(got.hows[0], surest == 0 ? TRM_HOW_RUN : TRM_HOW_VIEW);
}
END_TEST

/* An open map that some views see at once, and others after many steps. */
static const char *const open_map[] = { "        # "
                                        "     #  # "
                                        "   ###  # "
                                        " ##  S    "
                                        "##  ##   #"
                                        "   #G #   "
                                        "        # "
                                        "      #   "
                                        " #  # #  #"
                                        " #  #  #  " };
static const uint32_t all_views[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void ask_all_views(void)
{
    open_shipped("path.trm");
    ask(open_map, 1, 10);
    options.maximum_steps = 16;
    options.views = all_views;
    options.view_count = options.runs = 8;
    options.policy = TRM_POLICY_VOTE;
}

/* Of the runs alone each makes as many steps as it would in a vote where none is dropped. */
START_TEST(a_vote_drops_weak_runs)
{
    uint64_t alone = 0;
    ask_all_views();
    expect_invariant();
    const struct results voted = got;
    options.runs = 1;
    options.view_count = 1;
    for (options.views = all_views; options.views < all_views + 8; options.views++) {
        solve();
        alone += got.total[0];
    }
    ck_assert_msg(voted.total[0] > 8 && voted.total[0] < alone, "%llu of %llu steps",
                  (unsigned long long)voted.total[0], (unsigned long long)alone);
    ck_assert(voted.verdicts[0] == TRM_VERDICT_VERIFIED && voted.stops[0] == TRM_STOP_SIGNAL);
    ck_assert_uint_eq(voted.runs[0], 8);
}
END_TEST

/* Who has not stopped by itself agrees on nothing. */
START_TEST(a_vote_without_halting_goes_on)
{
    ask_all_views();
    options.halt = 0;
    solve();
    ck_assert_uint_eq(got.total[0], 8 * 16);
    options.halt = TRM_HALT_SIGNAL;
    options.candidates = 8; /* each to its own end, or until the rules call it right */
    solve();
    ck_assert(got.total[0] > 8 && got.verdicts[0] == TRM_VERDICT_VERIFIED);
}
END_TEST

START_TEST(dropped_runs_run_again_after_a_change)
{
    trm_solver *solver = NULL;
    uint32_t running = 1;
    ask_all_views();
    options.shape = &shape;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_load(solver, &questions, &error), TRM_OK);
    while (running > 0)
        ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_change(solver, &questions, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_step(solver, &running, &error), TRM_OK);
    ck_assert_int_eq(trm_solver_read(solver, &answers, &error), TRM_OK);
    ck_assert_uint_eq(got.total[0], 8);
    trm_solver_free(solver);
}
END_TEST

START_TEST(steps_of_all_runs_have_one_budget)
{
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.runs = 3;
    options.halt = 0;
    options.step_budget = 7;
    options.policy = TRM_POLICY_BEST;
    expect_invariant();
    for (int i = 0; i < COUNT; i++)
        ck_assert(got.total[i] == 7 && got.stops[i] == TRM_STOP_BUDGET && got.steps[i] <= 3);
}
END_TEST

/* -- search -- */

/* What rides together changes nothing. */
START_TEST(rounds_come_in_their_order)
{
    static const char *const texts[COUNT] = {
        "..8.2.7.17.2...8..514.7.......9.2.6.3......54....5..........9......3....1..8.7.2.",
        "....4.....14.....6..29.3...2...7..9..9....5..6.5..1..35.....72...6.....1.....7.3.",
        "12345678........9................................................................"
    };
    open_shipped("sudoku-small.trm");
    ask(texts, COUNT,
        9); /* the last one has no answer, which takes looking at two givens' neighbours to see */
    options.search = 1;
    options.maximum_steps = 4;
    options.step_budget = 160; /* past round 64 */
    options.seed = (uint64_t)_i;
    expect_invariant();
    const struct results alone = got;
    for (options.runs = 2; options.runs <= 7; options.runs += 5) {
        solve();
        expect_same(&alone);
    }
    ck_assert(got.total[2] == 160 && got.stops[2] == TRM_STOP_BUDGET &&
              got.verdicts[2] == TRM_VERDICT_REFUTED);
    for (int i = 0; i < COUNT; i++)
        ck_assert(got.verdicts[i] == TRM_VERDICT_VERIFIED ? got.stops[i] == TRM_STOP_VERIFIED
                                                          : got.total[i] == 160);
}
END_TEST

/* Too hard for a few steps of one run. */
static const char *const hard[] = {
    "4...3.......6..8..........1....5..9..8....6...7.2........1.27..5.3....4.9........"
};

START_TEST(search_finds_more_than_a_run)
{
    open_shipped("sudoku-small.trm");
    ask(hard, 1, 9);
    options.policy = TRM_POLICY_FIRST_VERIFIED;
    options.maximum_steps = 8;
    solve();
    ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_REFUTED);
    options.search = 1;
    options.step_budget = 4000;
    solve();
    ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_VERIFIED);
    ck_assert(got.hows[0] != TRM_HOW_RUN && got.runs[0] > 1 && got.total[0] > 8 && got.total[0] <= 4000);
    for (int p = 0; p < SUDOKU; p++)
        ck_assert(hard[0][p] == '.' || got.tokens[p] == asked[p]);
}
END_TEST

/* What is given twice in a row costs a step, whatever rides beside it and however much may be spent. */
START_TEST(search_gives_up_what_no_answer_can_keep)
{
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.search = 1;
    options.maximum_steps = 4;
    options.step_budget = 100;
    for (options.runs = 1; options.runs <= 3; options.runs += 2) {
        expect_invariant();
        ck_assert(got.verdicts[2] == TRM_VERDICT_REFUTED && got.hows[2] == TRM_HOW_RUN);
        ck_assert(got.stops[2] == TRM_STOP_LIMIT && got.steps[2] == 1 && got.total[2] == 1 &&
                  got.runs[2] == 1);
        ck_assert(got.halt_probabilities[2] == 0.0f ||
                  got.changed[2 * SUDOKU] + got.changed[2 * SUDOKU + 1] == 0);
        ck_assert_uint_eq(got.verdicts[0], TRM_VERDICT_VERIFIED);
    }
    options.require_verified = 1;
    solve();
    ck_assert(got.verdicts[2] == TRM_VERDICT_REFUTED && got.total[2] == 1);
    for (int p = 2 * SUDOKU; p < 3 * SUDOKU; p++)
        ck_assert_int_eq(got.tokens[p], 0);
}
END_TEST

/* The host's own rules may not mind. */
static trm_status doubt(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                        uint32_t *verdict, trm_error *why)
{
    (void)user, (void)question, (void)index, (void)answer, (void)why;
    *verdict = TRM_VERDICT_UNVERIFIED;
    return TRM_OK;
}

START_TEST(search_leaves_givens_to_a_verifier)
{
    static const trm_verifier verifier = { sizeof verifier, NULL, doubt };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.search = 1;
    options.maximum_steps = 2;
    options.step_budget = 20;
    options.halt = 0;
    options.verifier = &verifier;
    solve();
    ck_assert(got.total[2] == 20 && got.stops[2] == TRM_STOP_BUDGET);
}
END_TEST

/* -- watching -- */

static struct seen {
    uint64_t calls, let, views; /* steps, so many are let pass, those under another view */
    trm_status status;
} seen;

static trm_status look(void *user, const trm_run_step *step, trm_error *why)
{
    struct seen *s = user;
    ck_assert(step->size == sizeof *step && step->positions == SUDOKU && step->question < COUNT);
    ck_assert(step->step > 1 || step->changed == SUDOKU);
    ck_assert(step->probabilities[0] > 0.0f && step->tokens[0] >= 0);
    s->views += step->view > 0;
    if (s->calls++ < s->let)
        return TRM_OK;
    if (s->status != TRM_OK)
        snprintf(why->message, sizeof why->message, "enough seen");
    return s->status;
}

START_TEST(a_watcher_sees_every_step)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.maximum_steps = 3;
    options.runs = 2;
    solve();
    const struct results alone = got;
    options.watcher = &watcher;
    seen = (struct seen) { 0 };
    solve();
    expect_same(&alone);
    ck_assert_uint_eq(seen.calls, got.total[0] + got.total[1] + got.total[2]);
    seen.status = TRM_ERROR_MEMORY;
    refuse(TRM_ERROR_MEMORY, "enough seen");
}
END_TEST

/* The answers of batches before a failure are written, and nothing else is. */
START_TEST(what_was_answered_before_a_failure_stays)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.halt = 0;
    options.maximum_steps = 2;
    solve();
    const struct results whole = got;
    memset(&got, 0x5a, sizeof got);
    options.watcher = &watcher;
    seen = (struct seen) { .status = TRM_ERROR_FILE, .let = 3 };
    refuse(TRM_ERROR_FILE, "enough seen");
    ck_assert_mem_eq(got.tokens, whole.tokens, SUDOKU * sizeof *got.tokens);
    ck_assert(got.halt_logits[0] == whole.halt_logits[0] && got.total[0] == 2);
    for (size_t i = SUDOKU * sizeof *got.tokens; i < sizeof got.tokens; i++)
        ck_assert_uint_eq(((unsigned char *)got.tokens)[i], 0x5a);
    for (int i = 1; i < COUNT; i++)
        ck_assert(got.steps[i] == 0x5a5a5a5a && got.stops[i] == 0x5a5a5a5a && got.verdicts[i] == 0x5a5a5a5a);
}
END_TEST

START_TEST(a_watcher_is_told_the_view)
{
    static const trm_watcher watcher = { sizeof watcher, &seen, look };
    static const uint32_t views[] = { 0, 1 };
    open_shipped("sudoku-small.trm");
    ask(sudokus, COUNT, 9);
    options.watcher = &watcher;
    options.halt = 0;
    options.maximum_steps = 2;
    options.runs = 2;
    options.views = views;
    options.view_count = 2;
    seen = (struct seen) { 0 };
    solve();
    ck_assert(seen.calls == 4 * COUNT && seen.views == 2 * COUNT);
}
END_TEST

/* Whether no given beside the position has its value. */
static bool agrees_with_givens(const int32_t *tokens, int position)
{
    const int row = position / 9, column = position % 9;
    for (int p = 0; p < SUDOKU; p++) {
        const bool beside = p / 9 == row || p % 9 == column || (p / 27 == row / 3 && p % 9 / 3 == column / 3);
        if (beside && p != position && hard[0][p] != '.' && tokens[p] == tokens[position])
            return false;
    }
    return true;
}

/* Guesses stand where the question has a blank, as many as the step says, and contradict no given. */
static trm_status look_at_guesses(void *user, const trm_run_step *step, trm_error *why)
{
    uint32_t guesses = 0;
    (void)why;
    for (int p = 0; p < SUDOKU; p++)
        if (hard[0][p] != '.')
            ck_assert_int_eq(step->asked[p], asked[p]);
        else if (step->asked[p] != asked[p]) {
            ck_assert(agrees_with_givens(step->asked, p));
            guesses++;
        }
    ck_assert_uint_eq(guesses, step->pins);
    *(uint64_t *)user += guesses;
    return TRM_OK;
}

START_TEST(a_watcher_is_told_the_guesses)
{
    uint64_t guesses = 0;
    const trm_watcher watcher = { sizeof watcher, &guesses, look_at_guesses };
    open_shipped("sudoku-small.trm");
    ask(hard, 1, 9);
    options.search = 1;
    options.maximum_steps = 4;
    options.step_budget = 40;
    options.watcher = &watcher;
    solve();
    ck_assert_uint_gt(guesses, 0);
}
END_TEST

/* -- what is refused -- */

START_TEST(demands_that_contradict_are_refused)
{
    static const uint32_t views[] = { 0, 2 };
    open_shipped("sudoku-small.trm");
    ask(sudokus, 1, 9);
    options.views = views;
    options.view_count = 2;
    refuse(TRM_ERROR_ARGUMENT, "views[1]: expected a symmetry of the task in this shape");
    options.view_count = 1;
    options.search = 1;
    refuse(TRM_ERROR_ARGUMENT, "search: expected no views with it");
    options.views = NULL;
    options.view_count = 0;
    options.policy = TRM_POLICY_VOTE;
    refuse(TRM_ERROR_ARGUMENT, "search: expected TRM_POLICY_FIRST_HALT or _FIRST_VERIFIED");
    options.search = 0;
    options.runs = 2;
    options.start = TRM_START_FIXED;
    refuse(TRM_ERROR_ARGUMENT, "runs: expected at most 1, as many as there are views");
    options.start = TRM_START_MODEL;
    options.runs = options.batch = 65536;
    refuse(TRM_ERROR_ARGUMENT, "runs: expected at most 1048576 runs of a batch together");
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    open_shipped("path.trm");
    options.search = 1;
    size_t bytes;
    ck_assert_int_eq(trm_solver_measure(model, &options, &bytes, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "search: expected a task with values to guess, found path"));
}
END_TEST

/* A workspace that is measured for a run has room for that alone. */
START_TEST(runs_beyond_the_workspace_are_refused)
{
    size_t bytes;
    trm_solver *solver = NULL;
    open_shipped("path.trm");
    ck_assert_int_eq(trm_solver_measure(model, &options, &bytes, &error), TRM_OK);
    void *workspace = malloc(bytes);
    ck_assert_ptr_nonnull(workspace);
    options.workspace = workspace;
    options.workspace_size = bytes;
    options.views = all_views;
    options.view_count = options.runs = 8;
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, &error), TRM_ERROR_WORKSPACE);
    ck_assert_ptr_null(solver);
    ck_assert_ptr_nonnull(strstr(error.message, "workspace_size: expected at least"));
    free(workspace);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("answers");
    TCase *t = tcase_create("answers");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, changed_givens_refute_and_halt_nothing);
    tcase_add_test(t, rules_end_runs_where_they_are_asked);
    tcase_add_test(t, what_nobody_calls_right_is_withheld);
    tcase_add_test(t, a_verifier_takes_the_place_of_rules);
    tcase_add_test(t, tasks_have_views);
    tcase_add_loop_test(t, a_view_is_the_turned_question, 0, 8);
    tcase_add_loop_test(t, draws_are_symmetries, 0, 20);
    tcase_add_loop_test(t, a_drawn_view_is_the_exchanged_question, 0, 4);
    tcase_add_loop_test(t, views_that_are_none_are_refused, 0, sizeof bad_views / sizeof *bad_views);
    tcase_add_test(t, a_vote_drops_weak_runs);
    tcase_add_test(t, a_vote_without_halting_goes_on);
    tcase_add_test(t, dropped_runs_run_again_after_a_change);
    tcase_add_loop_test(t, policies_choose_the_same_run_always, TRM_POLICY_FIRST_HALT,
                        TRM_POLICY_FIRST_VERIFIED + 1);
    tcase_add_test(t, policies_choose_by_their_rule);
    tcase_add_test(t, steps_of_all_runs_have_one_budget);
    tcase_add_loop_test(t, rounds_come_in_their_order, 0, 2);
    tcase_add_test(t, search_finds_more_than_a_run);
    tcase_add_test(t, search_gives_up_what_no_answer_can_keep);
    tcase_add_test(t, search_leaves_givens_to_a_verifier);
    tcase_add_test(t, a_watcher_sees_every_step);
    tcase_add_test(t, what_was_answered_before_a_failure_stays);
    tcase_add_test(t, a_watcher_is_told_the_view);
    tcase_add_test(t, a_watcher_is_told_the_guesses);
    tcase_add_test(t, demands_that_contradict_are_refused);
    tcase_add_test(t, runs_beyond_the_workspace_are_refused);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
