/* The metadata keys of a model: one table, by which the reader fills a configuration and the writer writes
 * one. */
#ifndef TRMI_MODEL_METADATA_H
#define TRMI_MODEL_METADATA_H

#include "lib/core/export.h"
#include "lib/format/container.h"
#include "lib/model/config.h"

/* Fills `config` from the file's metadata and checks it. Missing keys that have no default, wrong types and
 * values outside the field's range are errors that name the key. Unknown keys are skipped. */
trm_status trmi_config_read(trmi_config *config, const trmi_container *container, trm_error *error);

/* Calls `visit` for each key that describes `config`, in a fixed order. `text` is where relations are
   written. */
typedef trm_status trmi_metadata_visit(void *user, const trmi_metadata_entry *entry, trm_error *error);
TRMI_EXPORT trm_status trmi_config_write(const trmi_config *config, char text[TRMI_RELATIONS_BYTES],
                                         trmi_metadata_visit *visit, void *user, trm_error *error);

/* The name in files and on command lines of an enumeration's value ("mixer", "rotary", "stablemax", ...), and
 * back. `kind` is the metadata key of the field, such as "model.block". NULL and 0 for what is unknown. */
const char *trmi_enum_name(const char *kind, uint32_t value);
uint32_t trmi_enum_value(const char *kind, const char *name);

/* Keys beside the configuration that the library itself reads, and writers write: doc/format.md. */
#define TRMI_KEY_TASK "task.name"
#define TRMI_KEY_ALPHABET "task.alphabet"
#define TRMI_KEY_BLANK "task.blank"
#define TRMI_KEY_KEEPS_GIVENS "task.keeps_givens"
#define TRMI_KEY_SYMMETRIES "task.symmetries"
#define TRMI_KEY_RULES "task.rules"
#define TRMI_KEY_SIZES "task.sizes"
#define TRMI_KEY_SELECTORS "task.selectors"
#define TRMI_KEY_THRESHOLD "model.halt_threshold"
#define TRMI_KEY_CALIBRATION "provenance.calibration"

#endif
