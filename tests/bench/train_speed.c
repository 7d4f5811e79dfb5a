/* How fast libtrm-train learns: optimiser steps of the model that tests/bench/train_peer.py trains, too, each
 * between two measurements of the machine's multiply-add rate, with which it is compared.
 *
 *     train_speed [THREADS [T N [STEPS [FOLDER]]]]        1 thread, T 3 n 6, 3 steps by default
 *
 * prints one JSON object. The model and the puzzles stay in FOLDER, for the peer. Operations are those of the
 * matrix products alone: a step of a puzzle costs (T - 1)(n + 1) evaluations of the network forwards, and
 * n + 1 forwards and backwards, each of which counts as three. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <trm/train.h>

enum {
    BATCH = 128,
    CHANNELS = 128,
    CELLS = 81,
    ROWS = CELLS + 1,
    TOKEN_HIDDEN = 256,
    CHANNEL_HIDDEN = 384,
    BLOCKS = 2,
    PUZZLES = 1000,
    SCHEDULE_STEPS = 1000, /* so that the cosine is the same for any number of steps that are made */
    MOST_STEPS = 100
};

typedef struct plan {
    uint32_t threads, cycles, updates, steps;
    const char *folder;
} plan;

/* What a step took, and what the machine could do around it. */
typedef struct sample {
    double seconds, processor_seconds, peak, loss;
} sample;

static trm_error error = TRM_ERROR_INIT;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double puzzle_operations(const plan *p)
{
    const double products = 3.0 * ROWS * CHANNELS * (TOKEN_HIDDEN + CHANNEL_HIDDEN),
                 updates = p->updates + 1.0;
    return 2.0 * BLOCKS * products * ((p->cycles - 1.0) * updates + 3.0 * updates);
}

/* ------------------------------------------------------------------------------------------- the run */

static const char *path_in(const plan *p, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    return path;
}

static trm_status make_model(const plan *p)
{
    char model[4096];
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.gate = TRM_GATE_NORMED;
    options.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    options.channels = CHANNELS;
    options.positions = CELLS;
    options.prefix = 1;
    options.head_bias = 1;
    options.blocks = BLOCKS;
    options.token_hidden = TOKEN_HIDDEN;
    options.channel_hidden = CHANNEL_HIDDEN;
    options.cycles = p->cycles;
    options.updates = p->updates;
    snprintf(model, sizeof model, "%s", path_in(p, "model.trm"));
    const trm_status status = trm_init(model, &options, &error);
    return status == TRM_OK ? trm_convert(model, path_in(p, "model.safetensors"), NULL, &error) : status;
}

static trm_status make_puzzles(const plan *p, trm_puzzles **puzzles)
{
    trm_task task = TRM_TASK_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 3;
    options.count = PUZZLES;
    trm_status status = trm_puzzles_create(&task, NULL, puzzles, &error);
    if (status == TRM_OK)
        status = trm_puzzles_generate(*puzzles, &options, &error);
    return status == TRM_OK ? trm_puzzles_write(*puzzles, path_in(p, "puzzles.csv"), "generated", &error)
                            : status;
}

static trm_status make_trainer(const plan *p, const trm_puzzles *puzzles, const trm_executor *executor,
                               trm_trainer **trainer)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = BATCH;
    options.steps = SCHEDULE_STEPS;
    options.plain = 1; /* as the peer */
    options.executor = executor;
    return trm_trainer_create(path_in(p, "model.trm"), puzzles, &options, trainer, &error);
}

/* samples[0] is the step that warms up. */
static trm_status take_samples(const plan *p, trm_trainer *trainer, const trm_executor *executor,
                               sample *samples)
{
    trm_status status = TRM_OK;
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    for (uint32_t i = 0; i <= p->steps && status == TRM_OK; i++) {
        const double begin = seconds_now();
        const clock_t processor_begin = clock();
        status = trm_trainer_step(trainer, &report, &error);
        samples[i].seconds = seconds_now() - begin;
        samples[i].processor_seconds = (double)(clock() - processor_begin) / CLOCKS_PER_SEC;
        samples[i].loss = report.loss;
        if (status == TRM_OK)
            status = trm_measure_peak(executor, &samples[i].peak, &error);
    }
    return status;
}

