/* The safetensors reader: numbers of every type, and headers that lie in every way. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/interchange/json.h"
#include "lib/interchange/safetensors.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

static trm_allocator allocator;

static void set_up(void)
{
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

/* Opens a copy of exactly the right size, so that a sanitizer sees every byte beyond. */
static trm_status open_header(const char *header, const void *data, size_t data_bytes, trm_error *error)
{
    size_t bytes;
    trmi_safetensors file;
    uint8_t *memory = make_safetensors(header, data, data_bytes, &bytes);
    const trm_status status = trmi_safetensors_open(&file, memory, bytes, &allocator, error);
    if (status == TRM_OK)
        trmi_safetensors_close(&file);
    free(memory);
    return status;
}

#define TENSOR(name, type, shape, begin, end) \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end "]}"

START_TEST(reads_tensors_in_the_order_of_their_data)
{
    const float data[] = { 1.5f, -2.0f, 0.25f };
    uint8_t little[sizeof data];
    for (size_t i = 0; i < 3; i++)
        trmi_store32(little + 4 * i, trmi_bits_of_float(data[i]));
    size_t bytes;
    uint8_t *memory =
        make_safetensors("{\"__metadata__\":{\"a\":\"b\"}," TENSOR(
                             "second", "F32", "[1,2]", 4, 12) "," TENSOR("first", "F32", "[]", 0, 4) "}   ",
                         little, sizeof little, &bytes);
    trmi_safetensors file;
    ck_assert_int_eq(trmi_safetensors_open(&file, memory, bytes, &allocator, NULL), TRM_OK);
    ck_assert_uint_eq(file.count, 2);
    ck_assert_str_eq(file.tensors[0].name, "first");
    ck_assert_str_eq(json_string_value(json_object_get(trmi_safetensors_metadata(&file), "a")), "b");
    ck_assert_ptr_null(trmi_safetensors_find(&file, "third"));
    const trmi_safetensor *second = trmi_safetensors_find(&file, "second");
    ck_assert(second != NULL && second->rank == 2 && second->shape[1] == 2 && second->count == 2);
    float values[2];
    ck_assert_int_eq(trmi_safetensor_floats(&file, second, values, NULL), TRM_OK);
    ck_assert(values[0] == -2.0f && values[1] == 0.25f);
    trmi_safetensors_close(&file);
    free(memory);
}
END_TEST

static const struct number_case {
    const char *type;
    unsigned bytes;
    uint64_t bits;
    double expected; /* NAN: refused */
} numbers[] = {
    { "F32", 4, 0x3fc00000, 1.5 },
    { "F32", 4, 0x7f800000, NAN },
    { "F32", 4, 0x7fc00000, NAN },
    { "F16", 2, 0x3c01, 1.0009765625 },
    { "F16", 2, 0x8000, -0.0 },
    { "F16", 2, 0x0001, 0x1p-24 },
    { "F16", 2, 0x83ff, -1023 * 0x1p-24 },
    { "F16", 2, 0xfbff, -65504.0 },
    { "F16", 2, 0x7c00, NAN },
    { "F16", 2, 0x7e00, NAN },
    { "BF16", 2, 0xc049, -3.140625 },
    { "BF16", 2, 0xff80, NAN },
    { "F64", 8, 0x3ff8000000000000, 1.5 },
    { "F64", 8, 0x47efffffe0000000, 0x1.fffffep127 },
    { "F64", 8, 0x47effffff0000000, NAN }, /* rounds to infinity */
    { "F64", 8, 0xc7f0000000000000, NAN },
    { "I64", 8, 0xffffffffffffff9c, -100 },
    { "I32", 4, 0xffffff9c, -100 },
    { "U8", 1, 1, NAN }, /* a type that is known, but not for weights */
};

