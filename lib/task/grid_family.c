/* Grids of which nothing else is known. */
#include "lib/task/family.h"

#include <stddef.h>

static const char *const names[] = { "grid", NULL };

static uint32_t symmetries(const trmi_shape *shape)
{
    (void)shape;
    return 0;
}

const trmi_family trmi_grid_family = {
    .kind = TRMI_GRID,
    .names = names,
    .blanks = "._",
    .relations = TRMI_OF_NEW_MODELS(
        "row=shape/positions/sum+max column=shape/positions/sum+max up=shape/positions/node "
        "down=shape/positions/node left=shape/positions/node right=shape/positions/node"),
    .rules = "none",
    .symmetries = symmetries,
};
