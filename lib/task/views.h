/* Views: symmetries of a grid by number. Under a view a question has its positions in other places; what is answered
 * there is put back. */
#ifndef TRMI_TASK_VIEWS_H
#define TRMI_TASK_VIEWS_H

#include "lib/task/task.h"

/* A number is a set of these: rows become columns, then upside down, then left to right. */
enum { TRMI_VIEW_TRANSPOSED = 1, TRMI_VIEW_UPSIDE_DOWN = 2, TRMI_VIEW_LEFT_TO_RIGHT = 4, TRMI_VIEWS = 8 };

/* Whether the view is a symmetry of the task, in that shape. With `groups_alone` nothing tells rows of a band apart, nor
 * bands, and the same of columns: then those that only reorder them show nothing new, and are none. */
bool trmi_view_exists(const trmi_task *task, const trmi_shape *shape, bool groups_alone, uint32_t view);

/* The position of the question that lies at `place` of the view. */
uint32_t trmi_view_source(const trmi_shape *shape, uint32_t view, uint32_t place);

#endif
