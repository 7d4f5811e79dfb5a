/* Features count when the processor has them, the operating system saves their registers, and TRM_CPU leaves
 * them. */
#include "config.h"

#include <stdlib.h>

#include "lib/core/host.h"
#include "lib/core/variants.h"

#if defined(TRMI_HAVE_X86) && defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

enum {
    LEAF1_ECX_FMA = 1u << 12,
    LEAF1_ECX_SSE42 = 1u << 20,
    LEAF1_ECX_OSXSAVE = 1u << 27,
    LEAF1_ECX_AVX = 1u << 28,
    LEAF7_EBX_AVX2 = 1u << 5,
    LEAF7_EBX_AVX512F = 1u << 16,
    LEAF7_EBX_AVX512DQ = 1u << 17,
    LEAF7_EBX_AVX512BW = 1u << 30,
    LEAF7_ECX_AVX512VNNI = 1u << 11,
    LEAF7_1_EAX_AVXVNNI = 1u << 4,
    XCR0_YMM = 0x06, /* SSE and AVX state */
    XCR0_ZMM = 0xe6, /* and opmask, upper halves of ZMM0-15, ZMM16-31 */
};
static const unsigned leaf7_ebx_avx512vl = 1u << 31; /* no int holds it */

/* Illegal where OSXSAVE is not set. */
static unsigned enabled_state(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has_all(unsigned value, unsigned bits)
{
    return (value & bits) == bits;
}

static uint32_t detect(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    uint32_t features = c & LEAF1_ECX_SSE42 ? TRMI_CPU_SSE42 : 0;
    if (!has_all(c, LEAF1_ECX_OSXSAVE | LEAF1_ECX_AVX | LEAF1_ECX_FMA))
        return features;
    const unsigned state = enabled_state();
    if (!has_all(state, XCR0_YMM) || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & LEAF7_EBX_AVX2))
        return features;
    features |= TRMI_CPU_AVX2;
    if (has_all(state, XCR0_ZMM) &&
        has_all(b, LEAF7_EBX_AVX512F | LEAF7_EBX_AVX512DQ | LEAF7_EBX_AVX512BW | leaf7_ebx_avx512vl))
        features |= TRMI_CPU_AVX512 | (c & LEAF7_ECX_AVX512VNNI ? TRMI_CPU_AVX512VNNI : 0);
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & LEAF7_1_EAX_AVXVNNI))
        features |= TRMI_CPU_AVXVNNI;
    return features;
}
#elif defined(TRMI_HAVE_ARM64)
#ifdef __linux__
#include <sys/auxv.h>

enum { HWCAP_OF_DOTPROD = 1 << 20, HWCAP2_OF_I8MM = 1 << 13 }; /* of the kernel's interface */

static uint32_t detect(void)
{
    if (!(getauxval(AT_HWCAP) & HWCAP_OF_DOTPROD))
        return TRMI_CPU_NEON;
    return TRMI_CPU_NEON | TRMI_CPU_DOTPROD | (getauxval(AT_HWCAP2) & HWCAP2_OF_I8MM ? TRMI_CPU_I8MM : 0);
}
#else
static uint32_t detect(void)
{
#if defined(__ARM_FEATURE_DOTPROD) && defined(__ARM_FEATURE_MATMUL_INT8)
    return TRMI_CPU_NEON | TRMI_CPU_DOTPROD | TRMI_CPU_I8MM;
#elif defined(__ARM_FEATURE_DOTPROD)
    return TRMI_CPU_NEON | TRMI_CPU_DOTPROD;
#else
    return TRMI_CPU_NEON;
#endif
}
#endif
#else
static uint32_t detect(void)
{
    return 0;
}
#endif

uint32_t trmi_cpu_features(void)
{
    const char *word = getenv("TRM_CPU");
    const uint32_t left = word != NULL ? trmi_cpu_left_by(word) : UINT32_MAX;
    return left == 0 ? 0 : detect() & left; /* cpuid is slow in virtual machines */
}
