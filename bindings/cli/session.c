#include "bindings/cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/report.h"
#include "bindings/trace/traced.h"

/* The library ignores a word that it does not know: whoever misspelt it would measure the wrong kernels. */
static void check_override(const char *in_use)
{
    const char *word = getenv("TRM_CPU"), *known;
    char list[256] = "";
    if (word == NULL || *word == '\0')
        return;
    for (uint32_t i = 0; (known = trm_instruction_set(i)) != NULL; i++) {
        if (strcmp(word, known) == 0)
            return;
        const char *joint = i == 0 ? "" : trm_instruction_set(i + 1) != NULL ? ", " : " or ";
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", joint, known);
    }
    report_warning("TRM_CPU: expected %s, found '%s', which changes nothing; the kernels in use are %s", list,
                   word, in_use);
}

const choice precisions_of_solve[] = { { "stored", 0 }, { "int8", TRM_OPEN_INT8 }, { NULL, 0 } };

bool session_open_model(session *s, const char *path, uint32_t flags)
{
    trm_error error = TRM_ERROR_INIT;
    char found[MODEL_PATH_BYTES]; /* a path that is longer is no name */
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    opening.flags = flags;
    const trm_model_info info = TRM_MODEL_INFO_INIT;
    *s = (session) { .info = info };
    if ((strlen(path) >= sizeof found || trm_model_find(path, found, sizeof found, &error) == TRM_OK) &&
        trm_model_open(strlen(path) >= sizeof found ? path : found, &opening, &s->model, &error) == TRM_OK &&
        trm_model_describe(s->model, &s->info, &error) == TRM_OK) {
        check_override(s->info.instruction_set);
        return true;
    }
    report_error("%s", error.message);
    return false;
}

char session_blank(const session *s)
{
    const int blank = blank_of(s->model);
    return blank == NO_BLANK ? 0 : (char)blank;
}

static bool start_threads(session *s, uint32_t threads)
{
    trm_error error = TRM_ERROR_INIT;
    if (trm_pool_create(threads, NULL, &s->pool, &error) == TRM_OK) {
        s->options.executor = trm_pool_executor(s->pool);
        return true;
    }
    report_error("--threads %u: %s", (unsigned)threads, error.message);
    return false;
}

const char *session_conflict(const solve_settings *settings)
{
    return settings->all_steps && settings->stable > 0 ? "expected --all-steps or --stable, found both"
           : settings->all_steps && settings->halt_probability > 0.0
               ? "expected --all-steps or --halt-probability, found both"
           : settings->halt_probability >= 1.0 ? "--halt-probability: expected a number below 1, found 1"
                                               : NULL;
}

bool session_agree(const char *command, const solve_settings *settings)
{
    const char *conflict = session_conflict(settings);
    if (conflict != NULL)
        report_error("%s: %s", command, conflict);
    return conflict == NULL;
}

static uint64_t nanoseconds_of(double milliseconds)
{
    const double nanoseconds = milliseconds * 1e6;
    return milliseconds <= 0.0 ? 0 : nanoseconds < 1.0 ? 1 : (uint64_t)nanoseconds; /* 0 is no limit */
}

static uint32_t batch_of(const session *s, uint64_t wanted)
{
    enum { MOST_PUZZLES = 65536 };
    const uint32_t by_threads = PUZZLES_A_THREAD * s->options.executor->width;
    return wanted != BATCH_BY_THREADS  ? (uint32_t)wanted
           : by_threads < MOST_PUZZLES ? by_threads
                                       : MOST_PUZZLES;
}

void session_ask(session *s, const solve_settings *settings)
{
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    s->options.maximum_steps = (uint32_t)settings->steps;
    s->options.halt = settings->all_steps    ? 0
                      : settings->stable > 0 ? TRM_HALT_SIGNAL | TRM_HALT_STABLE
                                             : TRM_HALT_SIGNAL;
    s->options.stable_steps = settings->stable > 0 ? (uint32_t)settings->stable : defaults.stable_steps;
    s->options.halt_probability = settings->halt_probability;
    s->options.budget_nanoseconds = nanoseconds_of(settings->budget);
    asking_options(&s->options, settings);
}

