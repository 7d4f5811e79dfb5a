/* What every body in terms of vectors needs beside them: see vector_kernels.h. */
#ifndef TRMI_KERNELS_VECTORS_H
#define TRMI_KERNELS_VECTORS_H

#include "lib/kernels/kernels.h"

#define PARTS (TRMI_PANEL / VECTOR_LANES) /* vectors in a row of a panel */
enum { LINE = 64 };                       /* bytes that a cache moves at once */

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#endif
