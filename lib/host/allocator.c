/* malloc and free, for callers that bring no allocator. */
#include <stdlib.h>

#include "lib/core/host.h"

void *trmi_host_allocate(void *user, size_t bytes)
{
    (void)user;
    return malloc(bytes);
}

void trmi_host_release(void *user, void *memory)
{
    (void)user;
    free(memory);
}
