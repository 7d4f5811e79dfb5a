/* Statements are lines of words; each word knows where it stands, so that what is wrong can be pointed at. */
#include "lib/puzzles/description.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/task/family.h"

enum { PAIRS = TRMI_DESCRIBED_VALUES * TRMI_DESCRIBED_VALUES, WORDS = PAIRS + 4, TENTHS = 10 };

typedef struct word {
    const char *at;
    size_t length;
    unsigned column;
} word;

typedef struct reader {
    trmi_description *to;
    const char *at;
    word words[WORDS + 1]; /* of the line; behind the last one an empty word */
    unsigned count, line;
    bool has_variables, has_values;
    trm_error *error;
} reader;

static trm_status fail_word(const reader *r, const word *w, const char *expected)
{
    return trmi_fail(r->error, TRM_ERROR_FORMAT, "line %u, column %u: expected %s, found %s%.*s%s", r->line,
                     w->column, expected, w->length > 0 ? "'" : "the end of the line",
                     (int)(w->length < 40 ? w->length : 40), w->at, w->length > 0 ? "'" : "");
}

/* -- words -- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_line(char c)
{
    return c == '\0' || c == '\n' || c == '#';
}

/* Splits the next line, up to what is said about it behind '#'. */
static trm_status split_line(reader *r)
{
    const char *begin = r->at;
    r->line++;
    r->count = 0;
    for (;;) {
        while (is_blank(*r->at))
            r->at++;
        word *w = &r->words[r->count];
        *w = (word) { r->at, 0, (unsigned)(r->at - begin) + 1 };
        if (ends_line(*r->at))
            break;
        while (!is_blank(r->at[w->length]) && !ends_line(r->at[w->length]))
            w->length++;
        if (r->count == WORDS)
            return fail_word(r, w, "at most 260 words in a line");
        r->at += w->length;
        r->count++;
    }
    while (*r->at != '\0' && *r->at != '\n')
        r->at++;
    r->at += *r->at == '\n';
    return TRM_OK;
}

static bool is_word(const word *w, const char *text)
{
    return w->length == strlen(text) && memcmp(w->at, text, w->length) == 0;
}

/* -- ranges -- */

/* A number, perhaps with one digit behind the point, in tenths; moves *at behind it. */
static bool take_number(const char **at, const char *end, uint32_t *tenths)
{
    uint32_t whole = 0, digits = 0, part = 0;
    for (; *at < end && **at >= '0' && **at <= '9' && digits < 6; (*at)++, digits++)
        whole = 10 * whole + (uint32_t)(**at - '0');
    if (digits == 0)
        return false;
    if (*at + 1 < end && **at == '.' && (*at)[1] >= '0' && (*at)[1] <= '9') {
        part = (uint32_t)((*at)[1] - '0');
        *at += 2;
    }
    *tenths = TENTHS * whole + part;
    return true;
}

/* A or A-B within bounds, in tenths; whole numbers unless `fine`. */
typedef struct range {
    const char *expected;
    uint32_t lowest, highest;
    bool fine;
} range;

static trm_status read_range(const reader *r, const word *w, const range *bounds, uint32_t *least,
                             uint32_t *most)
{
    const char *at = w->at, *end = w->at + w->length;
    bool good = take_number(&at, end, least);
    *most = *least;
    if (good && at < end && *at == '-') {
        at++;
        good = take_number(&at, end, most);
    }
    if (good && at < end && *at == '%')
        at++;
    if (!good || at != end || *least > *most || *least < TENTHS * bounds->lowest ||
        *most > TENTHS * bounds->highest || (!bounds->fine && (*least % TENTHS != 0 || *most % TENTHS != 0)))
        return fail_word(r, w, bounds->expected);
    if (!bounds->fine) {
        *least /= TENTHS;
        *most /= TENTHS;
    }
    return TRM_OK;
}

/* -- statements -- */

static trm_status expect_end(const reader *r, unsigned at)
{
    return at >= r->count ? TRM_OK : fail_word(r, &r->words[at], "the end of the line");
}

