/* Orders drawn at random: what comes to each place. */
#ifndef TRMI_TASK_ORDERS_H
#define TRMI_TASK_ORDERS_H

#include <stdbool.h>

#include "lib/core/generator.h"

/* 0 .. count - 1, at most 256 of them, each order as likely as the others. */
TRMI_EXPORT void trmi_order_draw(uint8_t *order, uint32_t count, trmi_generator *generator);

/* An order of `count` lines, at most 256, in groups of `size` that stay together, as Sudoku's bands; size 0:
 * all are one group. `groups` change places, lines `within` theirs: what does not, draws nothing. */
TRMI_EXPORT void trmi_order_draw_lines(uint8_t *lines, uint32_t count, uint32_t size, bool groups,
                                       bool within, trmi_generator *generator);

#endif
