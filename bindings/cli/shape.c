#include "bindings/cli/shape.h"

#include <stdio.h>
#include <string.h>

#include "bindings/cli/report.h"

const choice block_choices[] = {
    { "mixer", TRM_BLOCK_MIXER },
    { "attention", TRM_BLOCK_ATTENTION },
    { "relational", TRM_BLOCK_RELATIONAL },
    { NULL, 0 },
};
const choice gate_choices[] = {
    { "plain", TRM_GATE_PLAIN },
    { "normed", TRM_GATE_NORMED },
    { NULL, 0 },
};
const choice position_choices[] = {
    { "none", TRM_POSITION_NONE },
    { "learned", TRM_POSITION_LEARNED },
    { "rotary", TRM_POSITION_ROTARY },
    { NULL, 0 },
};
const choice likelihood_choices[] = {
    { "softmax", TRM_LIKELIHOOD_SOFTMAX },
    { "stablemax", TRM_LIKELIHOOD_STABLEMAX },
    { NULL, 0 },
};

const choice halting_choices[] = {
    { "softmin", TRM_HALTING_SOFTMIN },
    { "product", TRM_HALTING_PRODUCT },
    { NULL, 0 },
};

/* -- relations -- */

static const choice sources[] = { { "shape", TRM_RELATION_SHAPE },
                                  { "question", TRM_RELATION_QUESTION },
                                  { NULL, 0 } };
static const choice levels[] = { { "positions", TRM_LEVEL_POSITIONS },
                                 { "nodes", TRM_LEVEL_NODES },
                                 { "fields", TRM_LEVEL_FIELDS },
                                 { NULL, 0 } };
static const choice aggregates[] = { { "sum", TRM_AGGREGATE_SUM },
                                     { "max", TRM_AGGREGATE_MAX },
                                     { "sum+max", TRM_AGGREGATE_SUM | TRM_AGGREGATE_MAX },
                                     { "node", TRM_AGGREGATE_NODE },
                                     { NULL, 0 } };

/* Takes the word up to `end`, which becomes a zero, if it is one of the choices; NULL if not. */
static char *take_choice(char *at, char end, const choice *choices, uint32_t *value)
{
    const size_t length = at != NULL ? strcspn(at, end != '\0' ? (char[]) { end, '\0' } : "") : 0;
    for (; at != NULL && choices->name != NULL; choices++)
        if (strlen(choices->name) == length && strncmp(choices->name, at, length) == 0) {
            *value = choices->value;
            return at + length + (at[length] != '\0');
        }
    return NULL;
}

static bool read_relation(char *word, trm_relation_info *to)
{
    const trm_relation_info none = TRM_RELATION_INFO_INIT;
    char *at = strchr(word, '=');
    *to = none;
    if (at == NULL || at == word)
        return false;
    *at++ = '\0';
    to->name = word;
    at = take_choice(at, '/', sources, &to->source);
    at = take_choice(at, '/', levels, &to->level);
    return take_choice(at, '\0', aggregates, &to->aggregates) != NULL;
}

/* Names with commas between, which say by themselves what they are. */
static bool read_names(char *word, relation_list *list, size_t most, trm_init_options *to)
{
    const trm_relation_info none = TRM_RELATION_INFO_INIT;
    for (char *comma; word != NULL; word = comma) {
        comma = strchr(word, ',');
        if (comma != NULL)
            *comma++ = '\0';
        if (to->relation_count == most || *word == '\0')
            return false;
        list->relations[to->relation_count] = none;
        list->relations[to->relation_count++].name = word;
    }
    return true;
}

/* NAME=SOURCE/LEVEL/AGGREGATES, or names. */
static bool read_word(char *word, relation_list *list, size_t most, trm_init_options *to)
{
    if (strchr(word, '=') == NULL)
        return read_names(word, list, most, to);
    return to->relation_count < most && read_relation(word, &list->relations[to->relation_count++]);
}