static trm_status read_name(reader *r)
{
    const word *w = &r->words[1];
    bool good = w->length > 0 && w->length < TRMI_DESCRIPTION_NAME_BYTES, exact;
    if (r->to->name[0] != '\0')
        return fail_word(r, &r->words[0], "one task");
    for (size_t i = 0; i < w->length; i++)
        good = good && (w->at[i] == '_' || w->at[i] == '-' || (w->at[i] >= 'a' && w->at[i] <= 'z') ||
                        (i > 0 && w->at[i] >= '0' && w->at[i] <= '9'));
    if (!good)
        return fail_word(r, w, "a name of at most 63 lower-case letters, digits, _ and -");
    memcpy(r->to->name, w->at, w->length);
    r->to->name[w->length] = '\0';
    if (trmi_family_of(r->to->name, false, &exact)->kind != TRMI_GRAPH || exact)
        return fail_word(r, w, "a name of its own, as this one has a meaning already");
    return expect_end(r, 2);
}

static trm_status read_variables(reader *r)
{
    if (r->has_variables)
        return fail_word(r, &r->words[0], "variables once");
    r->has_variables = true;
    if (!is_word(&r->words[1], "N"))
        return fail_word(r, &r->words[1], "N or N x N");
    r->to->grid = r->count > 2;
    if (r->to->grid && !(is_word(&r->words[2], "x") && is_word(&r->words[3], "N")))
        return fail_word(r, &r->words[2], "x N, or the end of the line");
    return expect_end(r, r->to->grid ? 4 : 2);
}

/* ... as CHARACTERS, of each value one. */
static trm_status read_characters(reader *r, unsigned at)
{
    trmi_description *d = r->to;
    const word *w = &r->words[at + 1];
    if (!is_word(&r->words[at], "as"))
        return expect_end(r, at);
    bool good = d->most_values > 0 && w->length == d->most_values;
    for (size_t i = 0; good && i < w->length; i++)
        good = w->at[i] > ' ' && w->at[i] < 0x7f && strchr(".,\"\\", w->at[i]) == NULL &&
               memchr(w->at + i + 1, w->at[i], w->length - i - 1) == NULL;
    if (!good)
        return fail_word(r, w,
                         "a different character for each value, without blank, '.', ',', '\"' and '\\'");
    memcpy(d->characters + 1, w->at, w->length);
    return expect_end(r, at + 2);
}

static trm_status read_values(reader *r)
{
    static const char usual[] = ".123456789ABCDEFG";
    static const range bounds = { "N, or a number of values from 2 to 16, or a range of these", 2,
                                  TRMI_DESCRIBED_VALUES, false };
    trmi_description *d = r->to;
    if (r->has_values)
        return fail_word(r, &r->words[0], "values once");
    r->has_values = true;
    if (!is_word(&r->words[1], "N"))
        TRMI_TRY(read_range(r, &r->words[1], &bounds, &d->least_values, &d->most_values));
    memcpy(d->characters, usual, 1 + trmi_description_values(d));
    return read_characters(r, 2);
}

static trm_status read_givens(reader *r)
{
    static const range bounds = { "per cent of the variables from 0 to 100, such as 0-20%", 0, 100, false };
    trmi_description *d = r->to;
    if (d->several)
        return fail_word(r, &r->words[0], "givens once");
    d->several = true;
    TRMI_TRY(read_range(r, &r->words[1], &bounds, &d->least_givens, &d->most_givens));
    return expect_end(r, 2);
}

/* -- rules -- */

typedef struct kind_row {
    const char *name;
    uint32_t scopes; /* a bit for each that it may have */
} kind_row;

#define BIT(scope) (1u << TRMI_SCOPE_##scope)
static const kind_row kinds[] = {
    [TRMI_ALL_DIFFERENT] = { "all_different",
                             BIT(ROW) | BIT(COLUMN) | BIT(BOX) | BIT(DIAGONALS) | BIT(REGIONS) },
    [TRMI_CONFLICT] = { "conflict", BIT(NEIGHBOURS) | BIT(PAIRS) },
    [TRMI_LESS] = { "less", BIT(NEIGHBOURS) | BIT(PAIRS) },
    [TRMI_SUM] = { "sum", BIT(REGIONS) },
    [TRMI_CLAUSE] = { "clause", BIT(GROUPS) },
    [TRMI_ROUTE] = { "path", BIT(PAIRS) },
};
static const char *const scopes[] = { "row",     "column",     "box",   "diagonals",
                                      "regions", "neighbours", "pairs", "groups" };
enum { KINDS = sizeof kinds / sizeof *kinds, SCOPES = sizeof scopes / sizeof *scopes };

