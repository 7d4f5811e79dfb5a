/* 8-bit integers on ARMv7E-M and later: SMLAD multiplies two pairs of 16-bit integers and adds both products.
 *
 * Four rows go together. Their codes are widened once and interleaved, so that a quad of them is one stretch
 * of memory: [depth / 4][4 rows][codes 0 and 2, codes 1 and 3]. A lane's quad is widened in the same order
 * when it is met. */
#include "lib/core/variants.h"
#include "lib/kernels/kernels.h"

#ifdef TRMI_HAVE_CORTEX_M

#include <arm_acle.h>
#include <string.h>

enum { ROWS = 4, CHUNK = 64 }; /* depth that is widened at once: half a kilobyte of stack */

static uint32_t load_quad(const int8_t *at)
{
    uint32_t quad;
    memcpy(&quad, at, sizeof quad);
    return quad;
}

static uint32_t even_codes(uint32_t quad)
{
    return (uint32_t)__sxtb16((int8x4_t)quad);
}

static uint32_t odd_codes(uint32_t quad)
{
    return (uint32_t)__sxtb16((int8x4_t)(quad >> 8 | quad << 24));
}

/* Codes begin .. begin + count of up to four rows; rows that are not there are zeros. */
static void widen(const trmi_quantised_product *p, uint32_t row, uint32_t begin, uint32_t count, uint32_t *to)
{
    for (uint32_t r = 0; r < ROWS; r++) {
        const int8_t *a = p->a + (size_t)(row + r) * p->a_row + begin;
        uint32_t *at = to + (size_t)r * 2;
        for (uint32_t k = 0; k < count; k += TRMI_QUAD, at += ROWS * 2) {
            const uint32_t quad = row + r < p->rows ? load_quad(a + k) : 0;
            at[0] = even_codes(quad);
            at[1] = odd_codes(quad);
        }
    }
}

/* One quad of a lane, and those of four rows. */
#define QUAD \
    "ldr %[odd], [%[b]], #64\n" \
    "ldmia %[a]!, {r8, r9, r10, r11}\n" \
    "sxtb16 %[even], %[odd]\n" \
    "sxtb16 %[odd], %[odd], ror #8\n" \
    "smlad %[s0], r8, %[even], %[s0]\n" \
    "smlad %[s1], r10, %[even], %[s1]\n" \
    "smlad %[s0], r9, %[odd], %[s0]\n" \
    "smlad %[s1], r11, %[odd], %[s1]\n" \
    "ldmia %[a]!, {r8, r9, r10, r11}\n" \
    "smlad %[s2], r8, %[even], %[s2]\n" \
    "smlad %[s3], r10, %[even], %[s3]\n" \
    "smlad %[s2], r9, %[odd], %[s2]\n" \
    "smlad %[s3], r11, %[odd], %[s3]\n"

