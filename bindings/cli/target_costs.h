/* Code and stack of what solves one question, as examples/firmware/sudoku.c does, on each target: trm.c with
 * the kind and the precision of the model alone, without messages, -Os. Recorded by tests/firmware/costs with
 * gcc 12.2 (wasm32: clang 14), which a test repeats. */
#ifndef TRM_CLI_TARGET_COSTS_H
#define TRM_CLI_TARGET_COSTS_H

#include <stdint.h>

enum { TARGET_CORTEX_M4, TARGET_CORTEX_M7, TARGET_CORTEX_M55, TARGET_RV32, TARGET_WASM32, TARGETS };
enum { TARGET_FP32, TARGET_INT8, TARGET_PRECISIONS };
enum { TARGET_KINDS = 3 }; /* mixer, attention, relational */

/* In bytes. */
typedef struct target_cost {
    uint32_t code, stack;
} target_cost;

/* clang-format off */
static const target_cost target_costs[TARGETS][TARGET_KINDS][TARGET_PRECISIONS] = {
    [TARGET_CORTEX_M4] = { { { 40708, 2888 }, { 42628, 2888 } }, { { 43596, 2880 }, { 45324, 2880 } }, { { 42312, 3416 }, { 44040, 3416 } } },
    [TARGET_CORTEX_M7] = { { { 39108, 2888 }, { 41092, 2888 } }, { { 40460, 2880 }, { 42188, 2880 } }, { { 40712, 3416 }, { 42440, 3416 } } },
    [TARGET_CORTEX_M55] = { { { 39116, 2880 }, { 41612, 2880 } }, { { 40532, 2872 }, { 42772, 2872 } }, { { 40712, 3416 }, { 43016, 3416 } } },
    [TARGET_RV32] = { { { 52448, 2368 }, { 53408, 2368 } }, { { 56468, 2368 }, { 57172, 2368 } }, { { 54540, 2976 }, { 55244, 2976 } } },
    [TARGET_WASM32] = { { { 71448, 65536 }, { 73050, 65536 } }, { { 74052, 65536 }, { 75255, 65536 } }, { { 76174, 65536 }, { 77418, 65536 } } },
};
/* clang-format on */

#endif
