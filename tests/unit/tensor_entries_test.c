/* Files of newer versions, tensors and deflated streams: what the reader refuses of them, and what it passes
   over. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/format/container.h"
#include "lib/format/inflate.h"
#include "tests/support/files.h"
#include "tests/support/patched_file.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

static trm_allocator allocator;

static void set_up(void)
{
    tiny_begin();
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

/* ------------------------------------------------------------------------------------------- newer files */

/* Many keys or tensors in one of several orders, then k9999 and `last`. */
static trm_file with_many(unsigned multiplier, const char *last, bool tensors)
{
    enum { MANY = 1009 }; /* a prime: each multiplier below it makes another order */
    const trmi_config config = tiny_config();
    trm_builder builder = { .omit = NULL };
    for (unsigned i = 0; i < MANY + 2; i++) {
        char name[16];
        if (i < MANY)
            snprintf(name, sizeof name, "k%04u", i * multiplier % MANY);
        else
            snprintf(name, sizeof name, "%s", i == MANY ? "k9999" : last);
        if (tensors)
            builder_tensor(&builder, &(stored_tensor) { name, 1, 1, 1, 1, 1, "0123", 4 });
        else
            builder_integer(&builder, name, i);
    }
    builder_model(&builder, &config);
    return builder_finish(&builder);
}

START_TEST(test_duplicates_among_many)
{
    static const unsigned multipliers[] = { 1, 2, 500, 1008 };
    for (size_t i = 0; i < sizeof multipliers / sizeof *multipliers; i++)
        for (int tensors = 0; tensors <= 1; tensors++) {
            static const char *const twice[] = { "k0000", "k0517", "k1008", "k9999" };
            trm_file file = with_many(multipliers[i], "z", tensors);
            expect_file(&file, TRM_OK, "");
            file_free(&file);
            for (size_t j = 0; j < sizeof twice / sizeof *twice; j++) {
                char sentence[64];
                snprintf(sentence, sizeof sentence, "%s %s: expected once, found twice",
                         tensors ? "tensor" : "metadata", twice[j]);
                file = with_many(multipliers[i], twice[j], tensors);
                expect_file(&file, TRM_ERROR_FORMAT, sentence);
                file_free(&file);
            }
        }
}
END_TEST

START_TEST(test_newer_metadata_type)
{
    const size_t entry = file_metadata(&tiny, "task.alphabet");
    trmi_container container;
    expect_in_newer((patch) { entry + 6, 1, 5 }, TRM_OK, "");
    expect_in_newer((patch) { entry + 8, 4, UINT32_MAX }, TRM_ERROR_FORMAT, "a value inside the entry");
    expect_in_newer((patch) { file_metadata(&tiny, "model.cycles") + 6, 1, 99 }, TRM_ERROR_FORMAT,
                    "model.cycles: expected in every model");
    put16(tiny.bytes + 10, 7);
    tiny.bytes[entry + 6] = 200;
    put32(tiny.bytes + entry + 8, UINT32_MAX); /* means something else there */
    memset(tiny.bytes + entry + 30, 0xee, 10);
    file_sign(&tiny);
    ck_assert_int_eq(trmi_container_open(&container, tiny.bytes, tiny.size, &allocator, NULL), TRM_OK);
    ck_assert_uint_eq(container.metadata_count, 15);
    ck_assert_ptr_null(trmi_container_metadata(&container, "task.alphabet"));
    ck_assert_str_eq(container.metadata[0].key, "model.architecture");
    trmi_container_close(&container);
}
END_TEST

/* A tensor beside the model's own, of unknown kind in one field. */
static trm_file with_extra(uint8_t type, uint8_t layout, uint8_t encoding, uint64_t rows, uint16_t minor)
{
    const trmi_config config = tiny_config();
    trm_builder builder = { .omit = NULL };
    builder_tensor(&builder, &(stored_tensor) { "extra", type, layout, encoding, rows, 1, "0123", 4 });
    builder_model(&builder, &config);
    trm_file file = builder_finish(&builder);
    put16(file.bytes + 10, minor);
    file_sign(&file);
    return file;
}

