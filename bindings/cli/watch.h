/* An animation of a solve in a terminal. */
#ifndef TRM_CLI_WATCH_H
#define TRM_CLI_WATCH_H

#include "bindings/cli/grid.h"
#include "bindings/cli/session.h"

typedef struct watch {
    trm_watcher watcher; /* for the options of the solve */
    const session *session;
    const batch *batch;      /* one puzzle */
    drawing drawing;         /* of it; its texts are those below */
    char *question, *answer; /* S characters each */
    unsigned long drawn;     /* lines of the last picture, to be drawn over */
} watch;

/* Begins to watch the puzzle in the batch; false after telling that there is no memory for it. End it in
   either case. */
bool watch_begin(watch *w, const session *s, const batch *b, const trm_model_info *shown, char blank,
                 bool colours);
void watch_end(watch *w);

#endif
