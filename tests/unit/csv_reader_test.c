/* The reader of puzzle files: rows, ends of lines, gzip, and files that are not what they seem. */
#define _POSIX_C_SOURCE 200809L
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "lib/puzzles/csv.h"
#include "lib/puzzles/list.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

#define HEADER TRMI_CSV_HEADER "\n"
#define HEADER_OF_JIGSAWS TRMI_CSV_HEADER ",regions,rows,columns\n"

static char *directory;

static void set_up(void)
{
    directory = make_directory();
}

static void tear_down(void)
{
    remove_directory(directory);
}

static const char *file_with(const void *data, size_t bytes)
{
    const char *path = inside_directory(directory, "puzzles.csv");
    write_whole(path, data, bytes);
    return path;
}

/* A row with all its fields. */
enum { FIELDS = TRM_CSV_REGIONS + 1 };
typedef struct row_fields {
    uint64_t line;
    const char *text[FIELDS];
    size_t length[FIELDS], column[FIELDS];
} row_fields;

static trm_status next_row(trm_csv *csv, row_fields *row, trm_error *error)
{
    const trm_status status = trm_csv_next(csv, &row->line, error);
    for (uint32_t i = 0; i < FIELDS; i++)
        row->text[i] = trm_csv_text(csv, i, &row->length[i], &row->column[i]);
    return status;
}

/* Reads all rows; counts them. */
static trm_status read_rows(trm_csv *csv, unsigned *rows, trm_error *error)
{
    row_fields row;
    trm_status status;
    *rows = 0;
    while ((status = next_row(csv, &row, error)) == TRM_OK && row.line > 0)
        ++*rows;
    return status;
}

/* Opens and reads a file to its end. */
static trm_status read_file(const char *path, const trm_allocator *allocator, unsigned *rows,
                            trm_error *error)
{
    trm_csv *csv = NULL;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.allocator = allocator;
    *rows = 0;
    trm_status status = trm_csv_open(path, &options, &csv, error);
    if (status == TRM_OK)
        status = read_rows(csv, rows, error);
    else
        ck_assert_ptr_null(csv);
    trm_csv_close(csv);
    return status;
}

START_TEST(tells_fields_with_their_places)
{
    const char text[] = HEADER "a list, .#,o.#,12\r\n,,,\nlast,q,a,r";
    trm_csv *csv;
    row_fields row;
    ck_assert_int_eq(trm_csv_open(file_with(text, sizeof text - 1), NULL, &csv, NULL), TRM_OK);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.line, 2);
    ck_assert_str_eq(row.text[TRM_CSV_SOURCE], "a list");
    ck_assert_str_eq(row.text[TRM_CSV_QUESTION], " .#"); /* spaces are cells */
    ck_assert_uint_eq(row.length[TRM_CSV_QUESTION], 3);
    ck_assert_uint_eq(row.column[TRM_CSV_ANSWER], 12);
    ck_assert_str_eq(row.text[TRM_CSV_RATING], "12"); /* without \r */
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.line, 3);
    ck_assert_uint_eq(row.length[TRM_CSV_RATING], 0);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_str_eq(row.text[TRM_CSV_RATING], "r"); /* the last line needs no end */
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
        ck_assert_uint_eq(row.line, 0);
        ck_assert_ptr_null(row.text[TRM_CSV_SOURCE]);
    }
    ck_assert_ptr_null(trm_csv_text(csv, FIELDS, NULL, NULL));
    ck_assert_ptr_null(trm_csv_text(NULL, 0, &row.length[0], &row.column[0]));
    ck_assert(row.length[0] == 0 && row.column[0] == 0);
    uint64_t taken, whole;
    trm_csv_progress(csv, &taken, &whole);
    ck_assert_uint_eq(taken, sizeof text - 1);
    ck_assert_uint_eq(whole, sizeof text - 1);
    trm_csv_close(csv);
}
END_TEST

