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
/* clang-format off */
static const option options[] = {
    TEXT_ROW(convert_settings, config, "config", "FILE",
             "the checkpoint's configuration (JSON), where it is not inside or beside it"),
    FLAG_ROW(convert_settings, deflate, "deflate", "compress the weights, for shipping"),
    TEXT_ROW(convert_settings, task, "task", "NAME", "what the model solves, such as sudoku"),
    TEXT_ROW(convert_settings, alphabet, "alphabet", "TEXT",
             "the characters of the tokens; \\0 first: a token without one"),
    GRID_ROW(convert_settings, grid, "grid", "a puzzle's rows and columns, such as 9x9"),
    JSON_ROW(convert_settings),
    QUIET_ROW(convert_settings, "no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

static int run_convert(const void *given, char **operands, int count)
{
    (void)count;
    const convert_settings *settings = given;
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options wanted = TRM_CONVERT_OPTIONS_INIT;
    wanted.config_path = settings->config;
    wanted.deflate = settings->deflate;
    wanted.task = settings->task;
    wanted.grid_rows = settings->grid.rows;
    wanted.grid_columns = settings->grid.columns;
    report_be_quiet(settings->quiet);
    if (!alphabet_of("convert", settings->alphabet, &wanted.alphabet, &wanted.alphabet_first))
        return STATUS_USAGE;
    const double begin = seconds_now();
    const trm_status status = trm_convert(operands[0], operands[1], &wanted, &error);
    if (status != TRM_OK)
        return report_failure("convert", status, &error);
    report_talk("%s: written in %.2f s", operands[1], seconds_now() - begin);
    if (settings->json) {
        record r = record_begin(stdout);
        record_text(&r, "output", operands[1]);
        record_number(&r, "seconds", seconds_now() - begin);
        record_end(&r);
        putchar('\n');
    }
    return STATUS_OK;
}

const cli_command convert_command = {
    "convert",
    "[OPTIONS] INPUT OUTPUT",
    "Converts a safetensors checkpoint of the published TRM or HRM code to a .trm file, a .trm file to "
    "safetensors (by OUTPUT's ending), or either to itself, for example to deflate it.",
    options,
    sizeof(convert_settings),
    &defaults,
    2,
    2,
    run_convert,
};
