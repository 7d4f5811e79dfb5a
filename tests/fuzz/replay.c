/* Runs a fuzz target without an engine: every file of the folders named is fed as it is, then `--mutations N`
 * times damaged. Damage is reproducible (--seed), and half of the time a .trm file's checksums are made right
 * again, so that it reaches what lies behind them; with --signed always, and every second time a model that
 * opens is forged instead: entries and tensors change, as a whole.
 *
 *     open_fuzz [--mutations N] [--seed N] [--signed] FOLDER... */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "tests/fuzz/damage.h"
#include "tests/fuzz/forge.h"
#include "tests/fuzz/target.h"

typedef struct changes {
    uint32_t count;
    uint64_t seed; /* of the first */
    bool signed_ones;
} changes;

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

static bool opens(const uint8_t *data, size_t size)
{
    trm_model *model = NULL;
    const bool good = trm_model_open_memory(data, size, NULL, &model, NULL) == TRM_OK;
    trm_model_close(model);
    return good;
}

static void feed_damaged(const uint8_t *data, size_t size, const changes *c, uint32_t i)
{
    uint8_t *damaged = malloc(size + 1);
    if (damaged == NULL)
        abort();
    memcpy(damaged, data, size);
    damage(damaged, &size, c->seed + i);
    if (c->signed_ones)
        sign(damaged, size);
    LLVMFuzzerTestOneInput(damaged, size);
    free(damaged);
}

static void feed_forged(const parts *model, uint64_t seed)
{
    size_t size;
    uint8_t *file = forge(model, seed, &size);
    LLVMFuzzerTestOneInput(file, size);
    free(file);
}

static bool run_file(const char *path, const changes *c)
{
    static parts model;
    size_t size;
    uint8_t *data = read_file(path, &size);
    if (data == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    const bool forges = c->signed_ones && opens(data, size);
    if (forges)
        parts_read(&model, data, size);
    LLVMFuzzerTestOneInput(data, size);
    for (uint32_t i = 0; size > 0 && i < c->count; i++)
        if (forges && i % 2 == 1)
            feed_forged(&model, c->seed + i);
        else
            feed_damaged(data, size, c, i);
    if (forges)
        parts_free(&model);
    free(data);
    return true;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Files fed, or -1. */
static int run_folder(const char *folder, const changes *c)
{
    struct dirent **entries;
    bool passed = true;
    const int count = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        passed &= run_file(path, c);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return passed ? count : -1;
}

int main(int argc, char **argv)
{
    changes c = { .seed = 1 };
    int files = 0;
    bool passed = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--mutations") == 0 && i + 1 < argc) {
            c.count = (uint32_t)strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            c.seed = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--signed") == 0) {
            c.signed_ones = true;
        } else {
            const int fed = run_folder(argv[i], &c);
            passed &= fed >= 0;
            files += fed > 0 ? fed : 0;
        }
    }
    printf("%d files, each as it is and with %u mutations\n", files, (unsigned)c.count);
    return passed && files > 0 ? 0 : 1;
}
