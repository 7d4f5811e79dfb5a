#include "tests/kernels/harness.h"

#include <math.h>
#include <stdlib.h>

#include "lib/core/bytes.h"

uint64_t harness_state;

uint64_t next(void)
{
    harness_state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    uint64_t z = harness_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t between(uint32_t least, uint32_t most)
{
    return least + (uint32_t)(next() % (most - least + 1));
}

bool overflowing;

float number(void)
{
    const float plain = (float)((double)(next() >> 11) / 9007199254740992.0 * 8.0 - 4.0);
    switch (next() % (overflowing ? 68 : 64)) {
    case 0:
        return 0.0f;
    case 1:
        return -0.0f;
    case 2:
        return plain * 1e-40f;
    case 3:
        return plain * 50.0f;
    case 64:
        return plain * 8e37f;
    case 65:
        return plain > 0.0f ? INFINITY : -INFINITY;
    case 66:
        return NAN;
    default:
        return plain;
    }
}

bool aligned;

twin twin_new(size_t count, bool filled)
{
    twin t = { .count = count };
    const size_t shift = next() % 16;
    for (int side = 0; side < 2; side++) {
        t.memory[side] = malloc((count + 2 * CANARY + 32) * sizeof(float));
        if (t.memory[side] == NULL)
            abort();
        t.data[side] = t.memory[side] + CANARY + shift;
        if (aligned)
            t.data[side] += (64 - (uintptr_t)t.data[side] % 64) % 64 / sizeof(float);
        for (size_t i = 0; i < count + 2 * CANARY; i++)
            t.data[side][(ptrdiff_t)i - CANARY] = trmi_float_of_bits(POISON);
    }
    for (size_t i = 0; filled && i < count; i++)
        t.data[0][i] = t.data[1][i] = number();
    return t;
}

/* What is no number has many forms, and which of them comes out is not promised. */
static bool same_number(float a, float b)
{
    return trmi_bits_of_float(a) == trmi_bits_of_float(b) || (overflowing && isnan(a) && isnan(b));
}

bool twin_same(twin t)
{
    bool same = true;
    for (size_t i = 0; i < t.count; i++)
        same = same && (t.codes ? trmi_bits_of_float(t.data[0][i]) == trmi_bits_of_float(t.data[1][i])
                                : same_number(t.data[0][i], t.data[1][i]));
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < CANARY; i++)
            same = same && trmi_bits_of_float(t.data[side][(ptrdiff_t)i - CANARY]) == POISON &&
                   trmi_bits_of_float(t.data[side][t.count + i]) == POISON;
    free(t.memory[0]);
    free(t.memory[1]);
    return same;
}

void zero_spare_lanes(twin t, uint32_t rows, uint32_t width, size_t panel)
{
    if (width % TRMI_PANEL == 0)
        return;
    for (int side = 0; side < 2; side++)
        for (uint32_t row = 0; row < rows; row++)
            for (uint32_t lane = width % TRMI_PANEL; lane < TRMI_PANEL; lane++)
                t.data[side][width / TRMI_PANEL * panel + row * TRMI_PANEL + lane] = 0.0f;
}
