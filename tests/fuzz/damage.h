/* Reproducible damage to files, and the checksums made right again behind it. */
#ifndef TRM_TESTS_FUZZ_DAMAGE_H
#define TRM_TESTS_FUZZ_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

/* Strikes `data` one to four times; *size may become smaller. The same seed does the same. Half of the time
 * the result is signed. */
void damage(uint8_t *data, size_t *size, uint64_t seed);

/* Makes a .trm file's size and the checksums of its header, directory and tensors right; leaves anything else
   alone. */
void sign(uint8_t *data, size_t size);

#endif
