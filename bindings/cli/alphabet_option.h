/* --alphabet: one character a token, in order; \0 at the beginning stands for a token without one. */
#ifndef TRM_CLI_ALPHABET_OPTION_H
#define TRM_CLI_ALPHABET_OPTION_H

#include <stdbool.h>
#include <stdint.h>

/* The characters behind the leading \0s, whose number goes to *first; NULL for NULL. False after telling that
 * there are none. */
bool alphabet_of(const char *command, const char *text, const char **characters, uint32_t *first);

#endif
