/* What the tests use of POSIX beside lib/host/windows_posix.h, for the compiler to read behind that. Blocks
 * of memory that are aligned need a way of their own to be freed on Windows: so all are. */
#ifndef TRM_TESTS_WINDOWS_POSIX_H
#define TRM_TESTS_WINDOWS_POSIX_H

#include <direct.h>
#include <malloc.h>

enum { TEST_ALIGNMENT = 16 };

static inline void *test_zeros(size_t count, size_t bytes)
{
    void *memory = _aligned_malloc(count * bytes + 1, TEST_ALIGNMENT);
    return memory != NULL ? memset(memory, 0, count * bytes) : NULL;
}

static inline char *test_copy(const char *text)
{
    char *copy = test_zeros(strlen(text) + 1, 1);
    return copy != NULL ? strcpy(copy, text) : NULL;
}

static inline char *test_folder(char *path)
{
    const int file = mkstemp(path);
    return file >= 0 && close(file) == 0 && unlink(path) == 0 && _mkdir(path) == 0 ? path : NULL;
}

#undef UNALIGNED
#define malloc(bytes) _aligned_malloc(bytes, TEST_ALIGNMENT)
#define calloc(count, bytes) test_zeros(count, bytes)
#define realloc(memory, bytes) _aligned_realloc(memory, bytes, TEST_ALIGNMENT)
#define aligned_alloc(step, bytes) _aligned_malloc(bytes, step)
#define posix_memalign(memory, step, bytes) ((*(memory) = _aligned_malloc(bytes, step)) != NULL ? 0 : -1)
#define free(memory) _aligned_free(memory)
#undef strdup
#define strdup(text) test_copy(text)

#define mkdtemp(path) test_folder(path)
#define write(file, data, bytes) _write(file, data, (unsigned)(bytes))
#define mkdir(path, mode) _mkdir(path)
#define setenv(name, value, over) _putenv_s(name, value)
#define unsetenv(name) _putenv_s(name, "")

#endif
