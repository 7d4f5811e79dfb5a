/* The options of the training itself are those of the library's table, between those of the command. */
#include "bindings/cli/train_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const choice answers[] = {
    { "yes", 1 },
    { "no", 0 },
    { NULL, 0 },
};
static const choice opposite_answers[] = {
    { "yes", 0 },
    { "no", 1 },
    { NULL, 0 },
};

/* clang-format off */
#define NUMBER(field, name, value, least, most, help) \
    NUMBER_ROW(train_settings, field, name, value, least, most, help)
#define REAL(field, name, most, help) REAL_ROW(train_settings, field, name, "X", most, help)
#define ANSWER(field, name, help) CHOICE_ROW(train_settings, field, name, "yes|no", answers, help)
#define TEXT(field, name, value, help) TEXT_ROW(train_settings, field, name, value, help)

static const option first_rows[] = {
    TEXT(task, "task", "NAME",
         "sudoku, path, colouring, or another word for a task of your own (default: what --data look like)"),
    KIND_ROWS(train_settings, kind),
    TEXT(alphabet, "alphabet", "TEXT",
         "the characters of your own task's tokens; \\0 first: a token without one"),
    NUMBER(generate, "generate", "N", 0, 100000000,
           "learn from N puzzles made up (sudoku, path, colouring, --rules: default 20000)"),
    NUMBER(hold_back, "hold-back", "P", 0, 99,
           "of each hundred puzzles of --data so many are not learnt from but measured on (default 0; without a task "
           "10, or as few as make --validation-puzzles)"),
    SHAPE_ROWS(train_settings, shape, "mixer", "128", "1", "normed", "softmax"),
    ANSWER(head_bias, "head-bias", "give the token head a bias (default yes)"),
    LAST_ROW,
};

/* In place of "plain", whose opposite it is. */
static const option symmetries_row[] = {
    CHOICE_ROW(train_settings, options.plain, "symmetries", "yes|no", opposite_answers,
               "show each puzzle under a random symmetry of its task (default yes)"),
    LAST_ROW,
};