/* Whatever their order. */
START_TEST(tells_fields_that_some_files_have)
{
    const char text[] = HEADER_OF_JIGSAWS "s,....,1221,0,ABAB,2,2\ns,....,1221,0,,,\n";
    trm_csv *csv;
    row_fields row;
    trm_questions question = TRM_QUESTIONS_INIT;
    ck_assert_int_eq(trm_csv_open(file_with(text, sizeof text - 1), NULL, &csv, NULL), TRM_OK);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_str_eq(row.text[TRM_CSV_REGIONS], "ABAB");
    ck_assert_uint_eq(row.column[TRM_CSV_REGIONS], 15);
    ck_assert_str_eq(row.text[TRM_CSV_ROWS], "2");
    ck_assert_int_eq(trm_csv_question(csv, &question, NULL, NULL, NULL), TRM_OK);
    ck_assert(question.shapes->rows == 2 && question.shapes->columns == 2);
    ck_assert_str_eq(question.relations->name, "box");
    ck_assert(question.relations->lists == 4 && question.relations->heard_count == 8);
    ck_assert(question.relations->heard[0] == 0 && question.relations->heard[1] == 2);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.length[TRM_CSV_REGIONS], 0);
    ck_assert_uint_eq(row.column[TRM_CSV_REGIONS], 15);
    ck_assert_int_eq(trm_csv_question(csv, &question, NULL, NULL, NULL), TRM_OK);
    ck_assert(question.shape_count == 0 && question.relation_count == 0);
    trm_csv_close(csv);
}
END_TEST

static const struct bad_case {
    const char *text, *sentence;
} bad[] = {
    { "", "expected a first line 'source,question,answer,rating', found an empty file" },
    { "\n", "line 1: expected a header with a column question (or puzzle, quizzes), such as "
            "'source,question,answer,rating', found ''" },
    { "first,second\n", "line 1: expected a header with a column question" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,,2,\n",
      "line 2, column 16 (rows): expected rows and columns together, found rows alone" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,,,2\n", "(columns): expected rows and columns together" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,,0,2\n",
      "(rows): expected a number from 1 to 65535, or nothing, found '0'" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,,2,65536\n", "(columns): expected a number from 1 to 65535" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,,2,2x\n", "(columns): expected a number from 1 to 65535" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,AAAB,,\n",
      "(regions): expected 2 cells in each region, found one more" },
    { HEADER_OF_JIGSAWS "a,....,1221,0,ABC,,\n",
      "(regions): expected 4 letters, the region of each cell, found 3" },
    { HEADER_OF_JIGSAWS "a,...,122,0,ABC,,\n",
      "(regions): expected regions of a square of up to 25 x 25, found 3" },
    { HEADER_OF_JIGSAWS "a,b,c,d,e\n",
      "line 2: expected 7 columns (source,question,answer,rating,regions,rows,columns), found 5" },
    { HEADER "a,b,c\n", "line 2: expected 4 columns (source,question,answer,rating), found 3" },
    { HEADER "a,b,c,d,e\n", "line 2: expected 4 columns (source,question,answer,rating), found 5" },
    { "question;answer\na,b\n", "line 2: expected 2 columns (question;answer), found 1" },
    { HEADER "a,b,c,d\n\na,b,c\n", "line 4: expected 4 columns (source,question,answer,rating), found 3" },
    { HEADER "\"a,b,\nd", "line 2: expected a closing quote, found the end of the file" },
    { HEADER "\"a\"b,,c,d,e\n", "line 2: expected ',' behind a closing quote" },
    { "\x1f\x8b", "puzzles.csv: " },
};

