/* What host.h and source.h ask of a system, where there is none but the page that brings the bytes. */
#include "config.h"

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/source.h"
#include "lib/core/variants.h"

/* Milliseconds since some fixed moment: the one thing that a module asks of its page. */
__attribute__((import_module("host"), import_name("now"))) double trmi_page_now(void);

uint64_t trmi_clock(void)
{
    return (uint64_t)(trmi_page_now() * 1e6);
}

bool trmi_has_clock(void)
{
    return true;
}

uint32_t trmi_cpu_features(void)
{
#ifdef __wasm_simd128__
    return TRMI_CPU_SIMD128;
#else
    return TRMI_CPU_NONE;
#endif
}

trm_status trmi_fail_system(trm_error *error, const char *path, const char *what)
{
    return trmi_fail(error, TRM_ERROR_FILE, "%s: %s: there are no files in WebAssembly", path, what);
}

trm_status trmi_source_open(trmi_source *source, const char *path, uint32_t flags,
                            const trm_allocator *allocator, trm_error *error)
{
    (void)source, (void)flags, (void)allocator;
    return trmi_fail_system(error, path, "cannot be opened");
}
