/* Paths and failures of Windows, in the terms of the rest: UTF-8 and errno. */
#ifndef TRMI_HOST_WINDOWS_PATH_H
#define TRMI_HOST_WINDOWS_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum { TRMI_WIDE_PATH = 4096 }; /* characters, the zero included */

/* A path in UTF-16. False, with errno, for what is no UTF-8 or too long. */
bool trmi_wide_path(const char *path, wchar_t wide[TRMI_WIDE_PATH]);

/* A path in UTF-8. False for what is no UTF-16 or has no room. */
bool trmi_narrow_path(const wchar_t *wide, char *path, size_t room);

/* Where an open file or folder (a HANDLE) lies, through all links. False, with errno, where that cannot be
 * said. */
bool trmi_final_path(void *opened, wchar_t wide[TRMI_WIDE_PATH]);

/* Sets errno to what GetLastError() says. */
void trmi_windows_errno(void);

#endif