START_TEST(says_what_is_wrong_and_where)
{
    trm_error error = TRM_ERROR_INIT;
    unsigned rows;
    const char *text = bad[_i].text;
    const trm_status status = read_file(file_with(text, strlen(text)), NULL, &rows, &error);
    ck_assert(status == TRM_ERROR_FORMAT || status == TRM_ERROR_PUZZLE || status == TRM_ERROR_UNSUPPORTED);
    ck_assert_msg(strstr(error.message, bad[_i].sentence) != NULL, "no \"%s\" in: %s", bad[_i].sentence,
                  error.message);
    ck_assert_ptr_nonnull(strstr(error.message, "puzzles.csv: "));
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
    trm_error error = TRM_ERROR_INIT;
    unsigned rows;
    ck_assert_int_eq(read_file(inside_directory(directory, "none"), NULL, &rows, &error), TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "none: cannot be opened: No such file"));
    ck_assert_int_eq(read_file(directory, NULL, &rows, &error), TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "found a directory"));
    trm_csv *csv;
    ck_assert_int_eq(trm_csv_open(NULL, NULL, &csv, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_csv_open("x", NULL, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_csv_open_descriptor(-1, "x", NULL, &csv, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_csv_next(NULL, NULL, NULL), TRM_ERROR_ARGUMENT);
    trm_csv_close(NULL);
}
END_TEST

/* Lines that end in every place of the blocks that are read. */
START_TEST(reads_lines_of_every_length)
{
    enum { LONGEST = 400, BYTES = (LONGEST + 1) * (LONGEST + 8) };
    static char text[BYTES];
    size_t used = (size_t)snprintf(text, sizeof text, HEADER);
    for (int length = 0; length < LONGEST; length++) {
        memset(text + used, 'x', (size_t)length);
        used += (size_t)length;
        used += (size_t)snprintf(text + used, sizeof text - used, ",q,a,%d\n", length % 10);
    }
    trm_csv *csv;
    row_fields row;
    ck_assert_int_eq(trm_csv_open(file_with(text, used), NULL, &csv, NULL), TRM_OK);
    for (unsigned length = 0; length < LONGEST; length++) {
        ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
        ck_assert_uint_eq(row.length[TRM_CSV_SOURCE], length);
        ck_assert_uint_eq(strspn(row.text[TRM_CSV_SOURCE], "x"), length);
        ck_assert_int_eq(row.text[TRM_CSV_RATING][0], (int)('0' + length % 10));
    }
    trm_csv_close(csv);
}
END_TEST

START_TEST(refuses_a_line_beyond_the_limit)
{
    const size_t most = TRMI_LIST_LINE_BYTES - 1, header = sizeof HEADER - 1;
    char *text = malloc(header + most + 2);
    ck_assert_ptr_nonnull(text);
    memcpy(text, HEADER, header);
    memset(text + header, 'x', most + 1);
    memcpy(text + header + most - 3, ",,,\n", 4);
    trm_error error = TRM_ERROR_INIT;
    unsigned rows;
    ck_assert_int_eq(read_file(file_with(text, header + most + 1), NULL, &rows, &error), TRM_OK);
    ck_assert_uint_eq(rows, 1);
    memcpy(text + header + most - 3, "x,,,\n", 5);
    ck_assert_int_eq(read_file(file_with(text, header + most + 2), NULL, &rows, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "line 2: expected a line of less than"));
    free(text);
}
END_TEST

START_TEST(reads_plain_lines_where_they_are_allowed)
{
    const char text[] = "..1,2\n\n 3";
    trm_csv *csv;
    row_fields row;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.flags = TRM_CSV_LINES;
    ck_assert_int_eq(trm_csv_open(file_with(text, sizeof text - 1), &options, &csv, NULL), TRM_OK);
    ck_assert_uint_eq(trm_csv_waiting(csv), 1);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.line, 1);
    ck_assert_str_eq(row.text[TRM_CSV_QUESTION], "..1,2");
    ck_assert_uint_eq(row.column[TRM_CSV_QUESTION], 1);
    ck_assert_uint_eq(row.column[TRM_CSV_ANSWER], 0);
    ck_assert_str_eq(row.text[TRM_CSV_ANSWER], "");
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.length[TRM_CSV_QUESTION], 0);
    ck_assert_uint_eq(trm_csv_waiting(csv), 1);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_str_eq(row.text[TRM_CSV_QUESTION], " 3");
    ck_assert_uint_eq(trm_csv_waiting(csv), 0);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.line, 0);
    trm_csv_close(csv);
    ck_assert_int_eq(trm_csv_open(file_with("x\n", 2), &options, &csv, NULL), TRM_OK);
    ck_assert_uint_eq(trm_csv_waiting(csv), 1); /* the first line, which was read to know the file */
    trm_csv_close(csv);
    ck_assert_int_eq(trm_csv_open(file_with("", 0), &options, &csv, NULL), TRM_OK);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_uint_eq(row.line, 0);
    trm_csv_close(csv);
}
END_TEST

