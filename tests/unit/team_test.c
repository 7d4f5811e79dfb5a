/* Two processes that learn together have the bits of one; a step that cannot be shared leaves no trace. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/run.h"

enum { STEPS = 5 };

static char *directory;
static trm_puzzles *puzzles;
static char model_path[96];

static void set_up(void)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    trm_generate_options generate = TRM_GENERATE_OPTIONS_INIT;
    generate.count = 20;
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.channels = 20;
    options.positions = 16;
    options.prefix = 1;
    options.vocabulary = 6;
    options.token_hidden = 20;
    options.channel_hidden = 24;
    options.cycles = options.updates = 1;
    directory = make_directory();
    strcpy(model_path, inside_directory(directory, "model.trm"));
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &generate, NULL), TRM_OK);
    ck_assert_int_eq(trm_init(model_path, &options, NULL), TRM_OK);
}

static void tear_down(void)
{
    trm_puzzles_free(puzzles);
    remove_directory(directory);
}

/* Many shards are added up round by round where there is no team. */
static uint32_t shards = 5;

static trm_trainer *make_trainer(const trm_team *team)
{
    trm_trainer *trainer;
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = shards + 2;
    options.shards = shards;
    options.steps = STEPS;
    options.maximum_steps = 2;
    options.team = team;
    ck_assert_int_eq(trm_trainer_create(model_path, puzzles, &options, &trainer, NULL), TRM_OK);
    return trainer;
}

static void save(trm_trainer *trainer, const char *name)
{
    ck_assert_int_eq(trm_trainer_save(trainer, inside_directory(directory, name), NULL), TRM_OK);
}

static void run_whole(const trm_team *team, const char *name)
{
    trm_trainer *trainer = make_trainer(team);
    for (int i = 0; i < STEPS; i++)
        ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    save(trainer, name);
    trm_trainer_free(trainer);
}

static bool same(const char *a, const char *b)
{
    size_t a_bytes, b_bytes;
    uint8_t *first = read_whole(inside_directory(directory, a), &a_bytes);
    uint8_t *second = read_whole(inside_directory(directory, b), &b_bytes);
    const bool equal = a_bytes == b_bytes && memcmp(first, second, a_bytes) == 0;
    free(first);
    free(second);
    return equal;
}

/* ---------------------------------------------------------------------------------------------- two */

/* One end of a line between two processes. */
typedef struct line {
    int descriptor;
    uint32_t rank;
} line;

static trm_status share_on_line(void *user, void *data, const size_t *bytes, trm_error *error)
{
    (void)error;
    const line *end = user;
    char *at = data;
    for (uint32_t rank = 0; rank < 2; rank++)
        for (size_t left = bytes[rank]; left > 0;) {
            const ssize_t moved =
                rank == end->rank ? write(end->descriptor, at, left) : read(end->descriptor, at, left);
            if (moved <= 0)
                return TRM_ERROR_FILE;
            at += moved;
            left -= (size_t)moved;
        }
    return TRM_OK;
}

START_TEST(two_have_the_bits_of_one)
{
    int descriptors[2], status;
    shards = _i == 0 ? 5 : 150;
    run_whole(NULL, "one.trm");
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors), 0);
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    line end = { descriptors[child == 0], child == 0 };
    const trm_team team = { sizeof team, end.rank, 2, share_on_line, &end };
    run_whole(&team, child == 0 ? "second.trm" : "first.trm");
    if (child == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert(same("one.trm", "first.trm"));
    ck_assert(same("one.trm", "second.trm"));
    close(descriptors[0]);
    close(descriptors[1]);
}
END_TEST

/* ---------------------------------------------------------------------------------------------- one lost */

/* A team whose other half answers with zeros, and with rubbish and a failure at the call number `fail_at`. */
typedef struct loss {
    int calls, fail_at;
} loss;

static trm_status share_until_lost(void *user, void *data, const size_t *bytes, trm_error *error)
{
    loss *l = user;
    const bool fails = l->calls++ == l->fail_at;
    memset((char *)data + bytes[0], fails ? 0x7f : 0, bytes[1]);
    if (!fails)
        return TRM_OK;
    strcpy(error->message, "nobody there");
    return TRM_ERROR_FILE;
}

START_TEST(a_step_that_cannot_be_shared_leaves_no_trace)
{
    enum { CALLS_A_STEP = 3 };
    loss l = { 0, CALLS_A_STEP + _i };
    const trm_team team = { sizeof team, 0, 2, share_until_lost, &l };
    trm_error error = TRM_ERROR_INIT;
    trm_trainer *trainer = make_trainer(&team);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    save(trainer, "before.trm");
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, &error), TRM_ERROR_FILE);
    ck_assert_str_eq(error.message, "sharing a step with other processes: nobody there");
    ck_assert_uint_eq(trm_trainer_steps(trainer), 1);
    save(trainer, "after.trm");
    ck_assert(same("before.trm", "after.trm"));
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    save(trainer, "next.trm");
    ck_assert(!same("before.trm", "next.trm"));
    trm_trainer_free(trainer);
}
END_TEST

START_TEST(says_what_is_no_team)
{
    static const struct {
        uint32_t rank, count;
        bool deaf;
        const char *sentence;
    } wrong[] = {
        { 0, 0, false, "found 0, 0, one" },
        { 2, 2, false, "found 2, 2, one" },
        { 0, 2, true, "found 2, 0, none" },
        { 0, 6, false, "6 processes have only 5 shards" },
    };
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    trm_trainer *trainer;
    const trm_team team = { sizeof team, wrong[_i].rank, wrong[_i].count,
                            wrong[_i].deaf ? NULL : share_until_lost, NULL };
    options.shards = 5;
    options.team = &team;
    ck_assert_int_eq(trm_trainer_create(model_path, puzzles, &options, &trainer, &error), TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, wrong[_i].sentence) != NULL, "%s", error.message);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("team");
    TCase *tests = tcase_create("team");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, two_have_the_bits_of_one, 0, 2);
    tcase_add_loop_test(tests, a_step_that_cannot_be_shared_leaves_no_trace, 0, 3);
    tcase_add_loop_test(tests, says_what_is_no_team, 0, 4);
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