START_TEST(converts_numbers)
{
    const struct number_case *c = &numbers[_i];
    char header[128];
    uint8_t data[8];
    size_t bytes;
    trmi_store64(data, c->bits);
    snprintf(header, sizeof header, "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%u]}}",
             c->type, c->bytes);
    uint8_t *memory = make_safetensors(header, data, c->bytes, &bytes);
    trmi_safetensors file;
    float value = 7.0f;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_safetensors_open(&file, memory, bytes, &allocator, NULL), TRM_OK);
    const trm_status status = trmi_safetensor_floats(&file, &file.tensors[0], &value, &error);
    if (isnan(c->expected)) {
        ck_assert_int_ne(status, TRM_OK);
        ck_assert_ptr_nonnull(strstr(error.message, "tensor x"));
    } else {
        ck_assert_int_eq(status, TRM_OK);
        ck_assert((double)value == c->expected && signbit(value) == signbit((float)c->expected));
    }
    trmi_safetensors_close(&file);
    free(memory);
}
END_TEST

static const struct hostile_case {
    const char *header, *sentence; /* of 8 bytes of data */
} hostile[] = {
    { "", "not valid JSON" },
    { "{", "not valid JSON" },
    { "[]", "not an object" },
    { "{} x", "not valid JSON" },
    { "{" TENSOR("a", "F32", "[2]", 0, 8) "," TENSOR("a", "F32", "[2]", 0, 8) "}", "duplicate" },
    { "{\"__metadata__\":3," TENSOR("a", "F32", "[2]", 0, 8) "}", "must be an object" },
    { "{\"a\":3}", "expected an object" },
    { "{\"a\":{}}", "dtype" },
    { "{" TENSOR("a", "F33", "[2]", 0, 8) "}", "found F33" },
    { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "shape must be" },
    { "{" TENSOR("a", "F32", "[1,1,1,1,1,1,1,1,2]", 0, 8) "}", "at most 8" },
    { "{" TENSOR("a", "F32", "[-2]", 0, 8) "}", "shape[0]" },
    { "{" TENSOR("a", "F32", "[2.0]", 0, 8) "}", "shape[0]" },
    { "{" TENSOR("a", "F32", "[1,\"2\"]", 0, 8) "}", "shape[1]" },
    { "{" TENSOR("a", "F32", "[4294967296,4294967296]", 0, 8) "}", "fit in 64 bits" },
    { "{" TENSOR("a", "F32", "[4611686018427387906]", 0, 8) "}", "does not fill" },
    { "{" TENSOR("a", "F32", "[99999999999999999999]", 0, 8) "}", "not valid JSON" },
    { "{" TENSOR("a", "F32", "[3]", 0, 8) "}", "does not fill" },
    { "{" TENSOR("a", "F32", "[0]", 0, 8) "}", "does not fill" },
    { "{" TENSOR("a", "F32", "[3]", 0, 12) "}", "not inside the 8 bytes" },
    { "{" TENSOR("a", "F32", "[2]", 8, 0) "}", "not inside" },
    { "{" TENSOR("a", "F32", "[2]", -8, 0) "}", "two numbers" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "two numbers" },
    { "{" TENSOR("a", "F32", "[2]", 0, 8) "," TENSOR("b", "F32", "[1]", 4, 8) "}", "overlaps" },
    { "{" TENSOR("a", "F32", "[2]", 0, 8) "," TENSOR("b", "F32", "[2]", 0, 8) "}", "overlaps" },
    { "{" TENSOR("a", "F32", "[1]", 4, 8) "}", "hole" },
    { "{" TENSOR("a", "F32", "[1]", 0, 4) "}", "which has 8 bytes" },
    { "{}", "which has 8 bytes" },
    { "{\"a\\u0000b\":"
      "1}",
      "not valid JSON" },
    { "{\"a\xff\":1}", "not valid JSON" },
};

START_TEST(refuses_lies)
{
    const uint8_t data[8] = { 0 };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(open_header(hostile[_i].header, data, sizeof data, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, hostile[_i].sentence) != NULL, "no \"%s\" in: %s",
                  hostile[_i].sentence, error.message);
}
END_TEST

