/* The regions of a jigsaw: a picture of letters, one a cell. */
#ifndef TRM_CLI_REGIONS_H
#define TRM_CLI_REGIONS_H

#include <stdbool.h>
#include <trm/trm.h>

/* The relation "box" of a grid of that many cells: each hears all that have its letter, itself too. False
 * after telling what is wrong with the file; - is standard input. */
bool regions_read(trm_relation *relation, const char *path, uint32_t cells);
void regions_free(trm_relation *relation);

#endif
