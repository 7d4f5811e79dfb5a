/* Reliability diagrams: what a model said of its answers and cells, and what came of it, in bins of equal
   width. */
#ifndef TRM_CLI_RELIABILITY_H
#define TRM_CLI_RELIABILITY_H

#include "bindings/cli/trust.h"

/* Writes both diagrams as one SVG; `model` names it. False after telling what is wrong. */
bool reliability_write(const trust *t, const char *model, const char *output);

#endif
