/* trm init: a model with random weights of given dimensions. */
#include <trm/train.h>

#include "bindings/cli/alphabet_option.h"
#include "bindings/cli/report.h"
#include "bindings/cli/shape.h"

typedef struct init_settings {
    model_shape shape;
    uint32_t architecture;
    uint64_t positions, vocabulary, high_blocks, identifiers, puzzle_width, seed;
    const char *task, *alphabet;
    grid_size grid;
    bool head_bias, deflate, json, quiet;
} init_settings;

static const init_settings defaults = {
    .shape = {
        .block = TRM_BLOCK_MIXER,
        .gate = TRM_GATE_PLAIN,
        .likelihood = TRM_LIKELIHOOD_STABLEMAX,
        .channels = 512,
        .prefix = 16,
        .blocks = 2,
        .cycles = 3,
        .updates = 6,
        .maximum_steps = 16,
    },
    .architecture = TRM_ARCHITECTURE_TRM,
    .positions = 81,
    .vocabulary = 11,
};

static const choice architectures[] = {
    { "trm", TRM_ARCHITECTURE_TRM },
    { "hrm", TRM_ARCHITECTURE_HRM },
    { NULL, 0 },
};

/* clang-format off */
static const option options[] = {
    SHAPE_ROWS(init_settings, shape, "mixer", "512", "16", "plain", "stablemax"),
    NUMBER_ROW(init_settings, positions, "positions", "S", 1, 65536, "tokens of a puzzle (default 81)"),
    NUMBER_ROW(init_settings, vocabulary, "vocabulary", "V", 2, 65536, "token values (default 11)"),
    FLAG_ROW(init_settings, head_bias, "head-bias", "give the token head a bias"),
    NUMBER_ROW(init_settings, identifiers, "identifiers", "N", 1, 16777216,
               "the prefix is a puzzle embedding of N rows (default: registers)"),
    NUMBER_ROW(init_settings, puzzle_width, "puzzle-width", "E", 1, UINT32_MAX,
               "numbers in such a row (default D)"),
    CHOICE_ROW(init_settings, architecture, "architecture", "KIND", architectures, "trm (default) or hrm"),
    NUMBER_ROW(init_settings, high_blocks, "high-blocks", "K", 1, 256,
               "blocks of an HRM's high network (default: as many)"),
    NUMBER_ROW(init_settings, seed, "seed", "N", 0, UINT64_MAX, "seed of the random weights (default 0)"),
    TEXT_ROW(init_settings, task, "task", "NAME", "what the model solves, such as sudoku"),
    TEXT_ROW(init_settings, alphabet, "alphabet", "TEXT",
             "the characters of the tokens; \\0 first: a token without one"),
    GRID_ROW(init_settings, grid, "grid", "a puzzle's rows and columns, such as 9x9"),
    FLAG_ROW(init_settings, deflate, "deflate", "compress the weights"),
    JSON_ROW(init_settings),
    QUIET_ROW(init_settings, "no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

/* All but the alphabet. */
static trm_init_options wanted_of(const init_settings *s)
{
    trm_init_options o = TRM_INIT_OPTIONS_INIT;
    o.architecture = s->architecture;
    o.positions = (uint32_t)s->positions;
    o.vocabulary = (uint32_t)s->vocabulary;
    o.identifiers = (uint32_t)s->identifiers;
    o.puzzle_width = (uint32_t)s->puzzle_width;
    o.head_bias = s->head_bias;
    o.high_blocks = (uint32_t)s->high_blocks;
    o.deflate = s->deflate;
    o.seed = s->seed;
    o.task = s->task;
    o.grid_rows = s->grid.rows;
    o.grid_columns = s->grid.columns;
    return o;
}

/* Relational models have normed gates and no prefix. */
static bool fits_relational(const model_shape *shape)
{
    const bool plain = shape->gate == TRM_GATE_PLAIN && shape_was_given(&init_command, "gate"),
               prefix = shape->prefix > 0 && shape_was_given(&init_command, "prefix");
    if (shape->block != TRM_BLOCK_RELATIONAL || (!plain && !prefix))
        return true;
    report_error("init: a relational model has %s",
                 plain ? "normed gates: --gate normed" : "no prefix: --prefix 0");
    return false;
}

static int run_init(const void *given, char **operands, int count)
{
    (void)count;
    const init_settings *settings = given;
    trm_error error = TRM_ERROR_INIT;
    trm_init_options wanted = wanted_of(settings);
    relation_list list;
    const double begin = seconds_now();
    report_be_quiet(settings->quiet);
    if (!alphabet_of("init", settings->alphabet, &wanted.alphabet, &wanted.alphabet_first))
        return STATUS_USAGE;
    if (!fits_relational(&settings->shape) || !shape_apply(&init_command, &settings->shape, &list, &wanted))
        return STATUS_USAGE;
    const trm_status status = trm_init(operands[0], &wanted, &error);
    if (status != TRM_OK)
        return report_failure("init", status, &error);
    report_talk("%s: random weights, written in %.2f s", operands[0], seconds_now() - begin);
    if (settings->json) {
        record r = record_begin(stdout);
        record_text(&r, "output", operands[0]);
        record_number(&r, "seconds", seconds_now() - begin);
        record_end(&r);
        putchar('\n');
    }
    return STATUS_OK;
}

const cli_command init_command = {
    "init",
    "[OPTIONS] OUTPUT",
    "Writes a model with random weights, the same for the same options on every machine. The defaults are "
    "the paper's size for Sudoku.",
    options,
    sizeof(init_settings),
    &defaults,
    1,
    1,
    run_init,
};
