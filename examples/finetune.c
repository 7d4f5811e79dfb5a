/*
 * Goes on training a model with puzzles of your own, and counts how many others like them it solves before
 * and after.
 *
 *     cc finetune.c $(pkg-config --cflags --libs trm-train) -o finetune
 *     ./finetune MODEL.trm LESSONS.csv EXAM.csv OUTPUT.trm
 *
 * The model is one for 4x4 Sudokus, such as models/sudoku-4x4.trm; the files have the columns
 * source,question,answer,rating. The puzzles may have rules that other Sudokus have not, such as digits that
 * differ on the diagonals, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

enum { CELLS = 16 };

static trm_status read_puzzles(const char *path, trm_puzzles **puzzles, trm_error *error)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    trm_status status = trm_puzzles_create(&task, NULL, puzzles, error);
    return status == TRM_OK ? trm_puzzles_read(*puzzles, path, 0, error) : status;
}

static trm_status finetune(const char *path, const char *output, const trm_puzzles *lessons,
                           const trm_executor *executor, trm_error *error)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.steps = 100;
    options.batch = 64;
    options.average = 0.9; /* few steps: the averaged weights must follow soon */
    options.plain = 1;     /* rows, columns and boxes may not change places where rules are special */
    options.executor = executor;
    trm_trainer *trainer = NULL;
    trm_status status = trm_trainer_create(path, lessons, &options, &trainer, error);
    while (status == TRM_OK && trm_trainer_steps(trainer) < options.steps)
        status = trm_trainer_step(trainer, NULL, error);
    if (status == TRM_OK)
        status = trm_trainer_write(trainer, output, 0, error);
    trm_trainer_free(trainer);
    return status;
}

/* A set's questions and answers as tokens of the model. */
static trm_status encode(const trm_model *model, const trm_puzzles *puzzles, int32_t *questions,
                         int32_t *answers, trm_error *error)
{
    trm_status status = TRM_OK;
    for (uint64_t i = 0; i < trm_puzzles_count(puzzles) && status == TRM_OK; i++) {
        char question[CELLS], answer[CELLS];
        status = trm_puzzles_get(puzzles, i, question, answer, NULL, error);
        if (status == TRM_OK)
            status = trm_model_encode(model, NULL, question, CELLS, questions + i * CELLS, error);
        if (status == TRM_OK)
            status = trm_model_encode(model, NULL, answer, CELLS, answers + i * CELLS, error);
    }
    return status;
}

/* Solves all questions in one call, some at a time. */
static trm_status solve(const trm_model *model, size_t count, const int32_t *tokens, int32_t *found,
                        const trm_executor *executor, trm_error *error)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = count;
    questions.tokens = tokens;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = found;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.batch = 16;
    options.executor = executor;
    return trm_solve(model, &questions, &answers, &options, error);
}

/* How many puzzles the model at `path` solves exactly. */
static trm_status examine(const char *path, const trm_puzzles *exam, const trm_executor *executor, int *exact,
                          trm_error *error)
{
    const size_t count = (size_t)trm_puzzles_count(exam);
    int32_t *tokens = calloc(3 * count, CELLS * sizeof *tokens);
    if (tokens == NULL) {
        snprintf(error->message, sizeof error->message, "not enough memory for %zu puzzles", count);
        return TRM_ERROR_MEMORY;
    }
    int32_t *expected = tokens + count * CELLS, *found = expected + count * CELLS;
    trm_model *model = NULL;
    trm_status status = trm_model_open(path, NULL, &model, error);
    if (status == TRM_OK)
        status = encode(model, exam, tokens, expected, error);
    if (status == TRM_OK)
        status = solve(model, count, tokens, found, executor, error);
    *exact = 0;
    for (size_t i = 0; i < count && status == TRM_OK; i++)
        *exact += memcmp(found + i * CELLS, expected + i * CELLS, CELLS * sizeof *found) == 0;
    trm_model_close(model);
    free(tokens);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s MODEL.trm LESSONS.csv EXAM.csv OUTPUT.trm\n", argv[0]);
        return 2;
    }
    trm_error error = TRM_ERROR_INIT;
    trm_puzzles *lessons = NULL, *exam = NULL;
    trm_pool *pool = NULL;
    int before = 0, after = 0;
    trm_status status = trm_pool_create(0, NULL, &pool, &error);
    if (status == TRM_OK)
        status = read_puzzles(argv[2], &lessons, &error);
    if (status == TRM_OK)
        status = read_puzzles(argv[3], &exam, &error);
    if (status == TRM_OK)
        status = examine(argv[1], exam, trm_pool_executor(pool), &before, &error);
    if (status == TRM_OK)
        status = finetune(argv[1], argv[4], lessons, trm_pool_executor(pool), &error);
    if (status == TRM_OK)
        status = examine(argv[4], exam, trm_pool_executor(pool), &after, &error);
    if (status == TRM_OK)
        printf("%d of %d before, %d after\n", before, (int)trm_puzzles_count(exam), after);
    else
        fprintf(stderr, "%s\n", error.message);

    trm_puzzles_free(exam);
    trm_puzzles_free(lessons);
    trm_pool_free(pool);
    return status == TRM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
