/* Failures: a status and a sentence. Every check that fails goes through trmi_fail(). */
#ifndef TRMI_CORE_ERROR_H
#define TRMI_CORE_ERROR_H

#include <trm/trm.h>

#include "lib/core/export.h"

#if defined(__GNUC__)
#define TRMI_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#else
#define TRMI_PRINTF(format_index, first)
#endif

/* Puts the sentence into `error` (which may be NULL) as far as the caller's struct reaches, and returns
 * `status`. */
TRMI_EXPORT trm_status trmi_fail(trm_error *error, trm_status status, const char *format, ...)
    TRMI_PRINTF(3, 4);

/* Puts "WHERE: " before the sentence that is already in `error`; returns error's status. */
TRMI_EXPORT trm_status trmi_fail_within(trm_error *error, trm_status status, const char *where);

/* The size rule of trm.h for structs that the caller fills: copies *from over *to (which holds the defaults),
 * as far as from's size reaches. Fails for a size below `least` and for non-zero bytes beyond `known`. `what`
 * names the struct in the message. */
TRMI_EXPORT trm_status trmi_read_struct(void *to, size_t known, const void *from, size_t least,
                                        const char *what, trm_error *error);

/* The size rule for structs that the library fills: copies `known` bytes of `from` to `to` as far as to's
 * size reaches, zeroes the rest, keeps to's size. */
TRMI_EXPORT trm_status trmi_write_struct(void *to, const void *from, size_t known, size_t least,
                                         const char *what, trm_error *error);

#endif