START_TEST(test_newer_tensor_kinds)
{
    static const uint8_t kinds[][3] = { { 2, 1, 1 }, { 0, 1, 1 }, { 1, 0, 1 },
                                        { 1, 3, 1 }, { 1, 1, 0 }, { 1, 1, 3 } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        trm_file file = with_extra(kinds[i][0], kinds[i][1], kinds[i][2], UINT64_MAX, 0);
        trmi_container container;
        expect_file(&file, TRM_ERROR_FORMAT, "tensor extra: expected type 1, layout 1 or 2, encoding 1 or 2");
        file_free(&file);
        file = with_extra(kinds[i][0], kinds[i][1], kinds[i][2], UINT64_MAX, 7);
        expect_file(&file, TRM_OK, "");
        ck_assert_int_eq(trmi_container_open(&container, file.bytes, file.size, &allocator, NULL), TRM_OK);
        ck_assert_uint_eq(container.tensor_count, 10);
        ck_assert_ptr_null(trmi_container_tensor(&container, "extra"));
        trmi_container_close(&container);
        file_free(&file);
    }
    for (unsigned i = 9; i < 12; i++) {
        expect_patched((patch) { file_tensor(&tiny, "state.y") + i, 1, 1 }, TRM_ERROR_FORMAT,
                       "zeros in the reserved bytes");
        expect_in_newer((patch) { file_tensor(&tiny, "state.y") + i, 1, 1 }, TRM_OK, "");
    }
    expect_in_newer((patch) { file_tensor(&tiny, "state.y") + 6, 1, 2 }, TRM_ERROR_FORMAT,
                    "state.y: expected 1 x 2");
    expect_in_newer((patch) { file_tensor(&tiny, "state.y") + 4, 2, 0 }, TRM_ERROR_FORMAT,
                    "a name of 1 to 255");
}
END_TEST

START_TEST(test_extra_tensor_is_ignored)
{
    trm_file file = with_extra(1, 1, 1, 1, 0);
    expect_file(&file, TRM_OK, "");
    file.bytes[file_data(&file, "extra")] ^= 1; /* nobody reads it */
    expect_file(&file, TRM_OK, "");
    file_free(&file);
    file = with_extra(1, 1, 1, 2, 0);
    expect_file(&file, TRM_ERROR_FORMAT, "extra: expected 8 stored bytes for 2 x 1 numbers, found 4");
    file_free(&file);
}
END_TEST

/* ------------------------------------------------------------------------------------------- tensors */

START_TEST(test_tensor_sizes)
{
    const size_t entry = file_tensor(&tiny, "state.z"); /* 1 x 2 at 1536 */
    expect_patched((patch) { entry + 16, 8, 0 }, TRM_ERROR_FORMAT, "found 0 x 2");
    expect_patched((patch) { entry + 24, 8, 0 }, TRM_ERROR_FORMAT, "found 1 x 0");
    expect_patched((patch) { entry + 16, 8, UINT64_MAX / 2 + 1 }, TRM_ERROR_FORMAT,
                   "fit in 64 bits, found 9223372036854775808 x 2");
    expect_patched((patch) { entry + 16, 8, 1ull << 61 }, TRM_ERROR_FORMAT,
                   "fit in 64 bits, found 2305843009213693952 x 2");
    expect_patched((patch) { entry + 16, 8, (1ull << 61) + 1 }, TRM_ERROR_FORMAT,
                   "fit in 64 bits, found 2305843009213693953 x 2");
    expect_patched((patch) { entry + 16, 8, 2 }, TRM_ERROR_FORMAT,
                   "expected 16 stored bytes for 2 x 2 numbers, found 8");
    expect_patched((patch) { entry + 32, 8, 1540 }, TRM_ERROR_FORMAT, "a multiple of 64, found 8 at 1540");
    expect_patched((patch) { entry + 32, 8, 1568 }, TRM_ERROR_FORMAT, "a multiple of 64, found 8 at 1568");
    expect_patched((patch) { entry + 32, 8, 2368 }, TRM_ERROR_FORMAT, "found 8 at 2368");
    expect_patched((patch) { entry + 32, 8, UINT64_MAX - 63 }, TRM_ERROR_FORMAT,
                   "found 8 at 18446744073709551552");
    expect_patched((patch) { entry + 40, 8, 0 }, TRM_ERROR_FORMAT, "found 0 at 1536");
    expect_patched((patch) { entry + 40, 8, 777 }, TRM_ERROR_FORMAT, "found 777 at 1536");
    expect_patched((patch) { entry + 40, 8, UINT64_MAX }, TRM_ERROR_FORMAT,
                   "found 18446744073709551615 at 1536");
    expect_patched((patch) { entry + 40, 8, 12 }, TRM_ERROR_FORMAT,
                   "expected 8 stored bytes for 1 x 2 numbers, found 12");
    expect_patched((patch) { entry + 40, 8, 4 }, TRM_ERROR_FORMAT,
                   "expected 8 stored bytes for 1 x 2 numbers, found 4");
}
END_TEST

