/* The formats of lists. The first that knows a list by its first line reads it. */
#include "lib/puzzles/list.h"

const trmi_list_format *const trmi_list_formats[] = {
    &trmi_array_format, &trmi_json_format, &trmi_table_format, &trmi_line_format, NULL,
};
