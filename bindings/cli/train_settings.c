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
    .steps = 1000,
    .batch = 128,
    .shards = 8,
    .states = 1,
    .optimiser = TRM_OPTIMISER_MUON,
    .cosine = 1,
    .symmetries = 1,
    .precision = TRM_PRECISION_FP32,
    .learning_rate = 1e-3,
    .beta1 = 0.9,
    .beta2 = 0.95,
    .muon_learning_rate = 0.02,
    .muon_weight_decay = 0.005,
    .muon_momentum = 0.95,
    .clip = 1.0,
    .halt_weight = 0.5,
    .cell_weight = 0.1,
    .exploration = 0.1,
    .average = 0.99,
    .validation_puzzles = 200,
    .log_every = 10,
    .save_every = 5,
    .deflate = 1,
};

static const choice optimisers[] = {
    { "adamw", TRM_OPTIMISER_ADAMW },
    { "adam-atan2", TRM_OPTIMISER_ADAM_ATAN2 },
    { "muon", TRM_OPTIMISER_MUON },
    { NULL, 0 },
};
static const choice precisions[] = {
    { "fp32", TRM_PRECISION_FP32 },
    { "int8", TRM_PRECISION_INT8 },
    { NULL, 0 },
};
static const choice answers[] = {
    { "yes", 1 },
    { "no", 0 },
    { NULL, 0 },
};

/* clang-format off */
#define NUMBER(field, name, value, least, most, help) \
    NUMBER_ROW(train_settings, field, name, value, least, most, help)
#define REAL(field, name, most, help) REAL_ROW(train_settings, field, name, "X", most, help)
#define ANSWER(field, name, help) CHOICE_ROW(train_settings, field, name, "yes|no", answers, help)
#define TEXT(field, name, value, help) TEXT_ROW(train_settings, field, name, value, help)

