/* Each refusal of the .trm reader: its status, and that its sentence tells what was found. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/format/container.h"
#include "lib/format/inflate.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

static trm_file tiny;
static trm_allocator allocator;

static void set_up(void)
{
    tiny = tiny_file();
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

static void tear_down(void)
{
    file_free(&tiny);
}

/* Opens a file as a model; the sentence stays in `error`. A failure leaves no model. */
static trm_status open_file(const trm_file *file, trm_error *error)
{
    trm_model *model = (trm_model *)(uintptr_t)8;
    *error = (trm_error)TRM_ERROR_INIT;
    const trm_status status = trm_model_open_memory(file->bytes, file->size, NULL, &model, error);
    ck_assert((status == TRM_OK) == (model != NULL));
    ck_assert(status == TRM_OK || (error->status == status && strlen(error->message) > 20));
    ck_assert_ptr_null(strstr(error->message, "null"));
    trm_model_close(model);
    return status;
}

static void expect(const trm_file *file, trm_status status, const char *sentence)
{
    trm_error error;
    const trm_status found = open_file(file, &error);
    ck_assert_msg(found == status, "expected %s with \"%s\", found %s: %s", trm_status_name(status), sentence,
                  trm_status_name(found), error.message);
    ck_assert_msg(status == TRM_OK || strstr(error.message, sentence) != NULL, "expected \"%s\" in \"%s\"",
                  sentence, error.message);
}

/* A change of the tiny file's bytes at an offset. */
typedef struct patch {
    size_t offset;
    unsigned width;
    uint64_t value;
} patch;

static void apply(trm_file *file, patch p)
{
    uint8_t bytes[8];
    put64(bytes, p.value);
    memcpy(file->bytes + p.offset, bytes, p.width);
}

/* What a patched tiny file, with right checksums, comes to. */
static void expect_patched(patch p, trm_status status, const char *sentence)
{
    trm_file file = file_copy(&tiny);
    apply(&file, p);
    file_sign(&file);
    expect(&file, status, sentence);
    file_free(&file);
}

/* The same in a file of a newer minor version. */
static void expect_in_newer(patch p, trm_status status, const char *sentence)
{
    trm_file file = file_copy(&tiny);
    apply(&file, (patch) { 10, 2, 7 });
    apply(&file, p);
    file_sign(&file);
    expect(&file, status, sentence);
    file_free(&file);
}

/* ------------------------------------------------------------------------------------------- whole files */

