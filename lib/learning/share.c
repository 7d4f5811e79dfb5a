/* Everything goes to everyone: the shards' sums, which each process then adds up in the same order, and the
 * puzzles' states, so that any process can write a checkpoint, also when another one is lost. */
#include "lib/learning/share.h"

#include <stddef.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

enum { MOST_PROCESSES = 1024 };

/* What a slot came to. */
typedef struct mark {
    trmi_loss loss;
    float halt_logit;
} mark;

static trm_status read_team(trm_team *to, const trm_train_options *options, trm_error *error)
{
    const trm_team *from = options->team;
    *to = (trm_team) { sizeof *to, 0, 1, NULL, NULL };
    if (from == NULL)
        return TRM_OK;
    TRMI_TRY(trmi_read_struct(to, sizeof *to, from, sizeof *to, "trm_team", error));
    if (to->count < 1 || to->count > MOST_PROCESSES || to->rank >= to->count ||
        (to->count > 1 && to->share == NULL))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_team: expected count from 1 to %d, rank below it and share; found %u, %u, %s",
                         MOST_PROCESSES, to->count, to->rank, to->share == NULL ? "none" : "one");
    if (to->count > options->shards)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_team: %u processes have only %u shards: expected as many or more", to->count,
                         options->shards);
    return TRM_OK;
}

static trmi_range shards_of(const trm_trainer *trainer, uint32_t rank)
{
    return trmi_part(trainer->options.shards, 1, rank, trainer->team.given.count);
}

/* The slots of a process. */
static trmi_range slots_of(const trm_trainer *trainer, uint32_t rank)
{
    const trm_train_options *options = &trainer->options;
    const trmi_range shards = shards_of(trainer, rank);
    return (trmi_range) { trmi_part(options->batch, 1, shards.begin, options->shards).begin,
                          trmi_part(options->batch, 1, shards.end - 1, options->shards).end };
}

static size_t states_bytes(const trm_trainer *trainer, uint32_t slots)
{
    return slots * trainer->slots.slot_numbers * sizeof(float);
}

trm_status trmi_team_begin(trm_trainer *trainer, trm_error *error)
{
    trmi_team *team = &trainer->team;
    TRMI_TRY(read_team(&team->given, &trainer->options, error));
    team->allocator = &trainer->allocator;
    team->shards = shards_of(trainer, team->given.rank);
    if (team->given.count == 1)
        return TRM_OK;
    team->before = trmi_allocate(team->allocator, states_bytes(trainer, trainer->options.batch));
    team->marks = trmi_allocate(team->allocator, (uint64_t)trainer->options.batch * sizeof(mark));
    team->bytes = trmi_allocate(team->allocator, team->given.count * sizeof *team->bytes);
    if (team->before == NULL || team->marks == NULL || team->bytes == NULL)
        return trmi_no_memory(error, "what %u processes share", team->given.count);
    return TRM_OK;
}

void trmi_team_end(trmi_team *team)
{
    if (team->allocator == NULL)
        return;
    trmi_release(team->allocator, team->before);
    trmi_release(team->allocator, team->marks);
    trmi_release(team->allocator, team->bytes);
}

void trmi_team_keep(trm_trainer *trainer)
{
    if (trainer->team.given.count > 1)
        memcpy(trainer->team.before, trainer->slots.states, states_bytes(trainer, trainer->options.batch));
}

static trm_status share(const trmi_team *team, void *data, trm_error *error)
{
    trm_error unseen = TRM_ERROR_INIT;
    const trm_status status =
        team->given.share(team->given.user, data, team->bytes, error != NULL ? error : &unseen);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, "sharing a step with other processes");
}

static trm_status share_sums(trm_trainer *trainer, trm_error *error)
{
    const trmi_team *team = &trainer->team;
    for (uint32_t rank = 0; rank < team->given.count; rank++) {
        const trmi_range shards = shards_of(trainer, rank);
        team->bytes[rank] =
            (size_t)(shards.end - shards.begin) * trainer->parameters.sums_count * sizeof(float);
    }
    return share(team, trainer->sums, error);
}

static trm_status share_states(trm_trainer *trainer, trm_error *error)
{
    const trmi_team *team = &trainer->team;
    for (uint32_t rank = 0; rank < team->given.count; rank++) {
        const trmi_range slots = slots_of(trainer, rank);
        team->bytes[rank] = states_bytes(trainer, slots.end - slots.begin);
    }
    return share(team, trainer->slots.states, error);
}

static trm_status share_marks(trm_trainer *trainer, trm_error *error)
{
    const trmi_team *team = &trainer->team;
    mark *marks = team->marks;
    for (uint32_t rank = 0; rank < team->given.count; rank++) {
        const trmi_range slots = slots_of(trainer, rank);
        team->bytes[rank] = (slots.end - slots.begin) * sizeof *marks;
    }
    for (uint32_t i = 0; i < trainer->options.batch; i++) {
        const trmi_slot *slot = &trainer->slots.slots[i];
        marks[i] = (mark) { slot->loss, slot->halt_logit };
    }
    TRMI_TRY(share(team, marks, error));
    for (uint32_t i = 0; i < trainer->options.batch; i++) {
        trainer->slots.slots[i].loss = marks[i].loss;
        trainer->slots.slots[i].halt_logit = marks[i].halt_logit;
    }
    return TRM_OK;
}

trm_status trmi_team_share(trm_trainer *trainer, trm_error *error)
{
    const trmi_team *team = &trainer->team;
    if (team->given.count == 1)
        return TRM_OK;
    trm_status status = share_sums(trainer, error);
    if (status == TRM_OK)
        status = share_marks(trainer, error);
    if (status == TRM_OK)
        status = share_states(trainer, error);
    if (status != TRM_OK)
        memcpy(trainer->slots.states, team->before, states_bytes(trainer, trainer->options.batch));
    return status;
}
