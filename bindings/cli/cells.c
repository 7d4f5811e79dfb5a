#include "bindings/cli/cells.h"

#include <stdio.h>
#include <stdlib.h>

void cell_name(const session *s, const batch *b, uint32_t position, char *to, size_t size)
{
    const unsigned columns = b->shape.rows > 0 ? b->shape.columns : s->info.grid_columns;
    if (columns > 0 && (b->shape.rows > 0 || b->shape.positions == 0))
        snprintf(to, size, "r%uc%u", (unsigned)position / columns + 1, (unsigned)position % columns + 1);
    else
        snprintf(to, size, "position %u", (unsigned)position + 1);
}

char cell_character(const session *s, const batch *b, uint32_t position, int32_t token)
{
    int32_t *tokens = calloc(b->positions, sizeof *tokens);
    char *text = malloc(b->positions), character = '?';
    if (tokens != NULL && text != NULL) {
        tokens[position] = token;
        if (trm_model_decode(s->model, &b->shape, tokens, b->positions, text, NULL) == TRM_OK)
            character = text[position];
    }
    free(tokens);
    free(text);
    return character;
}
