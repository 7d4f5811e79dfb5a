/* POSIX has such streams. Windows has none: there a temporary file is read back. */
#define _POSIX_C_SOURCE 200809L

#include "bindings/trace/text_stream.h"

#include <stdlib.h>

#ifdef _WIN32

FILE *text_stream_open(char **text, size_t *size)
{
    *text = NULL;
    *size = 0;
    return tmpfile();
}

bool text_stream_close(FILE *stream, char **text, size_t *size)
{
    const long end = fflush(stream) == 0 && ferror(stream) == 0 ? ftell(stream) : -1;
    if (end >= 0)
        *text = calloc((size_t)end + 1, 1);
    rewind(stream);
    if (*text != NULL)
        *size = fread(*text, 1, (size_t)end, stream);
    fclose(stream);
    return *text != NULL && *size == (size_t)end;
}

#else

FILE *text_stream_open(char **text, size_t *size)
{
    return open_memstream(text, size);
}

/* Closing tells nobody that it found no memory: there is no text then. */
bool text_stream_close(FILE *stream, char **text, size_t *size)
{
    (void)size;
    return fclose(stream) == 0 && *text != NULL;
}

#endif
