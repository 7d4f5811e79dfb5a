/* Each refusal of the .trm reader in header and directory: its status, and that its sentence tells what was
   found. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/format/container.h"
#include "tests/support/files.h"
#include "tests/support/patched_file.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

static trm_allocator allocator;

static void set_up(void)
{
    tiny_begin();
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

/* ------------------------------------------------------------------------------------------- whole files */

START_TEST(test_tiny_opens)
{
    trmi_container container;
    trm_error error = TRM_ERROR_INIT;
    expect_file(&tiny, TRM_OK, "");
    ck_assert_int_eq(trmi_container_open(&container, tiny.bytes, tiny.size, &allocator, &error), TRM_OK);
    ck_assert_uint_eq(container.metadata_count, 16);
    ck_assert_uint_eq(container.tensor_count, 10);
    ck_assert_uint_eq(container.file_bytes, tiny.size);
    const trmi_metadata_entry *real = trmi_container_metadata(&container, "model.norm_epsilon");
    ck_assert(real->type == TRM_METADATA_REAL && real->real == 0.5 && real->integer == 0 &&
              real->bytes == NULL);
    const trmi_metadata_entry *bytes = trmi_container_metadata(&container, "task.alphabet");
    ck_assert(bytes->type == TRM_METADATA_BYTES && bytes->length == 2 && memcmp(bytes->bytes, "ab", 3) == 0);
    const trmi_metadata_entry *integer = trmi_container_metadata(&container, "model.channels");
    ck_assert(integer->type == TRM_METADATA_INTEGER && integer->integer == 2 && integer->length == 0);
    ck_assert(integer->real == 0.0 && integer->bytes == NULL);
    const trmi_metadata_entry *text = trmi_container_metadata(&container, "model.block");
    ck_assert(text->type == TRM_METADATA_TEXT && text->length == 5 && strcmp(text->bytes, "mixer") == 0);
    const trmi_tensor_entry *tensor = trmi_container_tensor(&container, "net.0.channels.gate_up");
    ck_assert(tensor->rows == 32 && tensor->columns == 2 && tensor->bytes == 256 &&
              tensor->stored_bytes == 256);
    ck_assert(tensor->offset == 0x6c0 && tensor->layout == 2 && tensor->encoding == 1 && tensor->type == 1);
    ck_assert_ptr_null(trmi_container_metadata(&container, "model.channel"));
    ck_assert_ptr_null(trmi_container_tensor(&container, "net.1.tokens.down"));
    trmi_container_close(&container);
    trmi_container_close(&container);
}
END_TEST

/* Each prefix is copied to memory of its size: sanitizers see what is read beyond. */
START_TEST(test_truncated_everywhere)
{
    for (size_t size = 0; size < tiny.size; size++) {
        trm_file file = file_copy(&(trm_file) { tiny.bytes, size });
        trm_error error;
        ck_assert_int_eq(open_file(&file, &error), TRM_ERROR_FORMAT);
        char found[32];
        snprintf(found, sizeof found, "found %zu", size);
        ck_assert_ptr_nonnull(strstr(error.message, found));
        file_free(&file);
    }
}
END_TEST

START_TEST(test_bytes_behind_the_end)
{
    uint8_t *bytes = calloc(1, tiny.size + 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, tiny.bytes, tiny.size);
    expect_file(&(trm_file) { bytes, tiny.size + 1 }, TRM_ERROR_FORMAT,
                "found 2313: it has bytes behind its end");
    free(bytes);
}
END_TEST

START_TEST(test_cut_files_with_right_sizes)
{
    for (size_t size = 64; size < tiny.size; size += 8) {
        trm_file file = file_copy(&(trm_file) { tiny.bytes, size });
        put64(file.bytes + 16, size);
        file_sign(&file);
        trm_error error;
        ck_assert_int_eq(open_file(&file, &error), TRM_ERROR_FORMAT);
        file_free(&file);
    }
}
END_TEST