/* Of scopes that have one; NULL where the number is N. */
static const range *range_of(const trmi_described_rule *rule)
{
    static const range cells = { "a number of cells from 1 to 8, or a range of these", 1,
                                 TRMI_DESCRIBED_GROUP, false },
                       members = { "a number of variables from 1 to 8, or a range of these", 1,
                                   TRMI_DESCRIBED_GROUP, false },
                       share = { "per cent from 0 to 100, such as 20-50%", 0, 100, false },
                       degree = { "pairs of each variable from 0 to 100, such as 3.6-5.2", 0, 100, true };
    switch (rule->scope) {
    case TRMI_SCOPE_REGIONS:
        return rule->kind == TRMI_SUM ? &cells : NULL;
    case TRMI_SCOPE_NEIGHBOURS:
        return &share;
    case TRMI_SCOPE_PAIRS:
        return &degree;
    default:
        return rule->scope == TRMI_SCOPE_GROUPS ? &members : NULL;
    }
}

static bool is_brought(const trmi_described_rule *rule)
{
    return rule->scope >= TRMI_SCOPE_REGIONS;
}

const trmi_described_rule *trmi_description_brought(const trmi_description *d, uint32_t kind)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (d->rule[i].kind == kind && is_brought(&d->rule[i]))
            return &d->rule[i];
    return NULL;
}

static trm_status add_rule(const reader *r, const word *w, const trmi_described_rule *rule)
{
    trmi_description *d = r->to;
    for (uint32_t i = 0; i < d->count; i++)
        if (d->rule[i].kind == rule->kind &&
            (d->rule[i].scope == rule->scope || (is_brought(&d->rule[i]) && is_brought(rule))))
            return fail_word(r, w, "each rule once");
    d->rule[d->count++] = *rule; /* there are fewer pairs of kind and scope than places */
    return TRM_OK;
}

static bool read_value(const trmi_description *d, char character, uint32_t *value)
{
    const char *found = strchr(d->characters + 1, character);
    *value = found != NULL ? (uint32_t)(found - d->characters) - 1 : 0;
    return found != NULL;
}

/* values PAIR PAIR...: two characters each. */
static trm_status read_barred(reader *r, unsigned *at)
{
    trmi_description *d = r->to;
    uint32_t a, b;
    if (!r->has_values)
        return fail_word(r, &r->words[*at], "values before a rule that names some");
    do {
        const word *w = &r->words[++*at];
        if (w->length != 2 || !read_value(d, w->at[0], &a) || !read_value(d, w->at[1], &b))
            return fail_word(r, w, "a pair of values, such as 12 for 1 beside 2");
        if ((d->barred[a] >> b & 1) != 0)
            return fail_word(r, w, "each pair of values once");
        d->barred[a] |= (uint16_t)(1u << b);
    } while (*at + 1 < r->count);
    ++*at;
    return TRM_OK;
}

/* SCOPE [RANGE] [values PAIR...]; *at moves behind them. */
static trm_status read_scope(reader *r, uint32_t kind, unsigned *at)
{
    const word *w = &r->words[(*at)++];
    trmi_described_rule rule = { .kind = kind };
    while (rule.scope < SCOPES && !(is_word(w, scopes[rule.scope]) && (kinds[kind].scopes >> rule.scope & 1)))
        rule.scope++;
    if (rule.scope == SCOPES)
        return fail_word(r, w,
                         kind == TRMI_ALL_DIFFERENT ? "row, column, box, diagonals or regions"
                         : kind == TRMI_SUM         ? "regions"
                         : kind == TRMI_CLAUSE      ? "groups"
                         : kind == TRMI_ROUTE       ? "pairs"
                                                    : "neighbours or pairs");
    if (rule.scope <= TRMI_SCOPE_NEIGHBOURS && !(r->has_variables && r->to->grid))
        return fail_word(r, w, "variables N x N before a rule of a grid");
    const range *bounds = range_of(&rule);
    if (bounds != NULL)
        TRMI_TRY(read_range(r, &r->words[(*at)++], bounds, &rule.least, &rule.most));
    if (*at < r->count && is_word(&r->words[*at], "%") && rule.scope == TRMI_SCOPE_NEIGHBOURS)
        (*at)++;
    if (kind == TRMI_CONFLICT && is_word(&r->words[*at], "values")) {
        rule.kind = TRMI_BARRED;
        TRMI_TRY(read_barred(r, at));
    }
    return add_rule(r, w, &rule);
}

