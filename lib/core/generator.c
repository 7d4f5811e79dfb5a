/* SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). A normal number is
 * a sum of twelve uniform ones, because logarithms and cosines differ in their last bits between C libraries.
 */
#include <assert.h>
#include <string.h>

#include "lib/core/checksum.h"
#include "lib/core/generator.h"

enum { UNIFORMS = 12 }; /* their sum has variance 1 */

void trmi_generator_begin(trmi_generator *generator, uint64_t seed, const char *name)
{
    generator->state = seed;
    generator->state = trmi_generator_next(generator) ^ trmi_crc32c(0, name, strlen(name));
    generator->state = trmi_generator_next(generator);
}

uint64_t trmi_generator_next(trmi_generator *generator)
{
    uint64_t bits = generator->state += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

uint32_t trmi_generator_below(trmi_generator *generator, uint32_t count)
{
    assert(count > 0);
    return (uint32_t)((trmi_generator_next(generator) >> 32) * count >> 32);
}

float trmi_generator_normal(trmi_generator *generator)
{
    int64_t sum = -(int64_t)UNIFORMS * INT32_MAX; /* the mean of what is added */
    for (int i = 0; i < UNIFORMS; i += 2) {
        const uint64_t bits = trmi_generator_next(generator);
        sum += 2 * (int64_t)(bits >> 33) + 2 * (int64_t)(bits & INT32_MAX);
    }
    return (float)sum * 0x1p-32f;
}
