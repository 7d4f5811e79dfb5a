/* The measure of a model in a workspace. A configuration is too large for the stack of a small machine, so that it is not
 * read here: the entries of the directory bound what opening lays out. */
#include "lib/model/workspace.h"

#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/format/container.h"
#include "lib/format/layout.h"
#include "lib/kernels/kernels.h"
#include "lib/model/binding.h"
#include "lib/model/model.h"

/* ------------------------------------------------------------------------------------------- giving away */

static void *take(void *user, size_t bytes)
{
    trmi_workspace *workspace = user;
    if (bytes > workspace->left)
        return NULL;
    void *taken = workspace->at;
    workspace->at += bytes;
    workspace->left -= bytes;
    return taken;
}

static void *take_nothing(void *user, size_t bytes)
{
    (void)user, (void)bytes;
    return NULL;
}

static void give_nothing_back(void *user, void *memory)
{
    (void)user, (void)memory;
}

trm_allocator trmi_workspace_allocator(trmi_workspace *workspace)
{
    return (trm_allocator) { sizeof(trm_allocator), workspace, take, give_nothing_back };
}

trm_allocator trmi_workspace_spent(void)
{
    return (trm_allocator) { sizeof(trm_allocator), NULL, take_nothing, give_nothing_back };
}

/* ------------------------------------------------------------------------------------------- measuring */

/* What the directory says of a model's size. */
typedef struct bounds {
    uint64_t prefix, positions, channels, heads, blocks, high_blocks;
    bool rotary, deflated;
    bool offset; /* the kernels want to know where sums start */
    uint32_t tensors;
    trmi_arena weights; /* what does not stay in the file, or goes with it */
} bounds;

static void note_metadata(void *user, const trmi_metadata_entry *m)
{
    bounds *b = user;
    const struct {
        const char *key;
        uint64_t *to;
    } numbers[] = {
        { "model.prefix", &b->prefix },     { "model.positions", &b->positions },
        { "model.channels", &b->channels }, { "model.heads", &b->heads },
        { "model.blocks", &b->blocks },     { "model.high_blocks", &b->high_blocks },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (m->type == TRM_METADATA_INTEGER && strcmp(m->key, numbers[i].key) == 0)
            *numbers[i].to = m->integer;
    if (m->type == TRM_METADATA_TEXT && strcmp(m->key, "model.position_encoding") == 0)
        b->rotary = strcmp(m->bytes, "rotary") == 0;
}

static void note_tensor(void *user, const trmi_tensor_entry *t)
{
    bounds *b = user;
    b->tensors++;
    b->deflated = b->deflated || t->encoding != TRMI_ENCODING_RAW;
    if (TRMI_BIG_ENDIAN)
        trmi_arena_take(&b->weights, t->bytes, 1);
    if (b->offset && t->type == TRMI_TYPE_I8)
        trmi_arena_take(&b->weights, t->rows, sizeof(int32_t));
}

/* The tables of a network: no more slots than the file has tensors, or it lacks one and is refused before. */
static void bound_network(const bounds *b, uint64_t blocks, trmi_arena *arena)
{
    trmi_arena_take(arena, blocks, sizeof(trmi_block_weights));
    trmi_arena_take(arena, b->tensors, sizeof(trmi_weight));
}

/* Of each of the two rotary tables; fits, as the dimensions are possible. */
static uint64_t angles_of(const bounds *b)
{
    return b->rotary && b->heads > 0 ? (b->prefix + b->positions) * (b->channels / b->heads / 2) : 0;
}

/* As lib/model/binding.c lays them out. */
static void bound_tables(const bounds *b, trmi_arena *arena)
{
    bound_network(b, b->blocks, arena);
    if (b->high_blocks > 0)
        bound_network(b, b->high_blocks, arena);
    for (int i = 0; b->rotary && i < 2; i++)
        trmi_arena_take(arena, angles_of(b), sizeof(float));
}

/* Numbers that no configuration can have are no size, either, nor are tables that binding refuses for such a file. */
static bool are_possible(const bounds *b, uint64_t file_bytes)
{
    return b->prefix <= TRMI_MAXIMUM_POSITIONS && b->positions <= TRMI_MAXIMUM_POSITIONS &&
           b->channels <= TRMI_MAXIMUM_CHANNELS && b->blocks <= TRMI_MAXIMUM_BLOCKS &&
           b->high_blocks <= TRMI_MAXIMUM_BLOCKS &&
           angles_of(b) * (2 * sizeof(float)) / TRMI_MOST_FOR_A_BYTE <= file_bytes;
}

static trm_status add_up(const bounds *b, uint64_t directory, uint64_t *bytes, trm_error *error)
{
    trmi_arena tables = b->weights;
    uint64_t part, sum = 0;
    bound_tables(b, &tables);
    const uint64_t parts[] = { sizeof(trm_model), directory, tables.used };
    bool fits = !tables.overflow;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        fits = fits && trmi_allocation_bytes(parts[i], &part) && part <= SIZE_MAX - sum;
        sum = fits ? sum + part : sum;
    }
    *bytes = sum;
    return fits ? TRM_OK
                : trmi_fail(error, TRM_ERROR_MEMORY,
                            "the model needs more memory than this machine can address");
}

trm_status trmi_workspace_measure(const void *data, size_t size, uint64_t *bytes, trm_error *error)
{
    static const trmi_directory_visit note = { note_metadata, note_tensor };
    trmi_kernels kernels;
    uint64_t directory;
    trmi_kernels_select(&kernels);
    bounds b = { .offset = kernels.code_offset != 0 };
    if ((uintptr_t)data % TRMI_ALIGNMENT != 0)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "a model in a workspace: expected the file's bytes at a multiple of %d, found them %u "
            "bytes past one",
            TRMI_ALIGNMENT, (unsigned)((uintptr_t)data % TRMI_ALIGNMENT));
    const trm_status status = trmi_directory_walk(data, size, &note, &b, &directory, error);
    if (status != TRM_OK)
        return status;
    if (b.deflated)
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "a model in a workspace: expected raw weights, found deflated ones: convert the file");
    if (!are_possible(&b, size))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata: expected the dimensions of a model, found %llu blocks of %llu channels, "
                         "%llu positions behind %llu",
                         (unsigned long long)b.blocks, (unsigned long long)b.channels,
                         (unsigned long long)b.positions, (unsigned long long)b.prefix);
    return add_up(&b, directory, bytes, error);
}
