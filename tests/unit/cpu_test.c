/* Features against the compiler's own detection; the override; the clock; limits of cgroups. */
#define _XOPEN_SOURCE 700
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <trm/trm.h>

#include "config.h"
#include "lib/core/host.h"
#include "lib/core/variants.h"
#include "lib/host/processors.h"
#include "lib/kernels/kernels.h"
#include "tests/support/run.h"

static uint32_t features_with(const char *override)
{
    if (override)
        setenv("TRM_CPU", override, 1);
    else
        unsetenv("TRM_CPU");
    return trmi_cpu_features();
}

START_TEST(test_override_only_takes_away)
{
    const uint32_t all = features_with(NULL);
    ck_assert_uint_eq(features_with("scalar"), 0);
    ck_assert_uint_eq(features_with("avx2"), all & (TRMI_CPU_SSE42 | TRMI_CPU_AVX2));
    const uint32_t avx512 = TRMI_CPU_SSE42 | TRMI_CPU_AVX2 | TRMI_CPU_AVX512;
    ck_assert_uint_eq(features_with("avxvnni"), all & (TRMI_CPU_SSE42 | TRMI_CPU_AVX2 | TRMI_CPU_AVXVNNI));
    ck_assert_uint_eq(features_with("avx512"), all & avx512);
    ck_assert_uint_eq(features_with("avx512vnni"), all & (avx512 | TRMI_CPU_AVX512VNNI));
    ck_assert_uint_eq(features_with("neon"), all & TRMI_CPU_NEON);
    ck_assert_uint_eq(features_with("dotprod"), all & (TRMI_CPU_NEON | TRMI_CPU_DOTPROD));
    ck_assert_uint_eq(features_with("i8mm"), all & (TRMI_CPU_NEON | TRMI_CPU_DOTPROD | TRMI_CPU_I8MM));
    ck_assert_uint_eq(features_with("nonsense"), all);
    ck_assert_uint_eq(features_with("AVX2"), all);
    ck_assert_uint_eq(features_with(""), all);
}
END_TEST

/* Each row of this machine's list that the processor has is taken when TRM_CPU names it. */
START_TEST(test_each_word_takes_its_row)
{
#define ROW(word, bit, ...) { #word, TRMI_CPU_##bit },
    static const struct {
        const char *word;
        uint32_t needed;
    } rows[] = { TRMI_VARIANT_PORTABLE(ROW) TRMI_VARIANTS_HERE(ROW) };
    const uint32_t all = features_with(NULL);
    uint32_t last = 0;
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((all & rows[i].needed) != rows[i].needed)
            continue;
        last = i;
        features_with(rows[i].word);
        ck_assert_uint_eq(trmi_cpu_variant(), i);
        trmi_kernels kernels;
        trmi_kernels_select(&kernels);
        ck_assert_str_eq(kernels.name, rows[i].word);
    }
    features_with(NULL);
    ck_assert_uint_eq(trmi_cpu_variant(), last);
}
END_TEST

START_TEST(test_words)
{
    ck_assert_str_eq(trm_instruction_set(0), "scalar");
    enum { BOARD_PLACES = 3 }; /* where there is no TRM_CPU */
    uint32_t count = 0;
    for (const char *word; (word = trm_instruction_set(count)) != NULL; count++)
        ck_assert_uint_ne(trmi_cpu_left_by(word), UINT32_MAX);
    ck_assert_uint_eq(count, TRMI_CPU_PLACES - BOARD_PLACES);
    ck_assert_ptr_null(trm_instruction_set(UINT32_MAX));
}
END_TEST

