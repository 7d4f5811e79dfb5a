/* Runs the target for checkpoints without an engine. The good ones are made by the library itself, small runs
 * of every kind that it trains, so that they are always of today's version; each is fed as it is, then they
 * are forged in turns.
 *
 *     resume_fuzz [--mutations N] [--seed N]      --seed: the first mutation
 *     resume_fuzz --make FOLDER                   writes the good ones, for libFuzzer to begin with */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/forge.h"
#include "tests/fuzz/resume_fuzz.h"
#include "tests/fuzz/target.h"
#include "tests/support/random.h"

/* -------------------------------------------------------------------------------------- good checkpoints */

typedef struct run {
    uint32_t block, gate, position_encoding, channels, prefix, identifiers, puzzle_width;
    uint32_t optimiser, batch, shards, states, precision, recompute;
} run;

static const run runs[] = {
    { TRM_BLOCK_MIXER, TRM_GATE_PLAIN, 0, 5, 1, 0, 0, TRM_OPTIMISER_MUON, 2, 1, 1, 0, 0 },
    { TRM_BLOCK_ATTENTION, TRM_GATE_PLAIN, TRM_POSITION_ROTARY, 8, 2, 0, 0, TRM_OPTIMISER_ADAMW, 3, 2, 1, 0,
      0 },
    { TRM_BLOCK_ATTENTION, TRM_GATE_NORMED, TRM_POSITION_LEARNED, 4, 2, 3, 7, TRM_OPTIMISER_ADAM_ATAN2, 1, 1,
      2, 0, 1 },
    { TRM_BLOCK_MIXER, TRM_GATE_NORMED, 0, 17, 1, 0, 0, TRM_OPTIMISER_MUON, 2, 2, 1, TRM_PRECISION_INT8, 0 },
    /* relational models: puzzle_width 1 has fields, identifiers 1 an alphabet */
    { TRM_BLOCK_RELATIONAL, TRM_GATE_NORMED, 0, 7, 0, 0, 1, TRM_OPTIMISER_MUON, 2, 2, 1, 0, 0 },
    { TRM_BLOCK_RELATIONAL, TRM_GATE_NORMED, 0, 5, 0, 1, 1, TRM_OPTIMISER_ADAMW, 2, 1, 1, 0, 1 },
    { TRM_BLOCK_RELATIONAL, TRM_GATE_NORMED, 0, 6, 0, 1, 0, TRM_OPTIMISER_ADAMW, 1, 1, 2, 0, 0 },
};
enum { RUNS = sizeof runs / sizeof *runs };

static parts good[RUNS];