START_TEST(reads_a_csv_file_where_lines_are_allowed)
{
    trm_csv *csv;
    row_fields row;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.flags = TRM_CSV_LINES;
    ck_assert_int_eq(trm_csv_open(file_with(HEADER "a,b,c,d\n", sizeof HEADER + 7), &options, &csv, NULL),
                     TRM_OK);
    ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
    ck_assert_str_eq(row.text[TRM_CSV_QUESTION], "b");
    ck_assert_uint_eq(row.line, 2);
    trm_csv_close(csv);
    options.flags = 4;
    ck_assert_int_eq(trm_csv_open("x", &options, &csv, NULL), TRM_ERROR_ARGUMENT);
}
END_TEST

static void hear(int number)
{
    (void)number;
}

/* A host's signals may interrupt a read. */
START_TEST(reads_on_after_a_signal)
{
    static const char text[] = HEADER ",q,a,\n";
    const struct sigaction action = { .sa_handler = hear }; /* not SA_RESTART */
    const struct timespec moment = { 0, 50000000 };
    int ends[2];
    ck_assert(sigaction(SIGUSR1, &action, NULL) == 0 && pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        nanosleep(&moment, NULL);
        kill(getppid(), SIGUSR1);
        nanosleep(&moment, NULL);
        _exit(write(ends[1], text, sizeof text - 1) < 0);
    }
    close(ends[1]);
    trm_csv *csv = NULL;
    unsigned rows;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_csv_open_descriptor(ends[0], "pipe", NULL, &csv, &error) == TRM_OK, "%s",
                  error.message);
    ck_assert_int_eq(read_rows(csv, &rows, NULL), TRM_OK);
    ck_assert_uint_eq(rows, 1);
    trm_csv_close(csv);
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/* Beyond the first block, and not a byte beyond the end. */
START_TEST(reads_memory)
{
    enum { ROWS = 20000 };
    static const char row[] = "a,b,c,1\n";
    const size_t header = strlen(HEADER), length = sizeof row - 1, size = header + ROWS * length;
    char *text = malloc(size);
    trm_error error = TRM_ERROR_INIT;
    trm_csv *csv = NULL;
    unsigned rows;
    ck_assert_ptr_nonnull(text);
    memcpy(text, HEADER, header);
    for (size_t i = 0; i < ROWS; i++)
        memcpy(text + header + i * length, row, length);
    ck_assert_msg(trm_csv_open_memory(text, size, "a reply", NULL, &csv, &error) == TRM_OK, "%s",
                  error.message);
    ck_assert_str_eq(trmi_csv_name(csv), "a reply");
    ck_assert_int_eq(read_rows(csv, &rows, NULL), TRM_OK);
    ck_assert_uint_eq(rows, ROWS);
    trm_csv_close(csv);
    free(text);
    ck_assert_int_eq(trm_csv_open_memory(NULL, 0, "nothing", NULL, &csv, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "nothing: expected a first line"));
    ck_assert_int_eq(trm_csv_open_memory(NULL, 1, "x", NULL, &csv, NULL), TRM_ERROR_ARGUMENT);
}
END_TEST

