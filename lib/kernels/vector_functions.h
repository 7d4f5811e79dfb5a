/* The exponential of scalar.h and the 16 lanes of a sum over columns, in terms of vectors: what kernels
 * and their backward passes have in common. */
#include "lib/kernels/scalar.h"
#include "lib/kernels/vectors.h"

/* trmi_exp2 of scalar.h, for t that is at most TRMI_EXP2_HIGHEST, or is NaN */
INLINE vector power_of_two(vector t)
{
    t = v_max(t, v_set(TRMI_EXP2_LOWEST));
    const vector shifted = v_add(t, v_set(TRMI_ROUND));
    const vector f = v_sub(t, v_sub(shifted, v_set(TRMI_ROUND)));
    vector y = v_set(TRMI_EXP2_5);
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_4));
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_3));
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_2));
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_1));
    y = v_add(v_mul(y, f), v_set(1.0f));
    return v_power(y, shifted);
}

/* trmi_one_and_exponential of scalar.h */
INLINE vector one_and_exponential(vector x)
{
    const vector t = v_mul(x, v_set(-TRMI_LOG2_E));
    return v_add(v_set(1.0f), power_of_two(v_min(v_set(TRMI_GATE_HIGHEST), t)));
}

/* 16 lanes, whatever the vectors. */
typedef struct lanes {
    vector part[PARTS];
} lanes;

INLINE lanes no_lanes(void)
{
    lanes sum;
    for (int i = 0; i < PARTS; i++)
        sum.part[i] = v_set(0.0f);
    return sum;
}
