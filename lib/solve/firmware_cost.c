/* What a model will cost on a small machine, told by a large one: the layouts are measured as that machine
 * would, with pointers of 32 bits, few rows at once and blocks that write where they read. */
#include "lib/core/error.h"
#include "lib/model/workspace.h"
#include "lib/solve/solver.h"

static trm_status measure(const trm_model *model, const trm_solve_options *options, trm_firmware_cost *cost,
                          trm_error *error)
{
    trmi_solve_settings settings; /* options of an older header may end before their shape */
    trm_status status = trmi_workspace_measure(model->source.bytes, (size_t)model->source.size, true,
                                               &cost->model_workspace, error);
    if (status == TRM_OK)
        status = trmi_solver_workspace(model, options, true, &cost->solver_workspace, error);
    if (status == TRM_OK)
        status = trmi_solve_settings_read(&settings, model, options, error);
    if (status == TRM_OK)
        cost->operations = trmi_step_operations(model, &settings.shape);
    cost->model_bytes = model->source.size;
    return status;
}

trm_status trm_firmware_measure(const trm_model *model, const trm_solve_options *options,
                                trm_firmware_cost *cost, trm_error *error)
{
    trm_firmware_cost measured = TRM_FIRMWARE_COST_INIT;
    if (model == NULL || cost == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model and a trm_firmware_cost, found NULL for the %s",
                         model == NULL ? "model" : "cost");
    TRMI_TRY(measure(model, options, &measured, error));
    return trmi_write_struct(cost, &measured, sizeof measured, sizeof(size_t), "trm_firmware_cost", error);
}