START_TEST(reads_a_pipe)
{
    int ends[2];
    trm_csv *csv;
    unsigned rows;
    const char text[] = HEADER "a,b,c,d\n";
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], text, sizeof text - 1), (ssize_t)sizeof text - 1);
    close(ends[1]);
    ck_assert_int_eq(trm_csv_open_descriptor(ends[0], "a pipe", NULL, &csv, NULL), TRM_OK);
    ck_assert_str_eq(trmi_csv_name(csv), "a pipe");
    ck_assert_int_eq(read_rows(csv, &rows, NULL), TRM_OK);
    ck_assert_uint_eq(rows, 1);
    uint64_t whole = 1;
    trm_csv_progress(csv, NULL, &whole);
    ck_assert_uint_eq(whole, 0);
    trm_csv_close(csv);
    ck_assert_int_eq(close(ends[0]), 0); /* the descriptor was left open */
}
END_TEST

START_TEST(survives_every_failed_allocation)
{
    const char text[] = HEADER "a,b,c,d\n";
    const char *path = file_with(text, sizeof text - 1);
    trm_status status = TRM_ERROR_MEMORY;
    for (uint64_t fail_at = 0; status != TRM_OK; fail_at++) {
        failing_memory memory = { .fail_at = fail_at, .forever = true };
        const trm_allocator failing = failing_allocator(&memory);
        unsigned rows;
        status = read_file(path, &failing, &rows, NULL);
        ck_assert(status == TRM_ERROR_MEMORY || status == TRM_OK);
        ck_assert_int_eq(memory.alive, 0);
        ck_assert(status != TRM_OK || fail_at >= 3);
    }
}
END_TEST

#ifdef TRMI_HAVE_ZLIB

/* Appends a gzip member. */
static void add_member(const char *path, const char *mode, const char *text, size_t bytes)
{
    gzFile file = gzopen(path, mode);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, text, (unsigned)bytes), (int)bytes);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

/* A file of many rows that compress well, so that one stored block becomes many. */
static const char *make_gzip(unsigned rows)
{
    const char *path = inside_directory(directory, "puzzles.csv");
    add_member(path, "wb", HEADER, sizeof HEADER - 1);
    for (unsigned i = 0; i < rows / 1000; i++) {
        static char text[1000 * 40];
        size_t used = 0;
        for (unsigned j = 0; j < 1000; j++)
            used += (size_t)sprintf(text + used, "source %u,question,answer,%u\n", i, j);
        add_member(path, "ab", text, used);
    }
    return path;
}

