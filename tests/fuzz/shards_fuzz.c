/* Any bytes as a checkpoint in two parts, by their names, or by an index where there is one. What is joined
   can be read. */
#include <stdlib.h>

#include <trm/train.h>

#include "lib/core/memory.h"
#include "lib/interchange/safetensors.h"
#include "lib/interchange/shards.h"
#include "tests/fuzz/folder.h"
#include "tests/fuzz/target.h"

static void read_joint(const trmi_source *source, const trm_allocator *allocator)
{
    trmi_safetensors file = { 0 };
    if (trmi_safetensors_open(&file, source->bytes, source->size, allocator, NULL) != TRM_OK)
        abort();
    trmi_safetensors_close(&file);
}

static void join(const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    trm_allocator allocator;
    trmi_source source = { .allocator = &allocator };
    if (trmi_allocator_read(&allocator, NULL, NULL) != TRM_OK ||
        trmi_source_open(&source, path, TRM_OPEN_READ, &allocator, NULL) != TRM_OK)
        return; /* there is no such file */
    const void *before = source.bytes;
    const trm_status status = trmi_shards_join(&source, path, &allocator, &error);
    if (status == TRM_OK && source.bytes != before)
        read_joint(&source, &allocator);
    if (status != TRM_OK && error.message[0] == '\0')
        abort(); /* a failure without a sentence */
    trmi_source_close(&source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[FOLDER_FILES] = { "m-00001-of-00002.safetensors",
                                                     "m-00002-of-00002.safetensors",
                                                     "m.safetensors.index.json" };
    folder_of(names, data, size);
    join(folder_path(names[0]));
    join(folder_path(names[2]));
    return 0;
}
