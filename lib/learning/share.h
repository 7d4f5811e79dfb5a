/* What the processes of a team exchange after each step. */
#ifndef TRMI_LEARNING_SHARE_H
#define TRMI_LEARNING_SHARE_H

#include "lib/learning/trainer.h"

/* Begins the caller's team, or this process alone where there is none, once the slots are there. */
trm_status trmi_team_begin(trm_trainer *trainer, trm_error *error);
void trmi_team_end(trmi_team *team);

/* Keeps what the slots hold, before they change. */
void trmi_team_keep(trm_trainer *trainer);

/* Afterwards: exchanges sums, states and results with all processes. On failure the slots are as they were
 * kept. */
trm_status trmi_team_share(trm_trainer *trainer, trm_error *error);

#endif
