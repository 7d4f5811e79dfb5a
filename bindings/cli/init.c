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
    .block = TRM_BLOCK_MIXER, .architecture = TRM_ARCHITECTURE_TRM, .gate = TRM_GATE_PLAIN, .likelihood = TRM_LIKELIHOOD_STABLEMAX,
    .channels = 512, .positions = 81, .prefix = 16, .vocabulary = 11, .blocks = 2, .cycles = 3, .updates = 6, .maximum_steps = 16,
};

static const choice block_choices[] = { { "mixer", TRM_BLOCK_MIXER }, { "attention", TRM_BLOCK_ATTENTION }, { NULL, 0 } };
static const choice architecture_choices[] = { { "trm", TRM_ARCHITECTURE_TRM }, { "hrm", TRM_ARCHITECTURE_HRM }, { NULL, 0 } };
static const choice gate_choices[] = { { "plain", TRM_GATE_PLAIN }, { "normed", TRM_GATE_NORMED }, { NULL, 0 } };
static const choice likelihood_choices[] = { { "softmax", TRM_LIKELIHOOD_SOFTMAX }, { "stablemax", TRM_LIKELIHOOD_STABLEMAX }, { NULL, 0 } };
static const choice position_choices[] = {
    { "none", TRM_POSITION_NONE }, { "learned", TRM_POSITION_LEARNED }, { "rotary", TRM_POSITION_ROTARY }, { NULL, 0 },
};

#define NUMBER(name, value, help, field, least, most) { name, 0, value, help, OPTION_NUMBER, offsetof(init_settings, field), least, most, NULL }
#define CHOICE(name, value, help, field, choices) { name, 0, value, help, OPTION_CHOICE, offsetof(init_settings, field), 0, 0, choices }
#define FLAG(name, letter, help, field) { name, letter, NULL, help, OPTION_FLAG, offsetof(init_settings, field), 0, 0, NULL }
#define TEXT(name, value, help, field) { name, 0, value, help, OPTION_TEXT, offsetof(init_settings, field), 0, 0, NULL }
static const option options[] = {
    CHOICE("block", "KIND", "mixer (default) or attention", block, block_choices),
    NUMBER("channels", "D", "channels (default 512)", channels, 1, 65536),
    NUMBER("positions", "S", "tokens of a puzzle (default 81)", positions, 1, 65536),
    NUMBER("prefix", "P", "rows before them (default 16)", prefix, 0, 65535),
    NUMBER("vocabulary", "V", "token values (default 11)", vocabulary, 2, 65536),
    NUMBER("blocks", "K", "blocks of the network (default 2)", blocks, 1, 256),
    NUMBER("heads", "H", "attention heads (default: one for each 64 channels)", heads, 1, 1024),
    NUMBER("cycles", "T", "updates of the answer in a step (default 3)", cycles, 1, 65536),
    NUMBER("updates", "n", "updates of the thought before each of them (default 6)", updates, 1, 65536),
    NUMBER("seed", "N", "seed of the random weights (default 0)", seed, 0, UINT64_MAX),
    CHOICE("gate", "KIND", "plain (default) or normed SwiGLU", gate, gate_choices),
    NUMBER("token-hidden", "H", "hidden width over positions (default: 8/3, to a multiple of 256)", token_hidden, 1, 1048576),
    NUMBER("channel-hidden", "H", "hidden width over channels (default: the same)", channel_hidden, 1, 1048576),
    CHOICE("position-encoding", "KIND", "none, learned or rotary (default: none, rotary with attention)", position_encoding, position_choices),
    NUMBER("identifiers", "N", "the prefix is a puzzle embedding of N rows (default: registers)", identifiers, 1, 16777216),
    NUMBER("puzzle-width", "E", "numbers in such a row (default D)", puzzle_width, 1, UINT32_MAX),
    FLAG("head-bias", 0, "give the token head a bias", head_bias),
    CHOICE("likelihood", "KIND", "softmax or stablemax (default)", likelihood, likelihood_choices),
    CHOICE("architecture", "KIND", "trm (default) or hrm", architecture, architecture_choices),
    NUMBER("high-blocks", "K", "blocks of an HRM's high network (default: as many)", high_blocks, 1, 256),
    NUMBER("maximum-steps", "N", "supervision steps (default 16)", maximum_steps, 1, 65536),
    TEXT("task", "NAME", "what the model solves, such as sudoku", task),
    TEXT("alphabet", "TEXT", "the characters of the tokens; \\0 first: a token without one", alphabet),
    { "grid", 0, "RxC", "a puzzle's rows and columns, such as 9x9", OPTION_GRID, offsetof(init_settings, grid), 0, 0, NULL },
    FLAG("deflate", 0, "compress the weights", deflate),
    FLAG("json", 0, "results as one JSON object on the last line", json),
    FLAG("quiet", 'q', "no talk on standard error", quiet),
    { NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL },
};

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
    o.alphabet = alphabet_of(s->alphabet, &o.alphabet_first);
    o.grid_rows = s->grid.rows;
    o.grid_columns = s->grid.columns;
    return o;
}

static int run_init(const void *given, char **operands, int count)
{
    (void)count;
    const init_settings *settings = given;
    trm_error error = TRM_ERROR_INIT;
    const trm_init_options wanted = wanted_of(settings);
    const double begin = seconds_now();
    report_be_quiet(settings->quiet);
    if (trm_init(operands[0], &wanted, &error) != TRM_OK)
        return report_error("%s", error.message);
    report_talk("%s: random weights, written in %.2f s", operands[0], seconds_now() - begin);
    if (settings->json) {
        json j = json_begin(stdout);
        json_text(&j, "output", operands[0]);
        json_number(&j, "seconds", seconds_now() - begin);
        json_end(&j);
    }
    return STATUS_OK;
}

const cli_command init_command = {
    "init", "[OPTIONS] OUTPUT",
    "Writes a model with random weights, the same for the same options on every machine. The defaults are the\n"
    "paper's size for Sudoku.",
    options, sizeof(init_settings), &defaults, 1, 1, run_init,
};
