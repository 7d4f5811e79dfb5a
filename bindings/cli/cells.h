/* Cells as people name them. */
#ifndef TRM_CLI_CELLS_H
#define TRM_CLI_CELLS_H

#include "bindings/cli/session.h"

/* "r3c4" in a grid, "position 17" elsewhere, from 1. */
void cell_name(const session *s, const batch *b, uint32_t position, char *to, size_t size);

/* The character of a token at that position, by the model's alphabet; '?' without one. */
char cell_character(const session *s, const batch *b, uint32_t position, int32_t token);

#endif
