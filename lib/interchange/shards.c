/* The parts become one file in memory: their headers' entries, each moved by what the parts before it have,
   then their data. */
#include "lib/interchange/shards.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/file_name.h"
#include "lib/interchange/json.h"
#include "lib/interchange/safetensors.h"

enum { MOST_PARTS = 1000, PATH_BYTES = 4096, LARGEST_INDEX = 16777216 };

static const char part_ending[] = "-00001-of-00001.safetensors";

typedef struct part {
    trmi_source source;
    trmi_safetensors file;
    bool open;
} part;

typedef struct joint {
    const trm_allocator *allocator;
    part *parts;
    size_t count;
    json_t *header, *metadata; /* the second is the first's */
    uint64_t data_bytes;
    trm_error *error;
} joint;

static trm_status fail_memory(const joint *j)
{
    return trmi_no_memory(j->error, "joining the parts of a checkpoint");
}

/* -- a part's tensors, where they will be -- */

static trm_status add_tensor(joint *j, const char *name, json_t *entry)
{
    json_t *offsets = json_object_get(entry, "data_offsets"), *moved = json_array();
    for (size_t i = 0; moved != NULL && i < 2; i++)
        json_array_append_new(
            moved, json_integer(json_integer_value(json_array_get(offsets, i)) + (json_int_t)j->data_bytes));
    if (json_object_get(j->header, name) != NULL) {
        json_decref(moved);
        return trmi_fail(j->error, TRM_ERROR_FORMAT, "tensor %.160s is in two parts", name);
    }
    if (json_array_size(moved) != 2) {
        json_decref(moved);
        return fail_memory(j);
    }
    if (json_object_set_new(entry, "data_offsets", moved) != 0 ||
        json_object_set(j->header, name, entry) != 0)
        return fail_memory(j);
    return TRM_OK;
}

static trm_status add_entries(joint *j, part *p)
{
    const char *name;
    json_t *entry;
    trm_status status = TRM_OK;
    json_object_foreach(p->file.header, name, entry)
    {
        if (strcmp(name, "__metadata__") != 0)
            status = add_tensor(j, name, entry);
        else if (json_object_update(j->metadata, entry) != 0)
            status = fail_memory(j);
        if (status != TRM_OK)
            return status;
    }
    j->data_bytes += p->file.data_bytes;
    return TRM_OK;
}

static trm_status add_part(joint *j, const char *path)
{
    assert(j->count < MOST_PARTS);
    part *p = &j->parts[j->count];
    TRMI_TRY(trmi_source_open(&p->source, path, TRM_OPEN_READ, j->allocator, j->error));
    j->count++;
    p->open = true;
    trm_status status =
        trmi_safetensors_open(&p->file, p->source.bytes, p->source.size, j->allocator, j->error);
    return status == TRM_OK ? add_entries(j, p) : trmi_fail_within(j->error, status, path);
}

/* -- which parts there are -- */

/* NAME-00001-of-00002.safetensors: the number of parts, and where the part's own number stands; 0 for another
   name. */
static uint32_t parts_of(const char *path, size_t *place)
{
    const size_t length = strlen(path), tail = sizeof part_ending - 1;
    uint32_t count = 0;
    if (length < tail)
        return 0;
    const char *at = path + length - tail;
    for (size_t i = 0; i < tail; i++) {
        const bool digit = part_ending[i] == '0' || part_ending[i] == '1';
        if (digit ? at[i] < '0' || at[i] > '9' : at[i] != part_ending[i])
            return 0;
        if (digit && i > 6)
            count = 10 * count + (uint32_t)(at[i] - '0');
    }
    *place = length - tail + 1;
    return count;
}

static trm_status add_numbered(joint *j, const char *path, uint32_t count, size_t place)
{
    char name[PATH_BYTES], digits[8], where[64];
    trm_status status = TRM_OK;
    if (strlen(path) >= sizeof name)
        return TRM_OK;
    strcpy(name, path);
    for (uint32_t i = 1; i <= count && status == TRM_OK; i++) {
        snprintf(digits, sizeof digits, "%05" PRIu32, i);
        memcpy(name + place, digits, 5);
        status = add_part(j, name);
    }
    snprintf(where, sizeof where, "a part of a checkpoint of %" PRIu32 " files", count);
    return status == TRM_OK || status == TRM_ERROR_MEMORY ? status
                                                          : trmi_fail_within(j->error, status, where);
}

