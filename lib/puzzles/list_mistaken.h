/* What people hand over where a list of puzzles is asked for: known by how it begins. lib/core/mistaken.h has
   checkpoints. */
#ifndef TRMI_PUZZLES_LIST_MISTAKEN_H
#define TRMI_PUZZLES_LIST_MISTAKEN_H

#include "lib/puzzles/list.h"

/* TRM_ERROR_FORMAT, with what the file is and a remedy, for one that is certainly no list. */
trm_status trmi_list_check_kind(const trm_csv *list, trm_error *error);

#endif
