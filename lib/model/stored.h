/* The one door to a tensor of a file. Who wants its bytes says what it has to be, type, layout and shape;
 * what is not exactly that is refused with a sentence. tests/includes/scan sees to it that nobody goes past
 * it. */
#ifndef TRMI_MODEL_STORED_H
#define TRMI_MODEL_STORED_H

#include "lib/model/model.h"

/* What the tensor may be stored as. */
typedef enum trmi_accepted {
    TRMI_ACCEPT_NUMBERS, /* f32 */
    TRMI_ACCEPT_CODES    /* f32, or 8-bit integers where it is one that can be quantised */
} trmi_accepted;

/* A tensor that is what was asked for. */
typedef struct trmi_stored {
    const trmi_tensor_entry *entry; /* for lib/model/stored.c alone */
    const void *file;               /* its bytes */
    const void *in_place;           /* where the tensor can be used as it lies; NULL: it has to be expanded */
    uint64_t bytes;                 /* of the tensor, expanded */
    bool quantised;                 /* the tensor has 8-bit integers and scales */
    uint64_t scales_at;             /* quantised: where the scales begin, in bytes from the tensor's first */
} trmi_stored;

/* Finds a tensor in the model's file. One that does not belong to the model's configuration can be asked for,
   too. */
TRMI_EXPORT trm_status trmi_stored_find(trmi_stored *stored, const trm_model *model,
                                        const trmi_tensor *wanted, trmi_accepted accepted, trm_error *error);

/* Checks the checksum; then writes the expanded tensor, in the machine's byte order, to `to`, which has room
 * for stored->bytes, or only checks when `to` is NULL (tensors in place). */
TRMI_EXPORT trm_status trmi_stored_load(const trmi_stored *stored, void *to, const trm_allocator *allocator,
                                        trm_error *error);

#endif
