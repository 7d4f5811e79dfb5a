/* The release, for programs and for people. */
#include <trm/trm.h>

uint32_t trm_version(void)
{
    return TRM_VERSION_MAJOR * 65536u + TRM_VERSION_MINOR * 256u + TRM_VERSION_PATCH;
}

#define TEXT_OF(number) #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *trm_version_text(void)
{
    return VERSION_TEXT(TRM_VERSION_MAJOR, TRM_VERSION_MINOR, TRM_VERSION_PATCH);
}
