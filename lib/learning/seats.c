#include "lib/learning/seats.h"

#include <math.h>
#include <string.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/learning/share.h"
#include "lib/learning/snapshot.h"

/* ------------------------------------------------------------------------------------------- sets */

trm_status trmi_seats_set(trm_trainer *trainer, const trm_puzzles *puzzles, double share, trm_error *error)
{
    trmi_set *sets = trmi_allocate(&trainer->allocator, (trainer->set_count + 1) * sizeof *sets);
    if (sets == NULL)
        return trmi_no_memory(error, "a set of puzzles");
    const trm_status status =
        trmi_set_begin(&sets[trainer->set_count], trainer->model, puzzles, share, &trainer->allocator, error);
    if (status != TRM_OK) {
        trmi_set_end(&sets[trainer->set_count]);
        trmi_release(&trainer->allocator, sets);
        return status;
    }
    if (trainer->set_count > 0)
        memcpy(sets, trainer->sets, trainer->set_count * sizeof *sets);
    trmi_release(&trainer->allocator, trainer->sets);
    trainer->sets = sets;
    trainer->set_count++;
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- desks */

static void end_desks(trm_trainer *trainer)
{
    for (uint32_t i = 0; trainer->desks != NULL && i < trainer->executor.width; i++)
        trmi_desk_end(&trainer->desks[i]);
    trmi_release(&trainer->allocator, trainer->desks);
    trainer->desks = NULL;
}

static trm_status begin_desks(trm_trainer *trainer, trm_error *error)
{
    const trmi_lesson_plan plan = {
        .cycles = trainer->model->config.cycles,
        .updates = trainer->model->config.updates,
        .recompute = trainer->options.recompute != 0,
        .smoothing = trainer->options.smoothing,
        .halt_weight = trainer->options.halt_weight,
        .cell_weight = trmi_trainer_cell_weight(trainer),
    };
    uint32_t count = 0, at = 0;
    for (uint32_t i = 0; i < trainer->set_count; i++)
        count += trainer->sets[i].variety_count;
    const trmi_question **questions = trmi_allocate(&trainer->allocator, count * sizeof(trmi_question *));
    trainer->desks = trmi_allocate(&trainer->allocator, trainer->executor.width * sizeof *trainer->desks);
    trm_status status = TRM_OK;
    if (trainer->desks == NULL || questions == NULL)
        status = trmi_no_memory(error, "the desks of %u threads", (unsigned)trainer->executor.width);
    for (uint32_t i = 0; status == TRM_OK && i < trainer->set_count; i++)
        for (uint32_t v = 0; v < trainer->sets[i].variety_count; v++)
            questions[at++] = &trainer->sets[i].varieties[v].question;
    for (uint32_t i = 0; i < trainer->executor.width && status == TRM_OK; i++)
        status = trmi_desk_begin(&trainer->desks[i], trainer->model, &trainer->parameters, &plan, questions,
                                 count, &trainer->allocator, error);
    trmi_release(&trainer->allocator, questions);
    return status;
}

/* ------------------------------------------------------------------------------------------- all */

static void leave(trm_trainer *trainer)
{
    end_desks(trainer);
    trmi_team_end(&trainer->team);
    trmi_slots_end(&trainer->slots);
}

trm_status trmi_seats_begin(trm_trainer *trainer, trm_error *error)
{
    leave(trainer);
    TRMI_TRY(trmi_slots_begin(&trainer->slots, trainer->model, trainer->sets, trainer->set_count,
                              &trainer->options, &trainer->allocator, error));
    TRMI_TRY(trmi_team_begin(trainer, error));
    return begin_desks(trainer, error);
}

void trmi_seats_end(trm_trainer *trainer)
{
    leave(trainer);
    for (uint32_t i = 0; i < trainer->set_count; i++)
        trmi_set_end(&trainer->sets[i]);
    trmi_release(&trainer->allocator, trainer->sets);
}

/* ------------------------------------------------------------------------------------------- adding */

static trm_status check_addition(const trm_trainer *trainer, double share, trm_error *error)
{
    if (!(share > 0.0 && share <= 1e6))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_trainer_add: share must be above 0, at most 1000000; found %g", share);
    if (trainer->set_count >= TRMI_SETS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_trainer_add: a run has at most %d sets of puzzles",
                         TRMI_SETS);
    if (trainer->step > 0 && trainer->awaited == 0)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_trainer_add: sets of puzzles are added before the first step, and %llu are made",
            (unsigned long long)trainer->step);
    return TRM_OK;
}

static trm_status add(trm_trainer *trainer, const trm_puzzles *puzzles, double share, trm_error *error)
{
    if (trainer->awaited > 0) /* another set changes nothing: the right one may follow */
        TRMI_TRY(trmi_snapshot_expect(trainer, puzzles, share, error));
    TRMI_TRY(trmi_seats_set(trainer, puzzles, share, error));
    TRMI_TRY(trmi_seats_begin(trainer, error));
    if (trainer->awaited > 0)
        return trmi_snapshot_await(trainer, error);
    trmi_slots_fill(&trainer->slots);
    return TRM_OK;
}

trm_status trm_trainer_add(trm_trainer *trainer, const trm_puzzles *puzzles, double share, trm_error *error)
{
    if (trainer == NULL || puzzles == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_trainer_add: trainer and puzzles must not be NULL");
    TRMI_TRY(check_addition(trainer, share, error));
    const trmi_environment host = trmi_environment_enter();
    trm_status status = add(trainer, puzzles, share, error);
    trmi_environment_leave(host);
    return status;
}
