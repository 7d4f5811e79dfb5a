#include "lib/interchange/published.h"

#include <stdbool.h>
#include <string.h>

/* What is left of a name when the wrappers that it was saved through are taken off. */
static const char *without_prefixes(const char *name)
{
    static const char *const prefixes[] = { "_orig_mod.", "module.", "model.", "inner." };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0];) {
        const size_t length = strlen(prefixes[i]);
        const bool there = strncmp(name, prefixes[i], length) == 0;
        name += there ? length : 0;
        i = there ? 0 : i + 1;
    }
    return name;
}

const trmi_safetensor *trmi_checkpoint_find(const trmi_safetensors *file, const char *published_name)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (strcmp(without_prefixes(file->tensors[i].name), published_name) == 0)
            return &file->tensors[i];
    return NULL;
}
