/* Checkpoints that are damaged, or forged with checksums that are right: refused with a sentence, and before
 * memory is taken for what is not in them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/learning/trainer.h"
#include "lib/learning/training_table.h"
#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"
#include "tests/support/training_run.h"
#include "tests/support/trm_builder.h"

enum { STEPS = 60 };

static training_run run;

static const char *const extra_names[] = { "train.weights", "train.first", "train.second", "train.y",
                                           "train.z" };
enum { EXTRAS = sizeof extra_names / sizeof *extra_names };

/* ---------------------------------------------------------------------------------------------- fixture */

static void set_up(void)
{
    training_run_place(&run);
}

static void tear_down(void)
{
    training_run_clear(&run);
}

/* That the checkpoint goes on, and from where. */
static uint64_t resumed_steps(void)
{
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_trainer_resume(run.checkpoint, run.puzzles, NULL, &trainer, &error) == TRM_OK, "%s",
                  error.message);
    const uint64_t steps = trm_trainer_steps(trainer);
    trm_trainer_free(trainer);
    return steps;
}

/* ------------------------------------------------------------------------------------------- damage */

static trm_status resume_bytes(const uint8_t *data, size_t bytes, trm_error *error)
{
    const char *path = inside_directory(run.directory, "damaged.trm");
    trm_trainer *trainer;
    write_whole(path, data, bytes);
    const trm_status status = trm_trainer_resume(path, run.puzzles, NULL, &trainer, error);
    ck_assert_int_eq(status == TRM_OK, trainer != NULL);
    ck_assert(status == TRM_OK || strlen(error->message) > 10);
    trm_trainer_free(trainer);
    return status;
}

START_TEST(truncated_checkpoints)
{
    trm_trainer_free(begin_saved_steps(&run, STEPS));
    size_t bytes;
    uint8_t *data = read_whole(run.checkpoint, &bytes);
    for (size_t length = 0; length < bytes; length += 1 + bytes / 97) {
        trm_error error = TRM_ERROR_INIT;
        expect_sentence(resume_bytes(data, length, &error), TRM_ERROR_FORMAT, &error, "damaged.trm");
    }
    ck_assert_int_eq(resume_bytes(data, bytes, NULL), TRM_OK);
    free(data);
}
END_TEST

/* Every bit counts, but those between tensors. */
START_TEST(checkpoints_with_a_wrong_bit)
{
    random_source source = random_begin(1);
    trm_trainer_free(begin_saved_steps(&run, STEPS));
    size_t bytes;
    unsigned refused = 0;
    uint8_t *data = read_whole(run.checkpoint, &bytes);
    for (int i = 0; i < 200; i++) {
        const uint32_t at = random_below(&source, (uint32_t)bytes), bit = random_below(&source, 8);
        trm_error error = TRM_ERROR_INIT;
        data[at] ^= (uint8_t)(1u << bit);
        const trm_status status = resume_bytes(data, bytes, &error);
        data[at] ^= (uint8_t)(1u << bit);
        refused += status != TRM_OK;
    }
    ck_assert_uint_gt(refused, 190);
    free(data);
}
END_TEST

/* A signed checkpoint with number `index` of a metadata entry of ours replaced. */
static trm_status resume_changed(const trm_file *good, const char *key, size_t index, uint64_t value,
                                 trm_error *error)
{
    trm_file file = file_copy(good);
    put64(file.bytes + file_metadata(&file, key) + 16 + strlen(key) + 1 + 8 * index, value);
    file_sign(&file);
    const trm_status status = resume_bytes(file.bytes, file.size, error);
    file_free(&file);
    return status;
}

/* Options that do not fit the rest, and hostile ones: refused, or harmless. */
START_TEST(checkpoints_with_other_options)
{
    static const uint64_t hostile[] = { 0, 3, 1000, UINT32_MAX, UINT64_MAX };
    trm_file good;
    trm_error error = TRM_ERROR_INIT;
    trm_trainer_free(begin_saved_steps(&run, STEPS));
    good.bytes = read_whole(run.checkpoint, &good.size);
    ck_assert_int_eq(resume_changed(&good, "train.options", 3, 7, &error), TRM_OK); /* another seed */
    expect_sentence(resume_changed(&good, "train.options", 0, 5, &error), TRM_ERROR_FORMAT, &error,
                    "train.y");
    expect_sentence(resume_changed(&good, "train.options", 4, 9, &error), TRM_ERROR_FORMAT, &error,
                    "optimiser");
    expect_sentence(resume_changed(&good, "train.sets", 0, 9, &error), TRM_ERROR_PUZZLE, &error,
                    "other puzzles");
    for (size_t i = 0; i < TRMI_OPTION_NUMBERS; i++)
        for (size_t k = 0; k < sizeof hostile / sizeof *hostile; k++) {
            const trm_status status = resume_changed(&good, "train.options", i, hostile[k], &error);
            ck_assert_msg(status == TRM_OK || status == TRM_ERROR_FORMAT, "option %zu: %s", i, error.message);
        }
    file_free(&good);
}
END_TEST

