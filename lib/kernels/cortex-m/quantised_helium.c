/* 8-bit integers with Helium (MVE): VMLADAVA multiplies sixteen pairs and adds all products to a sum.
 *
 * A lane's codes lie in quads, sixty-four bytes apart: one load gathers four quads of them, sixteen codes.
 * Two such chunks of two rows stay in registers while all lanes of a panel pass by; deeper products go on
 * from the sums of the chunks before. Sums become numbers four at a time. */
#include "lib/core/variants.h"
#include "lib/kernels/kernels.h"

#ifdef TRMI_HAVE_HELIUM

#include <arm_mve.h>

enum { BYTES = 16, FOUR = 4 };

/* Two rows of sums of a panel; the second is the first again where there is one row left. */
typedef struct panel_sums {
    int32_t first[TRMI_PANEL], second[TRMI_PANEL];
} panel_sums;

/* Two rows of what is multiplied, and where they end. */
typedef struct row_pair {
    const int8_t *first, *second;
    float first_scale, second_scale;
    uint32_t depth;
} row_pair;

/* Where the quads of a lane lie in its chunk, which begins at `begin`, less a step; those beyond the depth as
 * the first: what they are multiplied with is zero. */
static uint32x4_t quads_of_chunk(uint32_t begin, uint32_t depth)
{
    const uint32_t left = depth > begin ? (depth - begin) / TRMI_QUAD : 0;
    const uint32x4_t quad = vpselq_u32(vidupq_n_u32(0, 1), vdupq_n_u32(0), vctp32q(left));
    return vaddq_n_u32(vshlq_n_u32(quad, 6), (left > 0 ? begin * TRMI_PANEL : 0) - TRMI_QUAD);
}

/* Codes of a chunk, zeros behind the depth. */
static int8x16_t codes_of(const int8_t *row, uint32_t begin, uint32_t depth)
{
    return depth > begin ? vldrbq_z_s8(row + begin, vctp8q(depth - begin)) : vdupq_n_s8(0);
}

/* What two rows have of a chunk, and where its quads are. */
typedef struct chunk {
    int8x16_t first, second;
    uint32x4_t at;
} chunk;

static inline chunk chunk_of(const row_pair *rows, uint32_t begin)
{
    return (chunk) { codes_of(rows->first, begin, rows->depth), codes_of(rows->second, begin, rows->depth),
                     quads_of_chunk(begin, rows->depth) };
}

/* Compilers keep these loops in no registers of their own accord, and gcc 12 makes two instructions of the
 * load that moves its addresses on. Two lanes and two rows at a time: four sums. */

/* sums = the products of the chunk `low` and of `high` */
static void begin_sums(panel_sums *sums, const chunk *low, const chunk *high, uint32_t b)
{
    uint32x4_t at0 = vaddq_n_u32(low->at, b), at1 = vaddq_n_u32(high->at, b);
    int8x16_t codes;
    int32_t s0, s1, t0, t1, *first = sums->first, *second = sums->second;
    __asm__ volatile(
        ".rept 8\n"
        "vldrw.u32 %q[codes], [%q[at0], #4]!\n"
        "vmladav.s8 %[s0], %q[x0], %q[codes]\n"
        "vmladav.s8 %[t0], %q[y0], %q[codes]\n"
        "vldrw.u32 %q[codes], [%q[at1], #4]!\n"
        "vmladava.s8 %[s0], %q[x1], %q[codes]\n"
        "vmladava.s8 %[t0], %q[y1], %q[codes]\n"
        "vldrw.u32 %q[codes], [%q[at0], #4]!\n"
        "vmladav.s8 %[s1], %q[x0], %q[codes]\n"
        "vmladav.s8 %[t1], %q[y0], %q[codes]\n"
        "vldrw.u32 %q[codes], [%q[at1], #4]!\n"
        "vmladava.s8 %[s1], %q[x1], %q[codes]\n"
        "vmladava.s8 %[t1], %q[y1], %q[codes]\n"
        "strd %[s0], %[s1], [%[first]], #8\n"
        "strd %[t0], %[t1], [%[second]], #8\n"
        ".endr\n"
        : [codes] "=&w"(codes), [at0] "+w"(at0), [at1] "+w"(at1), [s0] "=&Te"(s0), [s1] "=&Te"(s1),
          [t0] "=&Te"(t0), [t1] "=&Te"(t1), [first] "+r"(first), [second] "+r"(second)
        : [x0] "w"(low->first), [y0] "w"(low->second), [x1] "w"(high->first), [y1] "w"(high->second)
        : "memory");
}

/* sums += the products of a chunk */
static void add_chunk(panel_sums *sums, const chunk *more, uint32_t b)
{
    uint32x4_t at = vaddq_n_u32(more->at, b);
    int8x16_t codes;
    int32_t s0, s1, t0, t1, *first = sums->first, *second = sums->second;
    __asm__ volatile(".rept 8\n"
                     "vldrw.u32 %q[codes], [%q[at], #4]!\n"
                     "ldrd %[s0], %[s1], [%[first]]\n"
                     "ldrd %[t0], %[t1], [%[second]]\n"
                     "vmladava.s8 %[s0], %q[x], %q[codes]\n"
                     "vmladava.s8 %[t0], %q[y], %q[codes]\n"
                     "vldrw.u32 %q[codes], [%q[at], #4]!\n"
                     "vmladava.s8 %[s1], %q[x], %q[codes]\n"
                     "vmladava.s8 %[t1], %q[y], %q[codes]\n"
                     "strd %[s0], %[s1], [%[first]], #8\n"
                     "strd %[t0], %[t1], [%[second]], #8\n"
                     ".endr\n"
                     : [codes] "=&w"(codes), [at] "+w"(at), [s0] "=&Te"(s0), [s1] "=&Te"(s1), [t0] "=&Te"(t0),
                       [t1] "=&Te"(t1), [first] "+r"(first), [second] "+r"(second)
                     : [x] "w"(more->first), [y] "w"(more->second)
                     : "memory");
}

