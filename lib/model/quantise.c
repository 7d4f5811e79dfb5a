#include "lib/model/quantise.h"

#include "lib/kernels/scalar.h"

void trmi_quantise(const trmi_tensor *tensor, const float *numbers, int8_t *codes, float *scales)
{
    const uint64_t rows = trmi_tensor_rows(tensor), columns = trmi_tensor_columns(tensor);
    for (uint64_t row = 0; row < rows; row++) {
        float most = 0.0f;
        for (uint64_t column = 0; column < columns; column++)
            most = trmi_max(fabsf(numbers[trmi_number_index(tensor, row, column)]), most);
        const float factor = trmi_code_factor(most);
        scales[row] = trmi_code_scale(most);
        for (uint64_t column = 0; column < trmi_code_columns(tensor); column++)
            codes[trmi_code_index(tensor, row, column)] =
                column < columns ? trmi_code(numbers[trmi_number_index(tensor, row, column)], factor) : 0;
    }
}
