/* The metadata beside a configuration, on its way into a new file: copied, one entry for each key. */
#ifndef TRMI_INTERCHANGE_LABELS_H
#define TRMI_INTERCHANGE_LABELS_H

#include "lib/interchange/safetensors.h"
#include "lib/interchange/weights.h"

typedef struct trmi_labels {
    const trm_allocator *allocator;
    trmi_metadata_entry *entries;
    uint32_t count, capacity;
} trmi_labels;

void trmi_labels_begin(trmi_labels *labels, const trm_allocator *allocator);
void trmi_labels_close(trmi_labels *labels);

/* Copies the entry; one that is there with its key is replaced. */
trm_status trmi_labels_put(trmi_labels *labels, const trmi_metadata_entry *entry, trm_error *error);

/* The same for text, which must be UTF-8: a file with other bytes could not be read. */
trm_status trmi_labels_text(trmi_labels *labels, const char *key, const char *text, trm_error *error);

/* The same for a whole number. */
trm_status trmi_labels_integer(trmi_labels *labels, const char *key, uint64_t value, trm_error *error);

/* Whether the key is one of task.* whose value is an integer; safetensors files have it as decimal text. */
bool trmi_labels_is_integer(const char *key);

/* Takes up what trmi_write_checkpoint() wrote of the metadata. */
trm_status trmi_labels_from_checkpoint(trmi_labels *labels, const trmi_safetensors *file, trm_error *error);

/* Adds task.selectors: names of policies with one space between, or "none"; NULL adds nothing.
   TRM_ERROR_ARGUMENT. */
trm_status trmi_labels_selectors(trmi_labels *labels, const char *selectors, trm_error *error);

/* What a caller says of the task: each may be NULL. The alphabet has a character for token `first`, first +
 * 1, ... below `vocabulary`. */
trm_status trmi_labels_task(trmi_labels *labels, const char *task, trm_error *error);
trm_status trmi_labels_alphabet(trmi_labels *labels, const char *characters, uint32_t first,
                                uint32_t vocabulary, trm_error *error);

#endif