START_TEST(reads_gzip_of_several_members)
{
    unsigned rows;
    trm_error error = TRM_ERROR_INIT;
    const char *path = make_gzip(20000);
    ck_assert_msg(read_file(path, NULL, &rows, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(rows, 20000);
}
END_TEST

START_TEST(progresses_through_gzip)
{
    trm_csv *csv;
    row_fields row;
    uint64_t before = 0, taken, whole;
    ck_assert_int_eq(trm_csv_open(make_gzip(1000), NULL, &csv, NULL), TRM_OK);
    for (unsigned i = 0; i < 1000; i++) {
        ck_assert_int_eq(next_row(csv, &row, NULL), TRM_OK);
        trm_csv_progress(csv, &taken, &whole);
        ck_assert(taken <= whole);
        ck_assert(i != 500 || (taken > whole / 3 && taken < whole - whole / 3));
        before = taken;
    }
    ck_assert(before > whole - whole / 100);
    trm_csv_close(csv);
}
END_TEST

/* A writer that is slow at first: one byte is not enough to know gzip by. */
START_TEST(knows_gzip_by_two_bytes_of_a_slow_pipe)
{
    int ends[2];
    size_t bytes;
    trm_csv *csv;
    unsigned rows;
    trm_error error = TRM_ERROR_INIT;
    uint8_t *whole = read_whole(make_gzip(1000), &bytes);
    ck_assert_int_eq(pipe(ends), 0);
    const pid_t writer = fork();
    if (writer == 0) {
        const bool first = write(ends[1], whole, 1) == 1;
        nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL);
        _exit(first && write(ends[1], whole + 1, bytes - 1) == (ssize_t)bytes - 1 ? 0 : 1);
    }
    close(ends[1]);
    ck_assert_msg(trm_csv_open_descriptor(ends[0], "a pipe", NULL, &csv, &error) == TRM_OK, "%s",
                  error.message);
    ck_assert_int_eq(read_rows(csv, &rows, NULL), TRM_OK);
    ck_assert_uint_eq(rows, 1000);
    trm_csv_close(csv);
    close(ends[0]);
    int status;
    ck_assert(waitpid(writer, &status, 0) == writer && status == 0);
    free(whole);
}
END_TEST

START_TEST(refuses_damaged_gzip)
{
    size_t bytes;
    unsigned rows;
    trm_error error = TRM_ERROR_INIT;
    uint8_t *whole = read_whole(make_gzip(2000), &bytes);
    for (size_t kept = 3; kept < bytes; kept += 97) {
        const trm_status status = read_file(file_with(whole, kept), NULL, &rows, &error);
        /* a cut between two members cannot be seen */
        ck_assert(status == TRM_ERROR_FORMAT || (status == TRM_OK && rows % 1000 == 0));
    }
    ck_assert_int_eq(read_file(file_with(whole, bytes - 1), NULL, &rows, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "line 2002: the gzip data is damaged: it ends too early"));
    whole[bytes - 6] ^= 1; /* the checksum */
    ck_assert_int_eq(read_file(file_with(whole, bytes), NULL, &rows, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "the gzip data is damaged"));
    free(whole);
}
END_TEST

START_TEST(survives_failed_allocations_of_zlib)
{
    const char *path = make_gzip(1000);
    trm_status status = TRM_ERROR_MEMORY;
    for (uint64_t fail_at = 0; status != TRM_OK; fail_at++) {
        failing_memory memory = { .fail_at = fail_at };
        const trm_allocator failing = failing_allocator(&memory);
        unsigned rows;
        status = read_file(path, &failing, &rows, NULL);
        ck_assert(status == TRM_ERROR_MEMORY || status == TRM_OK);
        ck_assert_int_eq(memory.alive, 0);
        ck_assert(status != TRM_OK || fail_at >= 4);
    }
}
END_TEST

#endif

static Suite *suite(void)
{
    Suite *all = suite_create("csv_reader");
    TCase *reader = tcase_create("reader");
    tcase_add_checked_fixture(reader, set_up, tear_down);
    tcase_add_test(reader, tells_fields_with_their_places);
    tcase_add_test(reader, tells_fields_that_some_files_have);
    tcase_add_loop_test(reader, says_what_is_wrong_and_where, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(reader, refuses_what_is_no_file);
    tcase_add_test(reader, reads_lines_of_every_length);
    tcase_add_test(reader, refuses_a_line_beyond_the_limit);
    tcase_add_test(reader, reads_plain_lines_where_they_are_allowed);
    tcase_add_test(reader, reads_a_csv_file_where_lines_are_allowed);
    tcase_add_test(reader, reads_a_pipe);
    tcase_add_test(reader, reads_memory);
    tcase_add_test(reader, reads_on_after_a_signal);
    tcase_add_test(reader, survives_every_failed_allocation);
#ifdef TRMI_HAVE_ZLIB
    tcase_add_test(reader, reads_gzip_of_several_members);
    tcase_add_test(reader, progresses_through_gzip);
    tcase_add_test(reader, knows_gzip_by_two_bytes_of_a_slow_pipe);
    tcase_add_test(reader, refuses_damaged_gzip);
    tcase_add_test(reader, survives_failed_allocations_of_zlib);
#endif
    suite_add_tcase(all, reader);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
