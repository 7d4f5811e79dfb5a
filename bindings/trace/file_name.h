/* What of a path is the file's own name: what stands behind the last separator. Windows has two of them. */
#ifndef TRM_TRACE_FILE_NAME_H
#define TRM_TRACE_FILE_NAME_H

#ifdef _WIN32
enum { TWO_SEPARATORS = 1 };
#else
enum { TWO_SEPARATORS = 0 };
#endif

static inline const char *file_name(const char *path)
{
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++)
        if (*at == '/' || (TWO_SEPARATORS && *at == '\\'))
            name = at + 1;
    return name;
}

#endif