/* A tensor of ours under another name, as in the file of another program. */
START_TEST(checkpoints_without_a_tensor)
{
    trm_trainer_free(begin_saved_steps(&run, STEPS));
    trm_file file;
    trm_error error = TRM_ERROR_INIT;
    file.bytes = read_whole(run.checkpoint, &file.size);
    uint8_t *letter = file.bytes + file_tensor(&file, extra_names[_i]) + 48;
    *letter = 'T';
    file_sign(&file);
    expect_sentence(resume_bytes(file.bytes, file.size, &error), TRM_ERROR_FORMAT, &error, extra_names[_i]);
    ck_assert_msg(strstr(error.message, "damaged.trm") != NULL, "%s", error.message);
    file_free(&file);
}
END_TEST

/* ------------------------------------------------------------------------------------------- forgery */

static trm_file saved_checkpoint(void)
{
    trm_file file;
    trm_trainer_free(begin_saved_steps(&run, STEPS));
    file.bytes = read_whole(run.checkpoint, &file.size);
    return file;
}

/* Signs the checkpoint, which must be refused with the sentence. */
static void expect_refused(trm_file *file, const char *sentence)
{
    trm_error error = TRM_ERROR_INIT;
    file_sign(file);
    expect_sentence(resume_bytes(file->bytes, file->size, &error), TRM_ERROR_FORMAT, &error, sentence);
}

static uint64_t get64(const uint8_t *from)
{
    uint64_t value = 0;
    for (int i = 8; i-- > 0;)
        value = value << 8 | from[i];
    return value;
}

/* The tensor's numbers give way to 8-bit integers, which are fewer bytes, and their scales. */
static void make_integers(trm_file *file, const char *name)
{
    uint8_t *entry = file->bytes + file_tensor(file, name), *data = file->bytes + file_data(file, name);
    const size_t rows = get64(entry + 16), codes = rows * get64(entry + 24),
                 scales_at = (codes + 63) / 64 * 64;
    put16(file->bytes + 10, 1); /* the version that brought them */
    entry[6] = 3;
    put64(entry + 40, scales_at + 4 * rows);
    memset(data, 0, scales_at);
    memset(data, 1, codes);
    for (size_t row = 0; row < rows; row++)
        put32(data + scales_at + 4 * row, 0x3f800000);
    file_sign_tensor(file, name);
}

/* Bytes that are fewer than the numbers: foreign ones were read behind them. */
START_TEST(checkpoints_with_integers)
{
    char sentence[80];
    trm_file file = saved_checkpoint();
    make_integers(&file, extra_names[_i]);
    snprintf(sentence, sizeof sentence, "tensor %s: expected f32, found i8", extra_names[_i]);
    expect_refused(&file, sentence);
    file_free(&file);
}
END_TEST

START_TEST(checkpoints_with_another_layout)
{
    char sentence[80];
    trm_file file = saved_checkpoint();
    file.bytes[file_tensor(&file, extra_names[_i]) + 7] = 2;
    snprintf(sentence, sizeof sentence, "tensor %s: expected layout 1, found 2", extra_names[_i]);
    expect_refused(&file, sentence);
    file_free(&file);
}
END_TEST

/* As many numbers, in rows of another length. */
START_TEST(checkpoints_with_another_shape)
{
    trm_file file = saved_checkpoint();
    uint8_t *entry = file.bytes + file_tensor(&file, extra_names[_i]);
    put64(entry + 16, 2 * get64(entry + 16));
    put64(entry + 24, get64(entry + 24) / 2);
    expect_refused(&file, extra_names[_i]);
    file_free(&file);
}
END_TEST

/* -- what a checkpoint costs that claims more than it has */

typedef struct account {
    size_t bytes, most; /* asked for in all, and that may be */
} account;

static void *take(void *user, size_t bytes)
{
    account *a = user;
    a->bytes += bytes;
    return a->bytes > a->most ? NULL : malloc(bytes);
}

static void give(void *user, void *memory)
{
    (void)user;
    free(memory);
}

/* Before anything is taken for the run: the file itself, and its directory. */
static void expect_cheap_refusal(const trm_file *file, const char *sentence)
{
    account a = { 0, 2 * file->size + 16384 };
    const trm_allocator allocator = { sizeof allocator, &a, take, give };
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    options.allocator = &allocator;
    const char *path = inside_directory(run.directory, "bomb.trm");
    write_whole(path, file->bytes, file->size);
    expect_sentence(trm_trainer_resume(path, run.puzzles, &options, &trainer, &error), TRM_ERROR_FORMAT,
                    &error, sentence);
    ck_assert_ptr_null(trainer);
    ck_assert_uint_le(a.bytes, a.most);
}

static void claim(trm_file *file, const char *key, size_t index, uint64_t value)
{
    put64(file->bytes + file_metadata(file, key) + 16 + strlen(key) + 1 + 8 * index, value);
    file_sign(file);
}

