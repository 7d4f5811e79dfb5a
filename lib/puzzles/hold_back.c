/* Puzzles to measure on are taken from those to learn from, by checksums: equal puzzles are on one side. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/puzzles.h"

static uint32_t checksum(const trm_puzzles *puzzles, uint64_t index)
{
    const uint32_t sum =
        trmi_crc32c(0, trmi_puzzles_question(puzzles, index), trmi_puzzles_positions(puzzles, index));
    const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, index);
    return sheet != NULL ? trmi_sheet_checksum(sheet, sum) : sum;
}

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* What lies below goes; `sorted` is scratch. */
static uint32_t find_bound(const trm_puzzles *puzzles, uint32_t *sorted, uint32_t share)
{
    const uint64_t at = (puzzles->count * share + 99) / 100;
    for (uint64_t i = 0; i < puzzles->count; i++)
        sorted[i] = checksum(puzzles, i);
    qsort(sorted, (size_t)puzzles->count, sizeof *sorted, compare);
    return sorted[at < puzzles->count ? at : puzzles->count - 1];
}

static void put(trm_puzzles *to, uint64_t at, const trm_puzzles *from, uint64_t index)
{
    const size_t pair = 2 * (size_t)from->task.shape.positions;
    if (pair > 0)
        memmove(to->tokens + at * pair, from->tokens + index * pair, pair);
    to->ratings[at] = from->ratings[index];
    if (from->sheets != NULL)
        to->sheets[at] = from->sheets[index];
}

/* Both sets have room. */
static void move_below(trm_puzzles *puzzles, trm_puzzles *to, uint32_t bound)
{
    uint64_t kept = 0;
    for (uint64_t i = 0; i < puzzles->count; i++)
        if (checksum(puzzles, i) < bound)
            put(to, to->count++, puzzles, i);
        else
            put(puzzles, kept++, puzzles, i);
    for (uint64_t i = kept; puzzles->sheets != NULL && i < puzzles->count; i++)
        puzzles->sheets[i] = NULL;
    puzzles->count = kept;
    to->features = puzzles->features;
}

static trm_status make_room(const trm_puzzles *puzzles, trm_puzzles *to, uint64_t count, trm_error *error)
{
    const trm_status status = trmi_puzzles_reserve(to, count, error);
    if (status != TRM_OK || puzzles->sheets == NULL || to->sheets != NULL)
        return status;
    to->sheets = trmi_allocate(&to->allocator, to->capacity * sizeof(trmi_sheet *));
    return to->sheets != NULL ? TRM_OK : trmi_no_memory(error, "what %" PRIu64 " puzzles bring", count);
}

TRM_API trm_status trm_puzzles_hold_back(trm_puzzles *puzzles, trm_puzzles *to, uint32_t share,
                                         trm_error *error)
{
    if (puzzles == NULL || to == NULL || puzzles == to || share < 1 || share > 99 || to->count > 0 ||
        strcmp(puzzles->text.name, to->text.name) != 0 ||
        puzzles->task.shape.positions != to->task.shape.positions ||
        puzzles->allocator.allocate != to->allocator.allocate ||
        puzzles->allocator.user != to->allocator.user)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_hold_back: expected puzzles, an empty set of the same task and "
                         "allocator, and 1 to 99 "
                         "of each hundred, found %" PRIu32,
                         share);
    uint32_t *sorted = trmi_allocate(&puzzles->allocator, (puzzles->count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return trmi_no_memory(error, "holding puzzles back");
    uint64_t below = 0;
    const uint32_t bound = puzzles->count > 0 ? find_bound(puzzles, sorted, share) : 0;
    while (below < puzzles->count && sorted[below] < bound)
        below++;
    trmi_release(&puzzles->allocator, sorted);
    if (below == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_hold_back: %" PRIu64 " puzzles are too few to hold any back",
                         puzzles->count);
    TRMI_TRY(make_room(puzzles, to, below, error));
    move_below(puzzles, to, bound);
    return TRM_OK;
}