bool session_open(session *s, const char *path, const solve_settings *settings)
{
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    if (!session_open_model(s, path, settings->precision))
        return false;
    s->options = defaults;
    s->grid = settings->grid;
    session_ask(s, settings);
    if (!start_threads(s, (uint32_t)settings->threads))
        return false;
    s->options.batch = batch_of(s, settings->batch);
    return true;
}

void session_close(session *s)
{
    trm_pool_free(s->pool);
    trm_model_close(s->model);
    *s = (session) { .model = NULL };
}

/* Arrays for n puzzles; false without memory. */
static bool make_room(batch *b, size_t n, size_t positions)
{
    *b = (batch) {
        .capacity = n,
        .shape = TRM_SHAPE_INIT,
        .positions = positions,
        .room = positions,
        .questions = calloc(n * positions, sizeof(int32_t)),
        .answers = calloc(n * positions, sizeof(int32_t)),
        .probabilities = calloc(n * positions, sizeof(float)),
        .confidences = calloc(n * positions, sizeof(float)),
        .halt_probabilities = calloc(n, sizeof(float)),
        .steps = calloc(n, sizeof(uint32_t)),
        .stops = calloc(n, sizeof(uint32_t)),
        .verdicts = calloc(n, sizeof(uint32_t)),
        .hows = calloc(n, sizeof(uint32_t)),
        .runs = calloc(n, sizeof(uint32_t)),
        .pins = calloc(n, sizeof(uint32_t)),
        .total_steps = calloc(n, sizeof(uint64_t)),
    };
    return b->questions != NULL && b->answers != NULL && b->probabilities != NULL && b->confidences != NULL &&
           b->halt_probabilities != NULL && b->steps != NULL && b->stops != NULL && b->verdicts != NULL &&
           b->hows != NULL && b->runs != NULL && b->pins != NULL && b->total_steps != NULL;
}

bool batch_create(batch *b, const session *s)
{
    if (make_room(b, s->options.batch, s->info.positions))
        return true;
    report_error("not enough memory for %zu puzzles at once", b->capacity);
    return false;
}

bool batch_keep(batch *kept, const batch *b, size_t puzzle)
{
    const size_t n = b->positions, at = puzzle * n;
    if (!make_room(kept, 1, n))
        return false;
    kept->count = 1;
    kept->shape = b->shape;
    memcpy(kept->questions, b->questions + at, n * sizeof *b->questions);
    memcpy(kept->answers, b->answers + at, n * sizeof *b->answers);
    memcpy(kept->probabilities, b->probabilities + at, n * sizeof *b->probabilities);
    memcpy(kept->confidences, b->confidences + at, n * sizeof *b->confidences);
    kept->halt_probabilities[0] = b->halt_probabilities[puzzle];
    kept->steps[0] = b->steps[puzzle];
    kept->stops[0] = b->stops[puzzle];
    kept->verdicts[0] = b->verdicts[puzzle];
    kept->hows[0] = b->hows[puzzle];
    kept->runs[0] = b->runs[puzzle];
    kept->pins[0] = b->pins[puzzle];
    kept->total_steps[0] = b->total_steps[puzzle];
    return true;
}

void batch_free(batch *b)
{
    brought_free(&b->brought);
    free(b->questions);
    free(b->answers);
    free(b->probabilities);
    free(b->confidences);
    free(b->halt_probabilities);
    free(b->steps);
    free(b->stops);
    free(b->verdicts);
    free(b->hows);
    free(b->runs);
    free(b->pins);
    free(b->total_steps);
    *b = (batch) { .count = 0 };
}

/* Squares tell their shape, where the model takes several; other grids have to be named. Without a grid it is
 * the number of positions. */
