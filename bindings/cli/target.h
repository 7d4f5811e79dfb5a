/* trm info --target: what a model costs on a small machine, and whether it fits. */
#ifndef TRM_CLI_TARGET_H
#define TRM_CLI_TARGET_H

#include "bindings/cli/session.h"

extern const choice target_choices[];

/* What is asked for. */
typedef struct target_question {
    uint32_t target;     /* of target_choices */
    grid_size grid;      /* 0: the model's own */
    uint64_t ram, flash; /* KiB; 0: what the target's part has */
    bool json;
} target_question;

/* Shows the cost. STATUS_DATA after a sentence where the model does not fit. */
int show_target(const session *s, const char *path, const target_question *question);

#endif
