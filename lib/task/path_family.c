/* Shortest ways through grids with walls. The characters are those of the published mazes. */
#include "lib/task/family.h"

#include <stddef.h>

static const char *const names[] = { "path", "maze", NULL };

static uint32_t symmetries(const trmi_shape *shape)
{
    return shape->rows == 0 ? 0 : TRMI_MIRROR | (shape->rows == shape->columns ? TRMI_TRANSPOSE : 0u);
}

const trmi_family trmi_path_family = {
    .kind = TRMI_PATH,
    .names = names,
    .alphabet = "# SGo",
    .blanks = " .",
    .side = TRMI_PATH_SIDE,
    .keeps_givens = true,
    .relations =
        TRMI_OF_NEW_MODELS("up=shape/positions/node down=shape/positions/node left=shape/positions/node "
                           "right=shape/positions/node"),
    .rules = "path",
    .symmetries = symmetries,
};
