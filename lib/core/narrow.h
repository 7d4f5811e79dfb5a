/* What structs that have pointers take where pointers have 32 bits and 64-bit numbers are aligned to 8 bytes:
 * on every Cortex-M, RV32 and wasm32. So a computer can tell what a small machine will need.
 *
 * Recorded by tests/firmware/narrow, which a test holds to what compilers for such machines say. */
#ifndef TRMI_CORE_NARROW_H
#define TRMI_CORE_NARROW_H

enum {
    TRMI_NARROW_pointer = 4,
    TRMI_NARROW_trm_model = 3832,
    TRMI_NARROW_trm_relation = 32,
    TRMI_NARROW_trm_solver = 408,
    TRMI_NARROW_trmi_block_weights = 4,
    TRMI_NARROW_trmi_metadata_entry = 40,
    TRMI_NARROW_trmi_prepared = 3624, /* on every machine */
    TRMI_NARROW_trmi_puzzle = 96,
    TRMI_NARROW_trmi_relation_table = 24,
    TRMI_NARROW_trmi_run = 192,
    TRMI_NARROW_trmi_scratch = 52,
    TRMI_NARROW_trmi_tensor_entry = 64,
    TRMI_NARROW_trmi_verification = 424,
    TRMI_NARROW_trmi_weight = 16,
    TRMI_NARROW_trmi_worker = 40
};

#endif
