#include "bindings/cli/train_settings.h"

#include <string.h>

#include "bindings/cli/report.h"

const train_settings train_defaults = {
    .shape = {
        .block = TRM_BLOCK_MIXER,
        .gate = TRM_GATE_NORMED,
        .likelihood = TRM_LIKELIHOOD_SOFTMAX,
        .channels = 128,
        .prefix = 1,
        .blocks = 2,
        .cycles = 3,
        .updates = 6,
        .maximum_steps = 16,
    },
    .head_bias = 1,
    .options = TRM_TRAIN_OPTIONS_INIT,
    .validation_puzzles = 200,
    .log_every = 10,
    .save_every = 5,
    .deflate = 1,
};

static bool fail_missing(const char *name)
{
    report_error("train: --%s is missing; 'trm train --help' tells what it is", name);
    return false;
}

/* The rows of the shape count for new weights alone, but for how many steps a puzzle is learnt from. */
static bool start_agrees(const train_settings *s)
{
    const option *o = option_named(&train_command, "block", 5);
    const option *end = option_named(&train_command, "steps", 5);
    const option *learning = option_named(&train_command, "maximum-steps", 13);
    for (; s->start != NULL && o < end; o++)
        if (o != learning && option_was_given(&train_command, o)) {
            report_error("train: --%s: the model of --start has its own", o->name);
            return false;
        }
    return true;
}

bool train_settings_agree(const train_settings *s)
{
    const bool described = s->kind.rules != NULL;
    if ((s->task != NULL || s->alphabet != NULL) && described) {
        report_error("train: --rules says task and alphabet: expected neither beside it");
        return false;
    }
    if (s->task == NULL && !described)
        return fail_missing("data, --task or --rules");
    if (described && s->mix != NULL) {
        report_error("train: --mix: puzzles of a described task have any size already: expected --data");
        return false;
    }
    if (described && s->shape.relations != NULL) {
        report_error("train: --relations is not an option of tasks that --rules describes");
        return false;
    }
    const bool known = described || kind_is_made(s->task);
    if (!kind_agrees("train", &s->kind, s->task))
        return false;
    if (!known && s->alphabet == NULL)
        return fail_missing("alphabet");
    if (!known && s->kind.grid.rows == 0 && s->start == NULL && s->shape.block != TRM_BLOCK_RELATIONAL)
        return fail_missing("grid");
    if (s->hold_back > 0 && (s->data == NULL || s->validation != NULL)) {
        report_error("train: --hold-back: expected --data, and no --validation");
        return false;
    }
    if (s->output == NULL && !s->dry_run)
        return fail_missing("output");
    if (s->data == NULL && (s->generate == 0 || !known))
        return fail_missing(known ? "data or --generate" : "data");
    if (!known && s->generate > 0)
        report_error("train: --generate: there is no generator for the task %s", s->task);
    else if (s->resume && s->restart)
        report_error("train: expected --resume or --restart, found both");
    else
        return start_agrees(s);
    return false;
}
