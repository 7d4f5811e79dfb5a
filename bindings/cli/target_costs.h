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
    [TARGET_CORTEX_M4] = { { { 37336, 2024 }, { 39896, 2104 } }, { { 40544, 2072 }, { 42656, 2112 } }, { { 38932, 2608 }, { 40916, 2648 } } },
    [TARGET_CORTEX_M7] = { { { 35800, 2024 }, { 38296, 2104 } }, { { 37408, 2072 }, { 39520, 2112 } }, { { 37332, 2608 }, { 39316, 2648 } } },
    [TARGET_CORTEX_M55] = { { { 35736, 2024 }, { 38808, 2104 } }, { { 37408, 2072 }, { 40096, 2112 } }, { { 37268, 2608 }, { 39828, 2648 } } },
    [TARGET_RV32] = { { { 49088, 1648 }, { 50304, 1648 } }, { { 53356, 1648 }, { 54252, 1648 } }, { { 50916, 2176 }, { 51620, 2208 } } },
    [TARGET_WASM32] = { { { 70906, 65536 }, { 72859, 65536 } }, { { 74208, 65536 }, { 75707, 65536 } }, { { 75220, 65536 }, { 76249, 65536 } } },
};
/* clang-format on */

#endif
