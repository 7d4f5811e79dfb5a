/* One evaluation of a network, recorded: the same bits as trmi_evaluate(). */
#ifndef TRMI_LEARNING_NETWORK_H
#define TRMI_LEARNING_NETWORK_H

#include "lib/learning/embedded.h"

/* Whether the model's kind of blocks can be trained here. */
bool trmi_network_trains(const trmi_config *config);

/* net(a + (b + c)); c may be NULL */
trmi_value *trmi_record_network(trmi_tape *tape, const trmi_parameters *parameters, trmi_value *a,
                                trmi_value *b, trmi_value *c);

/* The way back through the question's x. */
void trmi_network_embedded(const trmi_embedded *embedded);

/* How many entries and values trmi_record_network() adds to a tape. */
uint32_t trmi_network_entries(const trmi_config *config);

#endif
