/* A relational block as one operation on the tape. Both ways go through the nodes in tiles, so that what
 * lies between its products stays in cache: of a block are kept what the lists say, the gates' and ups'
 * sums, what leads down and the result. */
#ifndef TRMI_LEARNING_RELATIONAL_BLOCK_H
#define TRMI_LEARNING_RELATIONAL_BLOCK_H

#include "lib/learning/parameters.h"

/* The bits of lib/net/relational.c. */
trmi_value *trmi_record_relational(trmi_tape *tape, const trmi_block_matrices *matrices, trmi_value *v);

/* How many values it takes at most; it is one entry. */
uint32_t trmi_relational_values(const trmi_config *config);

#endif
