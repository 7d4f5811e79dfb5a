/* What the processes of a team exchange after each step. */
#ifndef TRMI_LEARNING_SHARE_H
#define TRMI_LEARNING_SHARE_H

#include "lib/learning/trainer.h"

/* The caller's team, or none. Begin, once the slots are there. */
trm_status trmi_team_begin(trm_trainer *trainer, trm_error *error);
void trmi_team_end(trmi_team *team);

/* Before the slots change. */
void trmi_team_keep(trm_trainer *trainer);

/* Afterwards: sums, states and results of all processes. On failure the slots are as they were kept. */
trm_status trmi_team_share(trm_trainer *trainer, trm_error *error);

#endif
