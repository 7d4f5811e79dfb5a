#include "bindings/cli/alternatives.h"

#include <string.h>

#include "bindings/cli/configuration.h"
#include "bindings/cli/report.h"
#include "bindings/cli/train_open.h"
#include "bindings/cli/train_rows.h"

static bool is_relational(const train_settings *s)
{
    return s->shape.block == TRM_BLOCK_RELATIONAL;
}

static bool is_grid(const train_settings *s)
{
    return s->kind.grid.rows > 1 && s->kind.grid.columns > 1;
}

/* Of a known task nobody doubts who hears whom, nor of what the user said. */
static bool is_own(const train_settings *s)
{
    return !kind_is_made(s->task) && strcmp(s->task, "latin") != 0 && option_is_open("relations");
}

static bool hears(const alternative *a, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = a->relations; *at != '\0'; at += strspn(at, " ")) {
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return true;
        at += strcspn(at, " ");
    }
    return false;
}

static void hear(alternative *a, const char *name, const char *how)
{
    const size_t used = strlen(a->relations), room = sizeof a->relations - used;
    if (!hears(a, name) && strlen(name) + strlen(how) + 2 < room)
        snprintf(a->relations + used, room, "%s%s=%s", used > 0 ? " " : "", name, how);
}

static void forget(alternative *a, const char *name)
{
    char kept[RELATION_BYTES] = "";
    size_t used = 0;
    for (const char *at = a->relations; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " "), word = strcspn(at, "=");
        if (word != strlen(name) || strncmp(at, name, word) != 0)
            used += (size_t)snprintf(kept + used, sizeof kept - used, "%s%.*s", used > 0 ? " " : "",
                                     (int)length, at);
        at += length;
    }
    memcpy(a->relations, kept, sizeof kept);
}

static void hear_again(alternative *a)
{
    open_text("relations", &a->settings.shape.relations, a->relations);
}

static const char usual[] = "shape/positions/sum+max", one[] = "shape/positions/node",
                  within[] = "shape/fields/sum+max";

/* -- rows of the table: false where the proposal has nothing of the kind -- */

/* Values are alike, or they are not; not where puzzles bring lists, which go with the number of values. */
static bool other_fields(const trm_survey *v, alternative *a)
{
    const bool alike = a->settings.shape.fields > 1;
    const bool may_be = v->has_blank && v->values > 1 && strlen(v->alphabet) == v->values + 1;
    if (!is_relational(&a->settings) || !is_own(&a->settings) || !option_is_open("fields") ||
        !(alike || may_be) || strstr(a->relations, "=question/") != NULL)
        return false;
    open_number("fields", &a->settings.shape.fields, alike ? 1 : v->values);
    open_real("start-noise", &a->settings.shape.start_noise, alike ? 0.0 : 1.0);
    if (alike) {
        forget(a, "cell");
        forget(a, "above");
        forget(a, "below");
    } else
        hear(a, "cell", within);
    hear_again(a);
    a->said = alike ? "values that are not alike" : "values that are alike";
    return true;
}

/* Values that are alike know which of them are greater, or they do not. */
static bool other_order(const trm_survey *v, alternative *a)
{
    (void)v;
    if (!is_own(&a->settings) || a->settings.shape.fields < 2)
        return false;
    const bool ordered = hears(a, "above");
    if (ordered) {
        forget(a, "above");
        forget(a, "below");
    } else {
        hear(a, "above", within);
        hear(a, "below", within);
    }
    hear_again(a);
    a->said = ordered ? "values without an order" : "values in an order";
    return true;
}

/* Cells of a grid hear those beside them, too, and all of their row and column. */
static bool whole_grid(const trm_survey *v, alternative *a)
{
    static const char *const beside[] = { "up", "down", "left", "right" };
    (void)v;
    if (!is_relational(&a->settings) || !is_own(&a->settings) || !is_grid(&a->settings))
        return false;
    hear(a, "row", usual);
    hear(a, "column", usual);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
        hear(a, beside[i], one);
    hear_again(a);
    a->said = "rows, columns and neighbours";
    return true;
}

/* In place of a mixer: every position hears those beside it, and all. */
static bool relational(const trm_survey *v, alternative *a)
{
    (void)v;
    if (is_relational(&a->settings) || !option_is_open("block") || !option_is_open("relations") ||
        !option_is_open("position-encoding"))
        return false;
    open_small("block", &a->settings.shape.block, TRM_BLOCK_RELATIONAL);
    open_number("channels", &a->settings.shape.channels, 32);
    open_number("channel-hidden", &a->settings.shape.channel_hidden, 48);
    open_small("batch", &a->settings.options.batch, 32);
    hear(a, "left", one);
    hear(a, "right", one);
    hear(a, "row", usual);
    if (is_grid(&a->settings)) {
        hear(a, "up", one);
        hear(a, "down", one);
        hear(a, "column", usual);
    }
    hear_again(a);
    a->said = "a relational model of neighbours and rows";
    return true;
}

static bool attention(const trm_survey *v, alternative *a)
{
    (void)v;
    if (a->settings.shape.block != TRM_BLOCK_MIXER || !option_is_open("block") || !option_is_open("heads"))
        return false;
    open_small("block", &a->settings.shape.block, TRM_BLOCK_ATTENTION);
    a->said = "attention";
    return true;
}

/* The other way round a short trial misleads: few channels learn fast, and less. */
static bool wider(const trm_survey *v, alternative *a)
{
    model_shape *shape = &a->settings.shape;
    const uint64_t channels = (shape->channels * 4 / 3 + 7) / 8 * 8;
    (void)v;
    if (!option_is_open("channels"))
        return false;
    open_number("channel-hidden", &shape->channel_hidden,
                shape->channel_hidden * channels / shape->channels); /* 0: the usual width */
    open_number("channels", &shape->channels, channels);
    a->said = "more channels";
    return true;
}

static bool other_depth(const trm_survey *v, alternative *a)
{
    const bool deep = a->settings.shape.cycles > 1;
    (void)v;
    if (!option_is_open("cycles"))
        return false;
    open_number("cycles", &a->settings.shape.cycles, deep ? 1 : 2);
    open_number("updates", &a->settings.shape.updates, deep ? 4 : 3);
    a->said = deep ? "shallower steps" : "deeper steps";
    return true;
}

/* -- all of them -- */

static bool proposal(const trm_survey *v, alternative *a)
{
    (void)v;
    a->said = "the proposal";
    return true;
}

static bool is_new(const alternative *made, const alternative *a)
{
    for (; made < a; made++)
        if (strcmp(made->configuration, a->configuration) == 0)
            return false;
    return true;
}

void alternative_write(alternative *a)
{
    write_configuration(&train_command, train_run_rows(), &a->settings, a->configuration,
                        sizeof a->configuration);
    make_utf8(a->configuration);
}

size_t alternatives_make(const trm_survey *survey, const train_settings *proposed, alternative to[MOST_TRIED])
{
    static bool (*const rows[])(const trm_survey *v, alternative *a) = {
        proposal, relational, attention, other_fields, whole_grid, other_order, wider, other_depth,
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && count < MOST_TRIED; i++) {
        alternative *a = &to[count];
        *a = (alternative) { .settings = *proposed };
        const char *relations = proposed->shape.relations;
        snprintf(a->relations, sizeof a->relations, "%s", relations != NULL ? relations : "");
        if (!rows[i](survey, a))
            continue;
        alternative_write(a);
        count += is_new(to, a);
    }
    return count;
}
