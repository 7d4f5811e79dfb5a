#include "bindings/cli/alphabet_option.h"

#include <string.h>

#include "bindings/cli/report.h"

bool alphabet_of(const char *command, const char *text, const char **characters, uint32_t *first)
{
    const char *at = text;
    for (*first = 0; at != NULL && strncmp(at, "\\0", 2) == 0; at += 2)
        ++*first;
    *characters = at;
    if (at == NULL || *at != '\0')
        return true;
    report_error("%s: --alphabet: expected characters, found only '%s'", command, text);
    return false;
}