START_TEST(test_each_bit_of_header_and_directory)
{
    for (size_t bit = 0; bit < 8 * (64 + 0x540); bit++) {
        trm_error error;
        tiny.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_msg(open_file(&tiny, &error) != TRM_OK, "bit %zu", bit);
        ck_assert_msg(bit < 512 || error.status == TRM_ERROR_CHECKSUM, "bit %zu: %s", bit, error.message);
        tiny.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
END_TEST

static bool is_inside_a_tensor(trmi_container *container, size_t offset)
{
    for (uint32_t i = 0; i < container->tensor_count; i++) {
        const trmi_tensor_entry *t = &container->tensors[i];
        if (offset >= t->offset && offset < t->offset + t->stored_bytes)
            return true;
    }
    return false;
}

START_TEST(test_each_bit_of_tensors)
{
    trmi_container container;
    trm_error error;
    ck_assert_int_eq(trmi_container_open(&container, tiny.bytes, tiny.size, &allocator, NULL), TRM_OK);
    for (size_t bit = 8 * (64 + 0x540); bit < 8 * tiny.size; bit++) {
        tiny.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const trm_status status = is_inside_a_tensor(&container, bit / 8) ? TRM_ERROR_CHECKSUM : TRM_OK;
        ck_assert_msg(open_file(&tiny, &error) == status, "bit %zu: %s", bit, error.message);
        tiny.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    trmi_container_close(&container);
}
END_TEST

/* ------------------------------------------------------------------------------------------- header */

START_TEST(test_magic)
{
    expect_patched((patch) { 0, 1, 'x' }, TRM_ERROR_FORMAT, "found 78 54 52 4d 0d 0a 1a 0a");
    expect_patched((patch) { 4, 2, 0x0a0a }, TRM_ERROR_FORMAT, "found 89 54 52 4d 0a 0a 1a 0a");
    expect_patched((patch) { 7, 1, 0 }, TRM_ERROR_FORMAT, "found 89 54 52 4d 0d 0a 1a 00");
    memcpy(tiny.bytes, "\x40\0\0\0\0\0\0\0{\"a\":", 13);
    expect_file(&tiny, TRM_ERROR_FORMAT, "safetensors");
    memcpy(tiny.bytes, "PK\3\4\0\0\10\10\0", 9);
    expect_file(&tiny, TRM_ERROR_FORMAT, "found a zip archive");
}
END_TEST

START_TEST(test_version)
{
    expect_patched((patch) { 8, 4, 0x00010002 }, TRM_ERROR_VERSION, "expected format version 1, found 2.1");
    expect_patched((patch) { 8, 2, 0 }, TRM_ERROR_VERSION, "found 0.0");
    expect_patched((patch) { 8, 2, 0x100 }, TRM_ERROR_FORMAT, "big-endian");
    expect_patched((patch) { 8, 2, 0x101 }, TRM_ERROR_VERSION, "found 257.0");
    expect_patched((patch) { 10, 2, 1 }, TRM_OK, "");
    expect_patched((patch) { 10, 2, 0xffff }, TRM_OK, "");
}
END_TEST

START_TEST(test_checksums)
{
    put32(tiny.bytes + 52, 0x01020304);
    expect_file(&tiny, TRM_ERROR_CHECKSUM, "expected header checksum 01020304");
    file_sign(&tiny);
    tiny.bytes[70] ^= 1;
    expect_file(&tiny, TRM_ERROR_CHECKSUM, "directory: expected checksum");
    file_free(&tiny);
    tiny = tiny_file();
    put32(tiny.bytes + file_tensor(&tiny, "state.z") + 12, 0x01020304);
    file_sign(&tiny);
    expect_file(&tiny, TRM_ERROR_CHECKSUM, "tensor state.z at offset 1536: expected checksum 01020304");
}
END_TEST

START_TEST(test_header_fields)
{
    expect_patched((patch) { 16, 8, 0x909 }, TRM_ERROR_FORMAT,
                   "expected a file of 2313 bytes, found 2312: it was cut");
    expect_patched((patch) { 16, 8, 0x907 }, TRM_ERROR_FORMAT, "found 2312: it has bytes behind");
    for (unsigned i = 0; i < 8; i++) {
        expect_patched((patch) { 56 + i, 1, 0x80 }, TRM_ERROR_FORMAT, "reserved fields");
        expect_in_newer((patch) { 56 + i, 1, 0x80 }, TRM_OK, "");
    }
    for (unsigned i = 0; i < 4; i++) {
        expect_patched((patch) { 12 + i, 1, 1 }, TRM_ERROR_FORMAT, "reserved fields");
        expect_in_newer((patch) { 12 + i, 1, 1 }, TRM_OK, "");
    }
}
END_TEST

START_TEST(test_counts)
{
    expect_patched((patch) { 40, 4, 4097 }, TRM_ERROR_FORMAT, "at most 4096 metadata entries, found 4097");
    expect_patched((patch) { 40, 4, 4096 }, TRM_ERROR_FORMAT,
                   "a directory of at least 66016 bytes for its entries");
    expect_patched((patch) { 44, 4, 8193 }, TRM_ERROR_FORMAT, "at most 8192 tensors, found 8193");
    expect_patched((patch) { 44, 4, 8192 }, TRM_ERROR_FORMAT,
                   "a directory of at least 393472 bytes for its entries");
    expect_patched((patch) { 40, 8, UINT64_MAX }, TRM_ERROR_FORMAT, "found 4294967295");
    expect_patched((patch) { 40, 8, 0 }, TRM_ERROR_FORMAT, "to fill 1344 bytes, found 0");
    expect_patched((patch) { 44, 4, 9 }, TRM_ERROR_FORMAT, "to fill 1344 bytes, found 1280");
    expect_patched((patch) { 44, 4, 11 }, TRM_ERROR_FORMAT, "offset 1408: expected room for an entry");
    expect_patched((patch) { 40, 4, 17 }, TRM_ERROR_FORMAT, "directory entry at offset 752");
}
END_TEST

START_TEST(test_place_of_the_directory)
{
    expect_patched((patch) { 32, 8, 16777217 }, TRM_ERROR_FORMAT,
                   "at most 16777216 bytes of directory, found 16777217");
    expect_patched((patch) { 32, 8, 16777216 }, TRM_ERROR_FORMAT, "found 16777216 bytes at 64");
    expect_patched((patch) { 32, 8, 2249 }, TRM_ERROR_FORMAT,
                   "inside the file of 2312 bytes, found 2249 bytes at 64");
    expect_patched((patch) { 24, 8, 56 }, TRM_ERROR_FORMAT, "found 1344 bytes at 56");
    expect_patched((patch) { 24, 8, 68 }, TRM_ERROR_FORMAT, "found 1344 bytes at 68");
    expect_patched((patch) { 24, 8, 976 }, TRM_ERROR_FORMAT, "found 1344 bytes at 976");
    expect_patched((patch) { 24, 8, 2320 }, TRM_ERROR_FORMAT, "found 1344 bytes at 2320");
    expect_patched((patch) { 24, 8, UINT64_MAX - 7 }, TRM_ERROR_FORMAT, "at 18446744073709551608");
    expect_patched((patch) { 32, 8, 735 }, TRM_ERROR_FORMAT, "at least 736 bytes for its entries, found 735");
}
END_TEST

/* A directory behind the tensors, as a writer that streams would put it. */
START_TEST(test_directory_at_the_end)
{
    uint8_t *room = calloc(1, tiny.size + 0x540);
    ck_assert_ptr_nonnull(room);
    memcpy(room, tiny.bytes, tiny.size);
    memcpy(room + tiny.size, tiny.bytes + 64, 0x540);
    memset(room + 64, 0xee, 0x540); /* filling now */
    trm_file moved = file_copy(&(trm_file) { room, tiny.size + 0x540 });
    free(room);
    put64(moved.bytes + 16, moved.size);
    put64(moved.bytes + 24, tiny.size);
    file_sign(&moved);
    expect_file(&moved, TRM_OK, "");
    file_free(&moved);
}
END_TEST

/* ------------------------------------------------------------------------------------------- entries */

START_TEST(test_entry_sizes)
{
    const size_t metadata = file_metadata(&tiny, "model.cycles"),
                 tensor = file_tensor(&tiny, "head.halt.bias");
    expect_patched((patch) { metadata, 4, 0 }, TRM_ERROR_FORMAT, "from 16 to 784, a multiple of 8, found 0");
    expect_patched((patch) { metadata, 4, 8 }, TRM_ERROR_FORMAT, "found 8");
    expect_patched((patch) { metadata, 4, 36 }, TRM_ERROR_FORMAT, "found 36");
    expect_patched((patch) { metadata, 4, 792 }, TRM_ERROR_FORMAT, "found 792");
    expect_patched((patch) { metadata, 4, UINT32_MAX - 7 }, TRM_ERROR_FORMAT, "found 4294967288");
    expect_patched((patch) { tensor, 4, 40 }, TRM_ERROR_FORMAT, "from 48 to 64, a multiple of 8, found 40");
    expect_patched((patch) { tensor, 4, 72 }, TRM_ERROR_FORMAT, "found 72");
    expect_patched((patch) { tensor, 4, 56 }, TRM_ERROR_FORMAT, "a name of 1 to 255 bytes inside the entry");
}
END_TEST

/* Entries of a directory of their own, beside those of the tiny model. */
static void expect_entry(const char *key, uint8_t type, const void *value, size_t bytes, bool zero,
                         trm_status status, const char *sentence)
{
    const trmi_config config = tiny_config();
    trm_builder builder = { .omit = NULL };
    builder_model(&builder, &config);
    builder_value(&builder, key, type, value, bytes, zero);
    trm_file file = builder_finish(&builder);
    expect_file(&file, status, sentence);
    file_free(&file);
}

START_TEST(test_names)
{
    static const char wrong[] = " !/:;@[`{\x7f\x80\xff*+,\"\\\n";
    char longest[257] = { 0 };
    memset(longest, 'k', 255);
    expect_entry(longest, 1, "12345678", 8, false, TRM_OK, "");
    longest[255] = 'k';
    expect_entry(longest, 1, "12345678", 8, false, TRM_ERROR_FORMAT, "a name of 1 to 255 bytes");
    expect_entry("", 1, "12345678", 8, false, TRM_ERROR_FORMAT, "a name of 1 to 255 bytes");
    expect_entry("AZaz09._-", 1, "12345678", 8, false, TRM_OK, "");
    for (size_t i = 0; i + 1 < sizeof wrong; i++)
        expect_entry((char[]) { 'k', wrong[i], 0 }, 1, "12345678", 8, false, TRM_ERROR_FORMAT,
                     "letters, digits");
    const size_t key = file_metadata(&tiny, "model.cycles"), name = file_tensor(&tiny, "state.y");
    expect_patched((patch) { key + 4, 2, 11 }, TRM_ERROR_FORMAT, "a zero byte behind the name");
    expect_patched((patch) { key + 4, 2, 23 }, TRM_ERROR_FORMAT, "letters, digits");
    expect_patched((patch) { key + 4, 2, 24 }, TRM_ERROR_FORMAT, "inside the entry");
    expect_patched((patch) { key + 20, 1, 0 }, TRM_ERROR_FORMAT, "letters, digits");
    expect_patched((patch) { name + 4, 2, 6 }, TRM_ERROR_FORMAT, "a zero byte behind the name");
    expect_patched((patch) { name + 4, 2, 8 }, TRM_ERROR_FORMAT, "inside the entry");
    expect_patched((patch) { name + 4, 2, 0 }, TRM_ERROR_FORMAT, "a name of 1 to 255 bytes");
    expect_patched((patch) { name + 55, 1, 'x' }, TRM_ERROR_FORMAT, "a zero byte behind the name");
    expect_patched((patch) { file_tensor(&tiny, "head.halt") + 63, 1, 1 }, TRM_ERROR_FORMAT,
                   "zeros behind the name");
}
END_TEST

START_TEST(test_metadata_fields)
{
    const size_t entry = file_metadata(&tiny, "task.alphabet");
    expect_patched((patch) { entry + 6, 1, 0 }, TRM_ERROR_FORMAT, "a value type from 1 to 4");
    expect_patched((patch) { entry + 6, 1, 5 }, TRM_ERROR_FORMAT, "a value type from 1 to 4");
    expect_patched((patch) { entry + 7, 1, 1 }, TRM_ERROR_FORMAT, "zeros in the reserved fields");
    expect_in_newer((patch) { entry + 7, 1, 1 }, TRM_OK, "");
    for (unsigned i = 12; i < 16; i++) {
        expect_patched((patch) { entry + i, 1, 1 }, TRM_ERROR_FORMAT, "zeros in the reserved fields");
        expect_in_newer((patch) { entry + i, 1, 1 }, TRM_OK, "");
    }
    expect_patched((patch) { entry + 39, 1, 1 }, TRM_ERROR_FORMAT, "zeros behind the value");
    expect_patched((patch) { entry + 8, 4, 1 }, TRM_ERROR_FORMAT, "zeros behind the value");
    expect_patched((patch) { entry + 8, 4, 9 }, TRM_ERROR_FORMAT,
                   "expected 2 bytes, one for each token, found 9");
    expect_patched((patch) { entry + 8, 4, 10 }, TRM_ERROR_FORMAT, "a value inside the entry");
    expect_patched((patch) { entry + 8, 4, UINT32_MAX }, TRM_ERROR_FORMAT, "a value inside the entry");
    expect_patched((patch) { file_metadata(&tiny, "model.cycles") + 8, 4, 7 }, TRM_ERROR_FORMAT,
                   "8 bytes for numbers");
    expect_patched((patch) { file_metadata(&tiny, "model.cycles") + 8, 4, 9 }, TRM_ERROR_FORMAT,
                   "8 bytes for numbers");
}
END_TEST

/* An entry that ends with its number has room for 8 bytes and no zero. */
START_TEST(test_room_of_numbers)
{
    expect_entry("key.of.15.bytes", 1, "12345678", 8, false, TRM_OK, "");
    const size_t entry = file_metadata(&tiny, "model.positions"); /* 15 bytes: entry of 40 */
    expect_patched((patch) { entry + 8, 4, 8 }, TRM_OK, "");
    expect_entry("key.of.22.bytes.......", 3, "x", 1, false, TRM_ERROR_FORMAT, "a value inside the entry");
    expect_entry("key.of.22.bytes.......", 3, "x", 1, true, TRM_OK, "");
    expect_entry("key.of.21.bytes......", 2, "12345678", 8, false, TRM_OK, "");
}
END_TEST

START_TEST(test_largest_value)
{
    static char value[1048577];
    memset(value, 'v', sizeof value);
    expect_entry("v", 3, value, 1048576, true, TRM_OK, "");
    expect_entry("v", 3, value, 1048577, true, TRM_ERROR_FORMAT, "at most 1048576 for others");
    expect_entry("v", 4, value, 1048577, true, TRM_ERROR_FORMAT, "at most 1048576 for others");
}
END_TEST

START_TEST(test_reals)
{
    static const uint64_t wrong[] = { 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000,
                                      0x7ff0000000000001 };
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put64(bytes, wrong[i]);
        expect_entry("real", 2, bytes, 8, false, TRM_ERROR_FORMAT, "a finite number");
        expect_entry("integer", 1, bytes, 8, false, TRM_OK, "");
    }
    put64(bytes, 0x7fefffffffffffff);
    expect_entry("real", 2, bytes, 8, false, TRM_OK, "");
}
END_TEST

START_TEST(test_text)
{
    static const char *const right[] = { "",
                                         "a",
                                         "\x7f",
                                         "\xc2\x80",
                                         "\xdf\xbf",
                                         "\xe0\xa0\x80",
                                         "\xed\x9f\xbf",
                                         "\xee\x80\x80",
                                         "\xef\xbf\xbf",
                                         "\xf0\x90\x80\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "gr\xc3\xbc\xc3\x9f" };
    static const char *const wrong[] = { "\x80",
                                         "\xbf",
                                         "\xc0\x80",
                                         "\xc1\xbf",
                                         "\xc2",
                                         "\xc2z",
                                         "\xc2\xc0",
                                         "\xe0\x9f\xbf",
                                         "\xe1\x80",
                                         "\xe1\x80z",
                                         "\xe1z\x80",
                                         "\xed\xa0\x80",
                                         "\xf0\x8f\xbf\xbf",
                                         "\xf1\x80\x80",
                                         "\xf1\x80\x80z",
                                         "\xf4\x90\x80\x80",
                                         "\xf5\x80\x80\x80",
                                         "\xff",
                                         "ok\xfe" };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        expect_entry("text", 3, right[i], strlen(right[i]), true, TRM_OK, "");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        expect_entry("text", 3, wrong[i], strlen(wrong[i]), true, TRM_ERROR_FORMAT,
                     "text in UTF-8 without zeros");
        expect_entry("bytes", 4, wrong[i], strlen(wrong[i]), true, TRM_OK, "");
    }
    expect_entry("text", 3, "a\0b", 3, true, TRM_ERROR_FORMAT, "text in UTF-8 without zeros");
    expect_entry("bytes", 4, "a\0b", 3, true, TRM_OK, "");
    expect_entry("text", 3, "a", 1, false, TRM_OK, ""); /* the entry's own filling is the zero */
}
END_TEST

START_TEST(test_duplicates)
{
    expect_entry("model.cycles", 1, "\1\0\0\0\0\0\0\0", 8, false, TRM_ERROR_FORMAT, "model.cycles");
    expect_entry("model.cycle", 1, "\1\0\0\0\0\0\0\0", 8, false, TRM_OK, "");
    const size_t name = file_tensor(&tiny, "state.z");
    expect_patched((patch) { name + 54, 1, 'y' }, TRM_ERROR_FORMAT, "state.y");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("container");
    TCase *t = tcase_create("container");
    tcase_add_checked_fixture(t, set_up, tiny_end);
    tcase_add_test(t, test_tiny_opens);
    tcase_add_test(t, test_truncated_everywhere);
    tcase_add_test(t, test_bytes_behind_the_end);
    tcase_add_test(t, test_cut_files_with_right_sizes);
    tcase_add_test(t, test_each_bit_of_header_and_directory);
    tcase_add_test(t, test_each_bit_of_tensors);
    tcase_add_test(t, test_magic);
    tcase_add_test(t, test_version);
    tcase_add_test(t, test_checksums);
    tcase_add_test(t, test_header_fields);
    tcase_add_test(t, test_counts);
    tcase_add_test(t, test_place_of_the_directory);
    tcase_add_test(t, test_directory_at_the_end);
    tcase_add_test(t, test_entry_sizes);
    tcase_add_test(t, test_names);
    tcase_add_test(t, test_metadata_fields);
    tcase_add_test(t, test_room_of_numbers);
    tcase_add_test(t, test_largest_value);
    tcase_add_test(t, test_reals);
    tcase_add_test(t, test_text);
    tcase_add_test(t, test_duplicates);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