START_TEST(test_overlaps)
{
    const size_t entry = file_tensor(&tiny, "state.z"), wide = file_tensor(&tiny, "net.0.channels.gate_up");
    expect_patched((patch) { entry + 32, 8, 0 }, TRM_ERROR_FORMAT,
                   "state.z at offset 0: expected it behind the header");
    expect_patched((patch) { entry + 32, 8, 64 }, TRM_ERROR_FORMAT,
                   "state.z at offset 64: expected it outside the directory");
    expect_patched((patch) { entry + 32, 8, 1344 }, TRM_ERROR_FORMAT,
                   "state.z at offset 1344: expected it outside the directory");
    expect_patched((patch) { entry + 32, 8, 1472 }, TRM_ERROR_FORMAT,
                   "at offset 1472: expected it behind state.");
    expect_patched((patch) { entry + 32, 8, 1920 }, TRM_ERROR_FORMAT,
                   "state.z at offset 1920: expected it behind net.0.channels.gate_up, which ends at 1984");
    expect_patched((patch) { wide + 32, 8, 1664 }, TRM_ERROR_FORMAT, "found an overlap");
    expect_patched((patch) { wide + 32, 8, 1280 }, TRM_ERROR_FORMAT, "expected it outside the directory");
}
END_TEST

/* Into memory of the caller's: what a machine of the other byte order does with raw tensors, too. */
START_TEST(test_load)
{
    trmi_container container;
    uint8_t loaded[16] = { 0 };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_container_open(&container, tiny.bytes, tiny.size, &allocator, NULL), TRM_OK);
    const trmi_tensor_entry *entry = trmi_container_tensor(&container, "embed.tokens");
    ck_assert_int_eq(trmi_container_load(entry, tiny.bytes, loaded, &allocator, &error), TRM_OK);
    for (size_t i = 0; i < 4; i++) {
        float number;
        memcpy(&number, loaded + 4 * i, sizeof number);
        ck_assert(number == builder_number("embed.tokens", i));
    }
    tiny.bytes[entry->offset] ^= 1;
    ck_assert_int_eq(trmi_container_load(entry, tiny.bytes, loaded, &allocator, &error), TRM_ERROR_CHECKSUM);
    ck_assert_int_eq(trmi_container_load(entry, tiny.bytes, NULL, &allocator, &error), TRM_ERROR_CHECKSUM);
    trmi_container_close(&container);
}
END_TEST

START_TEST(test_any_order_of_tensors)
{
    const size_t y = file_tensor(&tiny, "state.y"), z = file_tensor(&tiny, "state.z");
    put64(tiny.bytes + y + 32, 0x600); /* the two hold the same bytes */
    put64(tiny.bytes + z + 32, 0x5c0);
    file_sign(&tiny);
    expect_file(&tiny, TRM_OK, "");
}
END_TEST

/* ------------------------------------------------------------------------------------------- deflate */

START_TEST(test_claims_of_deflate)
{
    const size_t entry = file_tensor(&tiny, "state.z");
    tiny.bytes[entry + 8] = 2; /* 8 stored bytes hold at most 8256, or 8259 as integers divide */
    expect_patched((patch) { entry + 16, 8, 2064 / 2 + 1 }, TRM_ERROR_FORMAT,
                   "expected 1 x 2 numbers, found 1033 x 2");
    expect_patched((patch) { entry + 16, 8, 1161 }, TRM_ERROR_FORMAT,
                   "expected what 8 deflated bytes can hold, found a claim of 9288 bytes");
    expect_patched((patch) { entry + 16, 8, 1160 }, TRM_ERROR_FORMAT,
                   "expected 1 x 2 numbers, found 1160 x 2");
    expect_patched((patch) { entry + 16, 8, 1ull << 60 }, TRM_ERROR_FORMAT,
                   "found a claim of 9223372036854775808 bytes");
}
END_TEST

#ifdef TRMI_HAVE_ZLIB
/* The tiny model with state.z as a deflated tensor of the given stored bytes. */
static void expect_stream(const uint8_t *stream, size_t bytes, trm_status status, const char *sentence)
{
    const trmi_config config = tiny_config();
    trm_builder builder = { .omit = "state.z" };
    builder_model(&builder, &config);
    builder_tensor(&builder, &(stored_tensor) { "state.z", 1, 1, 2, 1, 2, stream, bytes });
    trm_file file = builder_finish(&builder);
    expect_file(&file, status, sentence);
    file_free(&file);
}

static size_t deflate_numbers(uint8_t *stream, const float *numbers, size_t count)
{
    uLongf bytes = 64;
    ck_assert_int_eq(compress(stream, &bytes, (const Bytef *)numbers, (uLong)(count * sizeof *numbers)),
                     Z_OK);
    return bytes;
}

