/* What lib/core/host.h asks for, where there is no system: nothing is allocated, no time passes, no file is
 * there. It stands in for the rest of this folder in firmware (-Dfreestanding=true, trm.c). */
#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/source.h"
#include "lib/core/variants.h"

void *trmi_host_allocate(void *user, size_t bytes)
{
    (void)user, (void)bytes;
    return NULL;
}

void trmi_host_release(void *user, void *memory)
{
    (void)user, (void)memory;
}

uint64_t trmi_clock(void)
{
    return 0;
}

bool trmi_has_clock(void)
{
    return false;
}

/* What the compiler was told of the processor is all that anybody knows of it. */
uint32_t trmi_cpu_features(void)
{
    uint32_t features = TRMI_CPU_NONE;
#ifdef TRMI_HAVE_CORTEX_M
    features |= TRMI_CPU_DSP;
#endif
#ifdef TRMI_HAVE_HELIUM
    features |= TRMI_CPU_HELIUM;
#endif
    return features;
}

trm_status trmi_source_open(trmi_source *source, const char *path, uint32_t flags,
                            const trm_allocator *allocator, trm_error *error)
{
    (void)path, (void)flags;
    *source = (trmi_source) { .allocator = allocator };
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "expected a model in memory, as this build knows no files, found a path");
}
