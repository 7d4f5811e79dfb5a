/* A folder of arrays as the published code builds it: all__inputs.npy and all__labels.npy have a row of
 * tokens for each puzzle, and dataset.json says what holds for all of them. The tokens of every task are
 * those of the published code: 0 is padding, 1 a blank or a wall, then come the values. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/puzzles/array_about.h"
#include "lib/puzzles/list.h"
#include "lib/puzzles/npy.h"
#include "lib/puzzles/task_options.h"

enum { QUESTIONS, ANSWERS, ARRAYS };
static const char *const kinds[ARRAYS] = { "inputs", "labels" };

typedef struct arrays {
    trmi_array_about about;
    bool answers; /* there are some */
    trmi_npy array[ARRAYS];
    char text[ARRAYS][TRMI_TASK_CELLS + 1]; /* of the row; at first dataset.json */
    int64_t numbers[TRMI_TASK_CELLS];
} arrays;

static bool knows_folder(const trm_csv *list)
{
    return list->folder;
}

/* -- the folder -- */

static bool has(const trm_csv *list, const char *file)
{
    return faccessat(list->bytes.descriptor, file, F_OK, 0) == 0;
}

static trm_status fail_folder(const trm_csv *list, trm_error *error)
{
    const char *part = has(list, "test/dataset.json") ? "test" : "train";
    if (has(list, "test/dataset.json") || has(list, "train/dataset.json"))
        return trmi_fail(error, TRM_ERROR_FILE,
                         "%.100s: expected a file of puzzles or a folder of arrays, found one of data sets; "
                         "name a part of it: %.100s/%s",
                         list->name, list->name, part);
    return trmi_fail(error, TRM_ERROR_FILE,
                     "%.200s: expected a file of puzzles, or a folder with all__inputs.npy as the published "
                     "code builds it, found a directory without it",
                     list->name);
}

/* The file's text, with a zero behind it; nothing where there is no file. */
static trm_status read_text(const trm_csv *list, int descriptor, char *text, size_t *bytes, trm_error *error)
{
    ssize_t got = 1;
    for (*bytes = 0; got > 0 && *bytes <= TRMI_TASK_CELLS; *bytes += got > 0 ? (size_t)got : 0)
        do
            got = read(descriptor, text + *bytes, TRMI_TASK_CELLS + 1 - *bytes);
        while (got < 0 && errno == EINTR);
    if (got < 0)
        return trmi_fail_system(error, list->name, "has a dataset.json that cannot be read");
    if (*bytes > TRMI_TASK_CELLS)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%.200s/dataset.json: expected at most %d bytes, found more", list->name,
                         TRMI_TASK_CELLS);
    text[*bytes] = '\0';
    return TRM_OK;
}

static trm_status read_about(const trm_csv *list, trm_error *error)
{
    char place[256], *text = ((arrays *)list->own)->text[QUESTIONS];
    size_t bytes = 0;
    trm_status status = TRM_OK;
    const int file = openat(list->bytes.descriptor, "dataset.json", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        status = read_text(list, file, text, &bytes, error);
        close(file);
    } else if (errno != ENOENT) {
        status = trmi_fail_system(error, list->name, "has a dataset.json that cannot be opened");
    }
    if (status == TRM_OK) {
        status = trmi_array_about_read(&((arrays *)list->own)->about, text, bytes, error);
        snprintf(place, sizeof place, "%.200s/dataset.json", list->name);
        status = status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, place);
    }
    return status;
}

/* -- the arrays -- */

static trm_status open_array(trm_csv *list, int which, bool *found, trm_error *error)
{
    char file[TRMI_ABOUT_NAME + 32];
    arrays *own = list->own;
    trmi_npy *npy = &own->array[which];
    snprintf(file, sizeof file, "%s__%s.npy", own->about.set, kinds[which]);
    snprintf(npy->name, sizeof npy->name, "%.150s/%s", list->name, file);
    return trmi_npy_open(npy, list->bytes.descriptor, file, found, error);
}

