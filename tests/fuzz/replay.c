/* Runs a fuzz target without an engine: every file of the folders named is fed as it is, then `--mutations N`
 * times damaged. Damage is reproducible (--seed), and half of the time a .trm file's checksums are made right
 * again, so that it reaches what lies behind them.
 *
 *     open_fuzz [--mutations N] [--seed N] FOLDER... */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/damage.h"
#include "tests/fuzz/target.h"

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long end = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    if (end >= 0 && fseek(file, 0, SEEK_SET) == 0)
        data = malloc((size_t)end + 1);
    if (data != NULL && fread(data, 1, (size_t)end, file) != (size_t)end) {
        free(data);
        data = NULL;
    }
    if (file != NULL)
        fclose(file);
    *size = (size_t)end;
    return data;
}

static bool run_file(const char *path, uint32_t mutations, uint64_t seed)
{
    size_t size;
    uint8_t *data = read_file(path, &size);
    uint8_t *damaged = data != NULL ? malloc(size + 1) : NULL;
    if (damaged == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(data);
        return false;
    }
    LLVMFuzzerTestOneInput(data, size);
    for (uint32_t i = 0; size > 0 && i < mutations; i++) {
        size_t left = size;
        memcpy(damaged, data, size);
        damage(damaged, &left, seed + i);
        LLVMFuzzerTestOneInput(damaged, left);
    }
    free(data);
    free(damaged);
    return true;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Files fed, or -1. */
static int run_folder(const char *folder, uint32_t mutations, uint64_t seed)
{
    struct dirent **entries;
    bool passed = true;
    const int count = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        passed &= run_file(path, mutations, seed);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return passed ? count : -1;
}

int main(int argc, char **argv)
{
    uint32_t mutations = 0;
    uint64_t seed = 1;
    int files = 0;
    bool passed = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--mutations") == 0 && i + 1 < argc) {
            mutations = (uint32_t)strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 10);
        } else {
            const int fed = run_folder(argv[i], mutations, seed);
            passed &= fed >= 0;
            files += fed > 0 ? fed : 0;
        }
    }
    printf("%d files, each as it is and with %u mutations\n", files, (unsigned)mutations);
    return passed && files > 0 ? 0 : 1;
}
