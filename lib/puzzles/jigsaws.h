/* What a jigsaw of a set brings: its regions, as lists of the relation "box". */
#ifndef TRMI_PUZZLES_JIGSAWS_H
#define TRMI_PUZZLES_JIGSAWS_H

#include "lib/puzzles/puzzles.h"

/* Lists of the relation "box": each cell hears its region. `numbers` has room for cells + 1 and as many for
 * each cell as its region has; the lists lie there. */
trm_relation trmi_jigsaw_lists(const uint8_t *region, uint32_t cells, uint32_t *numbers);

/* Keeps the regions, of each cell its number, with puzzle `index`, for which there is room.
   TRM_ERROR_MEMORY. */
trm_status trmi_jigsaw_bring(trm_puzzles *puzzles, uint64_t index, const uint8_t *region, trm_error *error);

/* The regions of puzzle `index`, counted as they come; false when it has none, or lists that are no
   regions. */
bool trmi_jigsaw_regions(const trm_puzzles *puzzles, uint64_t index, uint8_t *region);

#endif
