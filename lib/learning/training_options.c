/* The options of a run and their bounds. */
#include "lib/core/error.h"
#include "lib/learning/trainer.h"
#include "lib/learning/training_table.h"

static trm_status check_row(const trmi_option_row *row, double most, const trm_train_options *options,
                            trm_error *error)
{
    const double value = trmi_option_value(row, options);
    if (value >= row->least && value <= most)
        return TRM_OK;
    if (most == TRMI_BELOW_ONE)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_train_options: %s must be at least %g and below 1; found %g", row->name,
                         row->least, value);
    return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_train_options: %s must be from %g to %g; found %g",
                     row->name, row->least, most, value);
}

trm_status trmi_train_options_check(const trm_train_options *options, trm_error *error)
{
    for (int i = 0; i < TRMI_OPTION_ROWS; i++) {
        const trmi_option_row *row = &trmi_option_rows[i];
        const bool rises = row->offset == offsetof(trm_train_options, warm_up);
        TRMI_TRY(check_row(row, rises ? (double)options->steps - 1 : row->most, options, error));
    }
    return TRM_OK;
}

/* A judge has to be whole; this version refuses it even then. */
static trm_status refuse_judge(const trm_judge *given, trm_error *error)
{
    trm_judge judge = TRM_JUDGE_INIT;
    TRMI_TRY(trmi_read_struct(&judge, sizeof judge, given, sizeof judge, "trm_judge", error));
    if (judge.verify == NULL || judge.nearest == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_judge.%s is NULL, expected a function",
                         judge.verify == NULL ? "verify" : "nearest");
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "trm_train_options.judge: this version (%s) does not know several right answers yet",
                     trm_version_text());
}

trm_status trmi_train_options_read(trm_train_options *to, const trm_train_options *from, trm_error *error)
{
    *to = (trm_train_options)TRM_TRAIN_OPTIONS_INIT;
    trm_status status =
        from == NULL ? TRM_OK
                     : trmi_read_struct(to, sizeof *to, from, sizeof from->size, "trm_train_options", error);
    if (status == TRM_OK && to->judge != NULL)
        status = refuse_judge(to->judge, error);
    if (status == TRM_OK)
        status = trmi_train_options_check(to, error);
    to->shards = to->shards < to->batch ? to->shards : to->batch; /* each has a puzzle */
    return status;
}
