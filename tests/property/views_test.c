/* Runs that see a question under a symmetry of its task: which there are, and that answers come back as they
   were asked for. */
#include "lib/model/model.h"
#include "lib/task/views.h"
#include "tests/support/asked.h"

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

static uint32_t seen_from(uint32_t view, uint32_t place, uint32_t side)
{
    uint32_t row = place / side, column = place % side;
    if (view & 4)
        column = side - 1 - column;
    if (view & 2)
        row = side - 1 - row;
    return view & 1 ? column * side + row : row * side + column;
}

/* A map seen under a view is answered as the map of that view is. */
START_TEST(a_view_is_the_question_moved)
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
        asked[p] = as_it_is[seen_from(view, p, SIDE)];
    options.views = NULL;
    options.view_count = 0;
    solve();
    ck_assert(seen.halt_logits[0] == got.halt_logits[0]);
    for (uint32_t p = 0; p < S; p++) {
        ck_assert_int_eq(seen.tokens[seen_from(view, p, SIDE)], got.tokens[p]);
        ck_assert(seen.probabilities[seen_from(view, p, SIDE)] == got.probabilities[p]);
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

static Suite *suite(void)
{
    Suite *s = suite_create("views");
    TCase *t = tcase_create("views");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, tasks_have_views);
    tcase_add_loop_test(t, a_view_is_the_question_moved, 0, 8);
    tcase_add_loop_test(t, draws_are_symmetries, 0, 20);
    tcase_add_loop_test(t, a_drawn_view_is_the_exchanged_question, 0, 4);
    tcase_add_loop_test(t, views_that_are_none_are_refused, 0, sizeof bad_views / sizeof *bad_views);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
