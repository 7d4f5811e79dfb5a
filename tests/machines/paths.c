/* Files by their paths, in UTF-8 also where the system has other letters: tests/machines/run compares what is
   said.
 *
 *     paths    in a folder with a model of this name, a folder "folder", and TRM_MODELS=. */
#include <stdio.h>
#include <string.h>

#include <trm/trm.h>

#define NAME "mod\xc3\xa8le-\xe6\x95\xb0\xe7\x8b\xac.trm"

static void open_one(const char *path, uint32_t flags)
{
    trm_error error = TRM_ERROR_INIT;
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    options.flags = flags;
    const trm_status status = trm_model_open(path, &options, &model, &error);
    printf("%s %s\n", trm_status_name(status), error.message);
    trm_model_close(model);
}

static void find_one(const char *name)
{
    char path[512] = "";
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trm_model_find(name, path, sizeof path, &error);
    printf("%s %s\n", trm_status_name(status), path);
}

int main(void)
{
    open_one(NAME, 0);
    open_one(NAME, TRM_OPEN_READ);
    open_one("folder", 0);
    open_one("empty", 0);
    open_one("\xe6\x95\xb0-missing.trm", 0);
    open_one("", 0);
    find_one(NAME);
    find_one("sudoku-4x4");
    find_one("no-such-model");
    return 0;
}
