/* Gates that are shut: what they multiply stays a normal number, which the processor multiplies at full
   speed. */
#include <math.h>

#include "lib/kernels/kernels.h"
#include "tests/support/run.h"

static const float inputs[TRMI_PANEL] = { -50.0f,  -55.0f, -56.0f, -60.0f, -80.0f, -86.0f, -87.0f,  -88.0f,
                                          -100.0f, -1e3f,  -1e9f,  -1e30f, -3e38f, 0.0f,   -0.125f, 1e9f };

static void check_normal(const float *values, float least)
{
    for (int i = 0; i < TRMI_PANEL; i++)
        ck_assert_msg(values[i] == 0.0f || fabsf(values[i]) >= least, "of %g: %g", (double)inputs[i],
                      (double)values[i]);
}

START_TEST(test_shut_gates_are_normal)
{
    trmi_kernels kernels;
    trmi_kernels_select(&kernels);
    float gate[TRMI_PANEL], up[TRMI_PANEL], to[TRMI_PANEL];
    for (int i = 0; i < TRMI_PANEL; i++)
        gate[i] = inputs[i], up[i] = 1.0f;
    kernels.gate_normed(to, gate, up, TRMI_PANEL);
    check_normal(gate, 0x1p-81f);
    ck_assert(gate[13] == 0.5f && gate[15] == 1.0f);
    kernels.gate_plain(to, inputs, up, TRMI_PANEL);
    check_normal(to, 0x1p-81f);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("gates");
    TCase *cases = tcase_create("gates");
    tcase_add_test(cases, test_shut_gates_are_normal);
    suite_add_tcase(s, cases);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
