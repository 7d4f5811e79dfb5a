#include "bindings/trace/record.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

size_t steering(const char *text, size_t length)
{
    const unsigned char c = (unsigned char)text[0], second = length > 1 ? (unsigned char)text[1] : 0,
                        third = length > 2 ? (unsigned char)text[2] : 0;
    if (c < 0x20 || c == 0x7f)
        return 1;
    if (c == 0xc2 && second >= 0x80 && second < 0xa0) /* U+0080 to U+009F */
        return 2;
    return c == 0xe2 && ((second == 0x80 && third >= 0xa8 && third <= 0xae) || /* U+2028 to U+202E */
                         (second == 0x81 && third >= 0xa6 && third <= 0xa9))   /* U+2066 to U+2069 */
               ? 3
               : 0;
}

record record_begin(FILE *to)
{
    fputc('{', to);
    return (record) { to, false };
}

void record_key(record *r, const char *key)
{
    fputs(r->more ? ", " : "", r->to);
    write_json_text(r->to, key);
    fputs(": ", r->to);
    r->more = true;
}

static void write_json_character(FILE *to, unsigned char c)
{
    if (c == '"' || c == '\\')
        fprintf(to, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
        fprintf(to, "\\u%04x", c);
    else
        fputc(c, to);
}

bool is_utf8(const char *text)
{
    json_t *valid = json_string(text); /* NULL for what is not */
    json_decref(valid);
    return valid != NULL;
}

/* Of two or three bytes of UTF-8. */
static unsigned code_point(const char *text, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)text;
    return bytes == 2 ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
                      : (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
}

void write_json_text(FILE *to, const char *text)
{
    if (!is_utf8(text)) { /* the name of a file may have any bytes */
        write_json_bytes(to, text, strlen(text));
        return;
    }
    fputc('"', to);
    for (size_t steers; *text != '\0'; text += steers > 1 ? steers : 1) {
        steers = steering(text, strlen(text));
        if (steers > 1)
            fprintf(to, "\\u%04x", code_point(text, steers));
        else
            write_json_character(to, (unsigned char)*text);
    }
    fputc('"', to);
}

void write_json_bytes(FILE *to, const char *bytes, size_t length)
{
    fputc('"', to);
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        if (c > 0x7f)
            fprintf(to, "\\u%04x", c);
        else
            write_json_character(to, c);
    }
    fputc('"', to);
}

void write_json_float(FILE *to, float number)
{
    if (isfinite(number))
        fprintf(to, "%.9g", (double)number);
    else
        fputs("null", to);
}

void record_text(record *r, const char *key, const char *text)
{
    record_key(r, key);
    write_json_text(r->to, text);
}

void record_number(record *r, const char *key, double number)
{
    record_key(r, key);
    if (isfinite(number))
        fprintf(r->to, "%.6g", number);
    else
        fputs("null", r->to); /* JSON has no other numbers */
}

void record_float(record *r, const char *key, float number)
{
    record_key(r, key);
    write_json_float(r->to, number);
}

void record_integer(record *r, const char *key, uint64_t number)
{
    record_key(r, key);
    fprintf(r->to, "%llu", (unsigned long long)number);
}

void record_end(record *r)
{
    fputc('}', r->to);
}
