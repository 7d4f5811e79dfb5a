/*
 * Trains a model that solves 4x4 Sudokus, in a minute or two, and counts how many of a thousand others it
 * solves.
 *
 *     cc train_sudoku4.c $(pkg-config --cflags --libs trm-train) -o train_sudoku4
 *     ./train_sudoku4 sudoku-4x4.trm
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

enum { CELLS = 16, LESSONS = 20000, EXAM = 1000 };

/* Puzzles `first` to `first + count - 1` of those that the seed makes. */
static trm_status make_puzzles(trm_puzzles **puzzles, uint64_t first, uint64_t count, trm_error *error)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    trm_status status = trm_puzzles_create(&task, NULL, puzzles, error);

    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    options.first = first;
    options.count = count;
    return status == TRM_OK ? trm_puzzles_generate(*puzzles, &options, error) : status;
}

/* Random weights: 81 thousand of them. Token 0 has no character, 1 is a blank, 2 to 5 are the digits. */
static trm_status make_model(const char *path, trm_error *error)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.gate = TRM_GATE_NORMED;
    options.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    options.channels = 64;
    options.positions = CELLS;
    options.prefix = 1;
    options.vocabulary = 6;
    options.head_bias = 1;
    options.token_hidden = 64;
    options.channel_hidden = 192;
    options.cycles = 2;
    options.updates = 3;
    options.task = "sudoku";
    options.alphabet = ".1234";
    options.alphabet_first = 1;
    options.grid_rows = options.grid_columns = 4;
    return trm_init(path, &options, error);
}

static trm_status train(const char *path, const trm_puzzles *lessons, const trm_executor *executor,
                        trm_error *error)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.steps = 400;
    options.learning_rate = 2e-3;
    options.executor = executor;
    trm_trainer *trainer = NULL;
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    trm_status status = trm_trainer_create(path, lessons, &options, &trainer, error);
    while (status == TRM_OK && report.step < options.steps) {
        status = trm_trainer_step(trainer, &report, error);
        if (status == TRM_OK && report.step % 40 == 0)
            printf("step %3d: loss %.4f, %5.1f %% of the cells right\n", (int)report.step, report.loss,
                   100.0 * report.cell_accuracy);
    }
    if (status == TRM_OK)
        status = trm_trainer_write(trainer, path, 0, error);
    trm_trainer_free(trainer);
    return status;
}

/* How many puzzles the model at `path` solves exactly. */
static trm_status examine(const char *path, const trm_puzzles *exam, int *exact, trm_error *error)
{
    trm_model *model = NULL;
    trm_status status = trm_model_open(path, NULL, &model, error);
    *exact = 0;
    for (uint64_t i = 0; i < trm_puzzles_count(exam) && status == TRM_OK; i++) {
        char question[CELLS], expected[CELLS], found[CELLS];
        int32_t tokens[CELLS], answer[CELLS];
        trm_questions questions = TRM_QUESTIONS_INIT;
        questions.count = 1;
        questions.tokens = tokens;
        trm_answers answers = TRM_ANSWERS_INIT;
        answers.tokens = answer;
        status = trm_puzzles_get(exam, i, question, expected, NULL, error);
        if (status == TRM_OK)
            status = trm_model_encode(model, NULL, question, CELLS, tokens, error);
        if (status == TRM_OK)
            status = trm_solve(model, &questions, &answers, NULL, error);
        if (status == TRM_OK)
            status = trm_model_decode(model, NULL, answer, CELLS, found, error);
        *exact += status == TRM_OK && memcmp(found, expected, CELLS) == 0;
    }
    trm_model_close(model);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s MODEL.trm\n", argv[0]);
        return 2;
    }
    trm_error error = TRM_ERROR_INIT;
    trm_puzzles *lessons = NULL, *exam = NULL;
    trm_pool *pool = NULL;
    int exact = 0;
    trm_status status = trm_pool_create(0, NULL, &pool, &error);
    if (status == TRM_OK)
        status = make_puzzles(&lessons, 0, LESSONS, &error);
    if (status == TRM_OK)
        status = make_puzzles(&exam, LESSONS, EXAM, &error);
    if (status == TRM_OK)
        status = make_model(argv[1], &error);
    if (status == TRM_OK)
        status = train(argv[1], lessons, trm_pool_executor(pool), &error);
    if (status == TRM_OK)
        status = examine(argv[1], exam, &exact, &error);
    if (status == TRM_OK)
        printf("%s solves %d of %d other puzzles\n", argv[1], exact, EXAM);
    else
        fprintf(stderr, "%s\n", error.message);

    trm_puzzles_free(exam);
    trm_puzzles_free(lessons);
    trm_pool_free(pool);
    return status == TRM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
