/* What libtrm-train uses of libtrm's internals. lib/libtrm.map lists it under a version of its own, which
 * changes with every release: libtrm-train loads with exactly the libtrm that it was built with, or not at
 * all. */
#ifndef TRMI_CORE_EXPORT_H
#define TRMI_CORE_EXPORT_H

#if defined(_WIN32)
#define TRMI_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define TRMI_EXPORT __attribute__((visibility("default")))
#else
#define TRMI_EXPORT
#endif

#endif
