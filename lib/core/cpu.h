/* What this processor, its operating system and the user's TRM_CPU allow. */
#ifndef TRMI_CORE_CPU_H
#define TRMI_CORE_CPU_H

#include <stdint.h>

#include "lib/core/export.h"

enum {
    TRMI_CPU_SSE42 = 1u << 0,      /* for the CRC-32C instruction */
    TRMI_CPU_AVX2 = 1u << 1,       /* AVX2 and FMA, YMM state enabled */
    TRMI_CPU_AVX512 = 1u << 2,     /* AVX-512 F, BW, DQ, VL, ZMM state enabled; implies AVX2 */
    TRMI_CPU_AVXVNNI = 1u << 3,    /* dot products of bytes in YMM registers; implies AVX2 */
    TRMI_CPU_AVX512VNNI = 1u << 4, /* the same in ZMM registers; implies AVX512 */
    TRMI_CPU_NEON = 1u << 5,       /* every 64-bit ARM */
    TRMI_CPU_DOTPROD = 1u << 6,    /* dot products of bytes there */
    TRMI_CPU_I8MM = 1u << 7,       /* and matrix products of bytes; implies DOTPROD */
};

/* Detected features and-ed with what TRM_CPU leaves: "scalar" none, "avx2" up to AVX2, "avxvnni" AVX-VNNI too,
 * "avx512" AVX2 and AVX-512 without VNNI; on ARM "neon" leaves out DOTPROD and I8MM, "dotprod" I8MM. Other values
 * and an unset variable leave everything. An override can only take away. */
TRMI_EXPORT uint32_t trmi_cpu_features(void);

#endif
