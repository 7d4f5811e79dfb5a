#include "lib/task/orders.h"

#include <assert.h>

enum { MOST = 256 };

static void set_order(uint8_t *order, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = (uint8_t)i;
}

static void swap_with(uint8_t *order, uint32_t i, uint32_t j)
{
    const uint8_t moved = order[i];
    order[i] = order[j];
    order[j] = moved;
}

void trmi_order_draw(uint8_t *order, uint32_t count, trmi_generator *generator)
{
    assert(count <= MOST);
    set_order(order, count);
    for (uint32_t i = count; i > 1; i--)
        swap_with(order, i - 1, trmi_generator_below(generator, i));
}

static void draw_if(bool drawn, uint8_t *order, uint32_t count, trmi_generator *generator)
{
    if (drawn)
        trmi_order_draw(order, count, generator);
    else
        set_order(order, count);
}

void trmi_order_draw_lines(uint8_t *lines, uint32_t count, uint32_t size, bool groups, bool within,
                           trmi_generator *generator)
{
    uint8_t order[MOST], inner[MOST];
    const uint32_t length = size > 0 ? size : count;
    assert(count > 0 && count <= MOST && count % length == 0);
    draw_if(groups, order, count / length, generator);
    for (uint32_t group = 0; group < count / length; group++) {
        draw_if(within, inner, length, generator);
        for (uint32_t i = 0; i < length; i++)
            lines[group * length + i] = (uint8_t)(order[group] * length + inner[i]);
    }
}
