#include "bindings/cli/train_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/alphabet_option.h"
#include "bindings/cli/report.h"
#include "bindings/trace/file_name.h"

typedef struct loading {
    train_data *data;
    const train_settings *settings;
    progress progress;
    uint64_t total; /* puzzles to make */
} loading;

static void add_to_summary(train_data *data, const char *name, uint64_t puzzles)
{
    const size_t used = strlen(data->summary);
    snprintf(data->summary + used, sizeof data->summary - used, "%s%s: %llu puzzles", used > 0 ? ", " : "",
             name, (unsigned long long)puzzles);
    make_utf8(data->summary);
}

static int create_sets(train_data *data, const train_settings *settings)
{
    trm_error error = TRM_ERROR_INIT;
    trm_task task = kind_task(&settings->kind, settings->task);
    if (settings->alphabet != NULL &&
        !alphabet_of("train", settings->alphabet, &task.alphabet, &task.alphabet_first))
        return STATUS_USAGE;
    trm_status status = trm_puzzles_create(&task, NULL, &data->lessons, &error);
    if (status == TRM_OK)
        status = trm_puzzles_create(&task, NULL, &data->exam, &error);
    return status == TRM_OK ? STATUS_OK : report_failure("train", status, &error);
}

static trm_status read_list(trm_puzzles *to, const train_settings *s, const char *path, uint64_t limit,
                            trm_error *error)
{
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.question = s->question;
    options.answer = s->answer;
    return trm_puzzles_read_list(to, path, &options, limit, error);
}

static int read_file(train_data *data, const train_settings *s, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    const uint64_t before = trm_puzzles_count(data->lessons);
    if (read_list(data->lessons, s, path, 0, &error) != TRM_OK)
        return report_error("%s", error.message);
    add_to_summary(data, file_name(path), trm_puzzles_count(data->lessons) - before);
    return STATUS_OK;
}

/* Files are separated by commas. */
static int read_files(train_data *data, const train_settings *s)
{
    const char *list = s->data;
    int status = STATUS_OK;
    while (list != NULL && status == STATUS_OK) {
        char path[4096];
        const size_t length = strcspn(list, ",");
        if (length == 0 || length >= sizeof path)
            return report_error("train: --data: expected file names with commas between, found '%s'", list);
        memcpy(path, list, length);
        path[length] = '\0';
        status = was_interrupted() ? STATUS_INTERRUPTED : read_file(data, s, path);
        list = list[length] == ',' ? list + length + 1 : NULL;
    }
    return status;
}

static void show_made(void *user, uint64_t made)
{
    loading *l = user;
    char what[96];
    snprintf(what, sizeof what, "making up puzzles, %llu of %llu", (unsigned long long)made,
             (unsigned long long)l->total);
    progress_show(&l->progress, (double)made, (double)l->total, what);
}

static int make(loading *l, trm_puzzles *to, uint64_t first, uint64_t count)
{
    l->progress = progress_begin();
    l->total = count;
    const int status =
        make_puzzles("train", to, &l->settings->kind, l->settings->options.seed, first, count, show_made, l);
    progress_end(&l->progress);
    return status;
}

static int load_exam(loading *l)
{
    const train_settings *s = l->settings;
    trm_error error = TRM_ERROR_INIT;
    if (s->hold_back > 0)
        return trm_puzzles_hold_back(l->data->lessons, l->data->exam, (uint32_t)s->hold_back, &error) ==
                       TRM_OK
                   ? STATUS_OK
                   : report_error("train: --hold-back: %s", error.message);
    if (s->validation_puzzles == 0)
        return STATUS_OK;
    if (s->validation == NULL)
        return s->generate > 0 ? make(l, l->data->exam, s->generate, s->validation_puzzles) : STATUS_OK;
    if (read_list(l->data->exam, s, s->validation, s->validation_puzzles, &error) != TRM_OK)
        return report_error("%s", error.message);
    return STATUS_OK;
}

