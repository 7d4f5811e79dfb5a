/* The promises of trm.h about the memory of a solver: what was measured is enough, and nothing else is
   touched. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/random_solve.h"

/* Memory that ends (or begins) at a page that nobody may touch. */
typedef struct guarded {
    char *map, *memory;
    size_t map_bytes;
} guarded;

static guarded guard(size_t bytes, bool at_end)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), inner = (bytes + page - 1) / page * page;
    guarded g = { NULL, NULL, inner + 2 * page };
    void *map = mmap(NULL, g.map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(map, MAP_FAILED);
    g.map = map;
    ck_assert_int_eq(mprotect(g.map, page, PROT_NONE), 0);
    ck_assert_int_eq(mprotect(g.map + page + inner, page, PROT_NONE), 0);
    g.memory = at_end ? g.map + page + inner - bytes : g.map + page;
    memset(g.memory, 0xA5, bytes);
    return g;
}

static void measure(const trm_solve_options *options, size_t *bytes)
{
    trm_error error = TRM_ERROR_INIT;
    expect_ok(trm_solver_measure(model, options, bytes, &error), &error);
}

/* In exactly the measured memory, the answer of a solver that allocates, and no allocation; in one byte less,
 * a clean failure. */
static void check_workspace(trm_solve_options options, bool at_end)
{
    static result wanted, got;
    solve_all(&options, &wanted);
    size_t bytes = 0;
    measure(&options, &bytes);
    ck_assert_uint_gt(bytes, 0);
    const guarded g = guard(bytes, at_end);
    counter counts = { 0 };
    trm_allocator allocator = { sizeof allocator, &counts, counted_allocate, counted_release };
    options.allocator = &allocator;
    options.workspace = g.memory;
    options.workspace_size = bytes;
    size_t again = 0;
    measure(&options, &again);
    ck_assert_uint_eq(bytes, again);
    solve_all(&options, &got);
    ck_assert_mem_eq(&wanted, &got, sizeof wanted);

    options.workspace_size = bytes - 1;
    trm_error error = TRM_ERROR_INIT;
    trm_solver *solver = NULL;
    expect_failure(trm_solver_create(model, &options, &solver, &error), TRM_ERROR_WORKSPACE, &error);
    ck_assert_ptr_null(solver);
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(&got);
    expect_failure(trm_solve(model, &questions, &answers, &options, &error), TRM_ERROR_WORKSPACE, &error);

    /* Memory that the host could not get, of the size that was measured into its options. */
    options.workspace = NULL;
    measure(&options, &options.workspace_size);
    ck_assert_uint_eq(options.workspace_size, bytes);
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solver_create(model, &options, &solver, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_ptr_null(solver);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_solve_options.workspace: expected memory of"));
    expect_failure(trm_solve(model, &questions, &answers, &options, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_uint_eq(counts.allocations, 0);
    ck_assert_int_eq(munmap(g.map, g.map_bytes), 0);
}

START_TEST(the_measured_workspace_is_exact)
{
    for (int block = TRM_BLOCK_MIXER; block <= TRM_BLOCK_ATTENTION; block++) {
        tear_down();
        open_random((trm_block)block, 2);
        for (uint32_t batch = 1; batch <= COUNT; batch += 2) {
            check_workspace(options_with(0, 2, batch), true);
            check_workspace(options_with(0, 2, batch), false);
            uint32_t width = 3;
            const trm_executor executor = { sizeof executor, width, &width, run_in_order };
            trm_solve_options options = options_with(TRM_HALT_STABLE, 2, batch);
            options.executor = &executor;
            check_workspace(options, true);
        }
    }
}
END_TEST

START_TEST(measuring_needs_no_options)
{
    size_t plain = 0, given = 0;
    const trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    measure(NULL, &plain);
    measure(&options, &given);
    ck_assert_uint_eq(plain, given);
}
END_TEST

START_TEST(the_allocator_gets_everything_back)
{
    static result r;
    counter counts = { 0 };
    const trm_allocator allocator = { sizeof allocator, &counts, counted_allocate, counted_release };
    trm_solve_options options = options_with(0, 1, 2);
    options.allocator = &allocator;
    solve_all(&options, &r); /* what is not released is a leak to AddressSanitizer */
    ck_assert_uint_gt(counts.allocations, 0);
}
END_TEST

static Suite *solver_memory_suite(void)
{
    Suite *suite = suite_create("solver_memory");
    TCase *tests = add_case(suite, "memory");
    tcase_add_test(tests, the_measured_workspace_is_exact);
    tcase_add_test(tests, measuring_needs_no_options);
    tcase_add_test(tests, the_allocator_gets_everything_back);
    return suite;
}

int main(void)
{
    random_seed();
    return run_suite(solver_memory_suite());
}
