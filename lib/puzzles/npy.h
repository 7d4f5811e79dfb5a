/* An array of whole numbers in a file of NumPy (.npy), read row by row. */
#ifndef TRMI_PUZZLES_NPY_H
#define TRMI_PUZZLES_NPY_H

#include "lib/puzzles/list_bytes.h"
#include "lib/puzzles/npy_header.h"

typedef struct trmi_npy {
    trmi_npy_header header;
    uint64_t row;   /* rows read so far */
    char name[256]; /* of the file, for sentences */
    trmi_list_bytes bytes;
} trmi_npy;

/* Opens FILE in the folder that `folder` is open on, and checks that it is as long as its header says; *found
 * is false where there is none. `npy` is zeroed, with its name filled in. After any outcome trmi_npy_close()
 * is due. TRM_ERROR_FILE, TRM_ERROR_FORMAT. */
trm_status trmi_npy_open(trmi_npy *npy, int folder, const char *file, bool *found, trm_error *error);

/* The next row: header.numbers of them; those beyond 63 bits are cut off there. TRM_ERROR_FILE. */
trm_status trmi_npy_next(trmi_npy *npy, int64_t *numbers, trm_error *error);

void trmi_npy_close(trmi_npy *npy);

#endif
