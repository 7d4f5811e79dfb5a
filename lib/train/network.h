/* One evaluation of a network, recorded: the same bits as trmi_evaluate(). */
#ifndef TRMI_TRAIN_NETWORK_H
#define TRMI_TRAIN_NETWORK_H

#include "lib/train/parameters.h"

/* net(a + (b + c)); c may be NULL */
trmi_value *trmi_record_network(trmi_tape *tape, const trmi_parameters *parameters, trmi_value *a,
                                trmi_value *b, trmi_value *c);

/* How many entries and values that is. */
uint32_t trmi_network_entries(const trmi_config *config);

#endif
