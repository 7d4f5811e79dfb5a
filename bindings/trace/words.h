/* What enumerators of trm.h are called in JSON, on pages and in sentences. */
#ifndef TRM_TRACE_WORDS_H
#define TRM_TRACE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/* "running", "signal", "stable", "limit", "deadline", "overflow", "verified", "budget" */
const char *stop_name(uint32_t stop);

/* "unverified", "verified", "refuted" */
const char *verdict_name(uint32_t verdict);

/* "run", "view", "restart", "search", "rules" */
const char *how_name(uint32_t how);

/* The value that such a function has this name for; false when there is none. */
bool value_named(const char *name, const char *(*name_of)(uint32_t), uint32_t *value);

#endif
