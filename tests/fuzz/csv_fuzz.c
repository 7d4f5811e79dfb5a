/* Any bytes as a CSV file of puzzles, plain or gzipped: read row by row, and as puzzles of 4x4 Sudoku and of a
 * 4x4 path. What was read can be written and read again. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trm/train.h>

#include "tests/fuzz/target.h"

static char input_path[4096], output_path[4096];

static void remove_files(void)
{
    remove(input_path);
    remove(output_path);
}

static void write_input(const uint8_t *data, size_t size)
{
    if (input_path[0] == '\0') {
        const char *place = getenv("TMPDIR");
        snprintf(input_path, sizeof input_path, "%.4000s/trm-csv-fuzz-%ld", place != NULL ? place : "/tmp",
                 (long)getpid());
        snprintf(output_path, sizeof output_path, "%.4040s.csv", input_path);
        atexit(remove_files);
    }
    FILE *file = fopen(input_path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static void read_rows(uint32_t flags)
{
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    trm_csv_row row = TRM_CSV_ROW_INIT;
    trm_csv *csv = NULL;
    options.flags = flags;
    trm_status status = trm_csv_open(input_path, &options, &csv, &error);
    do {
        if (status == TRM_OK)
            status = trm_csv_next(csv, &row, &error);
        for (int i = 0; i < 4 && status == TRM_OK && row.line > 0; i++)
            if (row.column[i] > 0 && row.text[i][row.length[i]] != '\0')
                abort();
    } while (status == TRM_OK && row.line > 0);
    if (status != TRM_OK && error.message[0] == '\0')
        abort(); /* a failure without a sentence */
    trm_csv_close(csv);
}

static trm_puzzles *make_set(const char *name)
{
    trm_puzzles *puzzles = NULL;
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    task.grid_rows = task.grid_columns = 4;
    return trm_puzzles_create(&task, NULL, &puzzles, NULL) == TRM_OK ? puzzles : NULL;
}

static void read_puzzles(const char *name)
{
    trm_error error = TRM_ERROR_INIT;
    trm_puzzles *read = make_set(name), *again = make_set(name);
    if (read == NULL || again == NULL)
        abort();
    if (trm_puzzles_read(read, input_path, 0, &error) == TRM_OK) {
        if (trm_puzzles_write(read, output_path, "fuzz", NULL) != TRM_OK ||
            trm_puzzles_read(again, output_path, 0, NULL) != TRM_OK ||
            trm_puzzles_count(again) != trm_puzzles_count(read))
            abort();
    } else if (error.message[0] == '\0' || trm_puzzles_count(read) > 0) {
        abort();
    }
    trm_puzzles_free(read);
    trm_puzzles_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    write_input(data, size);
    read_rows(0);
    read_rows(TRM_CSV_LINES);
    read_puzzles("sudoku");
    read_puzzles("path");
    return 0;
}
