/* Files, directories and failing memory for the tests of what reads and writes. */
#ifndef TRM_TESTS_FILES_H
#define TRM_TESTS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trm/trm.h>

/* The path of a golden file, in a buffer that the next call overwrites. */
const char *golden_path(const char *name);

/* A whole file in memory from malloc, with a zero behind it; the test fails when there is none. */
uint8_t *read_whole(const char *path, size_t *bytes);
void write_whole(const char *path, const void *data, size_t bytes);

/* A new empty directory; its path, owned by the caller. */
char *make_directory(void);
unsigned count_files(const char *directory);
void remove_directory(char *directory);

/* DIRECTORY/NAME in a buffer that the next call but three overwrites. */
const char *inside_directory(const char *directory, const char *name);

/* A safetensors file out of a header and its data; and one whose header has `from` replaced by `to`
 * everywhere. From malloc. */
uint8_t *make_safetensors(const char *header, const void *data, size_t data_bytes, size_t *bytes);
uint8_t *edit_header(const uint8_t *file, size_t bytes, const char *from, const char *to,
                     size_t *edited_bytes);

/* An allocator whose allocation number `fail_at` (from 0) fails, and with `forever` all that follow. */
typedef struct failing_memory {
    uint64_t calls, fail_at;
    int64_t alive;
    bool forever;
} failing_memory;
trm_allocator failing_allocator(failing_memory *memory);

#endif
