/* What a firmware may get wrong gives a status on the board, never a fault: a line for each. */
#include <string.h>

#include "model.h"
#include "platform.h"
#include "text.h"
#include "trm.h"

enum { SIDE = 4, LARGER = 9, CELLS = LARGER * LARGER, LINE = 64 };

static _Alignas(64) unsigned char copy[TRM_EMBEDDED_BYTES + LINE];
static _Alignas(64) unsigned char model_workspace[MODEL_WORKSPACE], solver_workspace[SOLVER_WORKSPACE];
static int32_t tokens[CELLS], answer[CELLS];

static void tell(const char *what, trm_status status)
{
    put(what);
    put(": ");
    put_number((uint64_t)status);
    put("\n");
}

static trm_status open_at(const void *data, size_t bytes, size_t workspace, trm_model **model)
{
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    opening.workspace = model_workspace;
    opening.workspace_size = workspace;
    return trm_model_open_memory(data, bytes, &opening, model, NULL);
}

/* A file needs what trm info tells, a prepared model less. */
static size_t room_of_model(void)
{
    size_t room = 0;
    (void)!trm_model_measure(trm_embedded, TRM_EMBEDDED_BYTES, &room, NULL);
    return room;
}

static void damage_models(void)
{
    trm_model *model = NULL;
    memcpy(copy + 4, trm_embedded, TRM_EMBEDDED_BYTES);
    tell("misaligned", open_at(copy + 4, TRM_EMBEDDED_BYTES, sizeof model_workspace, &model));
    memcpy(copy, trm_embedded, TRM_EMBEDDED_BYTES);
    for (size_t cut = 0; cut < TRM_EMBEDDED_BYTES; cut += cut < 256 ? 61 : 9973)
        if (open_at(copy, cut, sizeof model_workspace, &model) == TRM_OK)
            tell("truncated, and taken", TRM_OK);
    tell("truncated", open_at(copy, TRM_EMBEDDED_BYTES - 1, sizeof model_workspace, &model));
    copy[8]++; /* the major version, behind the magic */
    tell("another version", open_at(copy, TRM_EMBEDDED_BYTES, sizeof model_workspace, &model));
    copy[8]--;
    copy[TRM_EMBEDDED_BYTES / 2] ^= 1;
    tell("a bit that has flipped", open_at(copy, TRM_EMBEDDED_BYTES, sizeof model_workspace, &model));
    tell("no room by a byte", open_at(trm_embedded, TRM_EMBEDDED_BYTES, room_of_model() - 1, &model));
}

static void make_solvers(const trm_model *model, trm_solver **solver)
{
    trm_shape shape = TRM_SHAPE_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    shape.rows = shape.columns = SIDE;
    options.shape = &shape;
    options.workspace = solver_workspace;
    options.workspace_size = SOLVER_WORKSPACE - 1;
    tell("a solver without room by a byte", trm_solver_create(model, &options, solver, NULL));
    options.workspace_size = SOLVER_WORKSPACE;
    tell("a solver", trm_solver_create(model, &options, solver, NULL));
}

static void ask_badly(trm_solver *solver)
{
    trm_shape shape = TRM_SHAPE_INIT;
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_answers found = TRM_ANSWERS_INIT;
    question.count = 1;
    question.tokens = tokens;
    question.shapes = &shape;
    question.shape_count = 1;
    found.tokens = answer;
    tell("a step of nothing", trm_solver_step(solver, NULL, NULL));
    tell("an answer to nothing", trm_solver_read(solver, &found, NULL));
    shape.rows = shape.columns = 99;
    tell("a shape beyond the model's", trm_solver_load(solver, &question, NULL));
    shape.rows = shape.columns = LARGER;
    tell("a shape beyond the solver's", trm_solver_load(solver, &question, NULL));
    shape.rows = shape.columns = SIDE;
    tokens[3] = 12345;
    tell("a token that is none", trm_solver_load(solver, &question, NULL));
    tokens[3] = 0;
    tell("a question", trm_solver_load(solver, &question, NULL));
}

static void step_beyond_the_end(trm_solver *solver)
{
    uint32_t running = 1;
    trm_status status = TRM_OK;
    while (running > 0 && status == TRM_OK)
        status = trm_solver_step(solver, &running, NULL);
    for (int i = 0; i < 3 && status == TRM_OK; i++)
        status = trm_solver_step(solver, &running, NULL);
    tell("steps after the end", status);
}

int main(void)
{
    trm_model *model = NULL;
    trm_solver *solver = NULL;
    damage_models();
    tell("a model", open_at(trm_embedded, TRM_EMBEDDED_BYTES, room_of_model(), &model));
    make_solvers(model, &solver);
    ask_badly(solver);
    step_beyond_the_end(solver);
    trm_solver_free(solver);
    trm_model_close(model);
    return 0;
}
