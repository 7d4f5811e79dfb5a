/* What the library takes of <string.h>; lib/host/wasm/wasm_bytes.c has it. */
#ifndef TRMI_HOST_WASM_STRING_H
#define TRMI_HOST_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

#endif
