/*
 * Watches a model think: after each step, what it believes, how many cells it changed its mind about, and how
 * much it trusts its answer.
 *
 *     cc watch.c $(pkg-config --cflags --libs trm) -o watch
 *     ./watch MODEL.trm PUZZLE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

/* One puzzle and what the model makes of it; each array has `cells` entries. */
typedef struct board {
    size_t cells;
    int32_t *before; /* the question, then the answer of the step before */
    int32_t *after;
    char *text;
} board;

static trm_status show(const trm_model *model, board *b, float trust, int step, trm_error *error)
{
    trm_status status = trm_model_decode(model, NULL, b->after, b->cells, b->text, error);
    if (status != TRM_OK)
        return status;
    int changed = 0;
    for (size_t i = 0; i < b->cells; i++)
        changed += b->after[i] != b->before[i];
    memcpy(b->before, b->after, b->cells * sizeof *b->before);
    printf("step %2d: %.*s  %2d cells changed, %5.1f %% sure\n", step, (int)b->cells, b->text, changed,
           100.0 * trust);
    return TRM_OK;
}

/* Steps until the model trusts its answer. */
static trm_status watch(const trm_model *model, board *b, trm_error *error)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt_probability = 0.9F;
    trm_solver *solver = NULL;
    trm_status status = trm_solver_create(model, &options, &solver, error);

    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = b->before;
    if (status == TRM_OK)
        status = trm_solver_load(solver, &questions, error);

    float trust = 0;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = b->after;
    answers.halt_probabilities = &trust;
    uint32_t running = 1;
    for (int step = 1; status == TRM_OK && running > 0; step++) {
        status = trm_solver_step(solver, &running, error);
        if (status == TRM_OK)
            status = trm_solver_read(solver, &answers, error);
        if (status == TRM_OK)
            status = show(model, b, trust, step, error);
    }
    trm_solver_free(solver);
    return status;
}

static trm_status run(const char *path, const char *puzzle, board *b, trm_error *error)
{
    trm_model *model = NULL;
    trm_status status = trm_model_open(path, NULL, &model, error);
    if (status == TRM_OK)
        status = trm_model_encode(model, NULL, puzzle, b->cells, b->before, error);
    if (status == TRM_OK)
        status = watch(model, b, error);
    trm_model_close(model);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL.trm PUZZLE\n", argv[0]);
        return 2;
    }
    trm_error error = TRM_ERROR_INIT;
    trm_status status = TRM_ERROR_MEMORY;
    board b = { .cells = strlen(argv[2]) };
    b.before = calloc(b.cells + 1, sizeof *b.before);
    b.after = calloc(b.cells + 1, sizeof *b.after);
    b.text = calloc(b.cells + 1, 1);
    if (b.before == NULL || b.after == NULL || b.text == NULL)
        fprintf(stderr, "not enough memory\n");
    else if ((status = run(argv[1], argv[2], &b, &error)) != TRM_OK)
        fprintf(stderr, "%s\n", error.message);

    free(b.before);
    free(b.after);
    free(b.text);
    return status == TRM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
