#define _POSIX_C_SOURCE 200809L
#include "tests/fuzz/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[2048];
static const char *const *known;

const char *folder_path(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_files(void)
{
    for (int i = 0; i < FOLDER_FILES; i++)
        remove(folder_path(known[i]));
}

static void remove_folder(void)
{
    remove_files();
    rmdir(folder);
}

static void make_folder(void)
{
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.2000s/trm-fuzz-XXXXXX", place != NULL ? place : "/tmp");
    if (mkdtemp(folder) == NULL)
        abort();
    atexit(remove_folder);
}

static void write_file(const char *name, const uint8_t *data, size_t size)
{
    FILE *file = fopen(folder_path(name), "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

const char *folder_of(const char *const names[FOLDER_FILES], const uint8_t *data, size_t size)
{
    known = names;
    if (folder[0] == '\0')
        make_folder();
    remove_files();
    size_t at = size < 4 ? size : 4;
    for (int i = 0; i < FOLDER_FILES; i++) {
        const size_t left = size - at;
        const size_t told = i < 2 && size >= 4 ? data[2 * i] | (size_t)data[2 * i + 1] << 8 : left;
        const size_t count = told < left ? told : left;
        if (count > 0)
            write_file(names[i], data + at, count);
        at += count;
    }
    return folder;
}