static trm_status measure(const plan *p, sample *samples)
{
    trm_pool *pool = NULL;
    trm_puzzles *puzzles = NULL;
    trm_trainer *trainer = NULL;
    trm_status status = trm_pool_create(p->threads, NULL, &pool, &error);
    if (status == TRM_OK)
        status = make_model(p);
    if (status == TRM_OK)
        status = make_puzzles(p, &puzzles);
    if (status == TRM_OK)
        status = make_trainer(p, puzzles, trm_pool_executor(pool), &trainer);
    if (status == TRM_OK)
        status = take_samples(p, trainer, trm_pool_executor(pool), samples);
    trm_trainer_free(trainer);
    trm_puzzles_free(puzzles);
    trm_pool_free(pool);
    return status;
}

/* ------------------------------------------------------------------------------------------- the report */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, uint32_t count)
{
    qsort(numbers, count, sizeof *numbers, ascending);
    return (numbers[(count - 1) / 2] + numbers[count / 2]) / 2.0;
}

static void print_report(const plan *p, const sample *samples)
{
    double seconds[MOST_STEPS], processor_seconds[MOST_STEPS], peaks[MOST_STEPS], fractions[MOST_STEPS];
    const double operations = BATCH * puzzle_operations(p);
    for (uint32_t i = 0; i < p->steps; i++) {
        seconds[i] = samples[i + 1].seconds;
        processor_seconds[i] = samples[i + 1].processor_seconds;
        peaks[i] = (samples[i].peak + samples[i + 1].peak) / 2.0;
        fractions[i] = 1e-9 * operations / seconds[i] / peaks[i];
    }
    const double middle = median(seconds, p->steps);
    printf("{\"puzzle_steps_per_second\": %.2f, \"puzzle_steps_per_processor_second\": %.2f, ",
           BATCH / middle, BATCH / median(processor_seconds, p->steps));
    printf("\"gflops\": %.1f, \"peak_gflops\": %.1f, \"peak_fraction\": %.3f, ", 1e-9 * operations / middle,
           median(peaks, p->steps), median(fractions, p->steps));
    printf("\"threads\": %u, \"cycles\": %u, \"updates\": %u, \"batch\": %d, \"steps\": %u, \"losses\": [",
           (unsigned)p->threads, (unsigned)p->cycles, (unsigned)p->updates, BATCH, (unsigned)p->steps);
    for (uint32_t i = 0; i <= p->steps; i++)
        printf("%s%.9g", i > 0 ? ", " : "", samples[i].loss);
    printf("]}\n");
}

/* ------------------------------------------------------------------------------------------- the command */

/* A whole number in the bounds, or 0. */
static uint32_t number_of(const char *text, uint32_t most)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 10);
    return *end == '\0' && number <= most ? (uint32_t)number : 0;
}

static int run(const plan *p)
{
    sample samples[MOST_STEPS + 1];
    if (measure(p, samples) == TRM_OK) {
        print_report(p, samples);
        return 0;
    }
    fprintf(stderr, "train_speed: %s\n", error.message);
    return 1;
}

static void clear(const plan *p)
{
    static const char *const names[] = { "model.trm", "model.safetensors", "puzzles.csv" };
    for (int i = 0; i < 3; i++)
        remove(path_in(p, names[i]));
    rmdir(p->folder);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/train-speed-XXXXXX";
    const plan p = {
        .threads = argc > 1 ? number_of(argv[1], 1024) : 1,
        .cycles = argc > 3 ? number_of(argv[2], 64) : 3,
        .updates = argc > 3 ? number_of(argv[3], 64) : 6,
        .steps = argc > 4 ? number_of(argv[4], MOST_STEPS) : 3,
        .folder = argc > 5 ? argv[5] : folder,
    };
    if (p.threads == 0 || p.cycles == 0 || p.updates == 0 || p.steps == 0 || argc == 3 || argc > 6) {
        fprintf(stderr, "usage: train_speed [THREADS [T N [STEPS [FOLDER]]]]\n");
        return 2;
    }
    if (argc <= 5 && mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    const int status = run(&p);
    if (argc <= 5)
        clear(&p);
    return status;
}
