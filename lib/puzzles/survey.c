/* From what rows have in common to what it makes sense to train: a row of one table for each kind of task
   that is known. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/findings.h"
#include "lib/puzzles/puzzles.h"
#include "lib/task/family.h"

typedef struct deciding {
    const trmi_sample *sample;
    const trmi_statistics *found;
    trm_survey *to;
    trm_error *error;
} deciding;

/* Node-steps that a core learns in a second. */
static const double GROUP_RATE = 90e3, LIST_RATE = 30e3, PLAIN_RATE = 60e3;

/* -- kinds of tasks -- */

static const uint32_t lines = TRM_SURVEY_ROWS | TRM_SURVEY_COLUMNS;

/* Squares, filled with as many values as they have rows, written as trm writes them. */
static bool is_square_of_digits(const deciding *d)
{
    const trmi_statistics *s = d->found;
    bool usual = s->rows > 0 && s->rows == s->columns && s->value_count == s->rows && s->keeps_givens &&
                 s->blank_count > 0 && (s->groups & lines) == lines;
    for (uint32_t i = 0; usual && i < s->value_count; i++)
        usual = s->value[i] == (uint8_t)trmi_family_at(TRMI_SUDOKU)->alphabet[1 + i];
    for (uint32_t i = 0; usual && i < s->blank_count; i++)
        usual = strchr(trmi_family_at(TRMI_SUDOKU)->blanks, s->blanks[i]) != NULL;
    return usual;
}

static bool is_sudoku(const deciding *d)
{
    return is_square_of_digits(d) && (d->found->groups & TRM_SURVEY_BOXES) != 0;
}

static bool is_jigsaw(const deciding *d)
{
    return is_square_of_digits(d) && (d->found->groups & TRM_SURVEY_REGIONS) != 0;
}

static bool is_latin(const deciding *d)
{
    return is_square_of_digits(d) && d->sample->relation_count == 0;
}

/* A start, a goal, and steps that answers alone have. */
static bool is_path(const deciding *d)
{
    const trmi_statistics *s = d->found;
    bool path = s->rows > 0 && s->in_question['S'] && s->in_question['G'] && s->in_answer['o'] &&
                !s->in_question['o'];
    for (uint32_t c = 0; path && c < 256; c++)
        path = !(s->in_question[c] || s->in_answer[c]) ||
               strchr(trmi_family_at(TRMI_PATH)->alphabet, (int)c) != NULL;
    return path;
}

static bool is_colouring(const deciding *d)
{
    const trmi_sample_relation *r = d->sample->relation;
    return d->sample->relation_count == 1 && strcmp(r->name, "edge") == 0 && !r->nodes &&
           r->rows == d->sample->count && r->equal == 0 && d->found->blank_count > 0 &&
           d->found->keeps_givens && d->found->likeness == TRMI_ALIKE;
}

static bool is_anything(const deciding *d)
{
    (void)d;
    return true;
}

/* `name` is what the task is called; `said` is how findings call it. */
typedef struct known_kind {
    bool (*is)(const deciding *d);
    const char *name, *said;
    bool alphabet, alike; /* its own alphabet; its values are alike, whatever the rows say */
} known_kind;

static const known_kind kinds[] = {
    { is_jigsaw, "jigsaw", "a jigsaw", true, true },
    { is_sudoku, "sudoku", "a Sudoku", true, true },
    { is_latin, "latin", "a Latin square", true, true },
    { is_path, "path", "ways on a map", true, false },
    { is_colouring, "colouring", "a colouring of graphs", false, true },
    { is_anything, "own-puzzle", "a task of your own", false, false },
};

/* -- relations -- */

static void add_relation(trm_survey *to, const char *format, const char *name)
{
    const size_t used = strlen(to->relations);
    if (used > 0)
        snprintf(to->relations + used, sizeof to->relations - used, " ");
    snprintf(to->relations + strlen(to->relations), sizeof to->relations - strlen(to->relations), format,
             name);
}

/* Of a task of one's own. */
static void choose_relations(const deciding *d)
{
    const trmi_statistics *s = d->found;
    static const char *const beside[] = { "up", "down", "left", "right" }, *const order[] = { "above",
                                                                                              "below" };
    if ((s->groups & TRM_SURVEY_ROWS) != 0)
        add_relation(d->to, "%s=shape/positions/sum+max", "row");
    if ((s->groups & TRM_SURVEY_COLUMNS) != 0)
        add_relation(d->to, "%s=shape/positions/sum+max", "column");
    for (size_t i = 0; s->grid == TRMI_GRID_NEIGHBOURS && i < sizeof beside / sizeof *beside; i++)
        add_relation(d->to, "%s=shape/positions/node", beside[i]);
    for (uint32_t i = 0; i < d->sample->relation_count; i++)
        add_relation(d->to,
                     d->sample->relation[i].nodes ? "%s=question/nodes/sum+max"
                                                  : "%s=question/positions/sum+max",
                     d->sample->relation[i].name);
    if (d->to->relations[0] != '\0' && d->to->fields > 1)
        add_relation(d->to, "%s=shape/fields/sum+max", "cell");
    for (size_t i = 0; s->likeness == TRMI_UNLIKE_ORDER && i < sizeof order / sizeof *order; i++)
        add_relation(d->to, "%s=shape/fields/sum+max", order[i]);
}

