/* An input of a fuzz target as three files in a folder. */
#ifndef TRM_TESTS_FUZZ_FOLDER_H
#define TRM_TESTS_FUZZ_FOLDER_H

#include <stddef.h>
#include <stdint.h>

enum { FOLDER_FILES = 3 };

/* Cuts the input in three: two lengths of two bytes, then the files, the last of which has what is left. An
 * empty file is left out. Returns the folder, which is removed at exit. */
const char *folder_of(const char *const names[FOLDER_FILES], const uint8_t *data, size_t size);

/* FOLDER/NAME, until the next call. */
const char *folder_path(const char *name);

#endif
