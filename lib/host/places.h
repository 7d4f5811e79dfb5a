/* Where this system keeps what is installed, and its words for it. Paths are UTF-8. */
#ifndef TRMI_HOST_PLACES_H
#define TRMI_HOST_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRMI_PLACE_BYTES = 4096, TRMI_VARIABLE_BYTES = 16384 };

/* Between the folders of a list. */
extern const char trmi_list_separator;

/* A regular file, or a link to one. */
bool trmi_is_file(const char *path);

/* A variable of the environment, which may be put in `room`; NULL when it is not set. */
const char *trmi_variable(const char *name, char room[TRMI_VARIABLE_BYTES]);

/* The user's folder of models; false where there is no home. */
bool trmi_user_models(char path[TRMI_PLACE_BYTES]);

/* The folders for everybody, by index; false behind the last. */
bool trmi_installed_models(uint32_t index, char path[TRMI_PLACE_BYTES]);

#endif
