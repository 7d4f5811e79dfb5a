#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/rows.h"

#include <string.h>
#include <unistd.h>

#include "bindings/cli/report.h"

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *rows_name(const char *path)
{
    return is_standard_input(path) ? "standard input" : path;
}

bool rows_open(trm_csv **rows, const char *path, uint32_t flags)
{
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.flags = flags;
    const trm_status status = is_standard_input(path) ? trm_csv_open_descriptor(STDIN_FILENO, rows_name(path),
                                                                                &options, rows, &error)
                                                      : trm_csv_open(path, &options, rows, &error);
    if (status != TRM_OK && !was_interrupted())
        report_error("%s", error.message);
    return status == TRM_OK;
}

int rows_next(trm_csv *rows, trm_csv_row *row)
{
    trm_error error = TRM_ERROR_INIT;
    if (trm_csv_next(rows, row, &error) == TRM_OK)
        return row->line > 0;
    if (was_interrupted()) /* the signal ended the read */
        return 0;
    report_error("%s", error.message);
    return -1;
}

size_t rows_zero_byte(const trm_csv_row *row)
{
    for (size_t i = 0; i < sizeof row->text / sizeof *row->text; i++) {
        const char *zero = memchr(row->text[i], '\0', row->length[i]);
        if (zero != NULL)
            return row->column[i] + (size_t)(zero - row->text[i]);
    }
    return 0;
}
