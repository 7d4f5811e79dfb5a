/* What trm train proposes for data whose task nobody names. */
#ifndef TRM_CLI_PROPOSAL_H
#define TRM_CLI_PROPOSAL_H

#include "bindings/cli/train_settings.h"

typedef struct train_proposal {
    trm_survey survey; /* the settings borrow its texts */
} train_proposal;

/* Whether the settings name data and nothing that says what they are about. */
bool proposal_is_wanted(const train_settings *settings);

/* Looks at the data and fills what was not given. Returns a STATUS, after telling about an error. */
int proposal_make(train_proposal *proposal, train_settings *settings);

/* Says what was found and what follows; or prints it on stdout. */
void proposal_talk(const train_proposal *proposal);
void proposal_print(const train_proposal *proposal);

/* On stdout what would be trained, as a whole command for a shell; the configuration has lines
 * "NAME = VALUE". */
void command_print(const train_settings *settings, const char *configuration);

#endif
