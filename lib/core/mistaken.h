/* What people hand over by mistake: files of other kinds, known by how they begin. */
#ifndef TRMI_CORE_MISTAKEN_H
#define TRMI_CORE_MISTAKEN_H

#include <stddef.h>

/* What it is that begins with these bytes, and what to do about it, as the end of a sentence; NULL for what
   nobody knows. */
const char *trmi_mistaken_for(const void *bytes, size_t count);

#endif
