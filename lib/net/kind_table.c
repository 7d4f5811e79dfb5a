/* The table of kinds of blocks: a new kind is a file beside this one, and a row here. */
#include <string.h>

#include "lib/net/kinds.h"

static const trmi_kind *const kinds[] = {
#ifndef TRM_WITHOUT_MIXER
    &trmi_kind_mixer,
#endif
#ifndef TRM_WITHOUT_ATTENTION
    &trmi_kind_attention,
#endif
#ifndef TRM_WITHOUT_RELATIONAL
    &trmi_kind_relational,
#endif
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

const trmi_kind *trmi_kind_of(uint32_t block)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i]->block == block)
            return kinds[i];
    return NULL;
}

const trmi_kind *trmi_kind_named(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}