const option train_rows[] = {
    TEXT(task, "task", "NAME", "sudoku, path, colouring, or another word for a task of your own (default: what --data look like)"),
    KIND_ROWS(train_settings, kind),
    TEXT(alphabet, "alphabet", "TEXT",
         "the characters of your own task's tokens; \\0 first: a token without one"),
    NUMBER(generate, "generate", "N", 0, 100000000, "learn from N puzzles made up (sudoku, path, colouring, --rules: default 20000)"),
    NUMBER(hold_back, "hold-back", "P", 0, 99,
           "of each hundred puzzles of --data so many are not learnt from but measured on (default 0; without a task 10, or "
           "as few as make --validation-puzzles)"),
    SHAPE_ROWS(train_settings, shape, "mixer", "128", "1", "normed", "softmax"),
    ANSWER(head_bias, "head-bias", "give the token head a bias (default yes)"),
    NUMBER(steps, "steps", "N", 1, 1000000000, "optimiser steps of the whole run (default 1000)"),
    NUMBER(batch, "batch", "N", 1, 40000, "puzzles of a step (default 128)"),
    NUMBER(seed, "seed", "N", 0, UINT64_MAX, "of everything that is drawn (default 0)"),
    CHOICE_ROW(train_settings, optimiser, "optimiser", "NAME", optimisers,
               "muon for the network's matrices and adamw for the rest (default), adamw or adam-atan2"),
    REAL(learning_rate, "learning-rate", 10, "of adamw or adam-atan2 (default 0.001)"),
    REAL(weight_decay, "weight-decay", 100, "the same (default 0)"),
    REAL(beta1, "beta1", 1, "the same (default 0.9)"),
    REAL(beta2, "beta2", 1, "the same (default 0.95)"),
    REAL(muon_learning_rate, "muon-learning-rate", 10, "of muon (default 0.02)"),
    REAL(muon_weight_decay, "muon-weight-decay", 100, "the same (default 0.005)"),
    REAL(muon_momentum, "muon-momentum", 1, "the same (default 0.95)"),
    NUMBER(warm_up, "warm-up", "N", 0, 1000000000, "steps over which the learning rates rise (default 0)"),
    ANSWER(cosine, "cosine", "learning rates fall to 0 over the run as a cosine (default yes)"),
    ANSWER(curriculum, "curriculum",
           "T 1 n 2 for the first 30 % of the run, T 2 n 4 until 60 %, then the model's own (default no)"),
    REAL(clip, "clip", 1000000, "largest norm of a gradient; 0: any (default 1)"),
    REAL(smoothing, "smoothing", 1, "of the labels (default 0)"),
    REAL(halt_weight, "halt-weight", 1000, "of the halt loss beside the answer's (default 0.5)"),
    REAL(cell_weight, "cell-weight", 1000,
         "relational models: of the loss of what cells say of themselves (default 0.1)"),
    REAL(exploration, "exploration", 1,
         "share of the puzzles that must go on for a drawn number of steps (default 0.1)"),
    REAL(replacement, "replacement", 1,
         "replace rightly answered puzzles with this probability, not by their halt logit (default 0: by it)"),
    REAL(wrong_givens, "wrong-givens", 1,
         "models with fields: share of puzzles with a wrong given, which no answer is right for (default 0)"),
    ANSWER(staggered, "staggered", "the first puzzles begin at drawn steps, as if under way (default no)"),
    REAL(average, "average", 1, "decay of the averaged weights, which are the result (default 0.99)"),
    NUMBER(average_begin, "average-begin", "N", 0, 1000000000,
           "the step from which on they are averaged (default 0)"),
    NUMBER(states, "states", "K", 1, 64,
           "latent states of each puzzle, of which the best one learns (default 1)"),
    NUMBER(shards, "shards", "N", 1, 1024,
           "parts of a batch that threads take: the most threads that find work (default 8)"),
    ANSWER(recompute, "recompute", "less memory for a fifth more time (default no)"),
    ANSWER(symmetries, "symmetries", "show each puzzle under a random symmetry of its task (default yes)"),
    CHOICE_ROW(train_settings, precision, "precision", "NAME", precisions,
               "fp32 (default), or int8: learn with rounded weights, for trm quantize to lose less"),
    TEXT(output, "output", "FILE.trm", "the model to write"),
    TEXT(data, "data", "FILE[,FILE...]", "learn from the puzzles of these lists (CSV or JSON lines, also gzipped)"),
    TEXT(question, "question", "NAME",
         "the column of questions in tables (default: question, puzzle, quizzes, ...)"),
    TEXT(answer, "answer", "NAME", "the column of answers in tables (default: answer, solution, ...)"),
    TEXT(mix, "mix", "FILE[@RxC][=SHARE][,...]",
         "relational models: further files, each of puzzles of one size; the first set's share is 1"),
    TEXT(start, "start", "MODEL.trm", "begin with this model's weights instead of random ones"),
    TEXT(validation, "validation", "FILE",
         "puzzles to measure accuracy on, never learnt from (default: with --generate, further ones)"),
    NUMBER(validation_puzzles, "validation-puzzles", "N", 0, 1000000,
           "how many of them; 0: none (default 200)"),
    NUMBER(validate_every, "validate-every", "N", 0, 1000000000,
           "steps between two measurements; 0: a tenth of the run (default 0)"),
    TEXT(checkpoint, "checkpoint", "FILE", "where the run is kept (default: OUTPUT.checkpoint)"),
    REAL(save_every, "save-every", 100000, "minutes between two checkpoints (default 5)"),
    TEXT(log, "log", "FILE", "JSON lines for trm plot (default: OUTPUT.jsonl)"),
    NUMBER(log_every, "log-every", "N", 1, 1000000, "steps that a line of it sums up (default 10)"),
    NUMBER(threads, "threads", "N", 0, 1024,
           "threads (default 0: all that the process may use); the result does not depend on it"),
    REAL(minutes, "minutes", 1000000, "stop after so many, with a checkpoint; 0: at the end (default 0)"),
    ANSWER(deflate, "deflate", "compress the model's weights (default yes)"),
    FLAG_ROW(train_settings, resume, "resume", "go on with the run of the checkpoint when there is one"),
    FLAG_ROW(train_settings, restart, "restart", "begin anew, and replace the checkpoint"),
    FLAG_ROW(train_settings, dry_run, "dry-run", "say what --data look like and what would be trained, as a whole command, and stop"),
    JSON_ROW(train_settings),
    QUIET_ROW(train_settings, "no progress and no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

size_t train_run_rows(void)
{
    size_t count = 0;
    while (strcmp(train_rows[count].name, "output") != 0)
        count++;
    return count;
}

static bool fail_missing(const char *name)
{
    report_error("train: --%s is missing; 'trm train --help' tells what it is", name);
    return false;
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
        return true;
    return false;
}

trm_train_options train_options_of(const train_settings *s)
{
    trm_train_options o = TRM_TRAIN_OPTIONS_INIT;
    o.batch = (uint32_t)s->batch;
    o.shards = (uint32_t)s->shards;
    o.steps = s->steps;
    o.seed = s->seed;
    o.optimiser = s->optimiser;
    o.maximum_steps = (uint32_t)s->shape.maximum_steps;
    o.learning_rate = s->learning_rate;
    o.weight_decay = s->weight_decay;
    o.beta1 = s->beta1;
    o.beta2 = s->beta2;
    o.muon_learning_rate = s->muon_learning_rate;
    o.muon_weight_decay = s->muon_weight_decay;
    o.muon_momentum = s->muon_momentum;
    o.warm_up = s->warm_up;
    o.cosine = s->cosine;
    o.curriculum = s->curriculum;
    o.clip = s->clip;
    o.smoothing = s->smoothing;
    o.halt_weight = s->halt_weight;
    o.cell_weight = s->cell_weight;
    o.exploration = s->exploration;
    o.replacement = s->replacement;
    o.staggered = s->staggered;
    o.wrong_givens = s->wrong_givens;
    o.average = s->average;
    o.average_begin = s->average_begin;
    o.states = (uint32_t)s->states;
    o.recompute = s->recompute;
    o.plain = s->symmetries == 0;
    o.precision = s->precision;
    return o;
}
