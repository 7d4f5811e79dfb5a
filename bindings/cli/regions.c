/* Spaces, line ends and rulers (+ - |) between the letters are skipped, so that people may draw. */
#include "bindings/cli/regions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

/* The letters of the file, at most `most`; how many there are, or SIZE_MAX after telling that it cannot be
   read. */
static size_t read_letters(const char *path, char *letters, size_t most)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t count = 0;
    int byte;
    if (stream == NULL) {
        report_error("%s: %s", path, strerror(errno));
        return SIZE_MAX;
    }
    while ((byte = getc(stream)) != EOF && count <= most)
        if (strchr(" \t\r\n+-|", byte) == NULL && count++ < most)
            letters[count - 1] = (char)byte;
    const bool good = ferror(stream) == 0;
    if (!good)
        report_error("%s: %s", path, strerror(errno));
    if (stream != stdin)
        fclose(stream);
    return good ? count : SIZE_MAX;
}

/* A letter that has not as many cells as the square of all has rows: 0 where there is none, or no square.
   *count receives its cells. */
static char uneven_letter(const char *letters, uint32_t cells, uint32_t *side, uint32_t *count)
{
    *side = 1;
    while (*side * *side < cells)
        (*side)++;
    if (*side * *side != cells)
        return 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        *count = 0;
        for (uint32_t other = 0; other < cells; other++)
            *count += letters[other] == letters[cell];
        if (*count != *side)
            return letters[cell];
    }
    return 0;
}

static bool check_letters(const char *path, const char *letters, uint32_t cells)
{
    uint32_t side, count;
    const char uneven = uneven_letter(letters, cells, &side, &count);
    if (uneven != 0)
        report_error("%s: expected %u cells in each region, found %u of '%c'", path, (unsigned)side,
                     (unsigned)count, uneven);
    return uneven == 0;
}

/* Fills the lists; `heard` has room for cells x cells. */
static uint32_t list_regions(const char *letters, uint32_t cells, uint32_t *first, uint32_t *heard)
{
    uint32_t used = 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        first[cell] = used;
        for (uint32_t other = 0; other < cells; other++)
            if (letters[other] == letters[cell])
                heard[used++] = other;
    }
    return first[cells] = used;
}

bool regions_read(trm_relation *relation, const char *path, uint32_t cells)
{
    char *letters = calloc((size_t)cells + 1, 1);
    uint32_t *first = calloc((size_t)cells + 1, sizeof *first),
             *heard = calloc((size_t)cells * cells, sizeof *heard);
    const trm_relation none = TRM_RELATION_INIT;
    const bool enough = letters != NULL && first != NULL && heard != NULL;
    const size_t found = enough ? read_letters(path, letters, cells) : 0;
    *relation = none;
    relation->name = "box";
    relation->first = first;
    relation->heard = heard;
    relation->shared = 1;
    bool good = enough && found == cells;
    if (!enough)
        report_error("not enough memory for the regions of %u cells", (unsigned)cells);
    else if (!good && found != SIZE_MAX)
        report_error("%s: expected %u letters, the region of each cell, found %s%zu", path, (unsigned)cells,
                     found > cells ? "more than " : "", found > cells ? (size_t)cells : found);
    good = good && check_letters(path, letters, cells);
    if (good)
        relation->heard_count = list_regions(letters, cells, first, heard);
    free(letters);
    return good;
}

void regions_free(trm_relation *relation)
{
    free((void *)(uintptr_t)relation->first);
    free((void *)(uintptr_t)relation->heard);
}