int train_data_load(train_data *data, const train_settings *settings)
{
    loading l = { .data = data, .settings = settings };
    *data = (train_data) { .lessons = NULL };
    int status = create_sets(data, settings);
    if (status == STATUS_OK && settings->data != NULL)
        status = read_files(data, settings);
    if (status == STATUS_OK && settings->generate > 0) {
        status = make(&l, data->lessons, 0, settings->generate);
        add_to_summary(data, "made up", settings->generate);
    }
    if (status == STATUS_OK && settings->mix != NULL)
        status = train_mix_load(&data->mix, settings);
    for (size_t i = 0; i < data->mix.count && status == STATUS_OK; i++)
        add_to_summary(data, "another size", trm_puzzles_count(data->mix.sets[i]));
    return status == STATUS_OK ? load_exam(&l) : status;
}

void train_data_free(train_data *data)
{
    train_mix_free(&data->mix);
    trm_puzzles_free(data->lessons);
    trm_puzzles_free(data->exam);
}

static void print_sizes(train_data *data, bool squares)
{
    unsigned least = data->least, most = data->most;
    if (squares)
        for (unsigned side = 1; side * side <= data->most; side++) {
            least = side * side == data->least ? side : least;
            most = side * side == data->most ? side : most;
        }
    if (squares)
        snprintf(data->sizes, sizeof data->sizes, least < most ? "%ux%u-%ux%u" : "%ux%u", least, least, most,
                 most);
    else
        snprintf(data->sizes, sizeof data->sizes, least < most ? "%u-%u" : "%u", least, most);
}

/* How many positions lessons have that are of no one shape. */
static int find_sizes(train_data *data)
{
    bool squares = true;
    trm_error error = TRM_ERROR_INIT;
    trm_questions question = TRM_QUESTIONS_INIT;
    data->least = UINT32_MAX;
    for (uint64_t i = 0; i < trm_puzzles_count(data->lessons); i++) {
        if (trm_puzzles_question(data->lessons, i, &question, &error) != TRM_OK)
            return report_error("%s", error.message);
        const trm_shape *s = question.shapes;
        const uint32_t positions = s->rows > 0 ? s->rows * s->columns : s->positions;
        squares = squares && s->rows > 0 && s->rows == s->columns;
        data->least = positions < data->least ? positions : data->least;
        data->most = positions > data->most ? positions : data->most;
    }
    print_sizes(data, squares);
    return STATUS_OK;
}

/* The model of a described task. */
static int take_rules(train_data *data, trm_init_options *to)
{
    trm_error error = TRM_ERROR_INIT;
    const int status = find_sizes(data);
    if (status != STATUS_OK)
        return status;
    return trm_puzzles_model(data->lessons, to, &error) == TRM_OK ? STATUS_OK
                                                                  : report_error("%s", error.message);
}

/* The largest of the lessons is the model's own; it takes any other. */
static int take_sizes(train_data *data, const train_settings *settings, trm_init_options *to)
{
    static const char any_size[] = "1-10000";
    const int status = find_sizes(data);
    to->positions = data->most;
    if (settings->shape.sizes == NULL)
        to->sizes = any_size;
    if (status != STATUS_OK || settings->shape.block == TRM_BLOCK_RELATIONAL)
        return status;
    return report_error(
        "train: puzzles with shapes of their own are learnt by relational models: --block relational");
}

int train_data_model(train_data *data, const train_settings *settings, trm_init_options *to)
{
    trm_error error = TRM_ERROR_INIT;
    trm_task task = TRM_TASK_INIT;
    if (trm_puzzles_describe(data->lessons, &task, &error) != TRM_OK)
        return report_error("%s", error.message);
    to->positions = task.grid_rows * task.grid_columns;
    to->vocabulary = task.alphabet_first + (uint32_t)strlen(task.alphabet);
    to->head_bias = settings->head_bias;
    to->seed = settings->options.seed;
    to->task = task.name;
    to->alphabet = task.alphabet;
    to->alphabet_first = task.alphabet_first;
    to->grid_rows = task.grid_rows;
    to->grid_columns = task.grid_columns;
    if (!shape_apply(&train_command, &settings->shape, &data->relations, to))
        return STATUS_USAGE;
    if (task.rules != NULL)
        return take_rules(data, to);
    if (task.features > 0 && to->block == TRM_BLOCK_RELATIONAL)
        to->features = task.features;
    return task.grid_rows == 0 ? take_sizes(data, settings, to) : STATUS_OK;
}
