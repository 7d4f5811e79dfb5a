/* A relational model of graphs in three colours, for tests about what questions bring. */
#ifndef TRM_TESTS_COLOURING_MODEL_H
#define TRM_TESTS_COLOURING_MODEL_H

#include <trm/train.h>

enum { COLOURS = 3 };

/* What its options have in common; channels, positions and what it hears are the caller's. */
trm_init_options colouring_options(const trm_relation_info *relations, size_t count);

#endif
