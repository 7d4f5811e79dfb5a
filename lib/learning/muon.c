/* With X the matrix in panels, never more rows than columns: X <- X / |X|, then five times
 *
 *     S = X X'    M = b S + c S S    X <- a X + M X */
#include "lib/learning/muon.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/interchange/weights.h"

enum { ITERATIONS = 5 };
static const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

/* X and what it is multiplied with: [columns / 16][rows][16]. */
typedef struct iteration {
    const trmi_kernels *kernels;
    const trmi_gradients *gradients;
    uint32_t rows, columns; /* rows <= columns */
    bool is_transposed;     /* X is the matrix transposed */
    float *x, *transposed, *product, *square, *mixed;
} iteration;

static uint64_t whole(uint64_t count)
{
    return (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
}

static void shape(iteration *it, const trmi_tensor *tensor)
{
    const uint32_t rows = (uint32_t)trmi_logical_rows(tensor),
                   columns = (uint32_t)trmi_logical_columns(tensor);
    it->is_transposed = rows > columns;
    it->rows = it->is_transposed ? columns : rows;
    it->columns = it->is_transposed ? rows : columns;
}

static uint64_t wide(const iteration *it)
{
    return whole(it->rows) * whole(it->columns);
}

static uint64_t square(const iteration *it)
{
    return whole(it->rows) * whole(it->rows);
}

uint64_t trmi_muon_scratch(const trmi_tensor *tensor)
{
    iteration it;
    shape(&it, tensor);
    return 3 * wide(&it) + 2 * square(&it);
}

static float *at(const iteration *it, float *x, uint32_t row, uint32_t column)
{
    assert(row < it->rows && column < it->columns);
    return x + ((size_t)(column / TRMI_PANEL) * it->rows + row) * TRMI_PANEL + column % TRMI_PANEL;
}

static float *matrix_at(const iteration *it, float *matrix, const trmi_tensor *tensor, uint32_t row,
                        uint32_t column)
{
    return matrix + (it->is_transposed ? trmi_tensor_index(tensor, column, row)
                                       : trmi_tensor_index(tensor, row, column));
}

/* X = matrix / |matrix|; false when the matrix is zero or has a NaN. */
static bool take(const iteration *it, float *matrix, const trmi_tensor *tensor)
{
    double squares = 0.0;
    for (uint32_t row = 0; row < it->rows; row++)
        for (uint32_t column = 0; column < it->columns; column++) {
            const float value = *matrix_at(it, matrix, tensor, row, column);
            squares += (double)value * (double)value;
            *at(it, it->x, row, column) = value;
        }
    const float factor = (float)(1.0 / (sqrt(squares) + 1e-7));
    for (uint64_t i = 0; i < wide(it); i++)
        it->x[i] *= factor;
    return squares > 0.0;
}

/* to = left right, left [..][rows][16] over `depth` columns, right [..][depth][16] */
static void multiply(const iteration *it, const float *left, const float *right, uint32_t depth,
                     uint32_t columns, float *to)
{
    it->kernels->product(&(trmi_product) {
        .rows = it->rows,
        .depth = depth,
        .panels = (uint32_t)whole(columns) / TRMI_PANEL,
        .a = left,
        .a_row = TRMI_PANEL,
        .a_block = (size_t)it->rows * TRMI_PANEL,
        .b = right,
        .b_panel = (size_t)depth * TRMI_PANEL,
        .c = to,
        .c_row = TRMI_PANEL,
        .c_panel = (size_t)it->rows * TRMI_PANEL,
    });
}

static void iterate(const iteration *it)
{
    assert(it->rows > 0 && it->rows <= it->columns);
    const uint32_t panels = (uint32_t)whole(it->columns) / TRMI_PANEL;
    it->gradients->transpose(it->transposed, (trmi_rows_read) { it->x, (size_t)it->rows * TRMI_PANEL },
                             TRMI_PANEL, it->rows, panels);
    /* transposed X has whole panels of columns: the product runs over all of them, zeros too */
    it->kernels->product(&(trmi_product) {
        .rows = it->rows,
        .depth = panels * TRMI_PANEL,
        .panels = (uint32_t)whole(it->rows) / TRMI_PANEL,
        .a = it->x,
        .a_row = TRMI_PANEL,
        .a_block = (size_t)it->rows * TRMI_PANEL,
        .b = it->transposed,
        .b_panel = (size_t)panels * TRMI_PANEL * TRMI_PANEL,
        .c = it->product,
        .c_row = TRMI_PANEL,
        .c_panel = (size_t)it->rows * TRMI_PANEL,
    });
    multiply(it, it->product, it->product, it->rows, it->rows, it->square);
    for (uint64_t i = 0; i < (uint64_t)it->rows * whole(it->rows); i++)
        it->product[i] = B * it->product[i] + C * it->square[i];
    multiply(it, it->product, it->x, it->rows, it->columns, it->mixed);
    for (uint64_t i = 0; i < (uint64_t)it->rows * whole(it->columns); i++)
        it->x[i] = A * it->x[i] + it->mixed[i];
}

void trmi_muon_direction(float *matrix, const trmi_tensor *tensor, const trmi_kernels *kernels,
                         const trmi_gradients *gradients, float *scratch)
{
    iteration it = { .kernels = kernels, .gradients = gradients };
    shape(&it, tensor);
    it.x = scratch;
    it.transposed = it.x + wide(&it);
    it.mixed = it.transposed + wide(&it);
    it.product = it.mixed + wide(&it);
    it.square = it.product + square(&it);
    memset(scratch, 0, trmi_muon_scratch(tensor) * sizeof *scratch);
    if (!take(&it, matrix, tensor))
        return;
    for (int i = 0; i < ITERATIONS; i++)
        iterate(&it);
    const double rows = (double)trmi_logical_rows(tensor), columns = (double)trmi_logical_columns(tensor);
    const float scale = rows > columns ? (float)sqrt(rows / columns) : 1.0f;
    for (uint32_t row = 0; row < it.rows; row++)
        for (uint32_t column = 0; column < it.columns; column++)
            *matrix_at(&it, matrix, tensor, row, column) = scale * *at(&it, it.x, row, column);
}