static trm_shape shape_of(const session *s, const row_fields *row)
{
    trm_shape shape = TRM_SHAPE_INIT;
    const trm_model_info *info = &s->info;
    const size_t length = row_cells(row);
    uint32_t side = 1;
    if (row->question.shape_count > 0)
        shape = row->question.shapes[0];
    shape.positions = 0;
    while ((size_t)side * side < length && side < UINT16_MAX)
        side++;
    if (shape.rows > 0)
        return shape;
    if (s->grid.rows > 0) {
        shape.rows = s->grid.rows;
        shape.columns = s->grid.columns;
    } else if (length != info->positions && (size_t)side * side == length &&
               info->most_rows > info->least_rows) {
        shape.rows = shape.columns = side;
    } else if (info->grid_rows == 0 && info->block == TRM_BLOCK_RELATIONAL && length <= UINT32_MAX) {
        shape.positions = (uint32_t)length;
    }
    return shape;
}

bool batch_fits(const batch *b, const session *s, const row_fields *row)
{
    const trm_shape shape = shape_of(s, row);
    const bool plain = b->count > 0 && b->brought.questions == 0; /* those before it bring nothing */
    return memcmp(&shape, &b->shape, sizeof shape) == 0 && !(plain && row->question.relation_count > 0) &&
           brought_fits(&b->brought, &row->question);
}

/* Room for so many positions in each question; without memory what was there stays. */
static bool renew_room(batch *b, size_t positions)
{
    const size_t n = b->capacity * positions;
    int32_t *questions = calloc(n, sizeof *questions), *answers = calloc(n, sizeof *answers);
    float *probabilities = calloc(n, sizeof *probabilities), *confidences = calloc(n, sizeof *confidences);
    const bool good = questions != NULL && answers != NULL && probabilities != NULL && confidences != NULL;
    free(good ? b->questions : questions);
    free(good ? b->answers : answers);
    free(good ? b->probabilities : probabilities);
    free(good ? b->confidences : confidences);
    if (!good)
        return false;
    b->questions = questions;
    b->answers = answers;
    b->probabilities = probabilities;
    b->confidences = confidences;
    b->room = positions;
    return true;
}

bool batch_take_shape_of(batch *b, const session *s, const row_fields *row)
{
    const trm_shape shape = shape_of(s, row);
    const size_t positions = shape.rows > 0        ? (size_t)shape.rows * shape.columns
                             : shape.positions > 0 ? shape.positions
                                                   : s->info.positions;
    if (positions > b->room && !renew_room(b, positions)) {
        report_error("not enough memory for %zu puzzles of %zu characters", b->capacity, positions);
        return false;
    }
    b->shape = shape;
    b->positions = positions;
    return true;
}

static bool fail(trm_error *error, const char *expected, long found)
{
    snprintf(error->message, sizeof error->message, "expected %s, found %ld", expected, found);
    return false;
}

/* A list has 0 for a blank and v for the v-th value, where the task has these; else tokens. */
static bool read_numbers(const session *s, const int32_t *numbers, size_t count, int32_t *tokens,
                         trm_error *error)
{
    const trm_model_info *info = &s->info;
    const bool values = info->values > 0 && info->blank < info->vocabulary;
    char expected[96];
    const long most = (long)(values ? info->values : info->vocabulary - 1);
    snprintf(expected, sizeof expected, "numbers from 0 to %ld", most);
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] < 0 || numbers[i] > most)
            return fail(error, expected, (long)numbers[i]);
        tokens[i] =
            !values ? numbers[i]
                    : (int32_t)(numbers[i] == 0 ? info->blank : info->first_value + (uint32_t)numbers[i] - 1);
    }
    return true;
}

static bool read_cells(const batch *b, const session *s, const row_fields *row, trm_csv_field field,
                       const int32_t *numbers, int32_t *tokens, trm_error *error)
{
    if (numbers == NULL)
        return trm_model_encode(s->model, &b->shape, row->text[field], row->length[field], tokens, error) ==
               TRM_OK;
    if (row_cells(row) != b->positions)
        return fail(error, "as many numbers as the model has positions", (long)row_cells(row));
    return read_numbers(s, numbers, b->positions, tokens, error);
}

