/* What statistics say, in sentences for people. */
#ifndef TRMI_PUZZLES_FINDINGS_H
#define TRMI_PUZZLES_FINDINGS_H

#include "lib/core/message.h"
#include "lib/puzzles/statistics.h"

/* Adds a line, or as much of it as there is room for. */
void trmi_findings_say(trm_survey *survey, const char *format, ...) TRMI_PRINTF(2, 3);

/* Everything that was found in the sample; what follows from it is said elsewhere. */
void trmi_findings_tell(trm_survey *survey, const trmi_sample *sample, const trmi_statistics *statistics);

#endif
