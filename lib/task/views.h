/* Views: symmetries of a task by number. Under a view a question has its positions in other places and
 * perhaps other values; what is answered there is put back. */
#ifndef TRMI_TASK_VIEWS_H
#define TRMI_TASK_VIEWS_H

#include "lib/task/task.h"

enum {
    TRMI_VIEWS = 8, /* views that draw nothing, from number 0 */
    TRMI_VIEW_SQUARE = TRM_VIEW_TRANSPOSED | TRM_VIEW_UPSIDE_DOWN | TRM_VIEW_LEFT_TO_RIGHT,
    TRMI_VIEW_DRAWN = TRM_VIEW_VALUES | TRM_VIEW_LINES,
    TRMI_VIEW_SIDE = TRMI_PATH_SIDE, /* rows and columns that can change places */
    TRMI_VIEW_TOKENS = 256           /* values that can */
};

/* A view, worked out. */
typedef struct trmi_view {
    uint32_t number, rows, columns;
    uint32_t first, values; /* the tokens that change places */
    uint8_t row[TRMI_VIEW_SIDE],
        column[TRMI_VIEW_SIDE]; /* with TRM_VIEW_LINES: the line that comes to each place */
    uint8_t becomes[TRMI_VIEW_TOKENS],
        was[TRMI_VIEW_TOKENS]; /* with TRM_VIEW_VALUES: of each value, from 0 */
} trmi_view;

/* Whether the view is a symmetry of the task, in that shape. `unnoticed` are those of TRMI_VIEW_DRAWN that
 * the network cannot tell from the question as it is: they are none, and mirrors, which reorder lines, go
 * with TRM_VIEW_LINES. */
bool trmi_view_exists(const trmi_task *task, const trmi_shape *shape, uint32_t unnoticed, uint32_t number);

/* Works out one that exists. */
void trmi_view_open(trmi_view *view, const trmi_task *task, const trmi_shape *shape, uint32_t number);

/* The position of the question that lies at `place` of the view; NULL is the question as it is. */
uint32_t trmi_view_source(const trmi_view *view, uint32_t place);

/* What a token of the question is in the view, or NULL, and the other way round. */
int32_t trmi_view_token(const trmi_view *view, int32_t token);
int32_t trmi_view_token_back(const trmi_view *view, int32_t token);

#endif
