#include "lib/model/quantise.h"

#include <assert.h>

#include "lib/kernels/kernels.h"
#include "lib/kernels/scalar.h"

void trmi_quantise(const trmi_tensor *tensor, const float *numbers, int8_t *codes, float *scales)
{
    const uint64_t rows = trmi_tensor_rows(tensor), columns = trmi_tensor_columns(tensor);
    assert(trmi_tensor_quantises(tensor));
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

void trmi_quantised_starts(const trmi_tensor *tensor, const int8_t *codes, int32_t offset, int32_t *starts)
{
    const uint64_t rows = trmi_tensor_rows(tensor), columns = trmi_code_columns(tensor);
    const uint64_t lanes = tensor->layout == TRMI_LAYOUT_ROWS ? 1 : TRMI_LANES;
    assert(rows % lanes == 0 && trmi_tensor_quantises(tensor));
    for (uint64_t row = 0; row < rows; row += lanes)
        for (uint64_t lane = 0; lane < lanes; lane++) {
            const int8_t *quad = codes + row * columns + lane * TRMI_QUAD;
            int32_t sum = 0;
            for (uint64_t column = 0; column < columns; column += TRMI_QUAD, quad += lanes * TRMI_QUAD)
                for (int i = 0; i < TRMI_QUAD; i++)
                    sum += quad[i];
            starts[row + lane] = -offset * sum;
        }
}