/* Arrays in arrays, so many. */
static trm_status open_levels(size_t levels, trm_error *error)
{
    char *header = malloc(2 * levels + 7);
    ck_assert_ptr_nonnull(header);
    memcpy(header, "{\"a\":", 5);
    memset(header + 5, '[', levels);
    memset(header + 5 + levels, ']', levels);
    memcpy(header + 5 + 2 * levels, "}", 2);
    const trm_status status = open_header(header, "", 0, error);
    free(header);
    return status;
}

static void *open_deep(void *error)
{
    return open_levels(1000000, error) == TRM_ERROR_FORMAT ? error : NULL;
}

START_TEST(needs_little_stack_for_many_levels)
{
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(open_levels(TRMI_JSON_LEVELS - 1, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "expected an object"));
    ck_assert_int_eq(open_levels(TRMI_JSON_LEVELS, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "in more than 32 others"));
    pthread_attr_t small;
    pthread_t thread;
    void *refused;
    ck_assert_int_eq(pthread_attr_init(&small), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&small, 65536), 0);
    ck_assert_int_eq(pthread_create(&thread, &small, open_deep, &error), 0);
    ck_assert_int_eq(pthread_join(thread, &refused), 0);
    ck_assert_ptr_eq(refused, &error);
    ck_assert_ptr_nonnull(strstr(error.message, "in more than 32 others"));
}
END_TEST

/* What is right, as long as there is memory for it: nothing else may be blamed on the text. */
static const char *const right[] = {
    "[1, -0, 1.5, 2e3, 4E-5, 0.25e+7]",
    " {\"a\" : {\"b\":[ ]}, \"c\":[{},[[]],null,true , false]}\r\n\t ",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\udE00\xc3\xa9\"]",
    "{}",
};
/* And what is wrong. */
static const char *const wrong[] = {
    "",          "[",         "[1",      "[1,",         "[1,]",          "[01]",
    "[1.]",      "[-]",       "[1e]",    "[\"\\u12\"]", "[\"\\ud800\"]", "[\"\\udc00\"]",
    "[\"\\x\"]", "[\"\n\"]",  "{\"a\"}", "{\"a\":}",    "{\"a\":1,}",    "{a:1}",
    "[1}",       "{\"a\":1]", "[1] 2",   "[nul]",       "[1 2]",         "{\"a\":1 \"b\":2}",
    "]",
};

static void *no_memory(size_t bytes)
{
    (void)bytes;
    return NULL;
}

START_TEST(tells_bad_text_from_missing_memory)
{
    json_t *json;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        ck_assert_int_eq(trmi_json_read(&json, right[i], strlen(right[i]), "text", NULL), TRM_OK);
        json_decref(json);
        json_set_alloc_funcs(no_memory, free);
        const trm_status status = trmi_json_read(&json, right[i], strlen(right[i]), "text", NULL);
        json_set_alloc_funcs(malloc, free);
        ck_assert_int_eq(status, TRM_ERROR_MEMORY);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        trm_error error = TRM_ERROR_INIT;
        ck_assert_int_eq(trmi_json_read(&json, wrong[i], strlen(wrong[i]), "text", &error), TRM_ERROR_FORMAT);
        ck_assert_ptr_nonnull(strstr(error.message, "text: not valid JSON: "));
    }
}
END_TEST

