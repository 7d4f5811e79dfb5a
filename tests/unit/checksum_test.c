/* CRC-32C: published values, a bitwise model, and both ways against each other. */
#include <string.h>

#include "config.h"
#include "lib/core/checksum.h"
#include "lib/core/host.h"
#include "lib/core/variants.h"
#include "tests/support/run.h"

typedef uint32_t checksum(uint32_t crc, const void *data, size_t bytes);

/* The polynomial, bit by bit. */
static uint32_t bitwise(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *p = data;
    crc = ~crc;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}

enum { DATA_BYTES = 3 * 65536 + 100 };

static uint8_t *make_data(void)
{
    uint8_t *data = malloc(DATA_BYTES);
    uint32_t random = 1;
    for (size_t i = 0; i < DATA_BYTES; i++) {
        random = random * 1664525u + 1013904223u;
        data[i] = (uint8_t)(random >> 24);
    }
    return data;
}

/* RFC 3720, appendix B.4, and the catalogue's check value. */
static void check_published(checksum *sum)
{
    uint8_t data[32];
    ck_assert_uint_eq(sum(0, "123456789", 9), 0xe3069283);
    ck_assert_uint_eq(sum(0, "", 0), 0);
    memset(data, 0, sizeof data);
    ck_assert_uint_eq(sum(0, data, sizeof data), 0x8a9136aa);
    memset(data, 0xff, sizeof data);
    ck_assert_uint_eq(sum(0, data, sizeof data), 0x62a8ab43);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    ck_assert_uint_eq(sum(0, data, sizeof data), 0x46dd794e);
}

/* Every length and offset near the beginning; long ones around stripes; a sum that is continued. */
static void check_against(checksum *sum, checksum *model)
{
    static const size_t lengths[] = { 8191, 8192, 24575, 24576, 24577, 65535, 65536, 73728, 3 * 65536 + 3 };
    uint8_t *data = make_data();
    for (size_t offset = 0; offset < 9; offset++)
        for (size_t length = 0; length < 70; length++)
            ck_assert_uint_eq(sum(7, data + offset, length), model(7, data + offset, length));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const uint32_t whole = model(0, data + 1, lengths[i]);
        ck_assert_uint_eq(sum(0, data + 1, lengths[i]), whole);
        const uint32_t half = sum(0, data + 1, lengths[i] / 3);
        ck_assert_uint_eq(sum(half, data + 1 + lengths[i] / 3, lengths[i] - lengths[i] / 3), whole);
    }
    free(data);
}

START_TEST(test_portable)
{
    check_published(trmi_crc32c_portable);
    check_against(trmi_crc32c_portable, bitwise);
}
END_TEST

START_TEST(test_chosen)
{
    check_published(trmi_crc32c);
    check_against(trmi_crc32c, trmi_crc32c_portable);
}
END_TEST

#ifdef TRMI_HAVE_X86
START_TEST(test_sse42)
{
    if (!(trmi_cpu_features() & TRMI_CPU_SSE42))
        return;
    check_published(trmi_crc32c_sse42);
    check_against(trmi_crc32c_sse42, trmi_crc32c_portable);
}
END_TEST
#endif

static Suite *suite(void)
{
    Suite *s = suite_create("checksum");
    TCase *t = tcase_create("checksum");
    tcase_add_test(t, test_portable);
    tcase_add_test(t, test_chosen);
#ifdef TRMI_HAVE_X86
    tcase_add_test(t, test_sse42);
#endif
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
