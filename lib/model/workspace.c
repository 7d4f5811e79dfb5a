/* The measure of a model in a workspace. A configuration is too large for the stack of a small machine, so
 * that it is not read here: the entries of the directory bound what opening lays out. */
#include "lib/model/workspace.h"

#include <assert.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/format/container.h"
#include "lib/format/layout.h"
#include "lib/kernels/kernels.h"
#include "lib/model/binding.h"
#include "lib/model/metadata.h"
#include "lib/model/model.h"

/* ------------------------------------------------------------------------------------------- giving away */

static void *take(void *user, size_t bytes)
{
    trmi_workspace *workspace = user;
    assert(workspace->at != NULL || workspace->left == 0);
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
    trmi_dimensions of;
    const trmi_kind *kind; /* NULL: none that is known, and the file is refused when it is opened */
    bool deflated;
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
        { "model.prefix", &b->of.prefix },     { "model.positions", &b->of.positions },
        { "model.channels", &b->of.channels }, { "model.heads", &b->of.heads },
        { "model.blocks", &b->of.blocks },     { "model.high_blocks", &b->of.high_blocks },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (m->type == TRM_METADATA_INTEGER && strcmp(m->key, numbers[i].key) == 0)
            *numbers[i].to = m->integer;
    if (m->type == TRM_METADATA_TEXT && strcmp(m->key, "model.position_encoding") == 0)
        b->of.position_encoding = trmi_enum_value(m->key, m->bytes);
    if (m->type == TRM_METADATA_TEXT && strcmp(m->key, "model.block") == 0)
        b->kind = trmi_kind_named(m->bytes);
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
    trmi_arena_take(arena, blocks, TRMI_BYTES_OF(arena, trmi_block_weights));
    trmi_arena_take(arena, b->tensors, TRMI_BYTES_OF(arena, trmi_weight));
}

/* Whether a configuration can have these numbers; others say nothing of the size. */
static bool are_possible(const trmi_dimensions *d)
{
    return d->prefix <= TRMI_MAXIMUM_POSITIONS && d->positions <= TRMI_MAXIMUM_POSITIONS &&
           d->channels <= TRMI_MAXIMUM_CHANNELS && d->heads <= TRMI_MAXIMUM_HEADS &&
           d->blocks <= TRMI_MAXIMUM_BLOCKS && d->high_blocks <= TRMI_MAXIMUM_BLOCKS;
}

/* Tables that binding refuses for such a file are no size. */
static trm_status check_dimensions(const bounds *b, uint64_t file_bytes, trm_error *error)
{
    const trmi_dimensions *d = &b->of;
    trmi_arena own = { .base = NULL };
    if (!are_possible(d))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata: expected the dimensions of a model, found %llu blocks of %llu channels, "
                         "%llu heads, %llu positions behind %llu",
                         (unsigned long long)d->blocks, (unsigned long long)d->channels,
                         (unsigned long long)d->heads, (unsigned long long)d->positions,
                         (unsigned long long)d->prefix);
    if (b->kind == NULL)
        return TRM_OK;
    b->kind->bound_tables(d, &own);
    return trmi_tables_check(b->kind, own.used, file_bytes, error);
}

/* As lib/model/binding.c lays them out. */
static void bound_tables(const bounds *b, trmi_arena *arena)
{
    bound_network(b, b->of.blocks, arena);
    if (b->of.high_blocks > 0)
        bound_network(b, b->of.high_blocks, arena);
    if (b->kind != NULL)
        b->kind->bound_tables(&b->of, arena);
}

static trm_status add_up(const bounds *b, const trmi_arena *directory, uint64_t *bytes, trm_error *error)
{
    trmi_arena tables = b->weights, model = { .firmware = tables.firmware };
    uint64_t part, sum = 0;
    bound_tables(b, &tables);
    model.used = TRMI_BYTES_OF(&model, trm_model);
    const trmi_arena *const parts[] = { &model, directory, &tables };
    bool fits = true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        fits = fits && trmi_allocation_bytes(parts[i], &part) && part <= SIZE_MAX - sum;
        sum = fits ? sum + part : sum;
    }
    *bytes = sum;
    return fits ? TRM_OK
                : trmi_fail(error, TRM_ERROR_MEMORY,
                            "the model needs more memory than this machine can address");
}

trm_status trmi_workspace_measure(const void *data, size_t size, bool firmware, uint64_t *bytes,
                                  trm_error *error)
{
    static const trmi_directory_visit note = { note_metadata, note_tensor };
    trmi_kernels kernels;
    trmi_arena directory = { .firmware = firmware };
    trmi_kernels_select(&kernels);
    bounds b = { .offset = !firmware && kernels.code_offset != 0, .weights = { .firmware = firmware } };
    if ((uintptr_t)data % TRMI_ALIGNMENT != 0)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "a model in a workspace: expected the file's bytes at a multiple of %d, found them %u "
            "bytes past one",
            TRMI_ALIGNMENT, (unsigned)((uintptr_t)data % TRMI_ALIGNMENT));
    TRMI_TRY(trmi_directory_walk(data, size, &note, &b, &directory, error));
    if (b.deflated)
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "a model in a workspace: expected raw weights, found deflated ones: convert the file");
    const trm_status possible = check_dimensions(&b, size, error);
    return possible == TRM_OK ? add_up(&b, &directory, bytes, error) : possible;
}
