/* Any bytes as a checkpoint: the run goes on, or there is a sentence. A run that goes on takes a step, and
 * what it saves goes on, too. Whatever the file claims, no more memory is asked for than its size
 * explains. */
#define _POSIX_C_SOURCE 200809L

#include "tests/fuzz/resume_fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/target.h"

enum { CHEAP_OPERATIONS = 300000, MOST_FOR_NOTHING = 32 << 20, MOST_FOR_A_BYTE = 64 };

static uint64_t outcomes[OUTCOMES];

const uint64_t *resume_outcomes(void)
{
    return outcomes;
}

/* ---------------------------------------------------------------------------------------------- memory */

/* Of one input. */
static size_t asked, most;

static void *take(void *user, size_t bytes)
{
    (void)user;
    asked += bytes;
    if (asked > most || bytes > most)
        abort(); /* more than the file explains */
    return malloc(bytes);
}

static void give(void *user, void *memory)
{
    (void)user;
    free(memory);
}

static const trm_allocator counted = { sizeof(trm_allocator), NULL, take, give };

/* ---------------------------------------------------------------------------------------------- files */

static char input_path[4096], output_path[4096];

static void remove_files(void)
{
    remove(input_path);
    remove(output_path);
}

static void write_input(const uint8_t *data, size_t size)
{
    if (input_path[0] == '\0') {
        const char *place = getenv("TMPDIR");
        snprintf(input_path, sizeof input_path, "%.4000s/trm-resume-fuzz-%ld", place != NULL ? place : "/tmp",
                 (long)getpid());
        snprintf(output_path, sizeof output_path, "%.4040s.trm", input_path);
        atexit(remove_files);
    }
    FILE *file = fopen(input_path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

const trm_puzzles *resume_puzzles(void)
{
    static trm_puzzles *puzzles;
    trm_task task = TRM_TASK_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    options.count = 4;
    if (puzzles == NULL && (trm_puzzles_create(&task, NULL, &puzzles, NULL) != TRM_OK ||
                            trm_puzzles_generate(puzzles, &options, NULL) != TRM_OK))
        abort();
    return puzzles;
}

/* ---------------------------------------------------------------------------------------------- runs */

static trm_trainer *resume(const char *path, trm_error *error)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    trm_trainer *trainer = NULL;
    options.allocator = &counted;
    asked = 0;
    const trm_status status = trm_trainer_resume(path, resume_puzzles(), &options, &trainer, error);
    if ((status == TRM_OK) != (trainer != NULL) || (status != TRM_OK && error->message[0] == '\0'))
        abort(); /* a failure without a sentence, or with an object */
    return trainer;
}

/* What was saved goes on from there. */
static void save_and_resume(trm_trainer *trainer)
{
    trm_error error = TRM_ERROR_INIT;
    asked = 0;
    if (trm_trainer_save(trainer, output_path, &error) != TRM_OK) {
        if (error.message[0] == '\0')
            abort();
        outcomes[UNSAVED]++;
        return;
    }
    trm_trainer *again = resume(output_path, &error);
    if (again == NULL || trm_trainer_steps(again) != trm_trainer_steps(trainer)) {
        fprintf(stderr, "what was saved does not go on: %s\n", error.message);
        abort();
    }
    trm_trainer_free(again);
    outcomes[SAVED]++;
}

static void go_on(trm_trainer *trainer)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    if (trm_model_describe(trm_trainer_model(trainer), &info, &error) != TRM_OK)
        abort();
    outcomes[RESUMED]++;
    if (info.step_operations > CHEAP_OPERATIONS)
        return;
    if (trm_trainer_step(trainer, &report, &error) != TRM_OK) {
        if (error.message[0] == '\0')
            abort();
        outcomes[NO_STEP]++;
        return;
    }
    save_and_resume(trainer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    write_input(data, size);
    most = MOST_FOR_NOTHING + MOST_FOR_A_BYTE * size;
    trm_trainer *trainer = resume(input_path, &error);
    if (trainer == NULL) {
        outcomes[REFUSED]++;
        return 0;
    }
    go_on(trainer);
    trm_trainer_free(trainer);
    return 0;
}
