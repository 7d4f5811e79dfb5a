/* Aligned memory from any allocator, and the arena. */
#include <stdint.h>
#include <string.h>

#include "lib/core/memory.h"
#include "tests/support/run.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifdef UNDER_ASAN
#include <sanitizer/asan_interface.h>
#endif

/* Hands out one block at a chosen misalignment. */
typedef struct odd_heap {
    _Alignas(64) char block[1024];
    size_t shift, asked;
    char *released;
} odd_heap;

static void *odd_allocate(void *user, size_t bytes)
{
    odd_heap *heap = user;
    heap->asked = bytes;
    return bytes <= sizeof heap->block - heap->shift ? heap->block + heap->shift : NULL;
}

static void odd_release(void *user, void *pointer)
{
    ((odd_heap *)user)->released = pointer;
}

START_TEST(test_allocate_aligns_and_clears)
{
    for (size_t shift = 0; shift < 64; shift++) {
        odd_heap heap = { .shift = shift };
        memset(heap.block, 0xee, sizeof heap.block);
        const trm_allocator allocator = { sizeof allocator, &heap, odd_allocate, odd_release };
        unsigned char *memory = trmi_allocate(&allocator, 100);
        ck_assert_ptr_nonnull(memory);
        ck_assert_uint_eq((uintptr_t)memory % TRMI_ALIGNMENT, 0);
        for (size_t i = 0; i < 100; i++)
            ck_assert_uint_eq(memory[i], 0);
        ck_assert((char *)memory + 100 <= heap.block + shift + heap.asked);
        ck_assert((char *)memory >= heap.block + shift + sizeof(void *));
        trmi_release(&allocator, memory);
        ck_assert_ptr_eq(heap.released, heap.block + shift);
    }
}
END_TEST

START_TEST(test_allocate_without_memory)
{
    odd_heap heap = { .shift = 0 };
    const trm_allocator allocator = { sizeof allocator, &heap, odd_allocate, odd_release };
    ck_assert_ptr_null(trmi_allocate(&allocator, 1024));
    heap.asked = 0;
    ck_assert_ptr_null(trmi_allocate(&allocator, UINT64_MAX));
    ck_assert_ptr_null(trmi_allocate(&allocator, UINT64_MAX - 71));
    ck_assert_uint_eq(heap.asked, 0);
    trmi_release(&allocator, NULL);
    ck_assert_ptr_null(heap.released);
}
END_TEST

START_TEST(test_allocator_default)
{
    trm_allocator allocator;
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    char *memory = trmi_allocate(&allocator, 0);
    ck_assert_ptr_nonnull(memory);
    trmi_release(&allocator, memory);
}
END_TEST

START_TEST(test_allocator_incomplete)
{
    trm_error error = TRM_ERROR_INIT;
    trm_allocator given = { sizeof given, NULL, odd_allocate, NULL }, read = TRM_ALLOCATOR_INIT;
    ck_assert_int_eq(trmi_allocator_read(&read, &given, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_allocator.release is NULL"));
    given.allocate = NULL;
    given.release = odd_release;
    ck_assert_int_eq(trmi_allocator_read(&read, &given, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_allocator.allocate is NULL"));
    given.allocate = odd_allocate;
    given.size--;
    ck_assert_int_eq(trmi_allocator_read(&read, &given, &error), TRM_ERROR_ARGUMENT);
    ck_assert(!read.allocate);
    given.size++;
    ck_assert_int_eq(trmi_allocator_read(&read, &given, &error), TRM_OK);
    ck_assert(read.allocate == odd_allocate && read.release == odd_release);
}
END_TEST

typedef struct layout {
    char *bytes;
    uint32_t *words;
    double *nothing, *numbers;
} layout;

static layout lay_out(trmi_arena *arena)
{
    layout made;
    made.bytes = trmi_arena_take(arena, 3, 1);
    made.words = trmi_arena_take(arena, 16, sizeof *made.words);
    made.nothing = trmi_arena_take(arena, 0, sizeof *made.nothing);
    made.numbers = trmi_arena_take(arena, 9, sizeof *made.numbers);
    return made;
}

START_TEST(test_arena_measures_what_it_carves)
{
    trmi_arena measure = { .base = NULL };
    const layout none = lay_out(&measure);
    ck_assert(!none.bytes && !none.words && !none.nothing && !none.numbers && !measure.overflow);
    trm_allocator allocator;
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    char *base = trmi_allocate(&allocator, measure.used);
    trmi_arena carve = { .base = base };
    const layout made = lay_out(&carve);
    ck_assert_uint_eq(carve.used, measure.used);
    ck_assert_ptr_eq(made.bytes, base);
    ck_assert((char *)made.words >= made.bytes + 64 && (char *)made.nothing >= (char *)made.words + 64);
    ck_assert_uint_eq((uintptr_t)made.words % TRMI_ALIGNMENT | (uintptr_t)made.numbers % TRMI_ALIGNMENT, 0);
    ck_assert((char *)(made.numbers + 9) <= base + measure.used);
    trmi_arena_release(base, measure.used);
    memset(base, 1, measure.used);
    trmi_release(&allocator, base);
}
END_TEST

START_TEST(test_arena_overflows_for_good)
{
    static const uint64_t factors[][2] = {
        { UINT64_MAX, 2 },
        { UINT64_MAX, 1 },
        { UINT64_MAX - 63, 1 },
        { 1ull << 32, 1ull << 32 },
    };
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        _Alignas(TRMI_ALIGNMENT) char block[64];
        trmi_arena arena = { .base = block, .used = 64 };
        ck_assert_ptr_null(trmi_arena_take(&arena, factors[i][0], factors[i][1]));
        ck_assert(arena.overflow);
        ck_assert_ptr_null(trmi_arena_take(&arena, 1, 1));
        ck_assert_uint_eq(arena.used, 64);
    }
}
END_TEST

#ifdef UNDER_ASAN
START_TEST(test_arena_red_zones)
{
    trmi_arena measure = { .base = NULL };
    lay_out(&measure);
    trm_allocator allocator;
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    char *base = trmi_allocate(&allocator, measure.used);
    trmi_arena carve = { .base = base };
    const layout made = lay_out(&carve);
    ck_assert(!__asan_address_is_poisoned(made.bytes + 2) && __asan_address_is_poisoned(made.bytes + 3));
    ck_assert(!__asan_address_is_poisoned(made.words + 15) && __asan_address_is_poisoned(made.words + 16));
    ck_assert(__asan_address_is_poisoned(made.nothing));
    ck_assert(__asan_address_is_poisoned(made.numbers - 1) && __asan_address_is_poisoned(made.numbers + 9));
    trmi_arena_release(base, measure.used);
    ck_assert_ptr_null(__asan_region_is_poisoned(base, measure.used));
    trmi_release(&allocator, base);
}
END_TEST
#endif

static Suite *suite(void)
{
    Suite *s = suite_create("memory");
    TCase *t = tcase_create("memory");
    tcase_add_test(t, test_allocate_aligns_and_clears);
    tcase_add_test(t, test_allocate_without_memory);
    tcase_add_test(t, test_allocator_default);
    tcase_add_test(t, test_allocator_incomplete);
    tcase_add_test(t, test_arena_measures_what_it_carves);
    tcase_add_test(t, test_arena_overflows_for_good);
#ifdef UNDER_ASAN
    tcase_add_test(t, test_arena_red_zones);
#endif
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