/* Shards, states and puzzles that are not in the file. */
START_TEST(checkpoints_that_claim_too_much)
{
    static const struct {
        size_t option;
        uint64_t value;
        const char *sentence;
    } claims[] = {
        { 1, 1024, "1024 shards" }, /* each as large as the weights */
        { 1, 5, "5 shards" },       { 0, 40000, "train.y" },
        { 23, 64, "train.y" },      { 0, UINT64_C(0x100000004), "no run has" },
    };
    trm_file good = saved_checkpoint();
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        trm_file file = file_copy(&good);
        claim(&file, "train.options", claims[i].option, claims[i].value);
        expect_cheap_refusal(&file, claims[i].sentence);
        file_free(&file);
    }
    file_free(&good);
}
END_TEST

/* More shards than puzzles are as many, so that what is saved can be resumed. */
START_TEST(more_shards_than_puzzles)
{
    trm_train_options options = steady_options(STEPS);
    options.shards = 1024;
    trm_trainer *trainer = begin_run(&run, &options);
    ck_assert_uint_eq(trainer->options.shards, options.batch);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_save(trainer, run.checkpoint, NULL), TRM_OK);
    ck_assert_uint_eq(resumed_steps(), 1);
    trm_trainer_free(trainer);
}
END_TEST

/* Numbers that no run writes. */
START_TEST(checkpoints_with_other_numbers)
{
    static const struct {
        const char *name;
        float number;
        const char *sentence;
    } numbers[] = {
        { "train.weights", NAN, "train.weights: expected finite" },
        { "train.first", INFINITY, "train.first: expected finite" },
        { "train.second", -1.0f, "train.second: expected squares" },
        { "train.y", NAN, "train.y: expected finite" },
        { "train.z", -INFINITY, "train.z: expected finite" },
    };
    trm_file good = saved_checkpoint();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        trm_file file = file_copy(&good);
        file_set_number(&file, numbers[i].name, 3, numbers[i].number);
        expect_refused(&file, numbers[i].sentence);
        file_free(&file);
    }
    file_free(&good);
}
END_TEST

/* Where the padding of a tensor begins among all weights: its first panel has 16 rows. */
static size_t padding_of(const char *name, size_t rows)
{
    trm_trainer *trainer = begin_saved_steps(&run, STEPS);
    size_t at = 0;
    for (uint32_t i = 0; i < trainer->parameters.count; i++)
        if (strcmp(trainer->parameters.list[i].tensor.name, name) == 0)
            at = trainer->parameters.list[i].flat + rows;
    trm_trainer_free(trainer);
    ck_assert_uint_gt(at, 0);
    return at;
}

/* Padding of a moment would become that of a weight, and reach the next question. */
START_TEST(checkpoints_with_padding)
{
    const size_t at = padding_of("head.halt", 2);
    trm_file file = saved_checkpoint();
    file_set_number(&file, extra_names[_i], at, 1.0f);
    expect_refused(&file, "head.halt: expected zeros as padding");
    file_free(&file);
}
END_TEST

/* Progress and puzzles that no run comes to. */
START_TEST(checkpoints_with_other_progress)
{
    static const struct {
        const char *key;
        size_t index;
        uint64_t value;
        const char *sentence;
    } claims[] = {
        { "train.progress", 0, STEPS + 1, "61 steps of 60" },
        { "train.progress", 1, 0, "0 of the optimiser" },
        { "train.progress", 2, 0, "draw 0 of 0" },
        { "train.progress", 3, 0, "0 sets of puzzles" },
        { "train.progress", 3, 65, "65 sets of puzzles" },
        { "train.progress", 3, 2, "train.sets has 24 bytes, expected 48" },
        { "train.progress", 4, 0, "0 rows of state" },
        { "train.progress", 4, 5, "train.y" },
        { "train.slots", 2, UINT64_MAX, "train.slots: puzzle 1" },
        { "train.slots", 7, 2, "after 2 steps of 2" },
    };
    trm_file good = saved_checkpoint();
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        trm_file file = file_copy(&good);
        claim(&file, claims[i].key, claims[i].index, claims[i].value);
        expect_refused(&file, claims[i].sentence);
        file_free(&file);
    }
    file_free(&good);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("resume");
    TCase *tests = tcase_create("checkpoints");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, truncated_checkpoints);
    tcase_add_test(tests, checkpoints_with_a_wrong_bit);
    tcase_add_test(tests, checkpoints_with_other_options);
    tcase_add_loop_test(tests, checkpoints_without_a_tensor, 0, EXTRAS);
    tcase_add_loop_test(tests, checkpoints_with_integers, 0, EXTRAS);
    tcase_add_loop_test(tests, checkpoints_with_another_layout, 0, EXTRAS);
    tcase_add_loop_test(tests, checkpoints_with_another_shape, 0, EXTRAS);
    tcase_add_test(tests, checkpoints_that_claim_too_much);
    tcase_add_test(tests, more_shards_than_puzzles);
    tcase_add_test(tests, checkpoints_with_other_numbers);
    tcase_add_loop_test(tests, checkpoints_with_padding, 0, 3);
    tcase_add_test(tests, checkpoints_with_other_progress);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
