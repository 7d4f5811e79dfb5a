/* What puzzles bring: pairs and groups that are drawn so that the answer fulfils what is said of them. */
#include <string.h>

#include "lib/puzzles/described.h"
#include "lib/puzzles/regions.h"

static uint32_t draw_between(trmi_generator *g, uint32_t least, uint32_t most)
{
    return least + trmi_generator_below(g, most - least + 1);
}

/* -- pairs -- */

/* Whether the answer fulfils the rule of the two. */
static bool may_pair(const trmi_described *d, uint32_t kind, uint32_t a, uint32_t b)
{
    return kind == TRMI_BARRED ? a != b && (d->description->barred[d->answer[a]] >> d->answer[b] & 1) == 0
                               : d->answer[a] != d->answer[b];
}

/* Bars pairs of those values that the puzzle has. */
static bool add_barred(trmi_described *d, uint32_t a, uint32_t b)
{
    const uint32_t values = d->constraints.values;
    uint32_t members[2 * TRMI_DESCRIBED_VALUES * TRMI_DESCRIBED_VALUES], count = 0;
    for (uint32_t v = 0; v < values; v++)
        for (uint32_t w = 0; w < values; w++)
            if ((d->description->barred[v] >> w & 1) != 0) {
                members[count++] = a * values + v;
                members[count++] = b * values + w;
            }
    return count == 0 || trmi_constraints_add(&d->constraints, TRMI_BARRED, members, count, 2);
}

/* The one with the smaller value first, where it is not given pairs of values that are barred. */
static bool add_pair(trmi_described *d, uint32_t kind, uint32_t a, uint32_t b)
{
    const bool less = d->answer[a] < d->answer[b];
    if (kind == TRMI_BARRED)
        return add_barred(d, a, b);
    return trmi_constraints_add(&d->constraints, kind, (uint32_t[]) { less ? a : b, less ? b : a }, 2, 0);
}

static bool bring_neighbours(trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    const uint32_t side = d->constraints.side, share = draw_between(g, rule->least, rule->most);
    bool good = true;
    for (uint32_t cell = 0; good && cell < side * side; cell++) {
        if (cell % side + 1 < side && trmi_generator_below(g, 100) < share &&
            may_pair(d, rule->kind, cell, cell + 1))
            good = add_pair(d, rule->kind, cell, cell + 1);
        if (good && cell + side < side * side && trmi_generator_below(g, 100) < share &&
            may_pair(d, rule->kind, cell, cell + side))
            good = add_pair(d, rule->kind, cell, cell + side);
    }
    return good;
}

/* Pairs are drawn until there are enough, or none is found any more. */
static bool bring_pairs(trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    enum { TRIES = 100 };
    const uint32_t cells = d->constraints.cells;
    uint32_t wanted = cells * draw_between(g, rule->least, rule->most) / 20; /* tenths, two in each pair */
    bool good = true;
    for (uint32_t a = 0; a < cells; a++)
        memset(d->joined[a], 0, cells);
    for (uint32_t tries = TRIES * (wanted + 1); good && wanted > 0 && tries > 0; tries--) {
        const uint32_t a = trmi_generator_below(g, cells), b = trmi_generator_below(g, cells);
        if (!may_pair(d, rule->kind, a, b) || d->joined[a][b] != 0)
            continue;
        d->joined[a][b] = d->joined[b][a] = 1;
        good = add_pair(d, rule->kind, a, b);
        wanted--;
    }
    return good;
}

/* -- groups -- */

/* Takes in a free cell that touches the region; false where there is none. */
static bool grow(uint32_t side, uint8_t *taken, uint32_t *region, uint32_t *count, trmi_generator *g)
{
    uint32_t open[4 * TRMI_DESCRIBED_GROUP], opens = 0, beside[4];
    for (uint32_t i = 0; i < *count; i++)
        for (uint32_t n = trmi_cells_beside(side, region[i], beside); n-- > 0;)
            if (taken[beside[n]] == 0)
                open[opens++] = beside[n];
    if (opens == 0)
        return false;
    region[*count] = open[trmi_generator_below(g, opens)];
    taken[region[(*count)++]] = 1;
    return true;
}

static uint32_t sum_of(const trmi_described *d, const uint32_t *cells, uint32_t count)
{
    uint32_t sum = count; /* values count from 1 */
    for (uint32_t i = 0; i < count; i++)
        sum += d->answer[cells[i]];
    return sum;
}

static bool bring_sums(trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    const uint32_t side = d->constraints.side;
    uint8_t taken[TRMI_DESCRIBED_SIDE * TRMI_DESCRIBED_SIDE] = { 0 };
    bool good = true;
    for (uint32_t cell = 0; good && cell < side * side; cell++) {
        uint32_t region[TRMI_DESCRIBED_GROUP], count = 1;
        const uint32_t wanted = draw_between(g, rule->least, rule->most);
        if (taken[cell] != 0)
            continue;
        taken[cell] = 1;
        region[0] = cell;
        while (count < wanted && grow(side, taken, region, &count, g))
            ;
        good = trmi_constraints_add(&d->constraints, TRMI_SUM, region, count, sum_of(d, region, count));
    }
    return good;
}

/* Regions are drawn before there is an answer. */
static bool bring_regions(trmi_described *d, trmi_generator *g)
{
    const uint32_t side = d->constraints.side;
    uint8_t region[TRMI_DESCRIBED_SIDE * TRMI_DESCRIBED_SIDE];
    uint32_t members[TRMI_DESCRIBED_SIDE][TRMI_DESCRIBED_SIDE], count[TRMI_DESCRIBED_SIDE] = { 0 };
    bool good = true;
    trmi_regions_draw(side, g, region);
    for (uint32_t cell = 0; cell < side * side; cell++)
        members[region[cell]][count[region[cell]]++] = cell;
    for (uint32_t i = 0; good && i < side; i++)
        good = trmi_constraints_add(&d->constraints, TRMI_ALL_DIFFERENT, members[i], side, 0);
    return good;
}

bool trmi_described_bring(trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    switch (rule->scope) {
    case TRMI_SCOPE_REGIONS:
        return rule->kind == TRMI_SUM ? bring_sums(d, rule, g) : bring_regions(d, g);
    case TRMI_SCOPE_NEIGHBOURS:
        return bring_neighbours(d, rule, g);
    case TRMI_SCOPE_PAIRS:
        return bring_pairs(d, rule, g);
    default:
        return true;
    }
}
