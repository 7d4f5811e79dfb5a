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

enum { PATH_BYTES = MODEL_PATH_BYTES, MOST_NAMES = 256, NAME_BYTES = 65 };

typedef struct listing {
    char names[MOST_NAMES][NAME_BYTES];
    int count;
    bool json;
    record record; /* with json */
} listing;

/* What trm_model_find() finds by its name. */
static int is_model(const struct dirent *entry)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const size_t length = strlen(entry->d_name), ending = strlen(".trm");
    return length > ending && length < NAME_BYTES + ending && entry->d_name[0] != '.' &&
           strspn(entry->d_name, letters) == length && strcmp(entry->d_name + length - ending, ".trm") == 0;
}

/* A name counts once: the first folder has it. */
static bool is_new(listing *l, const char *name)
{
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->names[i], name) == 0)
            return false;
    if (l->count == MOST_NAMES)
        return false;
    snprintf(l->names[l->count++], NAME_BYTES, "%s", name);
    return true;
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
    char name[NAME_BYTES], path[PATH_BYTES];
    session s;
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".trm")), file);
    if (!is_new(l, name) || snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
        return true;
    if (!session_open_model(&s, path, 0))
        return false;
    if (l->json)
        show_json(&l->record, name, path, &s.info);
    else
        printf("%-16s %-12s %8" PRIu64 "  %s\n", name, s.info.task, s.info.parameters, path);
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

static int run_models(const void *settings, char **operands, int count)
{
    trm_error error = TRM_ERROR_INIT;
    char folder[PATH_BYTES];
    bool good = true;
    (void)operands;
    (void)count;
    listing *l = calloc(1, sizeof *l);
    if (l == NULL)
        return report_error("not enough memory");
    l->json = ((const models_settings *)settings)->json;
    if (l->json)
        l->record = record_begin(stdout);
    for (uint32_t i = 0; trm_model_folder(i, folder, sizeof folder, &error) == TRM_OK && folder[0] != '\0';
         i++)
        good &= show_folder(l, folder);
    if (l->json) {
        record_end(&l->record);
        putchar('\n');
    } else if (l->count == 0) {
        report_talk("no model is installed; TRM_MODELS names folders that have some");
    }
    free(l);
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
