/* trm models: those that can be named. */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

typedef struct models_settings {
    bool json;
} models_settings;

static const models_settings defaults = { .json = false };
/* clang-format off */
static const option options[] = {
    JSON_ROW(models_settings),
    LAST_ROW,
};
/* clang-format on */

enum { PATH_BYTES = MODEL_PATH_BYTES };

typedef struct listing {
    int count;
    bool json;
    record record; /* with json */
} listing;

static int is_model(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name), ending = strlen(".trm");
    return length > ending && strcmp(entry->d_name + length - ending, ".trm") == 0;
}

/* Whether that is what the name stands for: it may be none, and another folder may have it, too. */
static bool has_name(const char *name, const char *path)
{
    char found[PATH_BYTES];
    return trm_model_find(name, found, sizeof found, NULL) == TRM_OK && strcmp(found, path) == 0;
}

static void show_json(record *r, const char *name, const char *path, const trm_model_info *info)
{
    record_key(r, name);
    record about = record_begin(stdout);
    record_text(&about, "path", path);
    record_text(&about, "task", info->task);
    record_integer(&about, "parameters", info->parameters);
    record_end(&about);
}

static bool show_model(listing *l, const char *folder, const char *file)
{
    char name[PATH_BYTES], path[PATH_BYTES];
    session s;
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".trm")), file);
    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path || !has_name(name, path))
        return true;
    if (!session_open_model(&s, path, 0))
        return false;
    if (l->json)
        show_json(&l->record, name, path, &s.info);
    else
        printf("%-16s %-12s %8" PRIu64 "  %s\n", name, s.info.task, s.info.parameters, path);
    l->count++;
    session_close(&s);
    return true;
}

static bool show_folder(listing *l, const char *folder)
{
    struct dirent **entries;
    bool good = true;
    const int count = scandir(folder, &entries, is_model, alphasort);
    for (int i = 0; i < count; i++) {
        good &= show_model(l, folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return good;
}

/* Folder `index`, or false behind the last one. */
static bool folder_at(uint32_t index, char folder[PATH_BYTES])
{
    return trm_model_folder(index, folder, PATH_BYTES, NULL) == TRM_OK && folder[0] != '\0';
}

/* Whether TRM_MODELS names it twice, as people do who put a folder in front of what is there. */
static bool was_there(uint32_t index, const char *folder)
{
    char earlier[PATH_BYTES];
    for (uint32_t i = 0; i < index; i++)
        if (folder_at(i, earlier) && strcmp(earlier, folder) == 0)
            return true;
    return false;
}

static int run_models(const void *settings, char **operands, int count)
{
    listing l = { .json = ((const models_settings *)settings)->json };
    char folder[PATH_BYTES];
    bool good = true;
    (void)operands;
    (void)count;
    if (l.json)
        l.record = record_begin(stdout);
    for (uint32_t i = 0; folder_at(i, folder); i++)
        if (!was_there(i, folder))
            good &= show_folder(&l, folder);
    if (l.json) {
        record_end(&l.record);
        putchar('\n');
    } else if (l.count == 0) {
        report_talk("no model is installed; TRM_MODELS names folders that have some");
    }
    return good ? STATUS_OK : STATUS_DATA;
}

const cli_command models_command = {
    "models",
    "[OPTIONS]",
    "Lists the models that can be named, as in 'trm solve sudoku PUZZLE': those in the folders of "
    "TRM_MODELS, the user's and the "
    "system's.",
    options,
    sizeof(models_settings),
    &defaults,
    0,
    0,
    run_models,
};
