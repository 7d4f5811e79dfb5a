/* Reads the log that trm train writes: JSON lines, with what happened in "event". Fields and events that are
 * not known here are skipped. */
#ifndef TRM_CLI_LOG_READER_H
#define TRM_CLI_LOG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line: the optimiser steps up to `step`, summed up, or a measurement after it. Numbers that it has not are
 * NaN. */
typedef struct log_entry {
    uint64_t step;
    size_t line;
    double answer_loss, cell;
    double exact;  /* share of the puzzles, in a step of those that halted */
    double halted; /* puzzles that did */
    double cycles, updates;
} log_entry;

/* In the order of their steps, one for each. */
typedef struct log_entries {
    log_entry *list;
    size_t count, room;
} log_entries;

/* A run, also one that was stopped and resumed. */
typedef struct training_log {
    log_entries steps, exams;
    uint64_t first;   /* step where the log begins */
    uint64_t planned; /* steps of the whole run; 0: not known */
    uint64_t batch;   /* 0: not known */
    double seconds;   /* spent */
    char ending[32];  /* "finished", ...; empty while it runs */
} training_log;

/* False after telling what is wrong. A last line that is cut short is warned of, and left out. */
bool read_training_log(training_log *log, const char *path);
void free_training_log(training_log *log);

#endif
