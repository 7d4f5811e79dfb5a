/* The options of a run and their bounds. */
#include <math.h>

#include "lib/core/error.h"
#include "lib/learning/trainer.h"

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
        { "cell_weight", o->cell_weight, 0, 1000 },
        { "exploration", o->exploration, 0, 1 },
        { "replacement", o->replacement, 0, 1 },
        { "staggered", o->staggered, 0, 1 },
        { "wrong_givens", o->wrong_givens, 0, 1 },
        { "average", o->average, 0, below_one },
        { "states", o->states, 1, MOST_STATES },
        { "recompute", o->recompute, 0, 1 },
        { "plain", o->plain, 0, 1 },
        { "precision", o->precision, 0, TRM_PRECISION_INT8 },
    };
    return check_bounds(bounds, sizeof bounds / sizeof *bounds, error);
}

/* It is whole, and not asked yet. */
static trm_status refuse_judge(const trm_judge *given, trm_error *error)
{
    trm_judge judge = TRM_JUDGE_INIT;
    const trm_status status = trmi_read_struct(&judge, sizeof judge, given, sizeof judge, "trm_judge", error);
    if (status == TRM_OK && (judge.verify == NULL || judge.nearest == NULL))
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_judge.%s is NULL, expected a function",
                         judge.verify == NULL ? "verify" : "nearest");
    if (status == TRM_OK)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "trm_train_options.judge: this version (%s) does not know several right answers yet",
                         trm_version_text());
    return status;
}

trm_status trmi_train_options_read(trm_train_options *to, const trm_train_options *from, trm_error *error)
{
    *to = (trm_train_options)TRM_TRAIN_OPTIONS_INIT;
    trm_status status =
        from == NULL ? TRM_OK
                     : trmi_read_struct(to, sizeof *to, from, sizeof from->size, "trm_train_options", error);
    if (status == TRM_OK && to->judge != NULL)
        status = refuse_judge(to->judge, error);
    if (status == TRM_OK)
        status = trmi_train_options_check(to, error);
    to->shards = to->shards < to->batch ? to->shards : to->batch; /* each has a puzzle */
    return status;
}
