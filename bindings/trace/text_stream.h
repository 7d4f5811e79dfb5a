/* A stream whose bytes become a text in memory. */
#ifndef TRM_TRACE_TEXT_STREAM_H
#define TRM_TRACE_TEXT_STREAM_H

#include <stdbool.h>
#include <stdio.h>

/* NULL without memory. */
FILE *text_stream_open(char **text, size_t *size);

/* Closes it. *text, to be freed, has a zero behind its last byte; false when there was no room for all: then
 * it may be NULL. */
bool text_stream_close(FILE *stream, char **text, size_t *size);

#endif