START_TEST(test_tiny_opens)
{
    trmi_container container;
    trm_error error = TRM_ERROR_INIT;
    expect(&tiny, TRM_OK, "");
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
    expect(&(trm_file) { bytes, tiny.size + 1 }, TRM_ERROR_FORMAT, "found 2313: it has bytes behind its end");
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
    expect(&tiny, TRM_ERROR_FORMAT, "safetensors");
    memcpy(tiny.bytes, "PK\3\4\0\0\10\10\0", 9);
    expect(&tiny, TRM_ERROR_FORMAT, "found a zip archive");
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
    expect(&tiny, TRM_ERROR_CHECKSUM, "expected header checksum 01020304");
    file_sign(&tiny);
    tiny.bytes[70] ^= 1;
    expect(&tiny, TRM_ERROR_CHECKSUM, "directory: expected checksum");
    file_free(&tiny);
    tiny = tiny_file();
    put32(tiny.bytes + file_tensor(&tiny, "state.z") + 12, 0x01020304);
    file_sign(&tiny);
    expect(&tiny, TRM_ERROR_CHECKSUM, "tensor state.z at offset 1536: expected checksum 01020304");
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
    expect(&moved, TRM_OK, "");
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
    expect(&file, status, sentence);
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
            expect(&file, TRM_OK, "");
            file_free(&file);
            for (size_t j = 0; j < sizeof twice / sizeof *twice; j++) {
                char sentence[64];
                snprintf(sentence, sizeof sentence, "%s %s: expected once, found twice",
                         tensors ? "tensor" : "metadata", twice[j]);
                file = with_many(multipliers[i], twice[j], tensors);
                expect(&file, TRM_ERROR_FORMAT, sentence);
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
        expect(&file, TRM_ERROR_FORMAT, "tensor extra: expected type 1, layout 1 or 2, encoding 1 or 2");
        file_free(&file);
        file = with_extra(kinds[i][0], kinds[i][1], kinds[i][2], UINT64_MAX, 7);
        expect(&file, TRM_OK, "");
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
    expect(&file, TRM_OK, "");
    file.bytes[file_data(&file, "extra")] ^= 1; /* nobody reads it */
    expect(&file, TRM_OK, "");
    file_free(&file);
    file = with_extra(1, 1, 1, 2, 0);
    expect(&file, TRM_ERROR_FORMAT, "extra: expected 8 stored bytes for 2 x 1 numbers, found 4");
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
    expect(&tiny, TRM_OK, "");
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
    expect(&file, status, sentence);
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

/* ------------------------------------------------------------------------------------------- the model's
 * part */

START_TEST(test_numbers_that_are_not_finite)
{
    static const char *const names[] = { "embed.tokens", "net.0.channels.down", "net.0.tokens.down",
                                         "head.halt.bias" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        trm_file file = file_copy(&tiny);
        file_set_number(&file, names[i], 0, NAN);
        expect(&file, TRM_ERROR_FORMAT, "expected finite numbers, found ");
        file_set_number(&file, names[i], 0, INFINITY);
        expect(&file, TRM_ERROR_FORMAT, "expected finite numbers, found inf at index 0");
        file_set_number(&file, names[i], 0, -INFINITY);
        expect(&file, TRM_ERROR_FORMAT, "expected finite numbers, found -inf at index 0");
        file_set_number(&file, names[i], 0, 3.4028235e38f);
        expect(&file, TRM_OK, "");
        file_free(&file);
    }
    file_set_number(&tiny, "embed.tokens", 3, NAN);
    expect(&tiny, TRM_ERROR_FORMAT, "tensor embed.tokens: expected finite numbers, found nan at index 3");
}
END_TEST

/* In a tensor of several blocks of the search, at each end of them. */
START_TEST(test_not_finite_far_inside)
{
    static const size_t places[] = { 0, 4095, 4096, 8191, 8192, 9999 };
    trmi_config config = tiny_config();
    config.vocabulary = 5000;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        trm_file file = builder_model_file(&config);
        char sentence[64];
        snprintf(sentence, sizeof sentence, "embed.tokens: expected finite numbers, found inf at index %zu",
                 places[i]);
        expect(&file, TRM_OK, "");
        file_set_number(&file, "embed.tokens", places[i], INFINITY);
        expect(&file, TRM_ERROR_FORMAT, sentence);
        file_free(&file);
    }
}
END_TEST

/* Each stored number of a padded tensor: those of the matrix may be anything, the others only zero. */
static void check_each_number(const trmi_config *config, const char *name)
{
    trm_file file = builder_model_file(config);
    trmi_container container;
    ck_assert_int_eq(trmi_container_open(&container, file.bytes, file.size, &allocator, NULL), TRM_OK);
    const trmi_tensor_entry *tensor = trmi_container_tensor(&container, name);
    size_t padding = 0;
    for (size_t i = 0; i < tensor->rows * tensor->columns; i++) {
        const float number = trmi_float_of_bits(trmi_load32(file.bytes + tensor->offset + 4 * i));
        file_set_number(&file, name, i, 0.25f);
        trm_error error;
        const trm_status status = open_file(&file, &error);
        ck_assert_msg(status == (number == 0.0f ? TRM_ERROR_FORMAT : TRM_OK), "%s %zu", name, i);
        ck_assert(status == TRM_OK || strstr(error.message, "expected zeros as padding") != NULL);
        padding += number == 0.0f;
        file_set_number(&file, name, i, number);
    }
    ck_assert_uint_gt(padding, 0);
    trmi_container_close(&container);
    file_free(&file);
}

START_TEST(test_padding)
{
    trmi_config config = { .fields = 1,
                           .halting = TRMI_HALTING_LOGIT,
                           .architecture = TRM_ARCHITECTURE_TRM,
                           .block = TRM_BLOCK_ATTENTION,
                           .position_encoding = TRM_POSITION_NONE,
                           .gate = TRM_GATE_PLAIN,
                           .likelihood = TRM_LIKELIHOOD_SOFTMAX,
                           .channels = 6,
                           .positions = 1,
                           .vocabulary = 3,
                           .blocks = 1,
                           .heads = 2,
                           .channel_hidden = 5,
                           .cycles = 1,
                           .updates = 1,
                           .maximum_steps = 16,
                           .rotary_base = 10000.0,
                           .norm_epsilon = 1e-5 };
    check_each_number(&config, "head.tokens");
    check_each_number(&config, "head.halt");
    check_each_number(&config, "net.0.channels.gate_up");
    check_each_number(&config, "net.0.channels.down");
    check_each_number(&config, "net.0.attention.qkv");
    check_each_number(&config, "net.0.attention.out");
    file_set_number(&tiny, "head.halt", 2, -0.0f);
    expect(&tiny, TRM_OK, "");
}
END_TEST

START_TEST(test_missing_tensors)
{
    const trmi_config configs[] = { tiny_config(), ragged_config() };
    unsigned missing = 0;
    for (size_t c = 0; c < 2; c++) {
        trm_file whole = builder_model_file(&configs[c]);
        trmi_container container;
        expect(&whole, TRM_OK, "");
        ck_assert_int_eq(trmi_container_open(&container, whole.bytes, whole.size, &allocator, NULL), TRM_OK);
        for (uint32_t i = 0; i < container.tensor_count; i++, missing++) {
            trm_builder builder = { .omit = container.tensors[i].name };
            char sentence[128];
            snprintf(sentence, sizeof sentence, "tensor %s: expected", builder.omit);
            builder_model(&builder, &configs[c]);
            trm_file file = builder_finish(&builder);
            expect(&file, TRM_ERROR_FORMAT, sentence);
            file_free(&file);
        }
        trmi_container_close(&container);
        file_free(&whole);
    }
    ck_assert_uint_eq(missing, 10 + 20);
}
END_TEST

START_TEST(test_shapes_and_layouts)
{
    const size_t entry = file_tensor(&tiny, "net.0.channels.gate_up"),
                 rows = file_tensor(&tiny, "embed.tokens");
    trm_file file = file_copy(&tiny);
    put64(file.bytes + entry + 16, 2); /* turned round: as many numbers */
    put64(file.bytes + entry + 24, 32);
    file_sign(&file);
    expect(&file, TRM_ERROR_FORMAT, "net.0.channels.gate_up: expected 32 x 2 numbers, found 2 x 32");
    put64(file.bytes + entry + 16, 32);
    put64(file.bytes + entry + 24, 1);
    put64(file.bytes + entry + 40, 128);
    file_sign(&file);
    expect(&file, TRM_ERROR_FORMAT, "expected 32 x 2 numbers, found 32 x 1");
    file_free(&file);
    expect_patched((patch) { entry + 7, 1, 1 }, TRM_ERROR_FORMAT,
                   "net.0.channels.gate_up: expected layout 2, found 1");
    expect_patched((patch) { rows + 7, 1, 2 }, TRM_ERROR_FORMAT, "embed.tokens: expected layout 1, found 2");
}
END_TEST

/* ------------------------------------------------------------------------------------------- keys */

/* The ragged model with `key` left out and, for a type other than 0, given again. */
static void expect_key(const char *key, uint8_t type, const void *value, size_t bytes, trm_status status,
                       const char *sentence)
{
    const trmi_config config = ragged_config();
    trm_builder builder = { .omit = key };
    builder_model(&builder, &config);
    if (type != 0)
        builder_value(&builder, key, type, value, bytes, true);
    trm_file file = builder_finish(&builder);
    expect(&file, status, sentence);
    file_free(&file);
}

static void expect_integer(const char *key, uint64_t value, const char *sentence)
{
    uint8_t bytes[8];
    put64(bytes, value);
    expect_key(key, 1, bytes, 8, TRM_ERROR_FORMAT, sentence);
}

START_TEST(test_missing_keys)
{
    static const char *const keys[] = {
        "model.architecture", "model.block",    "model.position_encoding", "model.gate",
        "model.likelihood",   "model.channels", "model.positions",         "model.prefix",
        "model.vocabulary",   "model.blocks",   "model.channel_hidden",    "model.cycles",
        "model.updates"
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char sentence[128];
        snprintf(sentence, sizeof sentence, "metadata %s: expected in every model", keys[i]);
        expect_key(keys[i], 0, NULL, 0, TRM_ERROR_FORMAT, sentence);
    }
    expect_key("model.maximum_steps", 0, NULL, 0, TRM_OK, "");
    expect_key("model.heads", 0, NULL, 0, TRM_ERROR_FORMAT, "heads that divide the 36 channels, found 0");
}
END_TEST

START_TEST(test_types_of_keys)
{
    static const uint8_t number[8] = { 2 };
    expect_key("model.channels", 3, "36", 2, TRM_ERROR_FORMAT,
               "model.channels: expected an integer, found type 3");
    expect_key("model.channels", 2, number, 8, TRM_ERROR_FORMAT,
               "model.channels: expected an integer, found type 2");
    expect_key("model.head_bias", 4, "1", 1, TRM_ERROR_FORMAT,
               "model.head_bias: expected an integer, found type 4");
    expect_key("model.norm_epsilon", 1, number, 8, TRM_ERROR_FORMAT,
               "model.norm_epsilon: expected a real number, found type 1");
    expect_key("model.block", 1, number, 8, TRM_ERROR_FORMAT, "model.block: expected text, found type 1");
    expect_key("model.block", 4, "attention", 9, TRM_ERROR_FORMAT,
               "model.block: expected text, found type 4");
    expect_key("task.name", 1, number, 8, TRM_ERROR_FORMAT, "task.name: expected text, found type 1");
    expect_key("task.name", 4, "maze", 4, TRM_ERROR_FORMAT, "task.name: expected text, found type 4");
    expect_key("task.alphabet", 3, "abcdefg", 7, TRM_ERROR_FORMAT,
               "task.alphabet: expected 7 bytes, one for each token, found 7 of type 3");
    expect_key("task.symmetries", 1, number, 8, TRM_OK, "");
}
END_TEST

START_TEST(test_values_of_keys)
{
    expect_key("model.block", 3, "mixers", 6, TRM_ERROR_FORMAT,
               "model.block: expected a name that this version knows, found \"mixers\"");
    expect_key("model.block", 3, "", 0, TRM_ERROR_FORMAT, "found \"\"");
    expect_key("model.gate", 3, "rotary", 6, TRM_ERROR_FORMAT, "model.gate: expected a name");
    expect_integer("model.channels", 1ull << 32,
                   "model.channels: expected at most 4294967295, found 4294967296");
    expect_integer("model.channels", UINT64_MAX, "found 18446744073709551615");
    expect_integer("model.channels", (1ull << 32) + 36, "found 4294967332");
    expect_integer("model.head_bias", 2, "model.head_bias: expected at most 1, found 2");
    expect_integer("model.registers", 1,
                   "register rows: expected a prefix of at least 1 and no puzzle table");
    expect_integer("model.cycles", 0, "metadata: cycles: expected 1 to 65536, found 0");
    expect_integer("model.channels", 65537, "metadata: channels: expected 1 to 65536, found 65537");
    expect_integer("task.grid_rows", 3, "found 3 x 3");
    expect_integer("model.blocks", 2, "tensor low.1.attention.qkv: expected");
}
END_TEST

START_TEST(test_alphabets)
{
    expect_key("task.alphabet", 4, "abcdef", 6, TRM_ERROR_FORMAT,
               "task.alphabet: expected 7 bytes, one for each token, found 6");
    expect_key("task.alphabet", 4, "abcdefgh", 8, TRM_ERROR_FORMAT, "found 8 of type 4");
    expect_key("task.alphabet", 4, "abcdefa", 7, TRM_ERROR_FORMAT,
               "each character once, found 0x61 for tokens 0 and 6");
    expect_key("task.alphabet", 4, "\0\0\xff\xfe\1e\0", 7, TRM_OK, "");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("container");
    TCase *t = tcase_create("container");
    tcase_add_checked_fixture(t, set_up, tear_down);
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
    tcase_add_test(t, test_numbers_that_are_not_finite);
    tcase_add_test(t, test_not_finite_far_inside);
    tcase_add_test(t, test_padding);
    tcase_add_test(t, test_missing_tensors);
    tcase_add_test(t, test_shapes_and_layouts);
    tcase_add_test(t, test_missing_keys);
    tcase_add_test(t, test_types_of_keys);
    tcase_add_test(t, test_values_of_keys);
    tcase_add_test(t, test_alphabets);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
