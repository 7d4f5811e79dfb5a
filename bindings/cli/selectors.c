#include "bindings/cli/selectors.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    trm_policy policy;
} known[SELECTORS] = { { "one run", TRM_POLICY_FIRST_HALT },
                       { "first-halt", TRM_POLICY_FIRST_HALT },
                       { "vote", TRM_POLICY_VOTE },
                       { "best", TRM_POLICY_BEST },
                       { "first-verified", TRM_POLICY_FIRST_VERIFIED } };

const char *selector_name(int selector)
{
    return known[selector].name;
}

trm_solve_options selector_options(const trm_solve_options *common, int selector, uint32_t runs,
                                   double threshold)
{
    trm_solve_options options = *common;
    options.halt = TRM_HALT_SIGNAL;
    options.halt_probability = threshold;
    options.policy = known[selector].policy;
    options.runs = runs;
    if (selector == 0) {
        options.runs = 1;
        options.views = NULL;
        options.view_count = 0;
    }
    return options;
}

static bool is_trusted(const selector_scores *s, size_t classes, int selector, double wrong)
{
    for (size_t c = 0; c < classes; c++) {
        const selector_score *of = &s->score[c][selector], *one = &s->score[c][0];
        if (of->right < one->right || (double)of->mistaken > wrong * (double)of->sure)
            return false;
    }
    return selector + 1 < SELECTORS || s->has_rules;
}

void selectors_trusted(const selector_scores *s, size_t classes, double wrong, char to[SELECTOR_WORDS])
{
    size_t used = 0;
    for (int i = 1; i < SELECTORS; i++)
        if (is_trusted(s, classes, i, wrong))
            used += (size_t)snprintf(to + used, SELECTOR_WORDS - used, "%s%s", used > 0 ? " " : "",
                                     known[i].name);
    if (used == 0)
        snprintf(to, SELECTOR_WORDS, "none");
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

void selectors_print(const selector_scores *s, const sweep *classes, uint32_t runs)
{
    printf("%-28s %14s %8s %11s %11s %11s %9s\n", "", "chosen by", "puzzles", "exact", "called right",
           "of it wrong", "steps");
    for (size_t c = 0; c < classes->class_count; c++)
        for (int i = 0; i < SELECTORS - !s->has_rules; i++) {
            const selector_score *of = &s->score[c][i];
            printf("%-28.28s %14s %8llu %9.2f %% %9.2f %% %9.2f %% %9.2f\n", classes->classes[c].name,
                   known[i].name, (unsigned long long)of->puzzles, percent(of->right, of->puzzles),
                   percent(of->sure, of->puzzles), percent(of->mistaken, of->sure),
                   of->puzzles > 0 ? (double)of->steps / (double)of->puzzles : 0.0);
        }
    printf("steps are those of all %lu runs together\n", (unsigned long)runs);
}