static void must(trm_status status, const trm_error *error)
{
    if (status == TRM_OK)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static trm_init_options model_of(const run *r)
{
    trm_init_options model = TRM_INIT_OPTIONS_INIT;
    model.block = r->block;
    model.gate = r->gate;
    model.position_encoding = r->position_encoding;
    model.channels = r->channels;
    model.prefix = r->prefix;
    model.identifiers = r->identifiers;
    model.puzzle_width = r->puzzle_width;
    model.positions = 16;
    model.vocabulary = 6;
    model.blocks = 1;
    model.heads = r->block == TRM_BLOCK_ATTENTION ? 2 : 0;
    model.token_hidden = r->block == TRM_BLOCK_MIXER ? 3 : 0;
    model.channel_hidden = 4;
    model.cycles = model.updates = 1;
    return model;
}

static trm_train_options options_of(const run *r)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.optimiser = r->optimiser;
    options.batch = r->batch;
    options.shards = r->shards;
    options.states = r->states;
    options.precision = r->precision;
    options.recompute = r->recompute;
    options.maximum_steps = 4;
    return options;
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

static void make_relational_model(const run *r, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options convert = TRM_CONVERT_OPTIONS_INIT;
    random_source source = random_begin(r->channels);
    trmi_config config = random_config(TRM_BLOCK_MIXER);
    config.channels = r->channels;
    config.channel_hidden = 4;
    config.positions = 16;
    config.vocabulary = 6;
    config.blocks = config.cycles = config.updates = 1;
    random_make_relational(&config, r->puzzle_width > 0);
    config.grid_rows = config.grid_columns = 4;
    config.fields = r->puzzle_width > 0 ? 4 : 1;
    config.first_value = r->puzzle_width > 0 ? 2 : 0;
    const random_file made = random_model_file(&config, &source, 1.0, false);
    write_file(path, made.data, made.bytes);
    free(made.data);
    convert.alphabet = "-.1234";
    if (r->identifiers > 0)
        must(trm_convert(path, path, &convert, &error), &error);
}

static void make_model(const run *r, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_init_options model = model_of(r);
    if (r->block == TRM_BLOCK_RELATIONAL)
        make_relational_model(r, path);
    else
        must(trm_init(path, &model, &error), &error);
}

static void make_checkpoint(const run *r, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    trm_trainer *trainer = NULL;
    const trm_train_options options = options_of(r);
    make_model(r, path);
    must(trm_trainer_create(path, resume_puzzles(), &options, &trainer, &error), &error);
    for (int i = 0; i < 2; i++)
        must(trm_trainer_step(trainer, NULL, &error), &error);
    must(trm_trainer_save(trainer, path, &error), &error);
    trm_trainer_free(trainer);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long end = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) > 0 &&
        fseek(file, 0, SEEK_SET) == 0)
        data = malloc((size_t)end);
    if (data == NULL || fread(data, 1, (size_t)end, file) != (size_t)end) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    *size = (size_t)end;
    return data;
}

static void make_checkpoints(const char *folder, bool keep)
{
    for (int i = 0; i < RUNS; i++) {
        char path[4096];
        size_t size;
        snprintf(path, sizeof path, "%.4000s/run-%d-%ld.trm", folder, i, keep ? 0 : (long)getpid());
        make_checkpoint(&runs[i], path);
        uint8_t *data = read_file(path, &size);
        if (!keep)
            remove(path);
        parts_read(&good[i], data, size);
        free(data);
    }
}

/* ---------------------------------------------------------------------------------------------- feeding */

/* All of them go on, as they are and put together again. */
static bool feed_good_ones(void)
{
    for (int i = 0; i < RUNS; i++) {
        size_t size;
        uint8_t *file = parts_write(&good[i], &size);
        LLVMFuzzerTestOneInput(file, size);
        free(file);
    }
    return resume_outcomes()[SAVED] == RUNS;
}

static void feed_forged_ones(uint64_t first, uint64_t count)
{
    for (uint64_t i = first; i < first + count; i++) {
        size_t size;
        uint8_t *file = forge(&good[i % RUNS], i, &size);
        LLVMFuzzerTestOneInput(file, size);
        free(file);
    }
}

static void tell(uint64_t mutations)
{
    const uint64_t *o = resume_outcomes();
    printf("%d checkpoints and %" PRIu64 " forged ones: %" PRIu64 " refused, %" PRIu64
           " resumed; of those %" PRIu64 " overflowed in their step, %" PRIu64
           " had nothing to save, %" PRIu64 " were saved and resumed again\n",
           RUNS, mutations, o[REFUSED], o[RESUMED], o[NO_STEP], o[UNSAVED], o[SAVED]);
}

int main(int argc, char **argv)
{
    const char *place = getenv("TMPDIR"), *folder = NULL;
    uint64_t mutations = 0, seed = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--mutations") == 0)
            mutations = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--make") == 0)
            folder = argv[i + 1];
    }
    make_checkpoints(folder != NULL ? folder : place != NULL ? place : "/tmp", folder != NULL);
    if (!feed_good_ones()) {
        fprintf(stderr, "a good checkpoint does not go on\n");
        return 1;
    }
    feed_forged_ones(seed, mutations);
    tell(mutations);
    return 0;
}