#if defined(TRMI_HAVE_X86) && defined(__GNUC__)
START_TEST(test_features_are_those_of_the_machine)
{
    const uint32_t all = features_with(NULL);
    __builtin_cpu_init();
    ck_assert_int_eq((all & TRMI_CPU_SSE42) != 0, __builtin_cpu_supports("sse4.2") != 0);
    ck_assert_int_eq((all & TRMI_CPU_AVX2) != 0,
                     __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
    ck_assert_int_eq((all & TRMI_CPU_AVX512) != 0,
                     __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"));
    ck_assert(!(all & TRMI_CPU_AVX512) || (all & TRMI_CPU_AVX2));
}
END_TEST
#endif

START_TEST(test_clock_advances)
{
    const uint64_t before = trmi_clock();
    const struct timespec pause = { 0, 20000000 };
    nanosleep(&pause, NULL);
    const uint64_t passed = trmi_clock() - before;
    ck_assert_uint_ge(passed, 20000000);
    ck_assert_uint_lt(passed, 3000000000u);
}
END_TEST

START_TEST(test_clock_is_monotonic_time)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
                   later = trmi_clock();
    ck_assert_uint_ge(later, nanoseconds);
    ck_assert_uint_lt(later - nanoseconds, 3000000000u);
}
END_TEST

START_TEST(test_processors)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    ck_assert_uint_ge(trmi_processors(), 1);
    ck_assert_int_le((long)trmi_processors(), online);
}
END_TEST

#if defined(TRMI_HAVE_THREADS) && defined(__linux__)
static char tree[] = "/tmp/trm-cgroup-XXXXXX";

static void make_tree(void)
{
    ck_assert_ptr_nonnull(mkdtemp(tree));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *position)
{
    (void)status, (void)type, (void)position;
    return remove(path);
}

static void remove_tree(void)
{
    nftw(tree, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes a control file below the tree, with the folders on its way. */
static void put(const char *path, const char *text)
{
    char full[256];
    snprintf(full, sizeof full, "%s%s", tree, path);
    for (char *slash = strchr(full + strlen(tree) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(test_cgroup_without_limit)
{
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/\n"), UINT32_MAX);
    put("/cpu.max", "max 100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/\n"), UINT32_MAX);
    put("/cpu/cpu.cfs_quota_us", "-1\n");
    put("/cpu/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "1:cpu:/\n"), UINT32_MAX);
    ck_assert_uint_eq(trmi_cgroup_limit(tree, ""), UINT32_MAX);
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "nonsense\n1:\n::\n"), UINT32_MAX);
}
END_TEST

START_TEST(test_cgroup_version_2)
{
    put("/cpu.max", "250000 100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/\n"), 3);
    put("/slice/job/cpu.max", "max 100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/slice/job\n"), 3);
    put("/slice/cpu.max", "200000 100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/slice/job\n"), 2);
    put("/slice/job/cpu.max", "20000 100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/slice/job\n"), 1);
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "0::/of/the/host"), 3);
}
END_TEST

START_TEST(test_cgroup_version_1)
{
    put("/cpu/cpu.cfs_quota_us", "400000\n");
    put("/cpu/cpu.cfs_period_us", "100000\n");
    put("/cpu/job/cpu.cfs_quota_us", "150000\n");
    put("/cpu/job/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "9:memory:/job\n4:cpuacct,cpu:/job\n0::/\n"), 2);
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "4:cpu,cpuacct:/docker/0123\n"), 4);
    put("/cpu.max", "100000 100000\n");
    ck_assert_uint_eq(trmi_cgroup_limit(tree, "4:cpuset,cpuacct:/job\n"), UINT32_MAX);
}
END_TEST
#endif

static Suite *suite(void)
{
    Suite *s = suite_create("cpu");
    TCase *t = tcase_create("cpu");
    tcase_add_test(t, test_override_only_takes_away);
    tcase_add_test(t, test_each_word_takes_its_row);
    tcase_add_test(t, test_words);
#if defined(TRMI_HAVE_X86) && defined(__GNUC__)
    tcase_add_test(t, test_features_are_those_of_the_machine);
#endif
    tcase_add_test(t, test_clock_advances);
    tcase_add_test(t, test_clock_is_monotonic_time);
    tcase_add_test(t, test_processors);
    suite_add_tcase(s, t);
#if defined(TRMI_HAVE_THREADS) && defined(__linux__)
    TCase *cgroup = tcase_create("cgroup");
    tcase_add_checked_fixture(cgroup, make_tree, remove_tree);
    tcase_add_test(cgroup, test_cgroup_without_limit);
    tcase_add_test(cgroup, test_cgroup_version_2);
    tcase_add_test(cgroup, test_cgroup_version_1);
    suite_add_tcase(s, cgroup);
#endif
    return s;
}

int main(void)
{
    return run_suite(suite());
}