static bool read_relations(const char *command, const char *text, relation_list *list, trm_init_options *to)
{
    enum { MOST = sizeof list->relations / sizeof *list->relations };
    char shown[128];
    if (text == NULL)
        return true;
    if (snprintf(list->text, sizeof list->text, "%s", text) >= (int)sizeof list->text) {
        report_error("%s: --relations: expected a shorter text", command);
        return false;
    }
    for (char *word = strtok(list->text, " "); word != NULL; word = strtok(NULL, " ")) {
        snprintf(shown, sizeof shown, "%s", word);
        if (!read_word(word, list, MOST, to)) {
            report_error("%s: --relations: expected names such as row,column,cell, or "
                         "NAME=shape|question/positions|nodes|fields/sum|max|sum+max|node, at most %d of "
                         "them, found '%s'",
                         command, (int)MOST, shown);
            return false;
        }
    }
    to->relations = to->relation_count > 0 ? list->relations : NULL;
    return true;
}

bool shape_was_given(const cli_command *command, const char *name)
{
    return option_was_given(command, option_named(command, name, strlen(name)));
}

/* Of these tasks all values but the blank are alike. */
static uint32_t usual_fields(const trm_init_options *o)
{
    static const char *const tasks[] = { "sudoku", "latin", "colouring", "coloring" };
    for (size_t i = 0; o->task != NULL && o->alphabet != NULL && i < sizeof tasks / sizeof *tasks; i++)
        if (strncmp(o->task, tasks[i], strlen(tasks[i])) == 0)
            return (uint32_t)strlen(o->alphabet) - 1;
    return 1;
}

/* No padding: tokens begin with the blank, where values are alike. */
static void apply_relational(const cli_command *command, const model_shape *shape, trm_init_options *to)
{
    to->prefix = 0;
    to->gate = TRM_GATE_NORMED;
    if (!shape_was_given(command, "likelihood"))
        to->likelihood = TRM_LIKELIHOOD_SOFTMAX;
    to->channel_hidden = shape->channel_hidden > 0 ? to->channel_hidden : 2 * to->channels;
    to->vocabulary = to->alphabet != NULL ? (uint32_t)strlen(to->alphabet) : to->vocabulary;
    to->alphabet_first = 0;
    to->fields = shape->fields > 0 ? (uint32_t)shape->fields : usual_fields(to);
    to->first_value = to->fields > 1 ? to->vocabulary - to->fields : 0;
    to->sizes = shape->sizes;
    to->helper_tokens = (uint32_t)shape->helper_tokens;
    to->features = (uint32_t)shape->features;
    to->start_noise = (float)shape->start_noise;
    to->halting = shape->halting;
}

/* The first option that only relational models have. */
static const char *stray_option(const model_shape *s)
{
    return s->relations != NULL   ? "relations"
           : s->fields > 0        ? "fields"
           : s->sizes != NULL     ? "sizes"
           : s->helper_tokens > 0 ? "helper-tokens"
           : s->features > 0      ? "features"
           : s->start_noise > 0.0 ? "start-noise"
           : s->halting > 0       ? "halting"
                                  : NULL;
}

bool shape_apply(const cli_command *command, const model_shape *shape, relation_list *list,
                 trm_init_options *to)
{
    to->block = shape->block;
    to->gate = shape->gate;
    to->position_encoding = shape->position_encoding;
    to->likelihood = shape->likelihood;
    to->channels = (uint32_t)shape->channels;
    to->prefix = (uint32_t)shape->prefix;
    to->blocks = (uint32_t)shape->blocks;
    to->heads = (uint32_t)shape->heads;
    to->token_hidden = (uint32_t)shape->token_hidden;
    to->channel_hidden = (uint32_t)shape->channel_hidden;
    to->cycles = (uint32_t)shape->cycles;
    to->updates = (uint32_t)shape->updates;
    to->maximum_steps = (uint32_t)shape->maximum_steps;
    if (shape->block == TRM_BLOCK_RELATIONAL) {
        apply_relational(command, shape, to);
        return read_relations(command->name, shape->relations, list, to);
    }
    if (stray_option(shape) == NULL)
        return true;
    report_error("%s: --%s is an option of relational models: --block relational", command->name,
                 stray_option(shape));
    return false;
}
