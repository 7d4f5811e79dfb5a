/* One row for each field that is refused. Who makes one work deletes its row, and nothing else. */
#include "lib/solve/unsupported.h"

#include <string.h>

#include "lib/core/error.h"

/* A field, the least value that is refused, and why. A pointer is refused when it is not NULL. */
typedef struct refusal {
    const char *name, *why;
    size_t offset, bytes;
    uint64_t from;
} refusal;

#define REFUSE(type, field, least, sentence) \
    { \
        .name = #type "." #field, .why = sentence, .offset = offsetof(type, field), \
        .bytes = sizeof((type *)NULL)->field, .from = least \
    }

/* clang-format off */
static const refusal options_refused[] = {
    REFUSE(trm_solve_options, candidates, 1, "several answers of a question"),
};
/* clang-format on */

static uint64_t value_of(const void *structure, const refusal *row)
{
    const char *at = (const char *)structure + row->offset;
    uint32_t narrow = 0;
    uint64_t wide = 0;
    if (row->bytes == sizeof narrow)
        memcpy(&narrow, at, sizeof narrow);
    else
        memcpy(&wide, at, sizeof wide);
    return row->bytes == sizeof narrow ? narrow : wide;
}

static trm_status refuse(const void *structure, const refusal *rows, size_t count, trm_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (value_of(structure, &rows[i]) >= rows[i].from)
            return trmi_fail(error, TRM_ERROR_UNSUPPORTED, "%s: this version (%s) does not know %s yet",
                             rows[i].name, trm_version_text(), rows[i].why);
    return TRM_OK;
}

trm_status trmi_unsupported_options(const trm_solve_options *options, trm_error *error)
{
    return refuse(options, options_refused, sizeof options_refused / sizeof *options_refused, error);
}
