/* What of a path is the file's own name: what stands behind the last separator. Windows has two of them. */
#ifndef TRMI_INTERCHANGE_FILE_NAME_H
#define TRMI_INTERCHANGE_FILE_NAME_H

#ifdef _WIN32
enum { TRMI_TWO_SEPARATORS = 1 };
#else
enum { TRMI_TWO_SEPARATORS = 0 };
#endif

static inline const char *trmi_file_name(const char *path)
{
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++)
        if (*at == '/' || (TRMI_TWO_SEPARATORS && *at == '\\'))
            name = at + 1;
    return name;
}

#endif