/* -- sums as numbers -- */

/* Vectors make nothing of subnormal numbers: scales that could make one are multiplied one by one. */
enum { SMALL = 0x21800000 }; /* bits of 2^-60 */

/* Whether one of the scales is below it, and not zero. */
static bool has_small(const float *scales, uint32_t count)
{
    uint32x4_t least = vdupq_n_u32(UINT32_MAX);
    for (uint32_t lane = 0; lane < count; lane += FOUR) {
        const uint32x4_t bits =
            vldrwq_z_u32((const uint32_t *)(const void *)(scales + lane), vctp32q(count - lane));
        least = vminq_u32(least, vsubq_n_u32(vshlq_n_u32(bits, 1), 1)); /* zero becomes the largest */
    }
    return vminvq_u32(UINT32_MAX, least) < 2u * SMALL - 1;
}

static bool any_small(const trmi_quantised_product *p)
{
    if (p->b_scale_panel == TRMI_PANEL)
        return has_small(p->a_scale, p->rows) || has_small(p->b_scale, p->panels * TRMI_PANEL);
    bool small = has_small(p->a_scale, p->rows);
    for (uint32_t panel = 0; panel < p->panels; panel++)
        small |= has_small(p->b_scale + panel * p->b_scale_panel, TRMI_PANEL);
    return small;
}

static void write_plainly(float *to, const int32_t *sums, const float *scales, float scale)
{
    for (int lane = 0; lane < TRMI_PANEL; lane++)
        to[lane] = (float)sums[lane] * (scale * scales[lane]);
}

/* Both rows, four lanes at a time. */
static void write_vectors(float *first, float *second, const panel_sums *sums, const float *scales,
                          const row_pair *rows)
{
    const int32_t *one = sums->first, *other = sums->second;
    float32x4_t scale, number, product;
    __asm__ volatile(
        ".rept 4\n"
        "vldrw.32 %q[scale], [%[scales]], #16\n"
        "vldrw.32 %q[number], [%[one]], #16\n"
        "vmul.f32 %q[product], %q[scale], %[x]\n"
        "vcvt.f32.s32 %q[number], %q[number]\n"
        "vmul.f32 %q[number], %q[number], %q[product]\n"
        "vstrw.32 %q[number], [%[first]], #16\n"
        "vldrw.32 %q[number], [%[other]], #16\n"
        "vmul.f32 %q[product], %q[scale], %[y]\n"
        "vcvt.f32.s32 %q[number], %q[number]\n"
        "vmul.f32 %q[number], %q[number], %q[product]\n"
        "vstrw.32 %q[number], [%[second]], #16\n"
        ".endr\n"
        : [scale] "=&w"(scale), [number] "=&w"(number), [product] "=&w"(product), [one] "+r"(one),
          [other] "+r"(other), [scales] "+r"(scales), [first] "+r"(first), [second] "+r"(second)
        : [x] "r"(rows->first_scale), [y] "r"(rows->second_scale)
        : "memory");
}

/* -- rows -- */

static row_pair pair_of(const trmi_quantised_product *p, uint32_t row)
{
    const uint32_t other = row + 1 < p->rows ? row + 1 : row;
    return (row_pair) { p->a + (size_t)row * p->a_row, p->a + (size_t)other * p->a_row, p->a_scale[row],
                        p->a_scale[other], p->depth };
}

static void write_panel(float *first, float *second, const panel_sums *sums, const float *scales,
                        const row_pair *rows, bool plainly)
{
    if (!plainly) {
        write_vectors(first, second, sums, scales, rows);
        return;
    }
    write_plainly(first, sums->first, scales, rows->first_scale);
    write_plainly(second, sums->second, scales, rows->second_scale);
}

static void multiply_pair(const trmi_quantised_product *p, uint32_t row, bool plainly)
{
    const row_pair rows = pair_of(p, row);
    const chunk low = chunk_of(&rows, 0), high = chunk_of(&rows, BYTES), third = chunk_of(&rows, 2 * BYTES);
    uint32_t b = (uint32_t)(uintptr_t)p->b;
    const float *scales = p->b_scale;
    float *to = p->c + row * p->c_row;
    const size_t other = row + 1 < p->rows ? p->c_row : 0;
    for (uint32_t panel = 0; panel < p->panels; panel++) {
        panel_sums sums;
        begin_sums(&sums, &low, &high, b);
        if (rows.depth > 2 * BYTES)
            add_chunk(&sums, &third, b);
        for (uint32_t begin = 3 * BYTES; begin < rows.depth; begin += BYTES) {
            const chunk more = chunk_of(&rows, begin);
            add_chunk(&sums, &more, b);
        }
        write_panel(to, to + other, &sums, scales, &rows, plainly);
        b += (uint32_t)p->b_panel;
        scales += p->b_scale_panel;
        to += p->c_panel;
    }
}

static void quantised_product(const trmi_quantised_product *p)
{
    const bool plainly = any_small(p);
    for (uint32_t row = 0; row < p->rows; row += 2)
        multiply_pair(p, row, plainly);
}

void trmi_quantised_helium(trmi_kernels *kernels)
{
    trmi_quantised_reference(kernels);
    kernels->adds_quantised = false;
    kernels->quantised_product = quantised_product;
}

#endif
