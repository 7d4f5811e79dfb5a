/* trm quantize: a model whose matrices are 8-bit integers. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <trm/train.h>

#include "bindings/cli/options.h"
#include "bindings/cli/quantize_report.h"
#include "bindings/cli/report.h"

enum { MOST_KEPT = 1024 };

typedef struct quantize_settings {
    const char *keep, *report;
    uint64_t limit;
    bool deflate, json, quiet;
} quantize_settings;

static const quantize_settings defaults = { .limit = 200 };
/* clang-format off */
static const option options[] = {
    TEXT_ROW(quantize_settings, keep, "keep", "NAME[,NAME...]",
             "tensors that stay fp32, as trm info --tensors names them"),
    TEXT_ROW(quantize_settings, report, "report", "DATA.csv",
             "then measure each tensor's part in the loss of accuracy, on these puzzles; INPUT is a .trm file"),
    NUMBER_ROW(quantize_settings, limit, "limit", "N", 1, UINT64_MAX, "the first N of them (default 200)"),
    FLAG_ROW(quantize_settings, deflate, "deflate", "compress the weights, for shipping"),
    JSON_ROW(quantize_settings),
    QUIET_ROW(quantize_settings, "no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

static int64_t bytes_of(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 ? (int64_t)found.st_size : 0;
}

static int quantize(const quantize_settings *settings, const char *input, const char *output,
                    const char *const *kept, size_t kept_count)
{
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options wanted = TRM_CONVERT_OPTIONS_INIT;
    wanted.precision = TRM_PRECISION_INT8;
    wanted.deflate = settings->deflate;
    wanted.keep = kept;
    wanted.keep_count = kept_count;
    wanted.format = TRM_FORMAT_TRM;
    const double begin = seconds_now();
    const int64_t before = bytes_of(input); /* which may be the output, too */
    const trm_status status = trm_convert(input, output, &wanted, &error);
    if (status != TRM_OK)
        return report_failure("quantize", status, &error);
    report_talk("%s: %lld bytes, from %lld, in %.2f s", output, (long long)bytes_of(output),
                (long long)before, seconds_now() - begin);
    if (settings->json) {
        record r = record_begin(stdout);
        record_text(&r, "output", output);
        record_integer(&r, "bytes", (uint64_t)bytes_of(output));
        record_number(&r, "seconds", seconds_now() - begin);
        record_end(&r);
        putchar('\n');
    }
    return STATUS_OK;
}

static int run_quantize(const void *given, char **operands, int count)
{
    (void)count;
    const quantize_settings *settings = given;
    const char *kept[MOST_KEPT];
    char *list = settings->keep != NULL ? strdup(settings->keep) : NULL;
    report_be_quiet(settings->quiet);
    if (settings->keep != NULL && list == NULL)
        return report_error("not enough memory");
    const size_t count_kept = split_names(list, kept, MOST_KEPT);
    int status = STATUS_USAGE;
    if (count_kept > MOST_KEPT)
        report_error("quantize: --keep: expected at most %d names", MOST_KEPT);
    else
        status = quantize(settings, operands[0], operands[1], kept, count_kept);
    free(list);
    catch_interrupts();
    if (status == STATUS_OK && settings->report != NULL &&
        !report_quantising(operands[0], settings->report, settings->limit, settings->json))
        status = was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
    return status;
}

const cli_command quantize_command = {
    "quantize",
    "[OPTIONS] INPUT OUTPUT",
    "Writes a .trm file whose block matrices are 8-bit integers with a scale for each output: about a "
    "quarter of the "
    "size. INPUT is what 'trm convert' takes.",
    options,
    sizeof(quantize_settings),
    &defaults,
    2,
    2,
    run_quantize,
};
