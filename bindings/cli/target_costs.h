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
    [TARGET_CORTEX_M4] = { { { 37336, 2024 }, { 39640, 2096 } }, { { 40480, 2064 }, { 42400, 2104 } }, { { 39060, 2616 }, { 40788, 2656 } } },
    [TARGET_CORTEX_M7] = { { { 35800, 2024 }, { 38040, 2096 } }, { { 37408, 2064 }, { 39264, 2104 } }, { { 37460, 2616 }, { 39188, 2656 } } },
    [TARGET_CORTEX_M55] = { { { 35672, 2024 }, { 38552, 2096 } }, { { 37408, 2064 }, { 39840, 2104 } }, { { 37396, 2616 }, { 39700, 2656 } } },
    [TARGET_RV32] = { { { 48960, 1648 }, { 50112, 1648 } }, { { 53228, 1648 }, { 54060, 1648 } }, { { 50980, 2176 }, { 51684, 2192 } } },
    [TARGET_WASM32] = { { { 70675, 65536 }, { 72720, 65536 } }, { { 73978, 65536 }, { 75472, 65536 } }, { { 75363, 65536 }, { 76399, 65536 } } },
};
/* clang-format on */

#endif