START_TEST(test_streams)
{
    static const float numbers[3] = { 1.5f, -2.0f, 3.0f };
    uint8_t stream[65] = { 0 };
    size_t bytes = deflate_numbers(stream, numbers, 2);
    expect_stream(stream, bytes, TRM_OK, "");
    expect_stream(stream, bytes + 1, TRM_ERROR_FORMAT,
                  "state.z: expected a zlib stream of 17 bytes that expands to 8, found its end");
    for (size_t cut = 1; cut < bytes; cut++)
        expect_stream(stream, bytes - cut, TRM_ERROR_FORMAT, "state.z: expected a zlib stream");
    stream[bytes - 1] ^= 1; /* its own Adler-32 */
    expect_stream(stream, bytes, TRM_ERROR_FORMAT, "found damage after");
    stream[0] = 0;
    expect_stream(stream, bytes, TRM_ERROR_FORMAT, "found damage after");
    bytes = deflate_numbers(stream, numbers, 1);
    expect_stream(stream, bytes, TRM_ERROR_FORMAT, "expands to 8, found its end after 12 and 4");
    bytes = deflate_numbers(stream, numbers, 3);
    expect_stream(stream, bytes, TRM_ERROR_FORMAT, "expands to 8, found more after");
    const float infinite[2] = { 1.0f, INFINITY };
    expect_stream(stream, deflate_numbers(stream, infinite, 2), TRM_ERROR_FORMAT,
                  "state.z: expected finite numbers, found inf at index 1");
}
END_TEST

/* zlib asks for its window when a stream goes on beyond the room that it has. */
START_TEST(test_no_memory_for_zlib)
{
    static const float numbers[3] = { 1.5f, -2.0f, 3.0f };
    static const char *const missing[] = { "zlib's state", "zlib's window" };
    uint8_t stream[64], to[8];
    const size_t bytes = deflate_numbers(stream, numbers, 3);
    for (uint64_t fail_at = 0; fail_at < 2; fail_at++) {
        failing_memory memory = { .fail_at = fail_at };
        const trm_allocator failing = failing_allocator(&memory);
        trm_error error = TRM_ERROR_INIT;
        ck_assert_int_eq(trmi_inflate(to, sizeof to, stream, bytes, &failing, &error), TRM_ERROR_MEMORY);
        ck_assert_msg(strstr(error.message, missing[fail_at]) != NULL, "%s", error.message);
        ck_assert_int_eq(memory.alive, 0);
    }
}
END_TEST

/* zlib's answer to a stream that wants a dictionary is none of the usual ones. */
START_TEST(test_stream_with_a_dictionary)
{
    uint8_t stream[64];
    z_stream z = { .zalloc = NULL };
    ck_assert_int_eq(deflateInit(&z, 6), Z_OK);
    ck_assert_int_eq(deflateSetDictionary(&z, (const Bytef *)"abcdefgh", 8), Z_OK);
    z.next_in = (Bytef *)(uintptr_t) "abcdefgh";
    z.avail_in = 8;
    z.next_out = stream;
    z.avail_out = sizeof stream;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    expect_stream(stream, z.total_out, TRM_ERROR_FORMAT, "found damage after");
    deflateEnd(&z);
}
END_TEST
#else
START_TEST(test_no_zlib)
{
    const size_t entry = file_tensor(&tiny, "state.z");
    expect_patched((patch) { entry + 8, 1, 2 }, TRM_ERROR_UNSUPPORTED, "this build has no zlib");
}
END_TEST
#endif

static Suite *suite(void)
{
    Suite *s = suite_create("tensor entries");
    TCase *t = tcase_create("tensor entries");
    tcase_add_checked_fixture(t, set_up, tiny_end);
    tcase_add_test(t, test_duplicates_among_many);
    tcase_add_test(t, test_newer_metadata_type);
    tcase_add_test(t, test_newer_tensor_kinds);
    tcase_add_test(t, test_extra_tensor_is_ignored);
    tcase_add_test(t, test_tensor_sizes);
    tcase_add_test(t, test_overlaps);
    tcase_add_test(t, test_load);
    tcase_add_test(t, test_any_order_of_tensors);
    tcase_add_test(t, test_claims_of_deflate);
#ifdef TRMI_HAVE_ZLIB
    tcase_add_test(t, test_streams);
    tcase_add_test(t, test_no_memory_for_zlib);
    tcase_add_test(t, test_stream_with_a_dictionary);
#else
    tcase_add_test(t, test_no_zlib);
#endif
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
