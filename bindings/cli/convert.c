/* trm convert: published checkpoints to .trm, and back. */
#include <trm/train.h>

#include "bindings/cli/alphabet_option.h"
#include "bindings/cli/options.h"
#include "bindings/cli/report.h"

typedef struct convert_settings {
    const char *config, *task, *alphabet;
    grid_size grid;
    bool deflate, json, quiet;
} convert_settings;

static const convert_settings defaults = { .config = NULL };
static const option options[] = {
    { "config", 0, "FILE", "the checkpoint's configuration (JSON), where it is not inside or beside it", OPTION_TEXT,
      offsetof(convert_settings, config), 0, 0, NULL },
    { "deflate", 0, NULL, "compress the weights, for shipping", OPTION_FLAG, offsetof(convert_settings, deflate), 0, 0, NULL },
    { "task", 0, "NAME", "what the model solves, such as sudoku", OPTION_TEXT, offsetof(convert_settings, task), 0, 0, NULL },
    { "alphabet", 0, "TEXT", "the characters of the tokens; \\0 first: a token without one", OPTION_TEXT, offsetof(convert_settings, alphabet), 0,
      0, NULL },
    { "grid", 0, "RxC", "a puzzle's rows and columns, such as 9x9", OPTION_GRID, offsetof(convert_settings, grid), 0, 0, NULL },
    { "json", 0, NULL, "results as one JSON object on the last line", OPTION_FLAG, offsetof(convert_settings, json), 0, 0, NULL },
    { "quiet", 'q', NULL, "no talk on standard error", OPTION_FLAG, offsetof(convert_settings, quiet), 0, 0, NULL },
    { NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL },
};

static int run_convert(const void *given, char **operands, int count)
{
    (void)count;
    const convert_settings *settings = given;
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options wanted = TRM_CONVERT_OPTIONS_INIT;
    wanted.config_path = settings->config;
    wanted.deflate = settings->deflate;
    wanted.task = settings->task;
    wanted.alphabet = alphabet_of(settings->alphabet, &wanted.alphabet_first);
    wanted.grid_rows = settings->grid.rows;
    wanted.grid_columns = settings->grid.columns;
    report_be_quiet(settings->quiet);
    const double begin = seconds_now();
    if (trm_convert(operands[0], operands[1], &wanted, &error) != TRM_OK)
        return report_error("%s", error.message);
    report_talk("%s: written in %.2f s", operands[1], seconds_now() - begin);
    if (settings->json) {
        json j = json_begin(stdout);
        json_text(&j, "output", operands[1]);
        json_number(&j, "seconds", seconds_now() - begin);
        json_end(&j);
    }
    return STATUS_OK;
}

const cli_command convert_command = {
    "convert", "[OPTIONS] INPUT OUTPUT",
    "Converts a safetensors checkpoint of the published TRM or HRM code to a .trm file, a .trm file to\n"
    "safetensors (by OUTPUT's ending), or either to itself, for example to deflate it.",
    options, sizeof(convert_settings), &defaults, 2, 2, run_convert,
};
