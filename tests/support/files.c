/* Files, directories and failing memory for the tests of what reads and writes. */
#define _POSIX_C_SOURCE 200809L
#include "tests/support/files.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/core/bytes.h"

const char *golden_path(const char *name)
{
    static char path[4096];
    const char *root = getenv("TRM_SOURCE_ROOT");
    ck_assert_msg(root != NULL, "TRM_SOURCE_ROOT is not set");
    snprintf(path, sizeof path, "%s/tests/golden/%s.safetensors", root, name);
    return path;
}

uint8_t *read_whole(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = calloc(*bytes + 1, 1);
    ck_assert(data != NULL && fread(data, 1, *bytes, file) == *bytes);
    fclose(file);
    return data;
}

void write_whole(const char *path, const void *data, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "cannot create %s", path);
    ck_assert_uint_eq(fwrite(data, 1, bytes, file), bytes);
    ck_assert_int_eq(fclose(file), 0);
}

char *make_directory(void)
{
    const char *place = getenv("TMPDIR");
    char *path = calloc(4096, 1);
    ck_assert(path != NULL);
    snprintf(path, 4096, "%s/trm-test-XXXXXX", place != NULL ? place : "/tmp");
    ck_assert(mkdtemp(path) != NULL);
    return path;
}

unsigned count_files(const char *directory)
{
    unsigned count = 0;
    DIR *listing = opendir(directory);
    ck_assert(listing != NULL);
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(listing);
    return count;
}

const char *inside_directory(const char *directory, const char *name)
{
    static char paths[4][4096];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

void remove_directory(char *directory)
{
    DIR *listing = opendir(directory);
    for (const struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;)
        if (entry->d_name[0] != '.')
            remove(inside_directory(directory, entry->d_name));
    if (listing != NULL)
        closedir(listing);
    rmdir(directory);
    free(directory);
}

uint8_t *make_safetensors(const char *header, const void *data, size_t data_bytes, size_t *bytes)
{
    const size_t length = strlen(header);
    uint8_t *file = malloc(8 + length + data_bytes);
    ck_assert(file != NULL);
    trmi_store64(file, length);
    memcpy(file + 8, header, length);
    if (data_bytes > 0)
        memcpy(file + 8 + length, data, data_bytes);
    *bytes = 8 + length + data_bytes;
    return file;
}

static char *replace_all(const char *text, const char *from, const char *to)
{
    char *result = calloc(8 * strlen(text) + 1, 1), *end = result;
    ck_assert(result != NULL);
    for (const char *found; (found = strstr(text, from)) != NULL; text = found + strlen(from)) {
        memcpy(end, text, (size_t)(found - text));
        end += found - text;
        memcpy(end, to, strlen(to));
        end += strlen(to);
    }
    memcpy(end, text, strlen(text));
    return result;
}

uint8_t *edit_header(const uint8_t *file, size_t bytes, const char *from, const char *to,
                     size_t *edited_bytes)
{
    const size_t length = (size_t)trmi_load64(file);
    char *header = calloc(length + 1, 1);
    ck_assert(header != NULL);
    memcpy(header, file + 8, length);
    ck_assert_msg(strstr(header, from) != NULL, "the header has no %s", from);
    char *edited = replace_all(header, from, to);
    uint8_t *result = make_safetensors(edited, file + 8 + length, bytes - 8 - length, edited_bytes);
    free(header);
    free(edited);
    return result;
}

static void *allocate_or_fail(void *user, size_t bytes)
{
    failing_memory *memory = user;
    const uint64_t call = memory->calls++;
    if (call == memory->fail_at || (memory->forever && call > memory->fail_at))
        return NULL;
    memory->alive++;
    return malloc(bytes);
}

static void release_counted(void *user, void *pointer)
{
    failing_memory *memory = user;
    memory->alive--;
    free(pointer);
}

trm_allocator failing_allocator(failing_memory *memory)
{
    return (trm_allocator) { sizeof(trm_allocator), memory, allocate_or_fail, release_counted };
}
