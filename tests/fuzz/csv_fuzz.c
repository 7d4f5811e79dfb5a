/* Any bytes as a file of puzzles, CSV or JSON lines, plain or gzipped: read row by row, and as puzzles of 4x4
 * Sudoku, of a 4x4 path and of coloured graphs. What was read can be written and read again. */
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

/* What an object brings: arrays as long as they say, in order. */
static void look_at_question(const trm_csv *csv)
{
    trm_questions question = TRM_QUESTIONS_INIT;
    const int32_t *answer = NULL;
    uint32_t features = 0;
    if (trm_csv_question(csv, &question, &answer, &features, NULL) != TRM_OK)
        abort();
    for (size_t r = 0; r < question.relation_count; r++) {
        const trm_relation *lists = &question.relations[r];
        if (lists->first[0] != 0 || lists->first[lists->lists] != lists->heard_count)
            abort();
        for (uint32_t i = 0; i < lists->lists; i++)
            for (uint32_t k = lists->first[i] + 1; k < lists->first[i + 1]; k++)
                if (lists->heard[k] <= lists->heard[k - 1])
                    abort();
    }
}

static void read_rows(uint32_t flags, const trm_task *task)
{
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    uint64_t line = 0;
    trm_csv *csv = NULL;
    options.flags = flags;
    options.task = task;
    trm_status status = trm_csv_open(input_path, &options, &csv, &error);
    do {
        if (status == TRM_OK)
            status = trm_csv_next(csv, &line, &error);
        for (uint32_t i = 0; i <= TRM_CSV_REGIONS && status == TRM_OK && line > 0; i++) {
            size_t length;
            const char *text = trm_csv_text(csv, i, &length, NULL);
            if (text == NULL || text[length] != '\0')
                abort();
        }
        if (status == TRM_OK && line > 0)
            look_at_question(csv);
    } while (status == TRM_OK && line > 0);
    if (status != TRM_OK && error.message[0] == '\0')
        abort(); /* a failure without a sentence */
    trm_csv_close(csv);
}

static trm_puzzles *make_set(const char *name)
{
    trm_puzzles *puzzles = NULL;
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    if (strcmp(name, "colouring") == 0)
        task.alphabet = ".123"; /* graphs of any size */
    else
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
    trm_task sudoku = TRM_TASK_INIT, path = TRM_TASK_INIT;
    sudoku.name = "sudoku"; /* of any size */
    path.name = "path";
    read_rows(0, NULL);
    read_rows(TRM_CSV_LINES, NULL);
    read_rows(TRM_CSV_LINES, &sudoku);
    read_rows(TRM_CSV_LINES, &path);
    read_puzzles("sudoku");
    read_puzzles("path");
    read_puzzles("colouring");
    return 0;
}