/* -- sizes -- */

/* Steps and time grow with what has to be agreed upon: nodes. */
static void choose_training(const deciding *d, bool path)
{
    trm_survey *to = d->to;
    const double nodes = (double)d->sample->most_cells * to->fields;
    const double wanted = path ? 3600.0 : 400.0 * pow(nodes / 64.0, 0.75);
    to->channels = path ? 32 : 24;
    to->channel_hidden = path ? 40 : 48;
    to->cycles = path ? 1 : 2;
    to->updates = path ? 4 : 3;
    to->start_noise = path ? 0.0f : 1.0f;
    to->batch = 32;
    to->steps = 100 * (uint64_t)((wanted < 400.0 ? 400.0 : wanted > 4000.0 ? 4000.0 : wanted) / 100.0);
}

static void choose_mixer(const deciding *d)
{
    trm_survey *to = d->to;
    to->block = TRM_BLOCK_MIXER;
    to->channels = 128;
    to->channel_hidden = 0;
    to->start_noise = 0.0f;
    to->cycles = 3;
    to->updates = 6;
    to->batch = 128;
    to->steps = 1000;
}

/* Minutes of one core: nodes of puzzles of steps, so many a second as were measured on one of 2026; lists
 * that puzzles bring are worked through one by one. */
static double minutes(const deciding *d)
{
    const double rate = d->to->fields == 1              ? PLAIN_RATE
                        : d->sample->relation_count > 0 ? LIST_RATE
                                                        : GROUP_RATE;
    const double nodes = (double)d->sample->most_cells * d->to->fields;
    return ceil(nodes * (double)d->to->steps * d->to->batch / (60.0 * rate));
}

static void say_proposal(const deciding *d, const known_kind *kind)
{
    trm_survey *to = d->to;
    if (to->block == TRM_BLOCK_MIXER)
        trmi_findings_say(
            to,
            "proposed: a mixer, which learns from scratch what belongs together, as nothing says it; it is "
            "bound to %" PRIu32
            " cells and wants thousands of puzzles. --relations says it: row,column,up,down,left,right",
            d->sample->cells);
    else
        trmi_findings_say(to,
                          "proposed: %s; a relational model (%s), %" PRIu32 " channels, T %" PRIu32
                          " n %" PRIu32 ", %" PRIu64 " steps of %" PRIu32
                          " puzzles, some %.0f min of one core",
                          kind->said, to->relations[0] != '\0' ? to->relations : "relations of its family",
                          to->channels, to->cycles, to->updates, to->steps, to->batch, minutes(d));
    if (kind->is == is_anything && (d->found->groups & TRM_SURVEY_BOXES) != 0)
        trmi_findings_say(to,
                          "not heard: who is in a box; written with the digits 1 to %" PRIu32
                          " this list is of Sudokus, which hear it",
                          d->found->rows);
    if (kind->is == is_anything)
        trmi_findings_say(to, "not known: what a right answer is beyond this; nothing verifies answers "
                              "(--rules describes a task "
                              "that can be verified)");
}

/* -- all of it -- */

/* The blank first; Sudokus and paths have their own. */
static void choose_alphabet(const deciding *d, const known_kind *kind)
{
    const trmi_statistics *s = d->found;
    uint32_t used = 0;
    for (uint32_t i = 0; i < (kind->alphabet ? s->blank_count > 0 : s->blank_count); i++)
        d->to->alphabet[used++] = kind->name[0] == 'p' ? (char)s->blanks[i]
                                  : kind->alphabet     ? '.'
                                                       : (char)s->blanks[i];
    for (uint32_t i = 0; i < s->value_count && used + 1 < sizeof d->to->alphabet; i++)
        d->to->alphabet[used++] = (char)s->value[i];
    d->to->alphabet[used] = '\0';
}

static void choose(const deciding *d)
{
    const trmi_statistics *s = d->found;
    trm_survey *to = d->to;
    const known_kind *kind = kinds;
    while (!kind->is(d))
        kind++;
    /* Values in an order are alike to all that knows it: they hear who is above and below. */
    const bool alike = kind->alike || (kind->is == is_anything && s->blank_count == 1 &&
                                       (s->likeness == TRMI_ALIKE || s->likeness == TRMI_UNLIKE_ORDER));
    const bool vary = d->sample->cells == 0;
    choose_alphabet(d, kind);
    snprintf(to->task, sizeof to->task, "%s", kind->name);
    to->grid_rows = s->rows > 0 ? s->rows : vary || d->sample->relation_count > 0 ? 0 : 1;
    to->grid_columns = s->rows > 0 ? s->columns : to->grid_rows > 0 ? d->sample->cells : 0;
    to->fields = alike ? s->value_count : 1;
    to->block = TRM_BLOCK_RELATIONAL;
    if (kind->is == is_anything)
        choose_relations(d);
    choose_training(d, kind->is == is_path || (kind->is == is_anything && to->fields == 1));
    if (kind->is == is_anything && s->grid == TRMI_GRID_NONE && to->relations[0] == '\0')
        choose_mixer(d);
    trmi_findings_tell(to, d->sample, s);
    say_proposal(d, kind);
}

