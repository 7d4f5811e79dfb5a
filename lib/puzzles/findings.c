#include "lib/puzzles/findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trmi_findings_say(trm_survey *survey, const char *format, ...)
{
    const size_t used = strlen(survey->findings), room = sizeof survey->findings - used;
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(survey->findings + used, room, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length + 1 < room)
        memcpy(survey->findings + used + length, "\n", 2);
    else
        survey->findings[used] = '\0'; /* lines are whole */
}

static void tell_size(trm_survey *to, const trmi_sample *sample, const trmi_statistics *s)
{
    static const char *const why[] = { [TRMI_GRID_NAMED] = "as the list says",
                                       [TRMI_GRID_GROUPS] = "as no value stands twice in a row or a column",
                                       [TRMI_GRID_NEIGHBOURS] =
                                           "as cells then tell most of those beside and below them" };
    trmi_findings_say(to, "%" PRIu64 " puzzles%s, %" PRIu64 " of them repeated", sample->count,
                      sample->cut ? " (the list has more)" : "", to->repeated);
    if (sample->cells == 0)
        trmi_findings_say(to, "up to %" PRIu32 " cells: each puzzle has a size of its own",
                          sample->most_cells);
    else if (s->grid == TRMI_GRID_NONE)
        trmi_findings_say(to, "%" PRIu32 " cells; not known: whether they are a grid (--grid RxC says so)",
                          sample->cells);
    else
        trmi_findings_say(to, "%" PRIu32 " cells, a grid of %" PRIu32 " x %" PRIu32 ", %s", sample->cells,
                          s->rows, s->columns, why[s->grid]);
}

static void tell_characters(trm_survey *to, const trmi_statistics *s)
{
    if (s->blank_count > 0)
        trmi_findings_say(to, "alphabet '%s'; '%c' is a blank, as it stands in questions alone", to->alphabet,
                          to->alphabet[0]);
    else
        trmi_findings_say(to, "alphabet '%s'; no blank, as answers have all characters of questions",
                          to->alphabet);
    if (s->keeps_givens)
        trmi_findings_say(to, "answers keep what questions give");
    else
        trmi_findings_say(to, "answers change what questions have");
}

static void tell_groups(trm_survey *to, const trmi_statistics *s)
{
    const bool rows = (s->groups & TRM_SURVEY_ROWS) != 0, columns = (s->groups & TRM_SURVEY_COLUMNS) != 0;
    if ((rows || columns) && s->grid != TRMI_GRID_GROUPS)
        trmi_findings_say(to, "no value stands twice in a %s",
                          rows && columns ? "row or a column"
                          : rows          ? "row"
                                          : "column");
    if ((s->groups & TRM_SURVEY_BOXES) != 0)
        trmi_findings_say(to, "no value stands twice in a box of %" PRIu32 " x %" PRIu32, s->box_rows,
                          s->box_columns);
    if ((s->groups & TRM_SURVEY_REGIONS) != 0)
        trmi_findings_say(to, "no value stands twice in a region, which each puzzle brings");
    if (s->pairs_known && s->pairs > 0)
        trmi_findings_say(to,
                          "%" PRIu64
                          " other pairs of cells never have the same value either; not known: why. Lists of "
                          "them can come with each puzzle (JSON lines, a relation of your own)",
                          s->pairs);
}

static void tell_likeness(trm_survey *to, const trmi_sample *sample, const trmi_statistics *s)
{
    static const char *const where[] = { [TRMI_UNLIKE_COUNTS] = "it is not as frequent",
                                         [TRMI_UNLIKE_PLACES] = "at some cell it is not as frequent",
                                         [TRMI_UNLIKE_NEIGHBOURS] = "it has other neighbours" };
    if (s->likeness == TRMI_ALIKE)
        trmi_findings_say(to,
                          "values are alike: relabelled, %" PRIu64
                          " puzzles look the same (--fields 1 if they are not)",
                          sample->count);
    else if (s->likeness == TRMI_UNLIKE_ORDER)
        trmi_findings_say(to, "values have an order: a relation leads from greater to smaller ones, or back");
    else if (s->likeness == TRMI_LIKENESS_UNKNOWN)
        trmi_findings_say(
            to, "not known: whether values are alike, of so few puzzles (--fields %" PRIu32 " if they are)",
            s->value_count);
    else
        trmi_findings_say(to,
                          "values are not alike: '%c' differs, %s (--fields %" PRIu32
                          " if they are alike all the "
                          "same)",
                          s->unlike, where[s->likeness], s->value_count);
}

static void tell_relations(trm_survey *to, const trmi_sample *sample)
{
    for (uint32_t i = 0; i < sample->relation_count; i++) {
        const trmi_sample_relation *r = &sample->relation[i];
        if (!r->nodes && r->pairs > 0 && r->equal == 0)
            trmi_findings_say(to, "relation %s: who hears whom never has the same value", r->name);
        else
            trmi_findings_say(to, "relation %s; not known: what answers have to do with it", r->name);
    }
}

void trmi_findings_tell(trm_survey *survey, const trmi_sample *sample, const trmi_statistics *s)
{
    tell_size(survey, sample, s);
    tell_characters(survey, s);
    tell_groups(survey, s);
    tell_relations(survey, sample);
    tell_likeness(survey, sample, s);
}
