/* Several runs of a question, and search, on a board: what they answer and from which bits. */
#include <string.h>

#include "model.h"
#include "platform.h"
#include "text.h"
#include "trm.h"

enum { SIDE = 4, CELLS = SIDE * SIDE, RUNS = 4 };

static _Alignas(64) unsigned char model_workspace[MODEL_WORKSPACE], solver_workspace[1048576];
static float logits[CELLS * TRM_EMBEDDED_VOCABULARY];
static int32_t tokens[CELLS], answer[CELLS];

static void check(trm_status status)
{
    if (status == TRM_OK)
        return;
    put("status ");
    put_number((uint64_t)status);
    put("\n");
    quit(1);
}

static void answer_by(const trm_model *model, const char *puzzle, trm_solve_options *options)
{
    uint32_t steps = 0, hows = 0, verdicts = 0, bits = 0;
    trm_solver *solver = NULL;
    uint32_t running = 1;
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_answers found = TRM_ANSWERS_INIT;
    question.count = 1;
    question.tokens = tokens;
    question.shapes = options->shape;
    question.shape_count = 1;
    found.tokens = answer;
    found.logits = logits;
    found.steps = &steps;
    found.hows = &hows;
    found.verdicts = &verdicts;
    options->workspace = solver_workspace;
    options->workspace_size = sizeof solver_workspace;
    check(trm_model_encode(model, options->shape, puzzle, CELLS, tokens, NULL));
    check(trm_solver_create(model, options, &solver, NULL));
    check(trm_solver_load(solver, &question, NULL));
    while (running > 0)
        check(trm_solver_step(solver, &running, NULL));
    check(trm_solver_read(solver, &found, NULL));
    for (size_t i = 0; i < CELLS * TRM_EMBEDDED_VOCABULARY; i++) {
        uint32_t logit;
        memcpy(&logit, &logits[i], sizeof logit);
        bits = bits * 31 + logit;
    }
    for (size_t i = 0; i < CELLS; i++)
        put_number((uint64_t)answer[i]);
    put(verdicts == TRM_VERDICT_VERIFIED ? " verified, how " : " not verified, how ");
    put_number(hows);
    put(" steps ");
    put_number(steps);
    put(" bits ");
    put_bits(bits);
    put("\n");
    trm_solver_free(solver);
}

int main(void)
{
    uint32_t views[TRM_MAXIMUM_VIEWS], count = 0;
    trm_shape shape = TRM_SHAPE_INIT;
    trm_model *model = NULL;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    trm_solve_options several = TRM_SOLVE_OPTIONS_INIT, search = TRM_SOLVE_OPTIONS_INIT;
    opening.workspace = model_workspace;
    opening.workspace_size = sizeof model_workspace;
    check(trm_model_open_memory(trm_embedded, sizeof trm_embedded, &opening, &model, NULL));
    shape.rows = shape.columns = SIDE;
    check(trm_model_views(model, &shape, views, &count, NULL));
    several.shape = search.shape = &shape;
    several.views = views;
    several.view_count = several.runs = count < RUNS ? count : RUNS;
    several.policy = TRM_POLICY_VOTE;
    several.maximum_steps = 3;
    answer_by(model, "...4..1.2.......", &several);
    search.search = 1;
    search.maximum_steps = 1; /* so that it has to guess */
    search.step_budget = 8;
    answer_by(model, "1...............", &search);
    trm_model_close(model);
    return 0;
}
