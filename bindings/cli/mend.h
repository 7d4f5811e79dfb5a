/* Puzzles whose givens may be wrong: solving them, and telling which. */
#ifndef TRM_CLI_MEND_H
#define TRM_CLI_MEND_H

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

/* Answers the one puzzle of the batch with as few of its givens changed as can be. False after telling what
   is wrong. */
bool mend_solve(const session *s, batch *b, trm_repaired *repaired);

/* What was changed: "r3c4: 5 was likely 8", with commas between; and as fields of a record. */
void mend_print(const session *s, const batch *b);
void mend_record(record *r, const session *s, const batch *b, const trm_repaired *repaired);

#endif
