/* To be preloaded: the C library's allocations, of which one fails, or all from one on. So fail those of
 * libraries too that take no allocator, such as Jansson, zlib and the C library itself.
 *
 *     TRM_FAIL_AT     the allocation that fails, from 0, counted from the beginning of the program
 *     TRM_FAIL_ON     set: all that follow fail, too
 *     TRM_FAIL_SEEN   a file that is made when one fails */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *pointer, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

static bool counts, goes_on;
static unsigned long calls, fails_at;
static const char *seen;

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("TRM_FAIL_AT");
    seen = getenv("TRM_FAIL_SEEN");
    goes_on = getenv("TRM_FAIL_ON") != NULL;
    fails_at = at != NULL ? strtoul(at, NULL, 10) : 0;
    counts = at != NULL && seen != NULL;
}

static bool fails(void)
{
    if (!counts)
        return false;
    const unsigned long call = __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    if (call != fails_at && !(goes_on && call > fails_at))
        return false;
    const int file = open(seen, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0)
        close(file);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t bytes)
{
    return fails() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *pointer, size_t bytes)
{
    return fails() ? NULL : __libc_realloc(pointer, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return fails() ? NULL : __libc_memalign(alignment, bytes);
}

int posix_memalign(void **pointer, size_t alignment, size_t bytes)
{
    *pointer = fails() ? NULL : __libc_memalign(alignment, bytes);
    return *pointer == NULL ? ENOMEM : 0;
}
