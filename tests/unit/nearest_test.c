/* Several right answers: a question that has one alone is told from others, and the answer to learn is a
 * right one, the model's own where that is right. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/learning/nearest.h"
#include "lib/learning/slots.h"
#include "lib/puzzles/puzzles.h"
#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

#define SQUARE "task t\nvariables N x N\nvalues N\nall_different row column\n"
static const char *const tasks[] = { SQUARE,
                                     SQUARE "less neighbours 30-60%\n",
                                     SQUARE "sum regions 2-3\n",
                                     SQUARE "all_different regions\n",
                                     "task t\nvariables N x N\nvalues N\nall_different row column box\n",
                                     "task t\nvariables N\nvalues 3-4\nconflict pairs 3-4\n",
                                     "task t\nvariables N\nvalues 3\nconflict pairs 3-4 values 11 12 33\n",
                                     "task t\nvariables N\nvalues 2\nclause groups 2-3\n" };
enum { TASKS = sizeof tasks / sizeof *tasks, PUZZLES = 20, MOST_CELLS = 64, MOST_VALUES = 16 };

/* Puzzles, a model of them, and what looks for answers. */
typedef struct lesson_room {
    trm_puzzles *puzzles;
    trm_model *model;
    void *file;
    trmi_set set;
    trmi_nearest *nearest;
    trm_allocator allocator;
} lesson_room;

