/* The fused multiply-adds of both modules, for fused.test.mjs: `numbers` has a, b, c of each case, then room
   for a result. */
#include <stdint.h>

#if defined(__wasm_simd128__)
#include "lib/kernels/wasm/simd128.h"
#else
#include "lib/core/fused.h"

/* The compiler calls it for memcpy of a number. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}
#endif

enum { CASES = 4096, LANES = 8 };

static float numbers[4][CASES];

__attribute__((export_name("numbers"))) float *the_numbers(void)
{
    return &numbers[0][0];
}

__attribute__((export_name("fuse"))) void fuse(void)
{
    for (uint32_t i = 0; i < CASES; i += LANES) {
#if defined(__wasm_simd128__)
        v_store(numbers[3] + i,
                v_fma(v_load(numbers[0] + i), v_load(numbers[1] + i), v_load(numbers[2] + i)));
#else
        for (uint32_t lane = i; lane < i + LANES; lane++)
            numbers[3][lane] = trmi_fused_exact(numbers[0][lane], numbers[1][lane], numbers[2][lane]);
#endif
    }
}
