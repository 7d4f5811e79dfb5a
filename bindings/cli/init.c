/* trm init: a model with random weights of given dimensions. */
#include <trm/train.h>

#include "bindings/cli/alphabet_option.h"
#include "bindings/cli/options.h"
#include "bindings/cli/report.h"

typedef struct init_settings {
    uint32_t block, architecture, gate, position_encoding, likelihood;
    uint64_t channels, positions, prefix, vocabulary, blocks, high_blocks, heads, cycles, updates, seed;
    uint64_t token_hidden, channel_hidden, identifiers, puzzle_width, maximum_steps;
    const char *task, *alphabet;
    grid_size grid;
    bool head_bias, deflate, json, quiet;
} init_settings;

static const init_settings defaults = {
    .block = TRM_BLOCK_MIXER,
    .architecture = TRM_ARCHITECTURE_TRM,
    .gate = TRM_GATE_PLAIN,
    .likelihood = TRM_LIKELIHOOD_STABLEMAX,
    .channels = 512,
    .positions = 81,
    .prefix = 16,
    .vocabulary = 11,
    .blocks = 2,
    .cycles = 3,
    .updates = 6,
    .maximum_steps = 16,
};

static const choice blocks[] = {
    { "mixer", TRM_BLOCK_MIXER },
    { "attention", TRM_BLOCK_ATTENTION },
    { NULL, 0 },
};
static const choice architectures[] = {
    { "trm", TRM_ARCHITECTURE_TRM },
    { "hrm", TRM_ARCHITECTURE_HRM },
    { NULL, 0 },
};
static const choice gates[] = {
    { "plain", TRM_GATE_PLAIN },
    { "normed", TRM_GATE_NORMED },
    { NULL, 0 },
};
static const choice likelihoods[] = {
    { "softmax", TRM_LIKELIHOOD_SOFTMAX },
    { "stablemax", TRM_LIKELIHOOD_STABLEMAX },
    { NULL, 0 },
};
static const choice positions[] = {
    { "none", TRM_POSITION_NONE },
    { "learned", TRM_POSITION_LEARNED },
    { "rotary", TRM_POSITION_ROTARY },
    { NULL, 0 },
};

/* clang-format off */
static const option options[] = {
    CHOICE_ROW(init_settings, block, "block", "KIND", blocks, "mixer (default) or attention"),
    NUMBER_ROW(init_settings, channels, "channels", "D", 1, 65536, "channels (default 512)"),
    NUMBER_ROW(init_settings, positions, "positions", "S", 1, 65536, "tokens of a puzzle (default 81)"),
    NUMBER_ROW(init_settings, prefix, "prefix", "P", 0, 65535, "rows before them (default 16)"),
    NUMBER_ROW(init_settings, vocabulary, "vocabulary", "V", 2, 65536, "token values (default 11)"),
    NUMBER_ROW(init_settings, blocks, "blocks", "K", 1, 256, "blocks of the network (default 2)"),
    NUMBER_ROW(init_settings, heads, "heads", "H", 1, 1024,
               "attention heads (default: one for each 64 channels)"),
    NUMBER_ROW(init_settings, cycles, "cycles", "T", 1, 65536, "updates of the answer in a step (default 3)"),
    NUMBER_ROW(init_settings, updates, "updates", "n", 1, 65536,
               "updates of the thought before each of them (default 6)"),
    NUMBER_ROW(init_settings, seed, "seed", "N", 0, UINT64_MAX, "seed of the random weights (default 0)"),
    CHOICE_ROW(init_settings, gate, "gate", "KIND", gates, "plain (default) or normed SwiGLU"),
    NUMBER_ROW(init_settings, token_hidden, "token-hidden", "H", 1, 1048576,
               "hidden width over positions (default: 8/3, to a multiple of 256)"),
    NUMBER_ROW(init_settings, channel_hidden, "channel-hidden", "H", 1, 1048576,
               "hidden width over channels (default: the same)"),
    CHOICE_ROW(init_settings, position_encoding, "position-encoding", "KIND", positions,
               "none, learned or rotary (default: none, rotary with attention)"),
    NUMBER_ROW(init_settings, identifiers, "identifiers", "N", 1, 16777216,
               "the prefix is a puzzle embedding of N rows (default: registers)"),
    NUMBER_ROW(init_settings, puzzle_width, "puzzle-width", "E", 1, UINT32_MAX,
               "numbers in such a row (default D)"),
    FLAG_ROW(init_settings, head_bias, "head-bias", "give the token head a bias"),
    CHOICE_ROW(init_settings, likelihood, "likelihood", "KIND", likelihoods,
               "softmax or stablemax (default)"),
    CHOICE_ROW(init_settings, architecture, "architecture", "KIND", architectures, "trm (default) or hrm"),
    NUMBER_ROW(init_settings, high_blocks, "high-blocks", "K", 1, 256,
               "blocks of an HRM's high network (default: as many)"),
    NUMBER_ROW(init_settings, maximum_steps, "maximum-steps", "N", 1, 65536,
               "supervision steps (default 16)"),
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
    o.block = s->block;
    o.position_encoding = s->position_encoding;
    o.gate = s->gate;
    o.likelihood = s->likelihood;
    o.channels = (uint32_t)s->channels;
    o.positions = (uint32_t)s->positions;
    o.prefix = (uint32_t)s->prefix;
    o.vocabulary = (uint32_t)s->vocabulary;
    o.identifiers = (uint32_t)s->identifiers;
    o.puzzle_width = (uint32_t)s->puzzle_width;
    o.head_bias = s->head_bias;
    o.blocks = (uint32_t)s->blocks;
    o.high_blocks = (uint32_t)s->high_blocks;
    o.heads = (uint32_t)s->heads;
    o.token_hidden = (uint32_t)s->token_hidden;
    o.channel_hidden = (uint32_t)s->channel_hidden;
    o.cycles = (uint32_t)s->cycles;
    o.updates = (uint32_t)s->updates;
    o.maximum_steps = (uint32_t)s->maximum_steps;
    o.deflate = s->deflate;
    o.seed = s->seed;
    o.task = s->task;
    o.grid_rows = s->grid.rows;
    o.grid_columns = s->grid.columns;
    return o;
}

static int run_init(const void *given, char **operands, int count)
{
    (void)count;
    const init_settings *settings = given;
    trm_error error = TRM_ERROR_INIT;
    trm_init_options wanted = wanted_of(settings);
    const double begin = seconds_now();
    report_be_quiet(settings->quiet);
    if (!alphabet_of("init", settings->alphabet, &wanted.alphabet, &wanted.alphabet_first))
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