/* The parts that an index names, in the order in which it does. */
static trm_status add_indexed(joint *j, const char *path, const json_t *map)
{
    char name[PATH_BYTES];
    const char *tensor;
    const int folder = (int)(trmi_file_name(path) - path);
    json_t *value, *seen = json_object();
    trm_status status = seen != NULL ? TRM_OK : fail_memory(j);
    json_object_foreach((json_t *)map, tensor, value)
    {
        const char *file = json_string_value(value);
        if (status != TRM_OK || (file != NULL && json_object_get(seen, file) != NULL))
            continue;
        if (file == NULL || trmi_file_name(file) != file || j->count == MOST_PARTS ||
            snprintf(name, sizeof name, "%.*s%s", folder, path, file) >= (int)sizeof name)
            status =
                trmi_fail(j->error, TRM_ERROR_FORMAT,
                          "weight_map of %.160s: expected the name of a file beside the index, of at most %d",
                          tensor, MOST_PARTS);
        else if (json_object_set_new(seen, file, json_true()) != 0)
            status = fail_memory(j);
        else
            status = add_part(j, name);
    }
    json_decref(seen);
    return status;
}

/* -- all in one -- */

static trm_status write_joint(joint *j, trmi_source *to)
{
    const size_t length = json_dumpb(j->header, NULL, 0, JSON_COMPACT);
    const uint64_t size = 8 + (uint64_t)length + j->data_bytes;
    uint8_t *bytes = length > 0 ? trmi_allocate(j->allocator, size) : NULL, *at;
    if (bytes == NULL || json_dumpb(j->header, (char *)bytes + 8, length, JSON_COMPACT) != length) {
        trmi_release(j->allocator, bytes);
        return fail_memory(j);
    }
    trmi_store64(bytes, length);
    at = bytes + 8 + length;
    for (size_t i = 0; i < j->count; i++) {
        memcpy(at, j->parts[i].file.data, (size_t)j->parts[i].file.data_bytes);
        at += j->parts[i].file.data_bytes;
    }
    assert(at == bytes + size);
    trmi_source_close(to);
    *to = (trmi_source) { .allocator = j->allocator, .bytes = bytes, .size = size, .memory = bytes };
    return TRM_OK;
}

static void close_parts(joint *j)
{
    for (size_t i = 0; i < j->count; i++) {
        trmi_safetensors_close(&j->parts[i].file);
        trmi_source_close(&j->parts[i].source);
    }
    trmi_release(j->allocator, j->parts);
    json_decref(j->header);
}

/* The map of an index, in *index; NULL for another file. */
static const json_t *read_index(const trmi_source *source, const char *path, json_t **index)
{
    const size_t length = strlen(path), ending = strlen(".index.json");
    *index = NULL;
    if (length < ending || strcmp(path + length - ending, ".index.json") != 0 ||
        source->size > LARGEST_INDEX ||
        trmi_json_read(index, source->bytes, (size_t)source->size, path, NULL) != TRM_OK)
        return NULL;
    const json_t *map = json_object_get(*index, "weight_map");
    return json_is_object(map) ? map : NULL;
}

trm_status trmi_shards_join(trmi_source *source, const char *path, const trm_allocator *allocator,
                            trm_error *error)
{
    size_t place = 0;
    json_t *index;
    const json_t *map = read_index(source, path, &index);
    const uint32_t count = parts_of(path, &place);
    joint j = { .allocator = allocator, .error = error };
    trm_status status = TRM_OK;
    if (map != NULL || (count > 1 && count <= MOST_PARTS)) {
        j.parts = trmi_allocate(allocator, MOST_PARTS * sizeof *j.parts);
        j.header = json_object();
        j.metadata = json_object();
        if (j.parts == NULL || json_object_set_new(j.header, "__metadata__", j.metadata) != 0)
            status = fail_memory(&j);
        if (status == TRM_OK)
            status = map != NULL ? add_indexed(&j, path, map) : add_numbered(&j, path, count, place);
        if (status == TRM_OK && j.count > 0)
            status = write_joint(&j, source);
        close_parts(&j);
    }
    json_decref(index);
    return status == TRM_OK ? status : trmi_fail_within(error, status, path);
}