static const option last_rows[] = {
    TEXT(output, "output", "FILE.trm", "the model to write"),
    TEXT(data, "data", "FILE[,FILE...]",
         "learn from the puzzles of these lists (CSV or JSON lines, also gzipped)"),
    TEXT(question, "question", "NAME",
         "the column of questions in tables (default: question, puzzle, quizzes, ...)"),
    TEXT(answer, "answer", "NAME", "the column of answers in tables (default: answer, solution, ...)"),
    TEXT(mix, "mix", "FILE[@RxC][=SHARE][,...]",
         "relational models: further files, each of puzzles of one size; the first set's share is 1"),
    TEXT(start, "start", "MODEL.trm", "begin with this model's weights instead of random ones"),
    TEXT(validation, "validation", "FILE",
         "puzzles to measure accuracy on, never learnt from (default: with --generate, further ones)"),
    NUMBER(validation_puzzles, "validation-puzzles", "N", 0, 1000000,
           "how many of them; 0: none (default 200)"),
    NUMBER(validate_every, "validate-every", "N", 0, 1000000000,
           "steps between two measurements; 0: a tenth of the run (default 0)"),
    TEXT(checkpoint, "checkpoint", "FILE", "where the run is kept (default: OUTPUT.checkpoint)"),
    REAL(save_every, "save-every", 100000, "minutes between two checkpoints (default 5)"),
    TEXT(log, "log", "FILE", "JSON lines for trm plot (default: OUTPUT.jsonl)"),
    NUMBER(log_every, "log-every", "N", 1, 1000000, "steps that a line of it sums up (default 10)"),
    NUMBER(threads, "threads", "N", 0, 1024,
           "threads (default 0: all that the process may use); the result does not depend on it"),
    REAL(minutes, "minutes", 1000000, "stop after so many, with a checkpoint; 0: at the end (default 0)"),
    ANSWER(deflate, "deflate", "compress the model's weights (default yes)"),
    FLAG_ROW(train_settings, resume, "resume", "go on with the run of the checkpoint when there is one"),
    FLAG_ROW(train_settings, restart, "restart", "begin anew, and replace the checkpoint"),
    NUMBER(trial, "trial", "N", 0, 1000000,
           "first train the proposal for N steps, 10 at least, and up to three others for as much work, and take what beats it on "
           "puzzles held back (default 0: no trial; of 6x6 200 take a minute or two)"),
    FLAG_ROW(train_settings, dry_run, "dry-run",
             "say what --data look like and what would be trained, as a whole command, and stop"),
    JSON_ROW(train_settings),
    QUIET_ROW(train_settings, "no progress and no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

/* -- the table -- */

option train_rows[MOST_OPTIONS];
static size_t row_count;

static void add_rows(const option *rows)
{
    for (; rows->name != NULL && row_count + 1 < MOST_OPTIONS; rows++)
        train_rows[row_count++] = *rows;
}

/* -- options of the library -- */

enum { MOST_WORDS = 8 };
typedef struct row_text { /* what a row points to */
    char name[32], help[192], words[64];
    choice choices[MOST_WORDS + 1];
} row_text;

/* The shape has maximum-steps, and the command makes no puzzle embeddings. */
static bool is_offered(const char *name)
{
    static const char *const others[] = { "maximum_steps", "puzzle_learning_rate", "puzzle_weight_decay" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0)
            return false;
    return true;
}

/* Where 0 is the default, it is the first word, too. */
static const choice *choices_of(const trm_option_info *info, row_text *text)
{
    uint32_t count = 0;
    snprintf(text->words, sizeof text->words, "%s", info->words);
    for (char *word = text->words, *space; word != NULL && count < MOST_WORDS; word = space) {
        space = strchr(word, ' ');
        if (space != NULL)
            *space++ = '\0';
        text->choices[count] = (choice) { word, count + 1 };
        count++;
    }
    if (info->usual == 0.0)
        text->choices[0].value = 0;
    return text->choices;
}

static option row_of(const trm_option_info *info, row_text *text)
{
    option row = {
        .name = text->name,
        .help = text->help,
        .offset = offsetof(train_settings, options) + info->offset,
        .least = (uint64_t)info->least,
        .most = info->most >= 0x1p64 ? UINT64_MAX : (uint64_t)ceil(info->most),
        .value = info->kind == TRM_OPTION_REAL ? "X" : "N",
        .type = info->kind == TRM_OPTION_REAL    ? OPTION_REAL
                : info->kind == TRM_OPTION_COUNT ? OPTION_COUNT
                                                 : OPTION_NUMBER,
    };
    if (info->kind == TRM_OPTION_SWITCH || info->kind == TRM_OPTION_WORD) {
        row.type = OPTION_CHOICE;
        row.value = info->words == NULL ? "yes|no" : "NAME";
        row.choices = info->words == NULL ? answers : choices_of(info, text);
    }
    return row;
}

static void add_library_row(const trm_option_info *info, row_text *text)
{
    char usual[32];
    const option row = row_of(info, text);
    snprintf(text->name, sizeof text->name, "%s", info->name);
    for (char *line = strchr(text->name, '_'); line != NULL; line = strchr(line, '_'))
        *line = '-';
    option_text(&row, &train_defaults, usual, sizeof usual);
    snprintf(text->help, sizeof text->help, "%s (default %s)", info->help, usual);
    add_rows((const option[]) { row, LAST_ROW });
}

void train_rows_begin(void)
{
    static row_text texts[MOST_OPTIONS];
    trm_option_info info = TRM_OPTION_INFO_INIT;
    add_rows(first_rows);
    trm_status status = trm_train_option(0, &info, NULL);
    for (uint32_t i = 0; i < MOST_OPTIONS && status == TRM_OK && info.name != NULL; i++) {
        if (strcmp(info.name, "plain") == 0)
            add_rows(symmetries_row);
        else if (is_offered(info.name))
            add_library_row(&info, &texts[i]);
        status = trm_train_option(i + 1, &info, NULL);
    }
    add_rows(last_rows);
}

size_t train_run_rows(void)
{
    size_t count = 0;
    while (strcmp(train_rows[count].name, "output") != 0)
        count++;
    return count;
}
