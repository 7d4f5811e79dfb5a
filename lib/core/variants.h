/* THE list of instruction sets: a new one is a folder of kernels and a row here. From it are made the bits of
 * features, the words of TRM_CPU, the choice of kernels, of their 8-bit part and of the backward passes, and
 * the tests' harness; a test holds the documentation to it.
 *
 *     V(word, BIT, BASE, numbers, integers, gradients)
 *
 * word: as TRM_CPU spells it. BIT: TRMI_CPU_BIT says that the processor has what the row adds. BASE: the bit
 * of the row that it builds on, whose instructions it may use, too. The others say whose functions fill its
 * tables: trmi_kernels_<numbers>, trmi_quantised_<integers>, trmi_gradients_<gradients>.
 *
 * Rows ascend: the last one that a processor has is taken. */
#ifndef TRMI_CORE_VARIANTS_H
#define TRMI_CORE_VARIANTS_H

#include <stdint.h>

#include "lib/core/export.h"

#define TRMI_VARIANTS_X86(V) \
    V(avx2, AVX2, SSE42, avx2, avx2, avx2) \
    V(avxvnni, AVXVNNI, AVX2, avx2, avxvnni, avx2) \
    V(avx512, AVX512, AVX2, avx512, avx2, avx512) \
    V(avx512vnni, AVX512VNNI, AVX512, avx512, avx512vnni, avx512)

#define TRMI_VARIANTS_ARM64(V) \
    V(neon, NEON, NONE, neon, neon, neon) \
    V(dotprod, DOTPROD, NEON, neon, dotprod, neon) \
    V(i8mm, I8MM, DOTPROD, neon, i8mm, neon)

/* Microcontrollers: what the compiler was told of the processor decides, and there is nothing to ask. */
#if defined(__ARM_FEATURE_DSP) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && \
    defined(__GNUC__) && !defined(TRM_WITHOUT_SIMD)
#define TRMI_HAVE_CORTEX_M
#if defined(__ARM_FEATURE_MVE)
#define TRMI_HAVE_HELIUM
#endif
#endif

#define TRMI_VARIANTS_DSP(V) V(dsp, DSP, NONE, reference, dsp, reference)
#define TRMI_VARIANTS_CORTEX_M(V) TRMI_VARIANTS_DSP(V) V(helium, HELIUM, DSP, reference, helium, reference)

/* Nothing can be asked: a module that has these instructions is not loaded where they are missing. */
#define TRMI_VARIANTS_WASM(V) V(simd128, SIMD128, NONE, simd128, simd128, reference)

/* What every machine has, and what all others are compared with. */
#define TRMI_VARIANT_PORTABLE(V) V(scalar, NONE, NONE, reference, reference, reference)

/* The row that needs nothing, for the machine that is built for; empty where a better row is certain. */
#if defined(TRMI_HAVE_WASM)
#define TRMI_VARIANT_LEAST(V)
#else
#define TRMI_VARIANT_LEAST(V) TRMI_VARIANT_PORTABLE(V)
#endif

/* Those that TRM_CPU chooses among, behind the portable one; and those of all machines. */
#define TRMI_VARIANTS_OF_HOSTS(V) TRMI_VARIANTS_X86(V) TRMI_VARIANTS_ARM64(V)
#define TRMI_VARIANTS(V) TRMI_VARIANTS_OF_HOSTS(V) TRMI_VARIANTS_CORTEX_M(V) TRMI_VARIANTS_WASM(V)

/* Those of the machine that is built for, which config.h tells: include it before. */
#if defined(TRMI_HAVE_X86)
#define TRMI_VARIANTS_HERE(V) TRMI_VARIANTS_X86(V)
#elif defined(TRMI_HAVE_ARM64)
#define TRMI_VARIANTS_HERE(V) TRMI_VARIANTS_ARM64(V)
#elif defined(TRMI_HAVE_HELIUM)
#define TRMI_VARIANTS_HERE(V) TRMI_VARIANTS_CORTEX_M(V)
#elif defined(TRMI_HAVE_CORTEX_M)
#define TRMI_VARIANTS_HERE(V) TRMI_VARIANTS_DSP(V)
#elif defined(TRMI_HAVE_WASM)
#define TRMI_VARIANTS_HERE(V) TRMI_VARIANTS_WASM(V)
#else
#define TRMI_VARIANTS_HERE(V)
#endif

/* A bit for each row of the list, TRMI_CPU_BIT, and one for the CRC-32C instruction. */
#define PLACE(word, bit, ...) TRMI_CPU_PLACE_##bit,
enum { TRMI_CPU_PLACE_SSE42, TRMI_VARIANTS(PLACE) TRMI_CPU_PLACES };
#undef PLACE
#define BIT(word, bit, ...) TRMI_CPU_##bit = 1u << TRMI_CPU_PLACE_##bit,
enum { TRMI_CPU_NONE = 0, TRMI_CPU_SSE42 = 1u << TRMI_CPU_PLACE_SSE42, TRMI_VARIANTS(BIT) };
#undef BIT

/* The bits that TRM_CPU allows when it names a row: TRMI_CPU_UP_TO_BIT, those of the row and of what it
   builds on. */
#define UP_TO(word, bit, base, ...) TRMI_CPU_UP_TO_##bit = (int)TRMI_CPU_##bit | (int)TRMI_CPU_UP_TO_##base,
enum { TRMI_CPU_UP_TO_NONE = TRMI_CPU_NONE, TRMI_CPU_UP_TO_SSE42 = TRMI_CPU_SSE42, TRMI_VARIANTS(UP_TO) };
#undef UP_TO

/* The bits that a word of TRM_CPU allows. */
uint32_t trmi_cpu_left_by(const char *word);

/* The place of the row to take, in TRMI_VARIANT_PORTABLE and TRMI_VARIANTS_HERE: the last one that is
   allowed. */
TRMI_EXPORT uint32_t trmi_cpu_variant(void);

#endif