bool batch_read_answer(const batch *b, const session *s, const row_fields *row, int32_t *tokens,
                       trm_error *error)
{
    const size_t cells = row_cells(row), length = row->length[TRM_CSV_ANSWER];
    if (row->answer == NULL && length != cells) {
        snprintf(error->message, sizeof error->message,
                 "expected %zu characters as in the question, found %zu", cells, length);
        return false;
    }
    return read_cells(b, s, row, TRM_CSV_ANSWER, row->answer, tokens, error);
}

/* Where its length is no square, and neither its row nor --grid says more, a puzzle of a model of many sizes
   has none. */
static void tell_remedy(const session *s, const row_fields *row, trm_error *error)
{
    const size_t used = strlen(error->message), cells = row_cells(row);
    if (row->question.shape_count == 0 && s->grid.rows == 0 && s->info.most_rows > s->info.least_rows &&
        cells != s->info.positions && error->status == TRM_ERROR_PUZZLE)
        snprintf(error->message + used, sizeof error->message - used,
                 ", which is no square: --grid or columns rows and columns say its shape");
}

/* What comes with a question is checked with it, so that the sentence can be about its line: the rules look
   at all of it. */
static bool check(const batch *b, const session *s, const row_fields *row, const int32_t *tokens,
                  trm_error *error)
{
    trm_questions one = row->question;
    uint32_t verdict;
    if (one.count == 0)
        return true;
    if (row->features != s->info.features) {
        char expected[96];
        snprintf(expected, sizeof expected, "%lu features for each cell and helper, as the model has",
                 (unsigned long)s->info.features);
        return fail(error, expected, (long)row->features);
    }
    one.tokens = tokens;
    one.shapes = &b->shape;
    return trm_model_verify(s->model, &one, tokens, &verdict, error) == TRM_OK;
}

bool batch_add(batch *b, const session *s, const row_fields *row, trm_error *error)
{
    int32_t *tokens = b->questions + b->count * b->positions;
    const bool good = read_cells(b, s, row, TRM_CSV_QUESTION, row->question.tokens, tokens, error);
    if (!good && b->shape.rows == 0)
        tell_remedy(s, row, error);
    if (!good || (b->relation == NULL && !check(b, s, row, tokens, error)))
        return false;
    const size_t helpers = b->shape.helpers;
    if (row->question.count > 0 &&
        !brought_add(&b->brought, &row->question, b->positions + helpers, helpers, row->features)) {
        snprintf(error->message, sizeof error->message, "not enough memory");
        return false;
    }
    b->count++;
    return true;
}

bool batch_find_solver(const batch *b, session *s, trm_solver **solver, trm_error *error)
{
    trm_solve_options *wanted = &s->options;
    const uint64_t heard = b->brought.most_heard;
    if (*solver != NULL && heard <= wanted->heard)
        return true;
    trm_solver_free(*solver);
    *solver = NULL;
    wanted->shape = &b->shape;
    wanted->heard = heard > wanted->heard ? heard + heard / 2 : wanted->heard;
    return trm_solver_create(s->model, wanted, solver, error) == TRM_OK;
}

void batch_clear(batch *b)
{
    b->count = 0;
    brought_clear(&b->brought);
}

trm_questions batch_questions(const batch *b)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = b->count;
    questions.tokens = b->questions;
    questions.shapes = &b->shape;
    questions.shape_count = 1;
    brought_put(&b->brought, &questions);
    if (b->relation != NULL) {
        questions.relations = b->relation;
        questions.relation_count = 1;
    }
    return questions;
}

trm_answers batch_answers(const batch *b)
{
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = b->answers;
    answers.probabilities = b->probabilities;
    answers.cell_confidences = b->confidences;
    answers.halt_probabilities = b->halt_probabilities;
    answers.steps = b->steps;
    answers.stops = b->stops;
    answers.verdicts = b->verdicts;
    answers.hows = b->hows;
    answers.runs = b->runs;
    answers.pins = b->pins;
    answers.total_steps = b->total_steps;
    return answers;
}
