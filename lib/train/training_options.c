/* The options of a run and their bounds. */
#include <math.h>

#include "lib/core/error.h"
#include "lib/train/trainer.h"

enum { LARGEST_BATCH = 40000, MOST_SHARDS = 1024, MOST_STATES = 64 };

typedef struct bound {
    const char *name;
    double value, least, most;
} bound;

static trm_status check_bounds(const bound *bounds, size_t count, trm_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!(bounds[i].value >= bounds[i].least && bounds[i].value <= bounds[i].most))
            return trmi_fail(error, TRM_ERROR_ARGUMENT,
                             "trm_train_options: %s must be from %g to %g; found %g", bounds[i].name,
                             bounds[i].least, bounds[i].most, bounds[i].value);
    return TRM_OK;
}

trm_status trmi_train_options_check(const trm_train_options *o, trm_error *error)
{
    const double below_one = nextafter(1.0, 0.0);
    const bound bounds[] = {
        { "batch", o->batch, 1, LARGEST_BATCH },
        { "shards", o->shards, 1, MOST_SHARDS },
        { "steps", (double)o->steps, 1, 1e15 },
        { "optimiser", o->optimiser, TRM_OPTIMISER_ADAMW, TRM_OPTIMISER_MUON },
        { "maximum_steps", o->maximum_steps, 1, TRMI_MAXIMUM_STEPS },
        { "learning_rate", o->learning_rate, 0, 10 },
        { "weight_decay", o->weight_decay, 0, 100 },
        { "beta1", o->beta1, 0, below_one },
        { "beta2", o->beta2, 0, below_one },
        { "muon_learning_rate", o->muon_learning_rate, 0, 10 },
        { "muon_weight_decay", o->muon_weight_decay, 0, 100 },
        { "muon_momentum", o->muon_momentum, 0, below_one },
        { "puzzle_learning_rate", o->puzzle_learning_rate, 0, 10 },
        { "puzzle_weight_decay", o->puzzle_weight_decay, 0, 100 },
        { "warm_up", (double)o->warm_up, 0, (double)o->steps - 1 },
        { "cosine", o->cosine, 0, 1 },
        { "curriculum", o->curriculum, 0, 1 },
        { "clip", o->clip, 0, 1e6 },
        { "smoothing", o->smoothing, 0, below_one },
        { "halt_weight", o->halt_weight, 0, 1000 },
        { "exploration", o->exploration, 0, 1 },
        { "average", o->average, 0, below_one },
        { "states", o->states, 1, MOST_STATES },
        { "recompute", o->recompute, 0, 1 },
        { "plain", o->plain, 0, 1 },
        { "precision", o->precision, 0, TRM_PRECISION_INT8 },
    };
    return check_bounds(bounds, sizeof bounds / sizeof *bounds, error);
}

trm_status trmi_train_options_read(trm_train_options *to, const trm_train_options *from, trm_error *error)
{
    *to = (trm_train_options)TRM_TRAIN_OPTIONS_INIT;
    const trm_status status =
        from == NULL ? TRM_OK
                     : trmi_read_struct(to, sizeof *to, from, sizeof from->size, "trm_train_options", error);
    return status == TRM_OK ? trmi_train_options_check(to, error) : status;
}
