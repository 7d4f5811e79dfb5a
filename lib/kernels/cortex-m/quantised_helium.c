/* 8-bit integers with Helium (MVE): VMLADAVA multiplies sixteen pairs and adds all products to a sum.
 *
 * A lane's codes lie in quads, sixty-four bytes apart: one load gathers four quads of them, for four rows. */
#include "lib/core/variants.h"
#include "lib/kernels/kernels.h"

#ifdef TRMI_HAVE_HELIUM

#include <arm_mve.h>

enum { ROWS = 4, BYTES = 16 };

/* Where sixteen codes of a lane lie. */
static uint8x16_t offsets_of_a_lane(void)
{
    const uint8x16_t place = vidupq_n_u8(0, 1);
    const uint8x16_t quad = vshrq_n_u8(place, 2);
    return vorrq_u8(vshlq_n_u8(quad, 6), vandq_u8(place, vdupq_n_u8(TRMI_QUAD - 1)));
}

/* The rows that are not there are the last one again. */
static void multiply_lane(const trmi_quantised_product *p, uint32_t row, uint32_t panel, uint32_t lane,
                          uint8x16_t offsets)
{
    const uint32_t last = p->rows - 1 - row;
    const int8_t *b = p->b + panel * p->b_panel + lane * TRMI_QUAD, *a = p->a + (size_t)row * p->a_row;
    const size_t a1 = (last < 1 ? last : 1) * p->a_row, a2 = (last < 2 ? last : 2) * p->a_row,
                 a3 = (last < 3 ? last : 3) * p->a_row;
    int32_t sums[ROWS] = { 0 };
    for (int32_t left = (int32_t)p->depth; left > 0; left -= BYTES, a += BYTES, b += BYTES * TRMI_PANEL) {
        const mve_pred16_t there = vctp8q((uint32_t)left);
        const int8x16_t codes = vldrbq_gather_offset_z_s8(b, offsets, there);
        sums[0] = vmladavaq_s8(sums[0], codes, vldrbq_z_s8(a, there));
        sums[1] = vmladavaq_s8(sums[1], codes, vldrbq_z_s8(a + a1, there));
        sums[2] = vmladavaq_s8(sums[2], codes, vldrbq_z_s8(a + a2, there));
        sums[3] = vmladavaq_s8(sums[3], codes, vldrbq_z_s8(a + a3, there));
    }
    const float scale = p->b_scale[panel * p->b_scale_panel + lane];
    float *c = p->c + panel * p->c_panel + (size_t)row * p->c_row + lane;
    for (uint32_t r = 0; r < ROWS && r <= last; r++)
        c[r * p->c_row] = (float)sums[r] * (p->a_scale[row + r] * scale);
}

static void quantised_product(const trmi_quantised_product *p)
{
    const uint8x16_t offsets = offsets_of_a_lane();
    for (uint32_t row = 0; row < p->rows; row += ROWS)
        for (uint32_t panel = 0; panel < p->panels; panel++)
            for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
                multiply_lane(p, row, panel, lane, offsets);
}

void trmi_quantised_helium(trmi_kernels *kernels)
{
    trmi_quantised_reference(kernels);
    kernels->quantised_product = quantised_product;
}

#endif
