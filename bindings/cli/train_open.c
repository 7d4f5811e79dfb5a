#include "bindings/cli/train_open.h"

#include "bindings/cli/report.h"
#include "bindings/cli/shape.h"

bool option_is_open(const char *name)
{
    return !shape_was_given(&train_command, name);
}

void open_number(const char *name, uint64_t *to, uint64_t value)
{
    if (option_is_open(name))
        *to = value;
}

void open_small(const char *name, uint32_t *to, uint32_t value)
{
    if (option_is_open(name))
        *to = value;
}

void open_real(const char *name, double *to, double value)
{
    if (option_is_open(name))
        *to = value;
}

void open_text(const char *name, const char **to, const char *value)
{
    if (option_is_open(name))
        *to = value;
}
