/* Failures: a status and a sentence. Every check that fails goes through trmi_fail(). */
#ifndef TRMI_CORE_ERROR_H
#define TRMI_CORE_ERROR_H

#include <trm/trm.h>

#include "lib/core/export.h"
#include "lib/core/message.h"

/* Puts the sentence into `error` (which may be NULL) as far as the caller's struct reaches, and returns
 * `status`. */
TRMI_EXPORT trm_status trmi_fail(trm_error *error, trm_status status, const char *format, ...)
    TRMI_PRINTF(3, 4);

/* In a function that owns nothing to be released: returns the status of a call that failed. */
#define TRMI_TRY(call) \
    do { \
        const trm_status trmi_status_ = (call); \
        if (trmi_status_ != TRM_OK) \
            return trmi_status_; \
    } while (0)

/* The same without a sentence: builds without messages have none in their text. */
void trmi_fail_plainly(trm_error *error, trm_status status);

/* Callers see which status it is, so that compilers leave out what asks whether it is one. */
static inline trm_status trmi_failed(trm_error *error, trm_status status)
{
    trmi_fail_plainly(error, status);
    return status;
}

/* Puts "WHERE: " before the sentence that is already in `error`; returns error's status. */
TRMI_EXPORT trm_status trmi_fail_within(trm_error *error, trm_status status, const char *where);
/* Words in tables that are for sentences alone. */
#ifdef TRM_WITHOUT_MESSAGES
#define TRMI_WORDS(text) NULL
#define trmi_fail(error, status, ...) trmi_failed(error, status)
#define trmi_fail_within(error, status, where) trmi_failed(error, status)
#else
#define TRMI_WORDS(text) text
#endif

/* The one sentence for memory that was not to be had. The arguments say what it was for: a format and its
   values. */
#define trmi_no_memory(error, ...) trmi_fail(error, TRM_ERROR_MEMORY, "no memory for " __VA_ARGS__)

/* The size rule of trm.h for structs that the caller fills: copies *from over *to (which holds the defaults),
 * as far as from's size reaches. Fails for a size below `least` and for non-zero bytes beyond `known`. `what`
 * names the struct in the message. */
TRMI_EXPORT trm_status trmi_read_struct(void *to, size_t known, const void *from, size_t least,
                                        const char *what, trm_error *error);

/* The same for element `index` of an array of structs, which lie as far apart as the first is long and are
   all as long. */
TRMI_EXPORT trm_status trmi_read_element(void *to, size_t known, const void *array, size_t index,
                                         const char *what, trm_error *error);

/* Checks the size of a struct that the library will fill, as trmi_write_struct() does, before any work is
   done. */
trm_status trmi_check_struct(const void *to, size_t least, const char *what, trm_error *error);

/* The size rule for structs that the library fills: copies `known` bytes of `from` to `to` as far as to's
 * size reaches, zeroes the rest, keeps to's size. */
TRMI_EXPORT trm_status trmi_write_struct(void *to, const void *from, size_t known, size_t least,
                                         const char *what, trm_error *error);

#endif
