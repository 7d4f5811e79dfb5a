/* For libFuzzer: its own mutations, signed, so that coverage grows behind the checksums. */
#include "tests/fuzz/damage.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size_t left = size;
    if (seed % 2 && size > 0)
        damage(data, &left, seed);
    else
        left = LLVMFuzzerMutate(data, size, most);
    if (seed % 8 != 0)
        sign(data, left);
    return left;
}
