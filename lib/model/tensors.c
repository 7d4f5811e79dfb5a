/* Where numbers and codes of a tensor lie. */
#include "lib/model/tensors.h"

#include <assert.h>

uint64_t trmi_number_index(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    const uint64_t columns = trmi_tensor_columns(tensor);
    assert(row < trmi_tensor_rows(tensor) && column < columns);
    if (tensor->layout == TRMI_LAYOUT_ROWS)
        return row * columns + column;
    return (row / TRMI_LANES * columns + column) * TRMI_LANES + row % TRMI_LANES;
}

uint64_t trmi_tensor_index(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    return trmi_number_index(tensor, trmi_stored_row(tensor, row), trmi_stored_column(tensor, column));
}

enum { LONGEST_CHAIN = 131072 }; /* products of 127 x 127 whose sum fits in 31 bits */

bool trmi_tensor_quantises(const trmi_tensor *tensor)
{
    return trmi_tensor_in_block(tensor) && trmi_tensor_columns(tensor) <= LONGEST_CHAIN;
}

uint64_t trmi_code_index(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    const uint64_t columns = trmi_code_columns(tensor);
    assert(row < trmi_tensor_rows(tensor) && column < columns && trmi_tensor_quantises(tensor));
    if (tensor->layout == TRMI_LAYOUT_ROWS)
        return row * columns + column;
    return ((row / TRMI_LANES * (columns / 4) + column / 4) * TRMI_LANES + row % TRMI_LANES) * 4 + column % 4;
}