static trm_status check_questions(const trm_csv *list, trm_error *error)
{
    const arrays *own = list->own;
    const trmi_npy *npy = &own->array[QUESTIONS];
    if (!list->task.known)
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "%.200s: a folder of arrays has numbers alone: expected a task or a model that knows "
            "the characters of cells, found none",
            list->name);
    if (npy->header.rank < 2 || npy->header.numbers == 0 || npy->header.numbers > TRMI_TASK_CELLS)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%s: expected a row of 1 to %d tokens for each puzzle, found an array of (%s)",
                         npy->name, TRMI_TASK_CELLS, npy->header.shape);
    if (own->about.cells != 0 && (uint64_t)own->about.cells != npy->header.numbers)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%s: expected rows of %" PRId64 " tokens, as dataset.json says (seq_len), found an "
                         "array of (%s)",
                         npy->name, own->about.cells, npy->header.shape);
    return TRM_OK;
}

static trm_status check_answers(const arrays *own, trm_error *error)
{
    const trmi_npy_header *as = &own->array[QUESTIONS].header, *found = &own->array[ANSWERS].header;
    if (!own->answers || (found->rows == as->rows && found->numbers == as->numbers && found->rank > 1))
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected an array of (%s), as the inputs are, found (%s)",
                     own->array[ANSWERS].name, as->shape, found->shape);
}

static trm_status begin_folder(trm_csv *list, trm_error *error)
{
    bool found = false;
    arrays *own = list->own = trmi_allocate(&list->allocator, sizeof *own);
    if (own == NULL)
        return trmi_no_memory(error, "reading %.200s", list->name);
    trm_status status = read_about(list, error);
    if (status == TRM_OK)
        status = open_array(list, QUESTIONS, &found, error);
    if (status == TRM_OK)
        status = found ? check_questions(list, error) : fail_folder(list, error);
    if (status == TRM_OK)
        status = open_array(list, ANSWERS, &own->answers, error);
    if (status == TRM_OK)
        status = check_answers(own, error);
    list->bytes.size = own->array[QUESTIONS].bytes.size;
    return status;
}

static void end_folder(trm_csv *list)
{
    arrays *own = list->own;
    for (int i = 0; own != NULL && i < ARRAYS; i++)
        trmi_npy_close(&own->array[i]);
    trmi_release(&list->allocator, own);
}

/* -- rows -- */

static trm_status fail_token(const trm_csv *list, const trmi_npy *npy, uint64_t at, int64_t token,
                             uint32_t tokens, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "%s: row %" PRIu64 ", number %" PRIu64 ": expected a token from 1 (%s'%c') to %" PRIu32
                     " ('%c'), found %" PRId64 "%s",
                     npy->name, npy->row, at + 1, list->task.path ? "" : "a blank, ", list->task.published[1],
                     tokens - 1, list->task.published[tokens - 1], token, token == 0 ? ", padding" : "");
}

/* The next row of an array as the text of a field. */
static trm_status read_field(trm_csv *list, int which, trm_csv_field field, trm_error *error)
{
    arrays *own = list->own;
    trmi_npy *npy = &own->array[which];
    const uint32_t known = list->task.published_count;
    const int64_t said = own->about.vocabulary, tokens = said > 1 && said < known ? said : known;
    TRMI_TRY(trmi_npy_next(npy, own->numbers, error));
    for (uint64_t i = 0; i < npy->header.numbers; i++) {
        const int64_t token = own->numbers[i];
        if (token < 0 || token >= tokens || list->task.published[token] == '\0')
            return fail_token(list, npy, i, token, (uint32_t)tokens, error);
        own->text[which][i] = list->task.published[token];
    }
    own->text[which][npy->header.numbers] = '\0';
    list->field[field] = (trmi_list_field) { own->text[which], (size_t)npy->header.numbers, 1 };
    return TRM_OK;
}

static trm_status next_row(trm_csv *list, bool *found, trm_error *error)
{
    arrays *own = list->own;
    const trmi_npy *questions = &own->array[QUESTIONS];
    *found = questions->row < questions->header.rows;
    if (!*found)
        return TRM_OK;
    trm_status status = read_field(list, QUESTIONS, TRM_CSV_QUESTION, error);
    if (status == TRM_OK && own->answers)
        status = read_field(list, ANSWERS, TRM_CSV_ANSWER, error);
    list->row_line = questions->row;
    list->bytes.stored_bytes =
        questions->bytes.stored_bytes - (questions->bytes.stored.filled - questions->bytes.stored.at);
    return status;
}

const trmi_list_format trmi_array_format = {
    "arrays", knows_folder, begin_folder, next_row, end_folder, NULL
};