/* sums[r] += the products of the lane's codes with four rows'. Compilers load each number by itself. */
static inline void add_lane(int32_t sums[ROWS], const uint32_t *a, const int8_t *b, uint32_t quads)
{
    int32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    uint32_t even, odd;
    __asm__ volatile("lsrs %[left], %[left], #1\n"
                     "bcc 1f\n" QUAD "1:\n"
                     "cmp %[left], #0\n"
                     "beq 3f\n"
                     "2:\n" QUAD QUAD "subs %[left], %[left], #1\n"
                     "bne 2b\n"
                     "3:\n"
                     : [s0] "+r"(s0), [s1] "+r"(s1), [s2] "+r"(s2), [s3] "+r"(s3), [a] "+r"(a), [b] "+r"(b),
                       [left] "+r"(quads), [even] "=&r"(even), [odd] "=&r"(odd)
                     :
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

/* Numbers of all four rows, or of those that there are. */
static inline void write_lane(const trmi_quantised_product *p, uint32_t row, float *c, float scale,
                              const int32_t sums[ROWS])
{
    const float *a_scale = p->a_scale + row;
    const size_t step = p->c_row;
    for (uint32_t r = 0; r < ROWS && row + r < p->rows; r++)
        c[r * step] = (float)sums[r] * (a_scale[r] * scale);
}

/* The same from nothing. */
#define FIRST_QUAD \
    "ldr %[odd], [%[b]], #64\n" \
    "ldmia %[a]!, {r8, r9, r10, r11}\n" \
    "sxtb16 %[even], %[odd]\n" \
    "sxtb16 %[odd], %[odd], ror #8\n" \
    "smuad %[s0], r8, %[even]\n" \
    "smuad %[s1], r10, %[even]\n" \
    "smlad %[s0], r9, %[odd], %[s0]\n" \
    "smlad %[s1], r11, %[odd], %[s1]\n" \
    "ldmia %[a]!, {r8, r9, r10, r11}\n" \
    "smuad %[s2], r8, %[even]\n" \
    "smuad %[s3], r10, %[even]\n" \
    "smlad %[s2], r9, %[odd], %[s2]\n" \
    "smlad %[s3], r11, %[odd], %[s3]\n"

/* A lane's sums with four rows, each of which has a row of sums. */
static inline void sum_lane(int32_t *sums, const uint32_t *a, const int8_t *b, uint32_t more)
{
    uint32_t even, odd;
    int32_t s0, s1, s2, s3;
    __asm__ volatile(FIRST_QUAD "lsrs %[left], %[left], #1\n"
                                "bcc 1f\n" QUAD "1:\n"
                                "cmp %[left], #0\n"
                                "beq 3f\n"
                                "2:\n" QUAD QUAD "subs %[left], %[left], #1\n"
                                "bne 2b\n"
                                "3:\n"
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [a] "+r"(a),
                       [b] "+r"(b), [left] "+r"(more), [even] "=&r"(even), [odd] "=&r"(odd)
                     :
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    sums[0] = s0;
    sums[TRMI_PANEL] = s1;
    sums[2 * TRMI_PANEL] = s2;
    sums[3 * TRMI_PANEL] = s3;
}

#if defined(__ARM_FP) && (__ARM_FP & 4) != 0
/* A row of sums as numbers, eight at a time. */
static inline void write_row(float *c, const int32_t *sums, const float *scales, float scale)
{
    __asm__ volatile(".rept 2\n"
                     "vldmia %[scales]!, {s8-s15}\n"
                     "vldmia %[sums]!, {s0-s7}\n"
                     ".irp n, 0, 1, 2, 3, 4, 5, 6, 7\n"
                     "vcvt.f32.s32 s\\n, s\\n\n"
                     ".endr\n"
                     ".irp n, 8, 9, 10, 11, 12, 13, 14, 15\n"
                     "vmul.f32 s\\n, %[scale], s\\n\n"
                     ".endr\n"
                     "vmul.f32 s0, s0, s8\n"
                     "vmul.f32 s1, s1, s9\n"
                     "vmul.f32 s2, s2, s10\n"
                     "vmul.f32 s3, s3, s11\n"
                     "vmul.f32 s4, s4, s12\n"
                     "vmul.f32 s5, s5, s13\n"
                     "vmul.f32 s6, s6, s14\n"
                     "vmul.f32 s7, s7, s15\n"
                     "vstmia %[c]!, {s0-s7}\n"
                     ".endr\n"
                     : [scales] "+r"(scales), [sums] "+r"(sums), [c] "+r"(c)
                     : [scale] "t"(scale)
                     : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13",
                       "s14", "s15", "memory");
}

#else
static inline void write_row(float *c, const int32_t *sums, const float *scales, float scale)
{
    for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
        c[lane] = (float)sums[lane] * (scale * scales[lane]);
}
#endif

/* Four rows whose depth is one chunk. */
static void multiply_four(const trmi_quantised_product *p, uint32_t row, const uint32_t *wide)
{
    int32_t sums[ROWS * TRMI_PANEL];
    const uint32_t more = p->depth / TRMI_QUAD - 1;
    for (uint32_t panel = 0; panel < p->panels; panel++) {
        const int8_t *b = p->b + panel * p->b_panel;
        const float *scales = p->b_scale + panel * p->b_scale_panel;
        float *c = p->c + panel * p->c_panel + (size_t)row * p->c_row;
        for (int32_t *lane = sums; lane < sums + TRMI_PANEL; lane++, b += TRMI_QUAD)
            sum_lane(lane, wide, b, more);
        for (uint32_t r = 0; r < ROWS; r++, c += p->c_row)
            write_row(c, sums + (size_t)r * TRMI_PANEL, scales, p->a_scale[row + r]);
    }
}

/* Any rows and depths. */
static void multiply_rows(const trmi_quantised_product *p, uint32_t row, uint32_t *wide)
{
    for (uint32_t panel = 0; panel < p->panels; panel++) {
        int32_t sums[TRMI_PANEL][ROWS] = { { 0 } };
        for (uint32_t k = 0; k < p->depth; k += CHUNK) {
            const uint32_t count = p->depth - k < CHUNK ? p->depth - k : CHUNK;
            if (p->depth > CHUNK)
                widen(p, row, k, count, wide);
            for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
                add_lane(sums[lane], wide,
                         p->b + panel * p->b_panel + (size_t)k * TRMI_PANEL + lane * TRMI_QUAD,
                         count / TRMI_QUAD);
        }
        for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
            write_lane(p, row, p->c + panel * p->c_panel + (size_t)row * p->c_row + lane,
                       p->b_scale[panel * p->b_scale_panel + lane], sums[lane]);
    }
}

static void quantised_product(const trmi_quantised_product *p)
{
    uint32_t wide[CHUNK / TRMI_QUAD * ROWS * 2];
    const bool once = p->depth <= CHUNK;
    for (uint32_t next = 0; next < p->rows; next += ROWS) {
        /* the last four take rows along that are there already */
        const uint32_t row = once && p->rows >= ROWS && p->rows - next < ROWS ? p->rows - ROWS : next;
        if (once)
            widen(p, row, 0, p->depth, wide);
        if (once && p->rows >= ROWS)
            multiply_four(p, row, wide);
        else
            multiply_rows(p, row, wide);
    }
}

void trmi_quantised_dsp(trmi_kernels *kernels)
{
    trmi_quantised_reference(kernels);
    kernels->adds_quantised = false;
    kernels->quantised_product = quantised_product;
}

#endif
