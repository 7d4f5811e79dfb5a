#include "bindings/trace/words.h"

#include <string.h>

/* By the values of the enumerators, which never change. */
static const char *const stops[] = { "running",  "signal",   "stable",   "limit",
                                     "deadline", "overflow", "verified", "budget" },
                         *const verdicts[] = { "unverified", "verified", "refuted" },
                         *const hows[] = { "run", "view", "restart", "search", "rules" };
static const char unknown[] = "unknown";

const char *stop_name(uint32_t stop)
{
    return stop < sizeof stops / sizeof *stops ? stops[stop] : unknown;
}

const char *verdict_name(uint32_t verdict)
{
    return verdict < sizeof verdicts / sizeof *verdicts ? verdicts[verdict] : unknown;
}

const char *how_name(uint32_t how)
{
    return how < sizeof hows / sizeof *hows ? hows[how] : unknown;
}

bool value_named(const char *name, const char *(*name_of)(uint32_t), uint32_t *value)
{
    for (*value = 0; name_of(*value) != unknown; ++*value)
        if (strcmp(name, name_of(*value)) == 0)
            return true;
    return false;
}
