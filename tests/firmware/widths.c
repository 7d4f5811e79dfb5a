/* What firmware runs, in the parts of several threads and in batches, has the bits of one thread and one
 * question at a time: groups are heard all at once there, band after band here. The last part runs first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "trm.h"

enum {
    SIDE = 4,
    CELLS = SIDE * SIDE,
    PUZZLES = 2,
    LOGITS = CELLS * TRM_EMBEDDED_VOCABULARY,
    WORKSPACE = 1 << 20
};

static const char *const puzzles[PUZZLES] = { "1......3..4.2...", ".4.....1...2.3.." };

typedef struct outcome {
    float logits[PUZZLES][LOGITS], halts[PUZZLES];
    uint32_t steps[PUZZLES];
} outcome;

static void demand(trm_status status, const trm_error *error)
{
    if (status == TRM_OK)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static void run(void *user, void (*task)(void *argument, uint32_t index), void *argument, uint32_t count)
{
    (void)user;
    for (uint32_t i = count; i-- > 0;)
        task(argument, i);
}

/* Questions begin .. begin + count, together. */
static void solve(const trm_model *model, uint32_t width, uint32_t begin, uint32_t count, outcome *to)
{
    static _Alignas(64) unsigned char workspace[WORKSPACE];
    int32_t tokens[PUZZLES * CELLS], answers[PUZZLES * CELLS];
    const trm_executor executor = { sizeof executor, width, NULL, run };
    trm_shape shape = TRM_SHAPE_INIT;
    trm_error error = TRM_ERROR_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers found = TRM_ANSWERS_INIT;
    shape.rows = shape.columns = shape.fields = SIDE;
    trm_default_boxes(SIDE, &shape.box_rows, &shape.box_columns);
    for (uint32_t i = 0; i < count; i++)
        demand(trm_model_encode(model, &shape, puzzles[begin + i], CELLS, tokens + (size_t)i * CELLS, &error),
               &error);
    options.shape = &shape;
    options.batch = count;
    options.executor = width > 1 ? &executor : NULL;
    options.workspace = workspace;
    demand(trm_solver_measure(model, &options, &options.workspace_size, &error), &error);
    questions.count = count;
    questions.tokens = tokens;
    questions.shapes = &shape;
    questions.shape_count = 1;
    found.tokens = answers;
    found.logits = to->logits[begin];
    found.halt_logits = to->halts + begin;
    found.steps = to->steps + begin;
    trm_solver *solver = NULL;
    uint32_t running = count;
    demand(trm_solver_create(model, &options, &solver, &error), &error);
    demand(trm_solver_load(solver, &questions, &error), &error);
    while (running > 0)
        demand(trm_solver_step(solver, &running, &error), &error);
    demand(trm_solver_read(solver, &found, &error), &error);
    trm_solver_free(solver);
}

int main(void)
{
    static _Alignas(64) unsigned char workspace[WORKSPACE];
    static outcome single, several;
    trm_error error = TRM_ERROR_INIT;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    opening.workspace = workspace;
    opening.workspace_size = sizeof workspace;
    demand(trm_model_open_memory(trm_embedded, sizeof trm_embedded, &opening, &model, &error), &error);
    for (uint32_t i = 0; i < PUZZLES; i++)
        solve(model, 1, i, 1, &single);
    for (uint32_t width = 1; width <= 3; width++) {
        memset(&several, 0, sizeof several);
        solve(model, width, 0, PUZZLES, &several);
        if (memcmp(&several, &single, sizeof single) != 0) {
            fprintf(stderr, "%u threads have other bits than one\n", (unsigned)width);
            return 1;
        }
    }
    trm_model_close(model);
    return 0;
}
