/* A whole model on its way from one format to another: what it is, what is said about it, and where its
 * numbers come from. */
#ifndef TRMI_INTERCHANGE_WEIGHTS_H
#define TRMI_INTERCHANGE_WEIGHTS_H

#include <trm/train.h>

#include "lib/format/container.h"
#include "lib/model/config.h"
#include "lib/model/tensors.h"

/* Writes the logical matrix of `tensor`, without padding, row after row, to `to`. */
typedef trm_status trmi_supply(void *user, const trmi_tensor *tensor, float *to, trm_error *error);

/* Writes the tensor's 8-bit integers and scales as a .trm file stores them; false when the source has
 * numbers. With `to` NULL it only answers. */
typedef bool trmi_supply_codes(void *user, const trmi_tensor *tensor, void *to, trm_status *status,
                               trm_error *error);

typedef struct trmi_weights {
    trmi_config config;                  /* checked */
    const trmi_metadata_entry *metadata; /* beside what config says; keys that config has are skipped */
    uint32_t metadata_count;
    const trmi_tensor *extra; /* tensors that no model has, in a .trm file behind those of the model */
    uint32_t extra_count;
    trmi_supply *supply;
    trmi_supply_codes *supply_codes; /* or NULL */
    void *user;
    uint32_t precision; /* a trm_precision; 0: that of the source */
    const char *const *keep;
    size_t keep_count; /* how many names `keep` has: tensors that are fp32 whatever the precision */
} trmi_weights;

/* Rows and columns of the logical matrix. */
static inline uint64_t trmi_logical_rows(const trmi_tensor *tensor)
{
    return (uint64_t)tensor->groups * tensor->group_rows;
}
static inline uint64_t trmi_logical_columns(const trmi_tensor *tensor)
{
    return (uint64_t)tensor->column_groups * tensor->group_columns;
}

/* Memory for the logical matrix with its numbers in it, released with trmi_release(); NULL after a failure.
 * Numbers that are not finite are refused. */
trm_status trmi_weights_fetch(const trmi_weights *weights, const trmi_tensor *tensor,
                              const trm_allocator *allocator, float **numbers, trm_error *error);

/* Whether the tensor is to be written as 8-bit integers. */
bool trmi_weights_quantise(const trmi_weights *weights, const trmi_tensor *tensor);

/* Calls `visit` for each entry of `metadata` that the configuration does not write itself. */
typedef trm_status trmi_extra_visit(void *user, const trmi_metadata_entry *entry, trm_error *error);
trm_status trmi_weights_extras(const trmi_weights *weights, trmi_extra_visit *visit, void *user,
                               trm_error *error);

#endif