static void open_room(lesson_room *room, const char *rules, uint32_t size)
{
    trm_task task = TRM_TASK_INIT;
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    trm_generate_options wanted = TRM_GENERATE_OPTIONS_INIT;
    size_t bytes;
    task.rules = rules;
    wanted.count = PUZZLES;
    wanted.least_size = wanted.most_size = size;
    ck_assert_int_eq(trmi_allocator_read(&room->allocator, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &room->puzzles, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_generate(room->puzzles, &wanted, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_model(room->puzzles, &options, NULL), TRM_OK);
    options.channels = 8;
    options.channel_hidden = 8;
    ck_assert_int_eq(trm_init_memory(&options, &room->file, &bytes, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_open_memory(room->file, bytes, NULL, &room->model, NULL), TRM_OK);
    ck_assert_int_eq(trmi_set_begin(&room->set, room->model, room->puzzles, 1.0, &room->allocator, NULL),
                     TRM_OK);
    ck_assert_int_eq(trmi_nearest_create(room->model, &room->allocator, &room->nearest, NULL), TRM_OK);
}

static void close_room(lesson_room *room)
{
    trmi_nearest_free(room->nearest);
    trmi_set_end(&room->set);
    trm_model_close(room->model);
    trm_convert_free(room->file, NULL);
    trm_puzzles_free(room->puzzles);
}

/* A puzzle as a question, with the model's tokens. */
typedef struct asked {
    trmi_question question;
    trmi_relation_table relations[TRMI_RELATIONS];
    int32_t tokens[MOST_CELLS], labels[MOST_CELLS];
} asked;

static void ask(const lesson_room *room, uint64_t index, asked *to)
{
    trmi_set_question(&room->set, &room->model->config.relations, index, to->relations, &to->question);
    for (uint32_t p = 0; p < to->question.extent.positions; p++) {
        to->tokens[p] = room->set.token[trmi_puzzles_question(room->puzzles, index)[p]];
        to->labels[p] = room->set.token[trmi_puzzles_answer(room->puzzles, index)[p]];
    }
    to->question.tokens = to->tokens;
}

static bool is_right(const lesson_room *room, uint64_t index, const asked *a, const int32_t *answer)
{
    trm_questions question = TRM_QUESTIONS_INIT;
    uint32_t verdict = TRM_VERDICT_UNVERIFIED;
    ck_assert_int_eq(trm_puzzles_question(room->puzzles, index, &question, NULL), TRM_OK);
    question.tokens = a->tokens;
    ck_assert_int_eq(trm_model_verify(room->model, &question, answer, &verdict, NULL), TRM_OK);
    return verdict == TRM_VERDICT_VERIFIED;
}

static uint32_t size_of_task(int task)
{
    return strstr(tasks[task], "x N") != NULL ? 4 : 8;
}

/* The generator took away what an exact search of its own constraints could spare: so much is known to have
   one answer. */
START_TEST(one_answer_is_told_from_several)
{
    lesson_room room;
    asked a;
    uint32_t several = 0;
    open_room(&room, tasks[_i], size_of_task(_i));
    ck_assert_ptr_nonnull(room.nearest);
    for (uint64_t i = 0; i < PUZZLES; i++) {
        ask(&room, i, &a);
        ck_assert(!trmi_nearest_has_other(room.nearest, &a.question, a.labels));
        uint32_t given = 0;
        while (given < a.question.extent.positions && a.tokens[given] == 0)
            given++;
        if (given == a.question.extent.positions)
            continue;
        a.tokens[given] = 0; /* none of them could be spared */
        several += trmi_nearest_has_other(room.nearest, &a.question, a.labels);
    }
    ck_assert_msg(several >= PUZZLES / 2 || strstr(tasks[_i], "clause") != NULL, "%u", several);
    close_room(&room);
}
END_TEST

/* Without any given: whatever is preferred, a right answer is found; where what is preferred is right, that
   one. */
START_TEST(finds_what_is_preferred)
{
    lesson_room room;
    asked a;
    int32_t found[MOST_CELLS], again[MOST_CELLS];
    random_source source = random_begin((uint64_t)_i);
    open_room(&room, tasks[_i], size_of_task(_i));
    for (uint64_t i = 0; i < PUZZLES; i++) {
        ask(&room, i, &a);
        const uint32_t positions = a.question.extent.positions, fields = a.question.extent.fields;
        memset(a.tokens, 0, sizeof a.tokens);
        float *preferences = trmi_nearest_preferences(room.nearest, &a.question);
        for (uint32_t k = 0; k < positions * fields; k++)
            preferences[k] = (float)random_normal(&source);
        ck_assert(trmi_nearest_find(room.nearest, &a.question, found));
        ck_assert(is_right(&room, i, &a, found));
        for (uint32_t k = 0; k < positions * fields; k++)
            preferences[k] = found[k / fields] == (int32_t)(1 + k % fields) ? 1.0f : 0.0f;
        ck_assert(trmi_nearest_find(room.nearest, &a.question, again));
        ck_assert_mem_eq(found, again, positions * sizeof *found);
        a.tokens[0] = found[0] % (int32_t)fields + 1; /* what is given wins over what is preferred */
        if (trmi_nearest_find(room.nearest, &a.question, again))
            ck_assert_int_eq(again[0], a.tokens[0]);
    }
    close_room(&room);
}
END_TEST

/* -- all answers -- */

static const trmi_relation_table *relation_named(const lesson_room *room, const asked *a, const char *name)
{
    const trmi_relations *known = &room->model->config.relations;
    uint32_t i = 0;
    while (strcmp(known->relation[i].name, name) != 0)
        i++;
    return &a->relations[i];
}

/* Whether the values, of 3, are none that the lists bar beside each other, and those given. */
static bool may_stand(const trmi_relation_table *barred, const asked *a, const uint32_t *value)
{
    for (uint32_t p = 0; p < a->question.extent.positions; p++) {
        const uint32_t node = 3 * p + value[p];
        if (a->tokens[p] > 0 && a->tokens[p] != (int32_t)value[p] + 1)
            return false;
        for (uint32_t i = barred->first[node]; i < barred->first[node + 1]; i++)
            if (value[barred->heard[i] / 3] == barred->heard[i] % 3)
                return false;
    }
    return true;
}

static bool has_answer(const lesson_room *room, const asked *a)
{
    const trmi_relation_table *barred = relation_named(room, a, "barred");
    uint32_t value[8] = { 0 }, p = 0;
    while (p < 8 && !may_stand(barred, a, value))
        for (p = 0; p < 8 && ++value[p] == 3; p++)
            value[p] = 0;
    return p < 8;
}

/* Given values that were drawn leave an answer or none: the search knows, as all answers do. */
START_TEST(knows_whether_there_is_an_answer)
{
    static const char *const rules[] = {
        "task t\nvariables N\nvalues 3\nconflict pairs 3-4 values 11 12 33\n",
        "task t\nvariables N\nvalues 3\nconflict pairs 2-3 values 11 12 13 22 33\n",
        "task t\nvariables N\nvalues 3\nconflict pairs 3-5 values 13 21 32\n",
    };
    lesson_room room;
    asked a;
    int32_t found[MOST_CELLS];
    uint32_t with = 0, without = 0;
    random_source source = random_begin((uint64_t)_i);
    open_room(&room, rules[_i], 8);
    for (uint64_t i = 0; i < 50 * PUZZLES; i++) {
        ask(&room, i % PUZZLES, &a);
        for (uint32_t p = 0; p < 8; p++)
            a.tokens[p] = random_below(&source, 2) == 0 ? 1 + (int32_t)random_below(&source, 3) : 0;
        const bool there = has_answer(&room, &a);
        with += there;
        without += !there;
        ck_assert_int_eq(trmi_nearest_has_none(room.nearest, &a.question), !there);
        ck_assert_int_eq(trmi_nearest_find(room.nearest, &a.question, found), there);
        ck_assert(!there || is_right(&room, i % PUZZLES, &a, found));
    }
    ck_assert_msg(with > 100 && without > 100, "%u %u", with, without);
    close_room(&room);
}
END_TEST

/* Puzzles with several answers, each shown with a wrong given: what is not learnt from has no answer. */
START_TEST(spoils_what_then_has_no_answer)
{
    lesson_room room;
    trmi_slots slots;
    asked a;
    uint32_t spoilt = 0;
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    open_room(&room, "task t\nvariables N\nvalues 3\ngivens 50%\nconflict pairs 2-3 values 11 12 33\n", 8);
    options.batch = 200;
    options.wrong_givens = 1.0;
    ck_assert_int_eq(trmi_slots_begin(&slots, room.model, &room.set, 1, &options, &room.allocator, NULL),
                     TRM_OK);
    trmi_slots_fill(&slots);
    for (uint32_t i = 0; i < options.batch; i++) {
        const trmi_slot *slot = &slots.slots[i];
        a.question = slot->question;
        memcpy(a.relations, slot->relations, room.model->config.relations.count * sizeof *a.relations);
        memcpy(a.tokens, slot->tokens, 8 * sizeof *a.tokens);
        ck_assert_int_eq(has_answer(&room, &a), slot->labels[0] >= 0);
        ck_assert(slot->labels[0] >= 0 || !slot->several);
        for (uint32_t p = 0; slot->labels[0] >= 0 && p < 8; p++)
            ck_assert(slot->tokens[p] == 0 || slot->tokens[p] == slot->labels[p]);
        spoilt += slot->labels[0] < 0;
    }
    ck_assert_msg(spoilt > 50 && spoilt < options.batch, "%u", spoilt);
    trmi_slots_end(&slots);
    close_room(&room);
}
END_TEST

/* -- ways -- */

/* Whatever is preferred, a shortest way is found; where what is preferred is one, that one. */
START_TEST(finds_the_preferred_way)
{
    lesson_room room;
    asked a;
    int32_t found[MOST_CELLS], again[MOST_CELLS];
    uint32_t several = 0;
    random_source source = random_begin(9);
    open_room(&room, "task t\nvariables N\npath pairs 3-4\n", 20);
    ck_assert_ptr_nonnull(room.nearest);
    for (uint64_t i = 0; i < PUZZLES; i++) {
        ask(&room, i, &a);
        const uint32_t choices = trmi_nearest_choices(room.nearest, &a.question),
                       nodes = a.question.extent.positions * choices;
        ck_assert_uint_eq(choices, 4);
        bool differs = false;
        several += trmi_nearest_has_other(room.nearest, &a.question, a.labels);
        for (uint32_t tries = 0; tries < 50; tries++) {
            float *preferences = trmi_nearest_preferences(room.nearest, &a.question);
            for (uint32_t k = 0; k < nodes; k++)
                preferences[k] = (float)random_normal(&source);
            ck_assert(trmi_nearest_find(room.nearest, &a.question, found));
            ck_assert(is_right(&room, i, &a, found));
            for (uint32_t k = 0; k < nodes; k++)
                preferences[k] = found[k / choices] == (int32_t)(k % choices) ? 1.0f : 0.0f;
            ck_assert(trmi_nearest_find(room.nearest, &a.question, again));
            ck_assert_mem_eq(found, again, sizeof *found * a.question.extent.positions);
            differs = differs || memcmp(found, a.labels, sizeof *found * a.question.extent.positions) != 0;
        }
        ck_assert_int_eq(trmi_nearest_has_other(room.nearest, &a.question, a.labels), differs);
    }
    ck_assert_uint_gt(several, 2);
    ck_assert_uint_lt(several, PUZZLES - 2);
    a.tokens[0] = a.tokens[1] = 1; /* two starts */
    ck_assert(!trmi_nearest_find(room.nearest, &a.question, found));
    close_room(&room);
}
END_TEST

/* Such puzzles come from a set whose task has no rules. Of the second kind 0 would be searched for from 3
 * without end: its list has 2, which has nobody. */
START_TEST(finds_no_way_where_none_can_be_right)
{
    static const struct graph {
        uint32_t first[5], heard[6];
        int32_t third;
        bool found;
    } graphs[] = {
        { { 0, 1, 3, 5, 6 }, { 1, 0, 2, 1, 3, 2 }, 0, true },
        { { 0, 1, 2, 2, 4 }, { 2, 0, 1, 2 }, 0, false },
        { { 0, 1, 3, 5, 6 }, { 1, 0, 2, 2, 3, 2 }, 0, false }, /* a loop */
        { { 0, 1, 3, 5, 6 }, { 1, 0, 2, 1, 3, 2 }, 3, false }, /* a step in the question */
    };
    lesson_room room;
    asked a;
    int32_t found[MOST_CELLS];
    const struct graph *g = &graphs[_i];
    open_room(&room, "task t\nvariables N\npath pairs 1-1\n", 4);
    ask(&room, 0, &a);
    a.relations[0].first = g->first;
    a.relations[0].heard = g->heard;
    a.tokens[0] = 1;
    a.tokens[1] = 0;
    a.tokens[2] = g->third;
    a.tokens[3] = 2;
    memset(trmi_nearest_preferences(room.nearest, &a.question), 0, 16 * sizeof(float));
    ck_assert_int_eq(trmi_nearest_find(room.nearest, &a.question, found), g->found);
    close_room(&room);
}
END_TEST

/* -- hosts -- */

enum { MOST_LOGITS = MOST_CELLS * (MOST_VALUES + 1) };

static trm_status ask_as_host(const lesson_room *room, uint64_t index, const asked *a, const float *logits,
                              int32_t *answer, uint32_t *found, trm_error *error)
{
    trm_questions question = TRM_QUESTIONS_INIT;
    ck_assert_int_eq(trm_puzzles_question(room->puzzles, index, &question, NULL), TRM_OK);
    question.tokens = a->tokens;
    return trm_model_nearest(room->model, &question, logits, answer, found, error);
}

/* A host's logits lead to the answer that the trainer's own would. */
START_TEST(hosts_find_the_same)
{
    lesson_room room;
    asked a;
    int32_t own[MOST_CELLS], answer[MOST_CELLS];
    float logits[MOST_LOGITS];
    random_source source = random_begin(77 + (uint64_t)_i);
    open_room(&room, tasks[_i], size_of_task(_i));
    const uint32_t vocabulary = room.model->config.vocabulary;
    for (uint64_t i = 0; i < PUZZLES; i++) {
        ask(&room, i, &a);
        const uint32_t positions = a.question.extent.positions, fields = a.question.extent.fields;
        uint32_t found = 2;
        memset(a.tokens, 0, sizeof a.tokens);
        for (uint32_t k = 0; k < positions * vocabulary; k++)
            logits[k] = (float)random_normal(&source);
        float *preferences = trmi_nearest_preferences(room.nearest, &a.question);
        for (uint32_t k = 0; k < positions * fields; k++)
            preferences[k] = logits[k / fields * vocabulary + 1 + k % fields];
        ck_assert(trmi_nearest_find(room.nearest, &a.question, own));
        ck_assert_int_eq(ask_as_host(&room, i, &a, logits, answer, &found, NULL), TRM_OK);
        ck_assert_uint_eq(found, 1);
        ck_assert_mem_eq(own, answer, positions * sizeof *own);
    }
    close_room(&room);
}
END_TEST

START_TEST(refuses_what_hosts_get_wrong)
{
    lesson_room room;
    asked a;
    trm_error error = TRM_ERROR_INIT;
    trm_model *without;
    char path[4096];
    int32_t answer[MOST_CELLS];
    uint32_t found = 2;
    float logits[MOST_LOGITS] = { 0 };
    open_room(&room, tasks[0], 4);
    ask(&room, 0, &a);
    const int32_t given = a.tokens[0];
    for (uint32_t p = 0; p < a.question.extent.positions; p++)
        a.tokens[p] = 1; /* against the rules */
    ck_assert_int_eq(ask_as_host(&room, 0, &a, logits, answer, &found, &error), TRM_OK);
    ck_assert_uint_eq(found, 0);
    a.tokens[0] = 99;
    ck_assert_int_eq(ask_as_host(&room, 0, &a, logits, answer, &found, &error), TRM_ERROR_PUZZLE);
    a.tokens[0] = given;
    logits[room.model->config.vocabulary + 2] = NAN;
    ck_assert_int_eq(ask_as_host(&room, 0, &a, logits, answer, &found, &error), TRM_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "puzzle 0, position 1: expected a finite logit of token 2, found nan");
    ck_assert_int_eq(ask_as_host(&room, 0, &a, NULL, answer, &found, &error), TRM_ERROR_ARGUMENT);
    snprintf(path, sizeof path, "%s/models/sudoku-4x4.trm", getenv("TRM_SOURCE_ROOT"));
    ck_assert_int_eq(trm_model_open(path, NULL, &without, NULL), TRM_OK);
    trm_questions question = TRM_QUESTIONS_INIT;
    question.count = 1;
    question.tokens = a.labels;
    ck_assert_int_eq(trm_model_nearest(without, &question, logits, answer, &found, &error),
                     TRM_ERROR_UNSUPPORTED);
    trm_model_close(without);
    close_room(&room);
}
END_TEST

/* -- training -- */

/* Of four variables in a row of unequal neighbours either value may come first. A drawn answer teaches
 * nothing; the nearest does. */
START_TEST(learns_what_has_several_answers)
{
    static const char *const rules[] = { "task t\nvariables N\nvalues 2\ngivens 0\nconflict pairs 1.5-2\n",
                                         ("task t\nvariables N\nvalues 3\ngivens 0\n"
                                          "conflict pairs 1.5-2 values 11 22 33 12\n"),
                                         "task t\nvariables N\npath pairs 3-4\n" };
    lesson_room room;
    trm_trainer *trainer;
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    trm_init_options model = TRM_INIT_OPTIONS_INIT;
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    char *directory = make_directory();
    const char *path = inside_directory(directory, "begin.trm");
    uint64_t exact = 0, halted = 0;
    open_room(&room, rules[_i], 6);
    ck_assert_int_eq(trm_puzzles_model(room.puzzles, &model, NULL), TRM_OK);
    model.channels = 12;
    model.channel_hidden = 16;
    model.cycles = 1;
    model.updates = 2;
    model.start_noise = 1.0f;
    ck_assert_int_eq(trm_init(path, &model, NULL), TRM_OK);
    options.batch = 16;
    options.steps = 250;
    options.staggered = 1;
    options.maximum_steps = 8;
    ck_assert_int_eq(trm_trainer_create(path, room.puzzles, &options, &trainer, NULL), TRM_OK);
    for (uint64_t step = 1; step <= options.steps; step++) {
        ck_assert_int_eq(trm_trainer_step(trainer, &report, NULL), TRM_OK);
        exact += step > 200 ? report.exact : 0;
        halted += step > 200 ? report.halted : 0;
    }
    ck_assert_msg(10 * exact > 8 * halted, "%u of %u", (unsigned)exact, (unsigned)halted);
    trm_trainer_free(trainer);
    close_room(&room);
    remove_directory(directory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tests = tcase_create("answers");
    tcase_add_loop_test(tests, one_answer_is_told_from_several, 0, TASKS);
    tcase_add_loop_test(tests, finds_what_is_preferred, 0, TASKS);
    tcase_add_loop_test(tests, knows_whether_there_is_an_answer, 0, 3);
    tcase_add_test(tests, spoils_what_then_has_no_answer);
    tcase_add_test(tests, finds_the_preferred_way);
    tcase_add_loop_test(tests, finds_no_way_where_none_can_be_right, 0, 4);
    tcase_add_loop_test(tests, hosts_find_the_same, 0, TASKS);
    tcase_add_test(tests, refuses_what_hosts_get_wrong);
    tcase_add_loop_test(tests, learns_what_has_several_answers, 0, 3);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