START_TEST(tells_of_a_zero_character_in_words_of_its_own)
{
    static const char text[] = "{\"a\": \"b\\u0000c\"}";
    trm_error error = TRM_ERROR_INIT;
    json_t *json;
    ck_assert_int_eq(trmi_json_read(&json, text, sizeof text - 1, "text", &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(
        strstr(error.message, "not valid JSON: text with a zero character (\\u0000), in line 1"));
}
END_TEST

START_TEST(refuses_lengths_beyond_the_file)
{
    static const uint64_t lengths[] = { 3, 1000, UINT64_MAX, UINT64_MAX - 7, INT64_MAX };
    trm_error error = TRM_ERROR_INIT;
    trmi_safetensors file;
    uint8_t *memory = malloc(10);
    ck_assert_ptr_nonnull(memory);
    memcpy(memory + 8, "{}", 2);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        trmi_store64(memory, lengths[i]);
        ck_assert_int_eq(trmi_safetensors_open(&file, memory, 10, &allocator, &error), TRM_ERROR_FORMAT);
        ck_assert_ptr_nonnull(strstr(error.message, "where 2 follow"));
    }
    for (size_t bytes = 0; bytes < 8; bytes++)
        ck_assert_int_eq(trmi_safetensors_open(&file, memory, bytes, &allocator, &error), TRM_ERROR_FORMAT);
    trmi_store64(memory, 2);
    ck_assert_int_eq(trmi_safetensors_open(&file, memory, 10, &allocator, NULL), TRM_OK);
    trmi_safetensors_close(&file);
    free(memory);
}
END_TEST

START_TEST(refuses_a_header_above_the_limit)
{
    const size_t length = TRMI_SAFETENSORS_HEADER_BYTES + 1;
    char *header = malloc(length + 1);
    ck_assert_ptr_nonnull(header);
    memset(header, ' ', length);
    memcpy(header, "{}", 2);
    header[length] = 0;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(open_header(header, NULL, 0, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "are allowed"));
    header[length - 1] = 0;
    ck_assert_int_eq(open_header(header, NULL, 0, &error), TRM_OK);
    free(header);
}
END_TEST

START_TEST(refuses_every_truncation)
{
    size_t bytes;
    uint8_t *whole = read_whole(golden_path("trm_mlp_4x4"), &bytes);
    trmi_safetensors file;
    ck_assert_int_eq(trmi_safetensors_open(&file, whole, bytes, &allocator, NULL), TRM_OK);
    trmi_safetensors_close(&file);
    for (size_t kept = 0; kept < bytes; kept += kept < 64 ? 1 : bytes / 97)
        ck_assert_int_eq(trmi_safetensors_open(&file, whole, kept, &allocator, NULL), TRM_ERROR_FORMAT);
    ck_assert_int_eq(trmi_safetensors_open(&file, whole, bytes - 1, &allocator, NULL), TRM_ERROR_FORMAT);
    free(whole);
}
END_TEST

START_TEST(closes_after_a_failed_allocation)
{
    failing_memory memory = { .fail_at = 0 };
    const trm_allocator failing = failing_allocator(&memory);
    size_t bytes;
    uint8_t *file_bytes = make_safetensors("{}", NULL, 0, &bytes);
    trmi_safetensors file;
    ck_assert_int_eq(trmi_safetensors_open(&file, file_bytes, bytes, &failing, NULL), TRM_ERROR_MEMORY);
    ck_assert_int_eq(memory.alive, 0);
    free(file_bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("safetensors");
    TCase *reader = tcase_create("reader");
    tcase_add_checked_fixture(reader, set_up, NULL);
    tcase_add_test(reader, reads_tensors_in_the_order_of_their_data);
    tcase_add_loop_test(reader, converts_numbers, 0, sizeof numbers / sizeof numbers[0]);
    tcase_add_loop_test(reader, refuses_lies, 0, sizeof hostile / sizeof hostile[0]);
    tcase_add_test(reader, refuses_lengths_beyond_the_file);
    tcase_add_test(reader, refuses_a_header_above_the_limit);
    tcase_add_test(reader, needs_little_stack_for_many_levels);
    tcase_add_test(reader, tells_bad_text_from_missing_memory);
    tcase_add_test(reader, tells_of_a_zero_character_in_words_of_its_own);
    tcase_add_test(reader, refuses_every_truncation);
    tcase_add_test(reader, closes_after_a_failed_allocation);
    suite_add_tcase(all, reader);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
