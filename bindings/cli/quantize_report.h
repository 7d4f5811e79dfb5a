/* Where a model loses accuracy when it is quantised: each matrix alone, and all together. */
#ifndef TRM_CLI_QUANTIZE_REPORT_H
#define TRM_CLI_QUANTIZE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* Measures the .trm file `input` on the first `limit` puzzles of `data`: a line with no tensor quantised, one
 * for each that can be, and one with all of them. False after telling what is wrong, or when the user wants
 * to stop. */
bool report_quantising(const char *input, const char *data, uint64_t limit, bool json);

#endif
