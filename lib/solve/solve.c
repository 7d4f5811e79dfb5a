/* trm_solve(): the loop over load, step and read, with a deadline. */
#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/solve/solver.h"

/* Time of one call: when it began, its budget, and its slowest step. */
typedef struct deadline {
    uint64_t begin, budget, slowest;
} deadline;

static bool time_for_a_step(const deadline *time)
{
    return time->budget == 0 || trmi_clock() - time->begin + time->slowest <= time->budget;
}

static trm_status timed_step(trm_solver *solver, deadline *time, uint32_t *running, trm_error *error)
{
    const uint64_t begin = trmi_clock();
    const trm_status status = trm_solver_step(solver, running, error);
    const uint64_t taken = trmi_clock() - begin;
    if (taken > time->slowest)
        time->slowest = taken;
    return status;
}

/* Questions `begin` to `begin` + `count` of those that have been checked. */
static trm_status solve_batch(trm_solver *solver, const trm_questions *questions, size_t begin, size_t count,
                              const trm_answers *answers, deadline *time, trm_error *error)
{
    uint32_t running = 0;
    trm_status status = TRM_OK;
    trmi_solver_take(solver, questions, begin, (uint32_t)count);
    do
        status = timed_step(solver, time, &running, error);
    while (status == TRM_OK && running > 0 && time_for_a_step(time));
    if (status != TRM_OK)
        return status;
    trmi_solver_stop(solver, TRM_STOP_DEADLINE);
    return trm_solver_read(solver, answers, error);
}

#define PART_OF(field, step) .field = all->field != NULL ? all->field + begin * (step) : NULL
static trm_answers part_of_answers(const trm_answers *all, size_t begin, size_t positions, size_t vocabulary)
{
    return (trm_answers) {
        .size = sizeof(trm_answers),
        PART_OF(tokens, positions),
        PART_OF(probabilities, positions),
        PART_OF(logits, positions * vocabulary),
        PART_OF(halt_probabilities, 1),
        PART_OF(halt_logits, 1),
        PART_OF(continue_logits, 1),
        PART_OF(steps, 1),
        PART_OF(stops, 1),
        PART_OF(cell_confidences, positions),
        PART_OF(verdicts, 1),
        PART_OF(hows, 1),
        PART_OF(runs, 1),
        PART_OF(pins, 1),
        PART_OF(total_steps, 1),
        PART_OF(changed, positions),
    };
}

static trm_status solve_all(trm_solver *solver, const trm_questions *questions, const trmi_shape *shape,
                            const trm_answers *answers, deadline *time, trm_error *error)
{
    const uint32_t vocabulary = solver->model->config.vocabulary;
    trm_status status = trmi_solver_take_shape(solver, questions, shape, error);
    for (size_t begin = 0; status == TRM_OK && begin < questions->count;) {
        const size_t left = questions->count - begin, batch = solver->settings.options.batch;
        const size_t count = left < batch ? left : batch;
        const trm_answers to = part_of_answers(answers, begin, shape->positions, vocabulary);
        status = solve_batch(solver, questions, begin, count, &to, time, error);
        begin += count;
    }
    return status;
}

trm_status trm_solve(const trm_model *model, const trm_questions *questions, const trm_answers *answers,
                     const trm_solve_options *options, trm_error *error)
{
    deadline time = { .begin = trmi_clock() };
    trm_questions asked;
    trm_answers wanted;
    trm_solve_options own;
    trm_shape room;
    trmi_shape shape;
    trm_solver *solver = NULL;
    if (model == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "model: expected an opened model, found NULL");
    TRMI_TRY(trmi_questions_read(&asked, &shape, model, questions, SIZE_MAX, error));
    TRMI_TRY(trmi_answers_read(&wanted, answers, error));
    TRMI_TRY(trmi_solve_options_complete(&own, options, &room, model, &asked, &shape, error));
    TRMI_TRY(trm_solver_create(model, &own, &solver, error));
    time.budget = solver->settings.options.budget_nanoseconds;
    trm_status status = solve_all(solver, &asked, &shape, &wanted, &time, error);
    trm_solver_free(solver);
    return status;
}
