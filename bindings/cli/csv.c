#include "bindings/cli/csv.h"

#include <string.h>

#include "bindings/cli/report.h"

bool csv_header(input *in)
{
    const int got = input_line(in);
    if (got == 0)
        report_error("%s: expected a first line '%s', found an empty file", in->name, CSV_HEADER);
    if (got <= 0)
        return false;
    if (in->length == strlen(CSV_HEADER) && memcmp(in->line, CSV_HEADER, in->length) == 0)
        return true;
    report_error("%s: line 1: expected '%s', found '%.60s'", in->name, CSV_HEADER, in->line);
    return false;
}

bool csv_cut(input *in, csv_row *row)
{
    char *at = in->line, *end = in->line + in->length;
    int columns = 0;
    for (char *stop = at; stop != NULL; at = stop + 1) {
        stop = memchr(at, ',', (size_t)(end - at));
        char *last = stop != NULL ? stop : end;
        if (columns < CSV_COLUMNS) {
            row->text[columns] = at;
            row->length[columns] = (size_t)(last - at);
            row->begin[columns] = (size_t)(at - in->line) + 1;
        }
        columns++;
        *last = '\0';
        if (stop == NULL)
            break;
    }
    if (columns == CSV_COLUMNS)
        return true;
    report_error("%s: line %lu: expected %d columns (%s), found %d", in->name, in->number, CSV_COLUMNS,
                 CSV_HEADER, columns);
    return false;
}

int csv_next(input *in, csv_row *row)
{
    const int got = input_line(in);
    return got == 1 && !csv_cut(in, row) ? -1 : got;
}
