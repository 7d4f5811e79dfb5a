#include "lib/puzzles/list_mistaken.h"

#include <string.h>

#include "lib/core/error.h"

static const struct kind {
    const char *begin;
    const char *told;
} kinds[] = {
    { "\x93NUMPY", "an array of NumPy: name the folder of arrays that it is in (doc/lists.md)" },
    { "PK\003\004", "a workbook or a zip archive: save the sheet as CSV, or unpack it first (unzip)" },
    { "\xd0\xcf\x11\xe0", "a workbook: save the sheet as CSV" },
    { "PAR1\x15", "a Parquet table: save it as CSV, in Python pandas.read_parquet(FILE).to_csv(LIST)" },
    { "SQLite format 3", "a database of SQLite: save a table as CSV (sqlite3 -header -csv)" },
    { "version https://git-lfs.github.com/spec/", "a Git LFS pointer: fetch the file itself (git lfs pull)" },
    { "<!DOCTYPE", "a web page: the download went wrong" },
    { "<!doctype", "a web page: the download went wrong" },
    { "<html", "a web page: the download went wrong" },
    { "\xff\xfe", "text in UTF-16: save it in UTF-8" },
    { "\xfe\xff", "text in UTF-16: save it in UTF-8" },
    { "\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first (zstd -d)" },
    { "\xfd"
      "7zXZ",
      "compressed with xz: unpack it first (unxz)" },
    { "BZh91AY&SY", "compressed with bzip2: unpack it first (bunzip2)" },
    { "\x89TRM\r\n", "a model: name it before the list" },
};

static bool is_cells(const trm_csv *list, const char *text)
{
    while (*text != '\0' && list->task.cell[(uint8_t)*text])
        text++;
    return *text == '\0';
}

/* Whoever takes every line as a question has no kinds. */
trm_status trmi_list_check_kind(const trm_csv *list, trm_error *error)
{
    const trmi_byte_block *first = &list->bytes.stored;
    if (!list->task.known && (list->flags & TRM_CSV_LINES) != 0)
        return TRM_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const size_t length = strlen(kinds[i].begin);
        if (first->filled >= length && !is_cells(list, kinds[i].begin) &&
            memcmp(first->bytes, kinds[i].begin, length) == 0)
            return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: expected a list of puzzles, found %s",
                             list->name, kinds[i].told);
    }
    return TRM_OK;
}