/* The text of all relations has room in the survey, beside those that shapes have. */
enum { MOST_SAID = 500, SAID_OF_EACH = sizeof "=question/positions/sum+max" };

/* Their names become words of a command and of a model's file; a model hears with each puzzle what it hears
   with one. */
static trm_status check_relations(const deciding *d)
{
    static const char usual[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const char *list = d->sample->paths[0];
    size_t said = 0;
    for (uint32_t i = 0; i < d->sample->relation_count; i++) {
        const trmi_sample_relation *r = &d->sample->relation[i];
        if (r->name[0] < 'a' || r->name[strspn(r->name, usual)] != '\0')
            return trmi_fail(
                d->error, TRM_ERROR_PUZZLE,
                "%.200s: relation '%s': expected a name of lower-case letters, digits and _, which "
                "begins with a letter, found others",
                list, r->name);
        if (r->rows < d->sample->count)
            return trmi_fail(d->error, TRM_ERROR_PUZZLE,
                             "%.200s: relation %s: expected it with each puzzle, found it with %" PRIu64
                             " of %" PRIu64,
                             list, r->name, r->rows, d->sample->count);
        said += strlen(r->name) + SAID_OF_EACH;
    }
    return said <= MOST_SAID ? TRM_OK
                             : trmi_fail(d->error, TRM_ERROR_PUZZLE,
                                         "%.200s: expected fewer relations, or shorter names, found %" PRIu32,
                                         list, d->sample->relation_count);
}

/* Of puzzles of several sizes a model must be told who hears whom. */
static trm_status check_sizes(const deciding *d)
{
    if (d->sample->cells > 0 || d->sample->relation_count > 0)
        return TRM_OK;
    return trmi_fail(
        d->error, TRM_ERROR_PUZZLE,
        "%.200s: expected puzzles of one size, or relations with each, found several sizes of up to %" PRIu32
        " cells: a list for each size, the first with a task, the others as --mix",
        d->sample->paths[0], d->sample->most_cells);
}

/* Characters that a task can have. */
static trm_status check_characters(const deciding *d)
{
    const trmi_statistics *s = d->found;
    uint32_t count = 0;
    for (uint32_t c = 0; c < 256; c++) {
        if (!s->in_question[c] && !s->in_answer[c])
            continue;
        count++;
        if (c < 0x20 || c > 0x7e)
            return trmi_fail(d->error, TRM_ERROR_PUZZLE,
                             "%.200s: expected printable characters, found byte 0x%02x", d->sample->paths[0],
                             (unsigned)c);
    }
    return count > 1 ? TRM_OK
                     : trmi_fail(d->error, TRM_ERROR_PUZZLE, "%.200s: expected several characters, found one",
                                 d->sample->paths[0]);
}

static trm_status look(const trmi_sample *sample, trm_survey *to, trm_error *error)
{
    trmi_statistics found;
    const deciding d = { sample, &found, to, error };
    TRMI_TRY(trmi_sample_compare(sample, &to->repeated, error));
    TRMI_TRY(trmi_statistics_find(&found, sample, error));
    TRMI_TRY(check_characters(&d));
    TRMI_TRY(check_relations(&d));
    TRMI_TRY(check_sizes(&d));
    to->puzzles = sample->count;
    to->cells = sample->cells;
    to->box_rows = found.box_rows;
    to->box_columns = found.box_columns;
    to->groups = found.groups;
    to->keeps_givens = found.keeps_givens;
    to->has_blank = found.blank_count > 0;
    to->values = found.value_count;
    to->helper_tokens = sample->helper_tokens;
    choose(&d);
    return TRM_OK;
}

TRM_API trm_status trm_csv_survey(const char *const *paths, size_t count, const trm_csv_options *options,
                                  trm_survey *survey, trm_error *error)
{
    trm_survey own = TRM_SURVEY_INIT;
    trmi_sample sample = { .count = 0 };
    if (paths == NULL || count == 0 || survey == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_csv_survey: expected paths and a survey");
    trm_status status = trmi_sample_read(&sample, paths, count, options, error);
    if (status == TRM_OK)
        status = look(&sample, &own, error);
    trmi_sample_clear(&sample);
    return status != TRM_OK
               ? status
               : trmi_write_struct(survey, &own, sizeof own, sizeof survey->size, "trm_survey", error);
}
