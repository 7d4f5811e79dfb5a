#include "bindings/cli/alphabet_option.h"

#include <stddef.h>
#include <string.h>

const char *alphabet_of(const char *text, uint32_t *first)
{
    for (*first = 0; text != NULL && strncmp(text, "\\0", 2) == 0; text += 2)
        ++*first;
    return text;
}
