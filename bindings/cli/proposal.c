#include "bindings/cli/proposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/options.h"
#include "bindings/cli/report.h"
#include "bindings/cli/train_open.h"

enum { MOST_LISTS = 64, FEWEST_PUZZLES = 20, MOST_SHARE = 10 };

bool proposal_is_wanted(const train_settings *s)
{
    return s->data != NULL && s->task == NULL && s->kind.rules == NULL && s->start == NULL;
}

static int look_at(const train_settings *s, char *names, trm_survey *survey)
{
    const char *paths[MOST_LISTS];
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    const size_t count = split_names(names, paths, MOST_LISTS);
    bool named = count <= MOST_LISTS;
    for (size_t i = 0; named && i < count; i++)
        named = paths[i][0] != '\0';
    if (!named)
        return report_error("train: --data: expected up to %d file names with commas between, found '%s'",
                            MOST_LISTS, s->data);
    options.question = s->question;
    options.answer = s->answer;
    return trm_csv_survey(paths, count, &options, survey, &error) == TRM_OK
               ? STATUS_OK
               : report_error("%s", error.message);
}

static int look(const train_settings *s, trm_survey *survey)
{
    char *names = malloc(strlen(s->data) + 1);
    if (names == NULL)
        return report_error("not enough memory");
    memcpy(names, s->data, strlen(s->data) + 1);
    const int status = look_at(s, names, survey);
    free(names);
    return status;
}

/* How many of each hundred puzzles are measured on. */
static int hold_back(const trm_survey *v, train_settings *s)
{
    const uint64_t different = v->puzzles - v->repeated;
    const uint64_t wanted = (100 * s->validation_puzzles + different - 1) / (different > 0 ? different : 1);
    if (s->validation != NULL || s->validation_puzzles == 0)
        return STATUS_OK;
    if (different < FEWEST_PUZZLES)
        return report_error(
            "train: %s: expected at least %d different puzzles, to learn from most and to measure on the "
            "rest, found %llu; --validation-puzzles 0 learns from all",
            s->data, FEWEST_PUZZLES, (unsigned long long)different);
    open_number("hold-back", &s->hold_back, wanted < MOST_SHARE ? wanted : MOST_SHARE);
    return STATUS_OK;
}

static void fill_task(const trm_survey *v, train_settings *s)
{
    const bool boxes = strcmp(v->task, "sudoku") == 0, digits = boxes || strcmp(v->task, "jigsaw") == 0;
    s->task = v->task;
    if (strcmp(v->task, "colouring") == 0)
        s->kind.colours = (number_range) { v->fields < 3 ? v->fields : 3, v->fields, true };
    else if (!digits && strcmp(v->task, "path") != 0)
        open_text("alphabet", &s->alphabet, v->alphabet);
    if (boxes && s->kind.boxes.rows == 0 && s->kind.grid.rows == 0)
        s->kind.boxes = (grid_size) { v->box_rows, v->box_columns };
    else if (!boxes && s->kind.grid.rows == 0)
        s->kind.grid = (grid_size) { v->grid_rows, v->grid_columns };
}

/* Values that are not alike do not hear one another. */
static void forget_fields(char *relations)
{
    static const char source[] = "=shape/fields/";
    char *to = relations;
    for (const char *at = relations; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (strncmp(at + strcspn(at, "="), source, sizeof source - 1) != 0) {
            if (to > relations)
                *to++ = ' ';
            memmove(to, at, length);
            to += length;
        }
        at += length;
    }
    *to = '\0';
}

static void fill_model(trm_survey *v, train_settings *s)
{
    open_small("block", &s->shape.block, v->block);
    open_number("channels", &s->shape.channels, v->channels);
    open_number("channel-hidden", &s->shape.channel_hidden, v->channel_hidden);
    open_number("cycles", &s->shape.cycles, v->cycles);
    open_number("updates", &s->shape.updates, v->updates);
    open_small("batch", &s->options.batch, v->batch);
    open_number("steps", &s->options.steps, v->steps);
    if (s->shape.block != TRM_BLOCK_RELATIONAL)
        return;
    open_number("fields", &s->shape.fields, v->fields);
    if (s->shape.fields < 2)
        forget_fields(v->relations);
    open_number("helper-tokens", &s->shape.helper_tokens, v->helper_tokens);
    open_text("relations", &s->shape.relations, v->relations[0] != '\0' ? v->relations : NULL);
    open_real("start-noise", &s->shape.start_noise, v->start_noise);
    open_number("warm-up", &s->options.warm_up, s->options.steps < 1000 ? s->options.steps / 10 : 100);
    open_small("staggered", &s->options.staggered, 1);
    if (s->shape.fields > 1)
        return;
    open_real("replacement", &s->options.replacement,
              0.3); /* as paths were learnt best: what is right makes room at once */
    open_real("halt-weight", &s->options.halt_weight, 0.05);
}

int proposal_make(train_proposal *proposal, train_settings *settings)
{
    const trm_survey none = TRM_SURVEY_INIT;
    proposal->survey = none;
    int status = look(settings, &proposal->survey);
    if (status == STATUS_OK)
        status = hold_back(&proposal->survey, settings);
    if (status != STATUS_OK)
        return status;
    fill_task(&proposal->survey, settings);
    fill_model(&proposal->survey, settings);
    return STATUS_OK;
}

void proposal_talk(const train_proposal *proposal)
{
    const char *at = proposal->survey.findings;
    while (*at != '\0') {
        const size_t length = strcspn(at, "\n");
        report_talk("%.*s", (int)length, at);
        at += length + 1;
    }
}

/* In quotes, for a shell. */
static void print_quoted(const char *text, size_t length)
{
    putchar('\'');
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\'')
            fputs("'\\''", stdout);
        else
            putchar(text[i]);
    putchar('\'');
}

static void print_option(const char *name, const char *value)
{
    if (value == NULL)
        return;
    printf(" --%s ", name);
    print_quoted(value, strlen(value));
}

static void print_options(const char *configuration)
{
    while (*configuration != '\0') {
        const size_t length = strcspn(configuration, "\n"), name = strcspn(configuration, " ");
        printf(" --%.*s ", (int)name, configuration);
        print_quoted(configuration + name + 3, length - name - 3);
        configuration += length + 1;
    }
}

void proposal_print(const train_proposal *proposal)
{
    fputs(proposal->survey.findings, stdout);
}

void command_print(const train_settings *s, const char *configuration)
{
    fputs("trm train", stdout);
    print_options(configuration);
    print_option("data", s->data);
    print_option("mix", s->mix);
    print_option("question", s->question);
    print_option("answer", s->answer);
    print_option("start", s->start);
    print_option("validation", s->validation);
    print_option("output", s->output);
    putchar('\n');
}
