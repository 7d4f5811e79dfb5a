/* The header is a dictionary of Python with three keys: {'descr': '<i8', 'fortran_order': False, 'shape': (2,
   81), }. */
#include "lib/puzzles/npy_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"

typedef struct cursor {
    const char *at, *end;
    trm_error *error;
} cursor;

typedef enum key { DESCR, ORDER, SHAPE, KEYS } key;

static trm_status fail(const cursor *c, const char *expected)
{
    char found[32];
    size_t shown = 0;
    while (shown + 1 < sizeof found && c->at + shown < c->end && c->at[shown] >= ' ' && c->at[shown] <= '~')
        shown++;
    memcpy(found, c->at, shown);
    found[shown] = '\0';
    return trmi_fail(c->error, TRM_ERROR_FORMAT, "expected %s in the header, found '%s'", expected, found);
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t'))
        c->at++;
}

static bool take(cursor *c, const char *word)
{
    const size_t length = strlen(word);
    skip_blanks(c);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
        return false;
    c->at += length;
    return true;
}

/* Text in quotes of either kind, cut off where it is too long for any that is known. */
static bool take_text(cursor *c, char text[16])
{
    skip_blanks(c);
    const char quote = c->at < c->end ? *c->at : '\0';
    if (quote != '\'' && quote != '"')
        return false;
    const char *from = c->at + 1, *to = memchr(from, quote, (size_t)(c->end - from));
    if (to == NULL)
        return false;
    const size_t length = to - from < 15 ? (size_t)(to - from) : 15;
    memset(text, 0, 16);
    memcpy(text, from, length);
    c->at = to + 1;
    return true;
}

/* -- the three values -- */

static trm_status read_type(cursor *c, trmi_npy_header *header)
{
    char text[16];
    if (!take_text(c, text))
        return fail(c, "one type of whole numbers, such as '<i8',");
    const char order = text[0], kind = text[1], width = text[2];
    const bool whole =
        (kind == 'i' || kind == 'u') && width != '\0' && strchr("1248", width) != NULL && text[3] == '\0';
    if (whole && order == '>' && width != '1')
        return trmi_fail(c->error, TRM_ERROR_FORMAT,
                         "expected numbers whose lowest byte comes first, found '%s'; save "
                         "array.astype('<i4')",
                         text);
    if (!whole || (order != '<' && width != '1'))
        return trmi_fail(c->error, TRM_ERROR_FORMAT,
                         "expected whole numbers of 1 to 8 bytes, such as '<i8' or '|u1', found '%s'; save "
                         "array.astype('<i4')",
                         text);
    header->width = (uint32_t)(width - '0');
    header->is_signed = kind == 'i';
    return TRM_OK;
}

static trm_status read_order(cursor *c)
{
    if (take(c, "False"))
        return TRM_OK;
    if (take(c, "True"))
        return trmi_fail(c->error, TRM_ERROR_FORMAT,
                         "expected rows one behind the other, found columns (the order of Fortran); save "
                         "numpy.ascontiguousarray(array)");
    return fail(c, "fortran_order True or False");
}

static bool take_dimension(cursor *c, uint64_t *number)
{
    skip_blanks(c);
    const char *begin = c->at;
    uint64_t value = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9' && value <= UINT32_MAX; c->at++)
        value = 10 * value + (uint64_t)(*c->at - '0');
    *number = value;
    return c->at > begin && value <= UINT32_MAX;
}

/* Each dimension has at most 32 bits, so products of two never overflow. */
static trm_status read_shape(cursor *c, trmi_npy_header *header)
{
    size_t used = 0;
    uint64_t size;
    header->rank = 0;
    header->rows = header->numbers = 1;
    if (!take(c, "("))
        return fail(c, "the shape in brackets");
    while (!take(c, ")")) {
        if (header->rank == TRMI_NPY_DIMENSIONS || !take_dimension(c, &size))
            return fail(c, "at most 4 dimensions of at most 32 bits");
        if (header->rank == 0)
            header->rows = size;
        else if (header->numbers > UINT32_MAX || (header->numbers *= size) > UINT32_MAX)
            return fail(c, "rows of less than 2^32 numbers");
        used += (size_t)snprintf(header->shape + used, sizeof header->shape - used, "%s%" PRIu64,
                                 header->rank > 0 ? " x " : "", size);
        header->rank++;
        if (!take(c, ",") && *c->at != ')')
            return fail(c, "a comma or a closing bracket");
    }
    return TRM_OK;
}

static trm_status read_value(cursor *c, trmi_npy_header *header, key which)
{
    return which == DESCR ? read_type(c, header) : which == ORDER ? read_order(c) : read_shape(c, header);
}

trm_status trmi_npy_header_read(trmi_npy_header *header, const char *text, size_t bytes, trm_error *error)
{
    static const char *const names[KEYS] = { "descr", "fortran_order", "shape" };
    cursor c = { text, text + bytes, error };
    char name[16];
    bool seen[KEYS] = { false };
    *header = (trmi_npy_header) { .width = 0 };
    if (!take(&c, "{"))
        return fail(&c, "a bracket {");
    while (!take(&c, "}")) {
        if (!take_text(&c, name) || !take(&c, ":"))
            return fail(&c, "a key and a colon");
        uint32_t which = 0;
        while (which < KEYS && strcmp(names[which], name) != 0)
            which++;
        if (which == KEYS || seen[which])
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "expected descr, fortran_order and shape in the header, each once, found '%s'",
                             name);
        seen[which] = true;
        const trm_status status = read_value(&c, header, (key)which);
        if (status != TRM_OK)
            return status;
        if (!take(&c, ",") && *c.at != '}')
            return fail(&c, "a comma or a closing bracket");
    }
    for (uint32_t i = 0; i < KEYS; i++)
        if (!seen[i])
            return trmi_fail(error, TRM_ERROR_FORMAT, "expected '%s' in the header, found none", names[i]);
    return TRM_OK;
}
