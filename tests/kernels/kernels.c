/* The kernel harness: every variant that this machine can run against the portable reference, bit for bit, on
 * random shapes with ragged edges, misaligned buffers, poisoned gaps and canaries; and, with --bench, the
 * speed of what passed.
 *
 *     tests/kernels [--bench] [--seed N] [--rounds N] */
#define _POSIX_C_SOURCE 200809L

#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/host.h"
#include "lib/core/variants.h"
#include "tests/kernels/harness.h"

#ifdef _WIN32 /* has no mask of signals to keep */
#define sigjmp_buf jmp_buf
#define sigsetjmp(place, mask) setjmp(place)
#define siglongjmp longjmp
#endif

static sigjmp_buf illegal;

static void on_illegal(int number_of_signal)
{
    siglongjmp(illegal, number_of_signal);
}

/* `rounds` random cases; says which round and seed failed. */
static bool check(const variant *pair, const named_case *c, size_t index, uint64_t seed, uint32_t rounds)
{
    if (sigsetjmp(illegal, 1) != 0) {
        printf("not ok %s %s: illegal instruction\n", pair[1].kernels.name, c->name);
        return false;
    }
    for (uint32_t round = 0; round < rounds; round++) {
        overflowing = round % 4 == 3 && c->overflows;
        harness_state = seed + index * 1000003 + round;
        if (!c->run(pair)) {
            printf("not ok %s %s: differs from the reference in round %" PRIu32 " (--seed %" PRIu64 ")\n",
                   pair[1].kernels.name, c->name, round, seed);
            return false;
        }
    }
    printf("ok %s %s: %" PRIu32 " cases\n", pair[1].kernels.name, c->name, rounds);
    return true;
}

/* `index` counts the cases of all lists, so that a seed means the same wherever they stand. */
static bool check_all(const variant *pair, const named_case *list, size_t *index, uint64_t seed,
                      uint32_t rounds)
{
    bool passed = true;
    for (const named_case *c = list; c->name != NULL; c++)
        passed &= check(pair, c, (*index)++, seed, rounds);
    return passed;
}

/* The rows of the list, the reference first; those that this processor lacks are named. */
#define ROW(word, bit, base, numbers, integers, gradients) \
    { #word, TRMI_CPU_##bit, trmi_kernels_##numbers, trmi_quantised_##integers, \
      GRADIENTS(trmi_gradients_##gradients) },
static const struct {
    const char *name;
    uint32_t needed;
    trmi_kernels_fill *numbers, *integers;
    GRADIENTS(trmi_gradients_fill *gradients;)
} known[] = { TRMI_VARIANT_PORTABLE(ROW) TRMI_VARIANTS_HERE(ROW) };
enum { KNOWN = sizeof known / sizeof *known };

static size_t variants(variant v[KNOWN])
{
    size_t count = 0;
    const uint32_t features = trmi_cpu_features();
    for (size_t i = 0; i < KNOWN; i++) {
        if ((features & known[i].needed) != known[i].needed) {
            printf("skip %s: this processor lacks it\n", known[i].name);
            continue;
        }
        known[i].numbers(&v[count].kernels);
        known[i].integers(&v[count].kernels);
        v[count].kernels.name = known[i].name;
        GRADIENTS(known[i].gradients(&v[count].gradients); v[count].gradients.name = known[i].name;)
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    bool bench = false, passed = true;
    uint64_t seed = trmi_clock();
    uint32_t rounds = 300;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--bench") == 0)
            bench = true;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            rounds = (uint32_t)strtoul(argv[++i], NULL, 10);
        else
            return fprintf(stderr, "usage: kernels [--bench] [--seed N] [--rounds N]\n"), 2;
    }
    printf("seed %" PRIu64 "\n", seed);
    signal(SIGILL, on_illegal);
    variant all[KNOWN];
    const size_t count = variants(all);
    for (size_t n = 1; n < count; n++) {
        const variant pair[2] = { all[0], all[n] };
        size_t index = 0;
        passed &= check_all(pair, forward_cases, &index, seed, rounds);
        passed &= check_all(pair, relation_cases, &index, seed, rounds);
        GRADIENTS(passed &= check_all(pair, backward_cases, &index, seed, rounds);)
    }
    aligned = bench;
    for (size_t n = 1; bench && passed && n < count; n++) {
        bench_kernels(&all[n].kernels);
        GRADIENTS(bench_gradients(&all[n].gradients);)
    }
    return passed ? 0 : 1;
}
