/* Graphs, whose edges come with each question, and their colouring. */
#include "lib/task/family.h"

#include <stddef.h>

static const char *const graph_names[] = { "graph", NULL }, *const colouring_names[] = { "colouring",
                                                                                         "coloring", NULL };

static uint32_t graph_symmetries(const trmi_shape *shape)
{
    (void)shape;
    return 0;
}

static uint32_t colouring_symmetries(const trmi_shape *shape)
{
    (void)shape;
    return TRMI_DIGITS;
}

const trmi_family trmi_graph_family = {
    .kind = TRMI_GRAPH,
    .names = graph_names,
    .blanks = "._",
    .relations = TRMI_OF_NEW_MODELS("edge=question/positions/sum+max"),
    .rules = "none",
    .symmetries = graph_symmetries,
};

const trmi_family trmi_colouring_family = {
    .kind = TRMI_COLOURING,
    .names = colouring_names,
    .blanks = "._",
    .interchangeable = true,
    .keeps_givens = true,
    .relations = TRMI_OF_NEW_MODELS("edge=question/positions/sum+max cell=shape/fields/sum+max"),
    .rules = "different=edge",
    .symmetries = colouring_symmetries,
};
