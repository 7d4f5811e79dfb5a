/* T times: z <- net(z + y + x) n times, then y <- net(y + z); then logits, halt logit, halting.   design.md
 * section 2. HRM (arXiv 2506.21734) makes the same updates in the same order, with a network of its own for
 * y. */
#include "lib/solve/step.h"
#include "lib/kernels/scalar.h"

void trmi_step_evaluate(const trm_solver *solver, trmi_puzzle *puzzle, trmi_worker *worker,
                        trmi_scratch *scratch, const trm_executor *executor, bool high)
{
    trmi_evaluate(&(trmi_evaluation) {
        .model = solver->model,
        .network = &solver->model->network[high ? TRMI_NETWORK_HIGH : TRMI_NETWORK_LOW],
        .a = high ? puzzle->y : puzzle->z,
        .b = high ? puzzle->z : puzzle->y,
        .c = high ? NULL : puzzle->x,
        .to = high ? puzzle->y : puzzle->z,
        .activations = &worker->activations,
        .executor = executor,
        .scratch = scratch,
    });
}

/* rows x outputs = y W' + bias, y from row `begin`; panels of 16 outputs in worker->head. */
static void head_product(const trm_model *model, const float *y, uint32_t begin, uint32_t rows,
                         const float *weights, uint32_t outputs, float *head)
{
    const uint32_t channels = model->config.channels;
    model->kernels.product(&(trmi_product) {
        .rows = rows,
        .depth = channels,
        .panels = trmi_padded(outputs) / TRMI_PANEL,
        .a = y + (size_t)begin * TRMI_PANEL,
        .a_row = TRMI_PANEL,
        .a_block = (size_t)trmi_rows(&model->config) * TRMI_PANEL,
        .b = weights,
        .b_panel = (size_t)channels * TRMI_PANEL,
        .c = head,
        .c_row = TRMI_PANEL,
        .c_panel = (size_t)rows * TRMI_PANEL,
    });
}

static void read_logits(const trm_model *model, trmi_puzzle *puzzle, float *head)
{
    const trmi_config *config = &model->config;
    const uint32_t rows = config->positions, tokens = config->vocabulary;
    head_product(model, puzzle->y, config->prefix, rows, model->head_tokens, tokens, head);
    for (uint32_t n = 0; n < rows; n++)
        for (uint32_t t = 0; t < tokens; t++) {
            const float value = head[((size_t)(t / TRMI_PANEL) * rows + n) * TRMI_PANEL + t % TRMI_PANEL];
            puzzle->logits[(size_t)n * tokens + t] =
                config->head_bias ? value + model->head_tokens_bias[t] : value;
        }
}

static void read_halt(const trm_model *model, trmi_puzzle *puzzle, float *head)
{
    head_product(model, puzzle->y, 0, 1, model->head_halt, 2, head);
    puzzle->halt_logit = head[0] + model->head_halt_bias[0];
    puzzle->continue_logit = head[1] + model->head_halt_bias[1];
}

/* The likeliest tokens; counts for how many steps they have been the same. */
static void read_tokens(const trmi_config *config, trmi_puzzle *puzzle)
{
    bool same = puzzle->steps > 0;
    for (uint32_t n = 0; n < config->positions; n++) {
        const float *logits = puzzle->logits + (size_t)n * config->vocabulary;
        int32_t best = 0;
        for (uint32_t t = 1; t < config->vocabulary; t++)
            if (logits[t] > logits[best])
                best = (int32_t)t;
        same = same && puzzle->tokens[n] == best;
        puzzle->tokens[n] = best;
    }
    puzzle->stable = same ? puzzle->stable + 1 : 1;
}

/* The published rule looks at the sign, which says more than a probability near a half can. */
static bool signals_halt(const trm_solve_options *options, float logit)
{
    const double least = options->halt_probability;
    return least == 0.0 || least == 0.5 ? logit > 0.0f : (double)trmi_sigmoid(logit) > least;
}

static trm_stop halt(const trm_solve_options *options, const trmi_puzzle *puzzle)
{
    if ((options->halt & TRM_HALT_SIGNAL) && signals_halt(options, puzzle->halt_logit))
        return TRM_STOP_SIGNAL;
    if ((options->halt & TRM_HALT_STABLE) && puzzle->stable >= options->stable_steps)
        return TRM_STOP_STABLE;
    return puzzle->steps >= options->maximum_steps ? TRM_STOP_LIMIT : TRM_STOP_RUNNING;
}

void trmi_step(const trm_solver *solver, trmi_puzzle *puzzle, trmi_worker *worker, trmi_scratch *scratch,
               const trm_executor *executor)
{
    const trmi_config *config = &solver->model->config;
    for (uint32_t cycle = 0; cycle < config->cycles; cycle++) {
        for (uint32_t update = 0; update < config->updates; update++)
            trmi_step_evaluate(solver, puzzle, worker, scratch, executor, false);
        trmi_step_evaluate(solver, puzzle, worker, scratch, executor, true);
    }
    read_logits(solver->model, puzzle, worker->head);
    read_halt(solver->model, puzzle, worker->head);
    read_tokens(config, puzzle);
    puzzle->steps++;
    puzzle->stop = (uint32_t)halt(&solver->settings.options, puzzle);
}
