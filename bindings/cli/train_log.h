/* The log of a training run: JSON lines, for trm plot and other machines. A log that cannot be written is
 * told about once and ends nothing. */
#ifndef TRM_CLI_TRAIN_LOG_H
#define TRM_CLI_TRAIN_LOG_H

#include <stdio.h>

#include "bindings/cli/train_settings.h"
#include "bindings/cli/validation.h"

/* Reports summed up over some steps. */
typedef struct train_window {
    trm_train_report last;
    uint64_t steps, halted, exact, halted_steps;
    double loss, answer_loss, halt_loss, cell, gradient_norm;
    double begin; /* seconds_now() */
} train_window;

void window_begin(train_window *window);
void window_add(train_window *window, const trm_train_report *report);

typedef struct train_log {
    FILE *file; /* NULL: not to be written */
    const char *path;
    double begin;
} train_log;

/* Opens the log, empty or to be written on. False after telling that it cannot be. */
bool log_open(train_log *log, const char *path, bool resumed);
void log_close(train_log *log);

void log_begin(train_log *log, const train_settings *settings, uint64_t step, const char *data,
               const char *configuration);
void log_steps(train_log *log, const train_window *window, uint64_t batch);
void log_validation(train_log *log, uint64_t step, const exam_result *result);
void log_end(train_log *log, uint64_t step, const char *reason);

#endif
