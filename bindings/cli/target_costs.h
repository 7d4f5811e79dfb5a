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
    [TARGET_CORTEX_M4] = { { { 51864, 3456 }, { 53016, 3456 } }, { { 54624, 3456 }, { 55776, 3456 } }, { { 53156, 3456 }, { 54308, 3456 } } },
    [TARGET_CORTEX_M7] = { { { 50264, 3456 }, { 51416, 3456 } }, { { 51424, 3456 }, { 52576, 3456 } }, { { 51556, 3456 }, { 52708, 3456 } } },
    [TARGET_CORTEX_M55] = { { { 50272, 3448 }, { 51360, 3448 } }, { { 51488, 3448 }, { 52576, 3448 } }, { { 51564, 3448 }, { 52652, 3448 } } },
    [TARGET_RV32] = { { { 66472, 3584 }, { 67496, 3584 } }, { { 70324, 3584 }, { 71476, 3584 } }, { { 68148, 3584 }, { 69172, 3584 } } },
    [TARGET_WASM32] = { { { 89765, 65536 }, { 91444, 65536 } }, { { 91892, 65536 }, { 93603, 65536 } }, { { 94276, 65536 }, { 95955, 65536 } } },
};
/* clang-format on */

#endif
