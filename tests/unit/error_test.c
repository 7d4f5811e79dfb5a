/* Failures, versions, and the size rule of structs. */
#include <stdio.h>
#include <string.h>

#include <trm/trm.h>

#include "lib/core/error.h"
#include "tests/support/run.h"

START_TEST(test_status_values_are_fixed)
{
    static const struct {
        trm_status status;
        int value;
        const char *name;
    } pinned[] = {
        { TRM_OK, 0, "TRM_OK" },
        { TRM_ERROR_ARGUMENT, 1, "TRM_ERROR_ARGUMENT" },
        { TRM_ERROR_MEMORY, 2, "TRM_ERROR_MEMORY" },
        { TRM_ERROR_WORKSPACE, 3, "TRM_ERROR_WORKSPACE" },
        { TRM_ERROR_FILE, 4, "TRM_ERROR_FILE" },
        { TRM_ERROR_FORMAT, 5, "TRM_ERROR_FORMAT" },
        { TRM_ERROR_VERSION, 6, "TRM_ERROR_VERSION" },
        { TRM_ERROR_CHECKSUM, 7, "TRM_ERROR_CHECKSUM" },
        { TRM_ERROR_UNSUPPORTED, 8, "TRM_ERROR_UNSUPPORTED" },
        { TRM_ERROR_PUZZLE, 9, "TRM_ERROR_PUZZLE" },
    };
    for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++) {
        ck_assert_int_eq((int)pinned[i].status, pinned[i].value);
        ck_assert_str_eq(trm_status_name(pinned[i].status), pinned[i].name);
    }
    ck_assert_str_eq(trm_status_name((trm_status)10), "unknown status");
}
END_TEST

START_TEST(test_version)
{
    char text[32];
    const uint32_t version = trm_version();
    snprintf(text, sizeof text, "%u.%u.%u", version / 65536, version / 256 % 256, version % 256);
    ck_assert_str_eq(trm_version_text(), text);
    ck_assert_uint_eq(version, TRM_VERSION_MAJOR * 65536 + TRM_VERSION_MINOR * 256 + TRM_VERSION_PATCH);
}
END_TEST

START_TEST(test_sentence)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trmi_fail(&error, TRM_ERROR_FORMAT, "width is %d, expected %s", 7, "8");
    ck_assert_int_eq(status, TRM_ERROR_FORMAT);
    ck_assert_int_eq(error.status, TRM_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "width is 7, expected 8");
    ck_assert_int_eq(trmi_fail(NULL, TRM_ERROR_FILE, "nobody listens"), TRM_ERROR_FILE);
}
END_TEST

START_TEST(test_sentence_within)
{
    trm_error error = TRM_ERROR_INIT;
    trmi_fail(&error, TRM_ERROR_FORMAT, "bad header");
    ck_assert_int_eq(trmi_fail_within(&error, TRM_ERROR_VERSION, "a.trm"), TRM_ERROR_VERSION);
    ck_assert_int_eq(error.status, TRM_ERROR_VERSION);
    ck_assert_str_eq(error.message, "a.trm: bad header");
    ck_assert_int_eq(trmi_fail_within(NULL, TRM_ERROR_FILE, "a.trm"), TRM_ERROR_FILE);
}
END_TEST

/* The struct of a caller whose header knows fewer bytes, or none at all: what lies behind is not ours. */
START_TEST(test_sentence_stays_in_small_structs)
{
    const size_t first = offsetof(trm_error, message);
    for (size_t size = 0; size <= first + 12; size++) {
        union {
            trm_error error;
            unsigned char bytes[sizeof(trm_error)];
        } small;
        memset(&small, 0xee, sizeof small);
        small.error.size = size;
        trmi_fail(&small.error, TRM_ERROR_MEMORY, "0123456789");
        for (size_t i = size > sizeof(size_t) ? size : sizeof(size_t); i < sizeof small; i++)
            ck_assert_uint_eq(small.bytes[i], 0xee);
        if (size >= first)
            ck_assert_int_eq(small.error.status, TRM_ERROR_MEMORY);
        if (size > first) {
            const size_t length = size - first - 1 < 10 ? size - first - 1 : 10;
            ck_assert_uint_eq(strlen(small.error.message), length);
            ck_assert_int_eq(memcmp(small.error.message, "0123456789", length), 0);
        }
    }
}
END_TEST

START_TEST(test_sentence_in_larger_structs)
{
    struct {
        trm_error error;
        char more[16];
        char beyond[16];
    } large;
    memset(&large, 0xee, sizeof large);
    large.error.size = sizeof large - sizeof large.beyond;
    trmi_fail(&large.error, TRM_ERROR_FILE, "gone");
    ck_assert_str_eq(large.error.message, "gone");
    for (size_t i = 0; i < sizeof large.more; i++)
        ck_assert_int_eq(large.more[i], 0);
    for (size_t i = 0; i < sizeof large.beyond; i++)
        ck_assert_uint_eq((unsigned char)large.beyond[i], 0xee);
}
END_TEST

/* A size that was never set. */
START_TEST(test_sentence_not_into_garbage)
{
    trm_error error;
    memset(&error, 0xee, sizeof error);
    trmi_fail(&error, TRM_ERROR_FILE, "gone");
    for (size_t i = 0; i < sizeof error.message; i++)
        ck_assert_uint_eq((unsigned char)error.message[i], 0xee);
}
END_TEST

