/* How many processors this process may use. */
#ifndef TRMI_HOST_PROCESSORS_H
#define TRMI_HOST_PROCESSORS_H

#include <stdint.h>

/* The processors of its affinity mask, or its cgroup's limit (rounded up) if that is less; at least 1.
 * Builds without threads have 1. */
uint32_t trmi_processors(void);

/* The least limit of the cgroups that `membership` (the text of /proc/self/cgroup) names and of those above
 * them, in the trees of versions 1 and 2 below `root`; UINT32_MAX when there is none. */
uint32_t trmi_cgroup_limit(const char *root, const char *membership);

#endif
