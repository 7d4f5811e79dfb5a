/* The table of families. A new one is a file and a row. */
#include "lib/task/family.h"

#include <string.h>

static const trmi_family *const families[] = {
    [TRMI_SUDOKU] = &trmi_sudoku_family, [TRMI_LATIN] = &trmi_latin_family,
    [TRMI_PATH] = &trmi_path_family,     [TRMI_GRID] = &trmi_grid_family,
    [TRMI_GRAPH] = &trmi_graph_family,   [TRMI_COLOURING] = &trmi_colouring_family,
    [TRMI_JIGSAW] = &trmi_jigsaw_family,
};
enum { FAMILIES = sizeof families / sizeof *families };

const trmi_family *trmi_family_at(uint32_t kind)
{
    return kind < FAMILIES ? families[kind] : NULL;
}

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

const trmi_family *trmi_family_of(const char *name, bool grid, bool *exact)
{
    for (size_t i = 0; i < FAMILIES; i++)
        for (const char *const *known = families[i]->names; *known != NULL; known++) {
            const size_t length = strlen(*known);
            if (strlen(name) < length || memcmp(name, *known, length) != 0 || is_letter(name[length]))
                continue;
            *exact = name[length] == '\0';
            return families[i];
        }
    *exact = false;
    return grid ? &trmi_grid_family : &trmi_graph_family;
}