static trm_status read_rule(reader *r, uint32_t kind)
{
    unsigned at = 1;
    trm_status status = read_scope(r, kind, &at);
    while (status == TRM_OK && at < r->count && kind == TRMI_ALL_DIFFERENT)
        status = read_scope(r, kind, &at);
    return status == TRM_OK ? expect_end(r, at) : status;
}

static trm_status read_statement(reader *r)
{
    const word *w = &r->words[0];
    if (is_word(w, "task"))
        return read_name(r);
    if (is_word(w, "variables"))
        return read_variables(r);
    if (is_word(w, "values"))
        return read_values(r);
    if (is_word(w, "givens"))
        return read_givens(r);
    for (uint32_t kind = 0; kind < KINDS; kind++)
        if (is_word(w, kinds[kind].name))
            return read_rule(r, kind);
    return fail_word(r, w,
                     "task, variables, values, givens, all_different, conflict, less, sum, clause or path");
}

bool trmi_description_bars_all(const trmi_description *d, uint32_t values)
{
    const uint16_t all = (uint16_t)((1u << values) - 1);
    for (uint32_t v = 0; v < values; v++)
        if ((d->barred[v] & all) != all)
            return false;
    return true;
}

/* -- the whole -- */

/* A path is of graphs; what its places are it knows by itself. */
static trm_status check_path(const reader *r)
{
    const trmi_description *d = r->to;
    const char *expected = d->count > 1    ? "no other rule beside it"
                           : d->several    ? "no givens beside it, which are its start and goal"
                           : d->grid       ? "variables N"
                           : r->has_values ? "no values beside it, which are '.', S, G and o"
                                           : NULL;
    return expected == NULL ? TRM_OK : trmi_fail(r->error, TRM_ERROR_FORMAT, "path: expected %s", expected);
}

static void spell_path(trmi_description *d)
{
    static const char places[] = ".SGo";
    d->least_values = d->most_values = 1;
    memcpy(d->characters, places, sizeof places);
}

/* What single lines cannot tell. */
static trm_status check(const reader *r)
{
    const trmi_description *d = r->to;
    const bool path = trmi_description_brought(d, TRMI_ROUTE) != NULL;
    const trmi_described_rule *regions = trmi_description_brought(d, TRMI_ALL_DIFFERENT);
    const char *missing = d->name[0] == '\0'        ? "task NAME"
                          : !r->has_variables       ? "variables N or N x N"
                          : !r->has_values && !path ? "values"
                          : d->count == 0           ? "a rule"
                                                    : NULL;
    if (missing != NULL)
        return trmi_fail(r->error, TRM_ERROR_FORMAT, "line %u: expected %s before the end", r->line, missing);
    if (path)
        return check_path(r);
    if (d->most_values == 0 && !d->grid)
        return trmi_fail(r->error, TRM_ERROR_FORMAT, "values N: expected variables N x N, found N");
    if (d->several && trmi_description_brought(d, TRMI_CLAUSE) != NULL)
        return trmi_fail(r->error, TRM_ERROR_FORMAT,
                         "givens: expected none beside clauses, as there are as many as leave one answer");
    if (regions != NULL && d->most_values != 0)
        return trmi_fail(r->error, TRM_ERROR_FORMAT,
                         "all_different regions: expected values N, as regions have N cells");
    if (d->most_values != 0 && trmi_description_bars_all(d, d->least_values))
        return trmi_fail(r->error, TRM_ERROR_FORMAT,
                         "conflict: expected a pair of the %u values that may stand side by side, found none",
                         (unsigned)d->least_values);
    return TRM_OK;
}

trm_status trmi_description_read(trmi_description *description, const char *text, trm_error *error)
{
    reader r = { .to = description, .at = text, .error = error };
    memset(description, 0, sizeof *description);
    if (strlen(text) >= TRMI_DESCRIPTION_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected a text of at most %d bytes, found %zu",
                         TRMI_DESCRIPTION_BYTES - 1, strlen(text));
    trm_status status = TRM_OK;
    while (status == TRM_OK && *r.at != '\0') {
        status = split_line(&r);
        if (status == TRM_OK && r.count > 0)
            status = read_statement(&r);
    }
    if (status == TRM_OK)
        status = check(&r);
    if (status == TRM_OK && trmi_description_brought(description, TRMI_ROUTE) != NULL)
        spell_path(description);
    return status;
}
