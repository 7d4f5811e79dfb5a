/* The processors of the process's affinity mask: one group of at most 64. */
#include "config.h"
#include "lib/host/processors.h"

#include <windows.h>

uint32_t trmi_cgroup_limit(const char *root, const char *membership)
{
    (void)root, (void)membership;
    return UINT32_MAX;
}

uint32_t trmi_processors(void)
{
#ifdef TRMI_HAVE_THREADS
    DWORD_PTR own, all;
    uint32_t count = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &own, &all))
        for (; own != 0; own &= own - 1)
            count++;
    return count > 0 ? count : 1;
#else
    return 1;
#endif
}
