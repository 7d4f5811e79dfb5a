#include <stdio.h>

#include "lib/core/host.h"
#include "tests/kernels/harness.h"

/* Nanoseconds a number of each backward pass, in order; 64 columns where that matters. */
void bench_gradients(const trmi_gradients *g)
{
    enum { COUNT = 4096, TIMES = 2000, ROWS = COUNT / 64, KINDS = 8 };
    twin t[6];
    float *x[6];
    for (int i = 0; i < 6; i++) {
        t[i] = twin_new(COUNT, true);
        x[i] = t[i].data[1];
    }
    const size_t panel = COUNT / 4;
    const trmi_rows_view to = { x[0], panel }, up_to = { x[1], panel };
    const trmi_rows_read from = { x[2], panel }, a = { x[3], panel }, b = { x[4], panel };
    uint64_t time[KINDS] = { 0 };
    for (int i = 0; i < TIMES; i++) {
        uint64_t at[KINDS + 1] = { trmi_clock() };
        g->transpose(x[0], from, TRMI_PANEL, ROWS, 4);
        at[1] = trmi_clock();
        g->accumulate(x[5], x[2], COUNT);
        at[2] = trmi_clock();
        g->gate_plain(x[0], x[1], x[2], x[3], x[4], COUNT);
        at[3] = trmi_clock();
        g->gate_normed_columns(&(trmi_gate_gradient) { to, up_to, { NULL, 0 }, from, a, b, ROWS, 64, 1e-5f });
        at[4] = trmi_clock();
        g->gate_normed_rows(x[0], x[1], x[2], x[3], x[4], COUNT / TRMI_PANEL, 1e-5f);
        at[5] = trmi_clock();
        g->norm_columns(&(trmi_norm_gradient) { to, from, a, a, b, ROWS, 64, 1e-5f });
        at[6] = trmi_clock();
        g->norm_rows(x[0], x[2], x[3], x[3], x[4], COUNT / TRMI_PANEL, 1e-5f);
        at[7] = trmi_clock();
        g->softmax(x[0], x[3], panel, 4, 0.125f);
        at[8] = trmi_clock();
        for (int kind = 0; kind < KINDS; kind++)
            time[kind] += at[kind + 1] - at[kind];
    }
    static const char *const names[KINDS] = { "transpose",
                                              "accumulate",
                                              "gate_plain back",
                                              "gate_normed_columns back",
                                              "gate_normed_rows back",
                                              "norm_columns back",
                                              "norm_rows back",
                                              "softmax back" };
    for (int i = 0; i < KINDS; i++)
        printf("%-7s %-25s %6.3f ns a number\n", g->name, names[i], (double)time[i] / TIMES / COUNT);
    for (int i = 0; i < 6; i++)
        (void)twin_same(t[i]);
}
