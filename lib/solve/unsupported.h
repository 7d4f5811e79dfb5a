/* What trm.h declares and this version cannot do yet. */
#ifndef TRMI_SOLVE_UNSUPPORTED_H
#define TRMI_SOLVE_UNSUPPORTED_H

#include <trm/trm.h>

/* TRM_ERROR_UNSUPPORTED for a field that asks for it. The struct has been read: it is whole. */
trm_status trmi_unsupported_options(const trm_solve_options *options, trm_error *error);

#endif