START_TEST(test_sentence_is_printable)
{
    static const struct {
        const char *given, *shown;
    } cases[] = {
        { "line\nfeed\r\t\x1b[31m\x7f", "line?feed???[31m?" },
        { "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
        { "\xe2\x82\xac \xf0\x9f\x8e\xb2", "\xe2\x82\xac \xf0\x9f\x8e\xb2" },
        { "stray \x80\xbf end", "stray ?? end" },
        { "C1 \xc2\x9b end", "C1 ?? end" },
        { "overlong \xc0\xaf \xe0\x80\xaf", "overlong ?? ???" },
        { "surrogate \xed\xa0\x80", "surrogate ???" },
        { "too large \xf4\x90\x80\x80", "too large ????" },
        { "cut \xe2\x82", "cut ??" },
        { "third byte \xe2\x82x", "third byte ??x" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trm_error error = TRM_ERROR_INIT;
        trmi_fail(&error, TRM_ERROR_FORMAT, "%s", cases[i].given);
        ck_assert_str_eq(error.message, cases[i].shown);
    }
}
END_TEST

/* Whatever the length in front of them, characters of two, three and four bytes are kept whole or left out.
 * */
START_TEST(test_sentence_is_cut_between_characters)
{
    static const char *const characters[] = { "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x8e\xb2" };
    char sentence[1024];
    for (size_t c = 0; c < 3; c++)
        for (size_t lead = 0; lead < 4; lead++) {
            memset(sentence, 'x', lead);
            sentence[lead] = '\0';
            while (strlen(sentence) < 600)
                strcat(sentence, characters[c]);
            trm_error error = TRM_ERROR_INIT;
            trmi_fail(&error, TRM_ERROR_FORMAT, "%s", sentence);
            const size_t bytes = strlen(characters[c]), room = sizeof error.message - 1 - lead;
            ck_assert_uint_eq(strlen(error.message), lead + room / bytes * bytes);
            ck_assert_int_eq(memcmp(error.message, sentence, strlen(error.message)), 0);
        }
}
END_TEST

typedef struct options {
    size_t size;
    uint32_t first, second;
    uint64_t third;
} options;

START_TEST(test_read_struct_takes_what_is_there)
{
    const options given = { offsetof(options, third), 5, 6, 7 };
    options read = { sizeof read, 1, 2, 3 };
    ck_assert_int_eq(trmi_read_struct(&read, sizeof read, &given, sizeof(size_t), "options", NULL), TRM_OK);
    ck_assert_uint_eq(read.size, sizeof read);
    ck_assert_uint_eq(read.first, 5);
    ck_assert_uint_eq(read.second, 6);
    ck_assert_uint_eq(read.third, 3);
}
END_TEST

START_TEST(test_read_struct_of_other_sizes)
{
    struct {
        options known;
        unsigned char more[8];
    } given = { { sizeof given, 5, 6, 7 }, { 0 } };
    options read = { sizeof read, 1, 2, 3 };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_read_struct(&read, sizeof read, &given, 16, "options", &error), TRM_OK);
    ck_assert_uint_eq(read.third, 7);
    given.more[7] = 1;
    given.known.third = 8;
    ck_assert_int_eq(trmi_read_struct(&read, sizeof read, &given, 16, "options", &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "options has a field at byte 31"));
    ck_assert_uint_eq(read.third, 7);
    given.known.size = 15;
    ck_assert_int_eq(trmi_read_struct(&read, sizeof read, &given, 16, "options", &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "options.size is 15, expected 16 to"));
    given.known.size = SIZE_MAX;
    ck_assert_int_eq(trmi_read_struct(&read, sizeof read, &given, 16, "options", &error), TRM_ERROR_ARGUMENT);
    ck_assert_uint_eq(read.third, 7);
}
END_TEST

START_TEST(test_write_struct_as_far_as_it_reaches)
{
    const options made = { sizeof made, 5, 6, 7 };
    struct {
        options known;
        uint64_t more;
    } target = { { offsetof(options, third), 1, 2, 3 }, 4 };
    ck_assert_int_eq(trmi_write_struct(&target, &made, sizeof made, 16, "options", NULL), TRM_OK);
    ck_assert_uint_eq(target.known.size, offsetof(options, third));
    ck_assert_uint_eq(target.known.second, 6);
    ck_assert_uint_eq(target.known.third, 3);
    target.known.size = sizeof target;
    ck_assert_int_eq(trmi_write_struct(&target, &made, sizeof made, 16, "options", NULL), TRM_OK);
    ck_assert_uint_eq(target.known.size, sizeof target);
    ck_assert_uint_eq(target.known.third, 7);
    ck_assert_uint_eq(target.more, 0);
    target.known.size = 15;
    ck_assert_int_eq(trmi_write_struct(&target, &made, sizeof made, 16, "options", NULL), TRM_ERROR_ARGUMENT);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("error");
    TCase *t = tcase_create("error");
    tcase_add_test(t, test_status_values_are_fixed);
    tcase_add_test(t, test_version);
    tcase_add_test(t, test_sentence);
    tcase_add_test(t, test_sentence_within);
    tcase_add_test(t, test_sentence_stays_in_small_structs);
    tcase_add_test(t, test_sentence_in_larger_structs);
    tcase_add_test(t, test_sentence_not_into_garbage);
    tcase_add_test(t, test_sentence_is_printable);
    tcase_add_test(t, test_sentence_is_cut_between_characters);
    tcase_add_test(t, test_read_struct_takes_what_is_there);
    tcase_add_test(t, test_read_struct_of_other_sizes);
    tcase_add_test(t, test_write_struct_as_far_as_it_reaches);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
