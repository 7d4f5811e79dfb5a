/* .trm files as doc/format.md has them, byte by byte. */
#define _POSIX_C_SOURCE 200809L
#include "config.h"

#include "tests/support/trm_builder.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

/* --------------------------------------------------------------------------------------- bytes */

void put16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

void put32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

void put64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get(const uint8_t *from, int bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | from[bytes];
    return value;
}

/* Room for `bytes` more bytes, zeroed. */
static uint8_t *grow(byte_list *list, size_t bytes)
{
    if (list->bytes == NULL || list->used + bytes > list->room) {
        list->room = 2 * (list->used + bytes) + 64;
        list->bytes = realloc(list->bytes, list->room);
        ck_assert(list->bytes != NULL);
    }
    uint8_t *at = list->bytes + list->used;
    list->used += bytes;
    return memset(at, 0, bytes);
}

static size_t up_to(size_t value, size_t step)
{
    return (value + step - 1) / step * step;
}

/* Bit by bit, from the polynomial 0x1edc6f41 reflected. */
static uint32_t checksum(const uint8_t *data, size_t bytes)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

/* --------------------------------------------------------------------------------------- entries */

static bool omitted(const trm_builder *builder, const char *name)
{
    return builder->omit != NULL && strcmp(builder->omit, name) == 0;
}

void builder_value(trm_builder *builder, const char *key, uint8_t type, const void *value, size_t bytes,
                   bool zero)
{
    const size_t length = strlen(key), size = up_to(16 + length + 1 + bytes + zero, 8);
    uint8_t *entry = grow(&builder->metadata, size);
    put32(entry, (uint32_t)size);
    put16(entry + 4, (uint16_t)length);
    entry[6] = type;
    put32(entry + 8, (uint32_t)bytes);
    memcpy(entry + 16, key, length);
    if (bytes > 0)
        memcpy(entry + 16 + length + 1, value, bytes);
    builder->metadata_count++;
}

void builder_integer(trm_builder *builder, const char *key, uint64_t value)
{
    uint8_t bytes[8];
    put64(bytes, value);
    builder_value(builder, key, 1, bytes, 8, false);
}

void builder_real(trm_builder *builder, const char *key, double value)
{
    uint8_t bytes[8];
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put64(bytes, bits);
    builder_value(builder, key, 2, bytes, 8, false);
}

void builder_text(trm_builder *builder, const char *key, const char *text)
{
    builder_value(builder, key, 3, text, strlen(text), true);
}

void builder_tensor(trm_builder *builder, const stored_tensor *tensor)
{
    const size_t length = strlen(tensor->name), size = up_to(48 + length + 1, 8);
    grow(&builder->data, up_to(builder->data.used, 64) - builder->data.used);
    uint8_t *entry = grow(&builder->tensors, size);
    put32(entry, (uint32_t)size);
    put16(entry + 4, (uint16_t)length);
    entry[6] = tensor->type;
    entry[7] = tensor->layout;
    entry[8] = tensor->encoding;
    put32(entry + 12, checksum(tensor->data, tensor->bytes));
    put64(entry + 16, tensor->rows);
    put64(entry + 24, tensor->columns);
    put64(entry + 32, builder->data.used); /* builder_finish() adds where the data begins */
    put64(entry + 40, tensor->bytes);
    memcpy(entry + 48, tensor->name, length);
    memcpy(grow(&builder->data, tensor->bytes), tensor->data, tensor->bytes);
    builder->tensor_count++;
}

/* --------------------------------------------------------------------------------------- file */

static void free_lists(trm_builder *builder)
{
    free(builder->metadata.bytes);
    free(builder->tensors.bytes);
    free(builder->data.bytes);
    *builder = (trm_builder) { .omit = NULL };
}

static void put_header(trm_file *file, const trm_builder *builder)
{
    memcpy(file->bytes, "\x89TRM\r\n\x1a\n", 8);
    put16(file->bytes + 8, 1);
    put64(file->bytes + 16, file->size);
    put64(file->bytes + 24, 64);
    put64(file->bytes + 32, builder->metadata.used + builder->tensors.used);
    put32(file->bytes + 40, builder->metadata_count);
    put32(file->bytes + 44, builder->tensor_count);
}

/* Exactly so many bytes, so that sanitizers see what is read beyond them. */
static uint8_t *aligned_zeros(size_t bytes)
{
    void *memory = NULL;
    ck_assert_int_eq(posix_memalign(&memory, 64, bytes), 0);
    memset(memory, 0, bytes);
    return memory;
}

trm_file builder_finish(trm_builder *builder)
{
    const size_t tensors_at = 64 + builder->metadata.used;
    const size_t directory_end = tensors_at + builder->tensors.used, data_at = up_to(directory_end, 64);
    trm_file file = { .size = builder->data.used > 0 ? data_at + builder->data.used : directory_end };
    file.bytes = aligned_zeros(file.size);
    for (size_t at = 0; at < builder->tensors.used; at += get(builder->tensors.bytes + at, 4))
        put64(builder->tensors.bytes + at + 32, get(builder->tensors.bytes + at + 32, 8) + data_at);
    put_header(&file, builder);
    if (builder->metadata.used > 0)
        memcpy(file.bytes + 64, builder->metadata.bytes, builder->metadata.used);
    if (builder->tensors.used > 0)
        memcpy(file.bytes + tensors_at, builder->tensors.bytes, builder->tensors.used);
    if (builder->data.used > 0)
        memcpy(file.bytes + data_at, builder->data.bytes, builder->data.used);
    file_sign(&file);
    free_lists(builder);
    return file;
}

trm_file builder_model_file(const trmi_config *config)
{
    trm_builder builder = { .omit = NULL };
    builder_model(&builder, config);
    return builder_finish(&builder);
}

trm_file file_copy(const trm_file *file)
{
    trm_file copy = { aligned_zeros(file->size), file->size };
    memcpy(copy.bytes, file->bytes, file->size);
    return copy;
}

void file_free(trm_file *file)
{
    free(file->bytes);
    *file = (trm_file) { NULL, 0 };
}

static size_t find_entry(const trm_file *file, const char *name, bool tensor)
{
    const uint64_t metadata_count = get(file->bytes + 40, 4),
                   count = metadata_count + get(file->bytes + 44, 4);
    size_t at = get(file->bytes + 24, 8);
    for (uint64_t i = 0; i < count; i++) {
        const bool is_tensor = i >= metadata_count;
        if (is_tensor == tensor && strcmp((const char *)file->bytes + at + (tensor ? 48 : 16), name) == 0)
            return at;
        at += get(file->bytes + at, 4);
    }
    ck_abort_msg("the file has no entry %s", name);
    return 0;
}

size_t file_metadata(const trm_file *file, const char *key)
{
    return find_entry(file, key, false);
}

size_t file_tensor(const trm_file *file, const char *name)
{
    return find_entry(file, name, true);
}

size_t file_data(const trm_file *file, const char *name)
{
    return get(file->bytes + file_tensor(file, name) + 32, 8);
}

void file_set_number(trm_file *file, const char *name, size_t index, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put32(file->bytes + file_data(file, name) + 4 * index, bits);
    file_sign_tensor(file, name);
    file_sign(file);
}

void file_scale_numbers(trm_file *file, const char *name, size_t begin, size_t end, double factor)
{
    uint8_t *data = file->bytes + file_data(file, name);
    if (end == 0)
        end = get(file->bytes + file_tensor(file, name) + 40, 8) / 4;
    for (size_t i = begin; i < end; i++) {
        uint32_t bits = (uint32_t)get(data + 4 * i, 4);
        float number;
        memcpy(&number, &bits, sizeof number);
        number = (float)fmax(fmin((double)number * factor, FLT_MAX), -FLT_MAX);
        memcpy(&bits, &number, sizeof bits);
        put32(data + 4 * i, bits);
    }
    file_sign_tensor(file, name);
    file_sign(file);
}

void file_sign_tensor(trm_file *file, const char *name)
{
    uint8_t *entry = file->bytes + file_tensor(file, name);
    put32(entry + 12, checksum(file->bytes + get(entry + 32, 8), get(entry + 40, 8)));
}

void file_sign(trm_file *file)
{
    const uint64_t at = get(file->bytes + 24, 8), bytes = get(file->bytes + 32, 8);
    if (at <= file->size && bytes <= file->size - at)
        put32(file->bytes + 48, checksum(file->bytes + at, bytes));
    put32(file->bytes + 52, checksum(file->bytes, 52));
}

/* --------------------------------------------------------------------------------------- models */

float builder_number(const char *name, size_t index)
{
    return (float)((index * 7 + strlen(name) * 3) % 16) / 8.0f - 0.9375f; /* never 0 */
}

typedef struct extent {
    size_t groups, width, stored; /* `groups` times `width` numbers, each padded to `stored` */
} extent;

static bool is_inside(extent e, size_t index)
{
    return index % e.stored < e.width;
}

static void add_stored(trm_builder *builder, stored_tensor *tensor)
{
#ifdef TRMI_HAVE_ZLIB
    if (builder->deflate) {
        uLongf bytes = compressBound((uLong)tensor->bytes);
        uint8_t *deflated = malloc(bytes);
        ck_assert(deflated != NULL && compress(deflated, &bytes, tensor->data, (uLong)tensor->bytes) == Z_OK);
        tensor->data = deflated;
        tensor->bytes = bytes;
        tensor->encoding = 2;
        builder_tensor(builder, tensor);
        free(deflated);
        return;
    }
#endif
    builder_tensor(builder, tensor);
}

/* Stored number i of a panel layout is row i / 16 / columns * 16 + i % 16, column i / 16 % columns. */
static void add_matrix(trm_builder *builder, const char *name, bool panels, extent rows, extent columns)
{
    const size_t r = rows.groups * rows.stored, c = columns.groups * columns.stored;
    if (omitted(builder, name))
        return;
    uint8_t *data = calloc(r * c, 4);
    ck_assert(data != NULL);
    for (size_t i = 0; i < r * c; i++) {
        const size_t row = panels ? i / 16 / c * 16 + i % 16 : i / c, column = panels ? i / 16 % c : i % c;
        const float number = builder_number(name, i);
        uint32_t bits;
        memcpy(&bits, &number, sizeof bits);
        if (is_inside(rows, row) && is_inside(columns, column))
            put32(data + 4 * i, bits);
    }
    add_stored(builder, &(stored_tensor) { name, 1, panels ? 2 : 1, 1, r, c, data, r * c * 4 });
    free(data);
}

static void add_rows(trm_builder *builder, const char *name, size_t rows, size_t columns)
{
    add_matrix(builder, name, false, (extent) { 1, rows, rows }, (extent) { 1, columns, columns });
}

static void add_panels(trm_builder *builder, const char *name, size_t rows, size_t columns)
{
    add_matrix(builder, name, true, (extent) { 1, rows, up_to(rows, 16) }, (extent) { 1, columns, columns });
}

static void add_block(trm_builder *builder, const trmi_config *c, const char *network, unsigned block)
{
    const size_t n = c->prefix + c->positions, d = c->channels, hc = c->channel_hidden;
    char part[64];
#define PART(name) (snprintf(part, sizeof part, "%s.%u.%s", network, block, name), part)
    if (c->block == TRM_BLOCK_MIXER) {
        add_rows(builder, PART("tokens.gate_up"), 2 * (size_t)c->token_hidden, n);
        add_rows(builder, PART("tokens.down"), n, c->token_hidden);
    } else {
        const size_t head = d / c->heads, wide = up_to(head, 16), whole = up_to(d, 16);
        add_matrix(builder, PART("attention.qkv"), true, (extent) { 3 * (size_t)c->heads, head, wide },
                   (extent) { 1, d, d });
        add_matrix(builder, PART("attention.out"), true, (extent) { 1, d, whole },
                   (extent) { c->heads, head, wide });
    }
    add_matrix(builder, PART("channels.gate_up"), true, (extent) { 2, hc, up_to(hc, 16) },
               (extent) { 1, d, d });
    add_panels(builder, PART("channels.down"), d, hc);
#undef PART
}

static void add_tensors(trm_builder *builder, const trmi_config *c)
{
    const bool hrm = c->architecture == TRM_ARCHITECTURE_HRM;
    add_rows(builder, "embed.tokens", c->vocabulary, c->channels);
    if (c->position_encoding == TRM_POSITION_LEARNED)
        add_rows(builder, "embed.positions", (size_t)c->prefix + c->positions, c->channels);
    if (c->identifiers > 0)
        add_rows(builder, "embed.puzzles", c->identifiers, c->puzzle_width);
    if (c->registers)
        add_rows(builder, "embed.registers", c->prefix, c->channels);
    add_rows(builder, "state.y", 1, c->channels);
    add_rows(builder, "state.z", 1, c->channels);
    for (unsigned block = 0; block < c->blocks; block++)
        add_block(builder, c, hrm ? "low" : "net", block);
    for (unsigned block = 0; block < c->high_blocks; block++)
        add_block(builder, c, "high", block);
    add_panels(builder, "head.tokens", c->vocabulary, c->channels);
    if (c->head_bias)
        add_rows(builder, "head.tokens.bias", 1, c->vocabulary);
    add_panels(builder, "head.halt", 2, c->channels);
    add_rows(builder, "head.halt.bias", 1, 2);
}

static void add_name(trm_builder *builder, const char *key, const char *const *names, uint32_t value)
{
    if (!omitted(builder, key))
        builder_text(builder, key, names[value]);
}

/* An integer; one that is its default is left out, as an optional key may be. */
static void add_number(trm_builder *builder, const char *key, uint32_t value, bool optional, uint32_t missing)
{
    if (!omitted(builder, key) && !(optional && value == missing))
        builder_integer(builder, key, value);
}

static void add_metadata(trm_builder *b, const trmi_config *c)
{
    static const char *const architectures[] = { "", "trm", "hrm" },
                             *const blocks[] = { "", "mixer", "attention" },
                             *const encodings[] = { "", "none", "learned", "rotary" },
                             *const gates[] = { "", "plain", "normed" },
                             *const likelihoods[] = { "", "softmax", "stablemax" };
    add_name(b, "model.architecture", architectures, c->architecture);
    add_name(b, "model.block", blocks, c->block);
    add_name(b, "model.position_encoding", encodings, c->position_encoding);
    add_name(b, "model.gate", gates, c->gate);
    add_name(b, "model.likelihood", likelihoods, c->likelihood);
    add_number(b, "model.channels", c->channels, false, 0);
    add_number(b, "model.positions", c->positions, false, 0);
    add_number(b, "model.prefix", c->prefix, false, 0);
    add_number(b, "model.vocabulary", c->vocabulary, false, 0);
    add_number(b, "model.identifiers", c->identifiers, true, 0);
    add_number(b, "model.puzzle_width", c->puzzle_width, true, 0);
    add_number(b, "model.registers", c->registers, true, 0);
    add_number(b, "model.head_bias", c->head_bias, true, 0);
    add_number(b, "model.blocks", c->blocks, false, 0);
    add_number(b, "model.high_blocks", c->high_blocks, true, 0);
    add_number(b, "model.heads", c->heads, true, 0);
    add_number(b, "model.token_hidden", c->token_hidden, true, 0);
    add_number(b, "model.channel_hidden", c->channel_hidden, false, 0);
    add_number(b, "model.cycles", c->cycles, false, 0);
    add_number(b, "model.updates", c->updates, false, 0);
    add_number(b, "model.maximum_steps", c->maximum_steps, true, 16);
    if (c->rotary_base != 10000.0)
        builder_real(b, "model.rotary_base", c->rotary_base);
    if (c->norm_epsilon != 1e-5)
        builder_real(b, "model.norm_epsilon", c->norm_epsilon);
    add_number(b, "task.grid_rows", c->grid_rows, true, 0);
    add_number(b, "task.grid_columns", c->grid_columns, true, 0);
}

void builder_model(trm_builder *builder, const trmi_config *config)
{
    add_metadata(builder, config);
    add_tensors(builder, config);
}

trmi_config tiny_config(void)
{
    return (trmi_config) { .fields = 1,
                           .halting = TRMI_HALTING_LOGIT,
                           .architecture = TRM_ARCHITECTURE_TRM,
                           .block = TRM_BLOCK_MIXER,
                           .position_encoding = TRM_POSITION_NONE,
                           .gate = TRM_GATE_PLAIN,
                           .likelihood = TRM_LIKELIHOOD_STABLEMAX,
                           .channels = 2,
                           .positions = 1,
                           .vocabulary = 2,
                           .blocks = 1,
                           .token_hidden = 1,
                           .channel_hidden = 1,
                           .cycles = 1,
                           .updates = 1,
                           .maximum_steps = 16,
                           .rotary_base = 10000.0,
                           .norm_epsilon = 0.5 };
}

/* Heads of 12 channels, 36 channels and 21 hidden ones: padding inside and at the end. */
trmi_config ragged_config(void)
{
    return (trmi_config) { .fields = 1,
                           .halting = TRMI_HALTING_LOGIT,
                           .architecture = TRM_ARCHITECTURE_HRM,
                           .block = TRM_BLOCK_ATTENTION,
                           .position_encoding = TRM_POSITION_ROTARY,
                           .gate = TRM_GATE_NORMED,
                           .likelihood = TRM_LIKELIHOOD_SOFTMAX,
                           .channels = 36,
                           .positions = 6,
                           .prefix = 3,
                           .vocabulary = 7,
                           .identifiers = 4,
                           .puzzle_width = 50,
                           .head_bias = true,
                           .blocks = 1,
                           .high_blocks = 2,
                           .heads = 3,
                           .channel_hidden = 21,
                           .cycles = 2,
                           .updates = 3,
                           .maximum_steps = 4,
                           .grid_rows = 2,
                           .grid_columns = 3,
                           .rotary_base = 500.0,
                           .norm_epsilon = 1e-5 };
}

trm_file tiny_file(void)
{
    const trmi_config config = tiny_config();
    trm_builder builder = { .omit = NULL };
    builder_value(&builder, "task.alphabet", 4, "ab", 2, true);
    builder_model(&builder, &config);
    return builder_finish(&builder);
}

trm_file ragged_file(bool deflate)
{
    const trmi_config config = ragged_config();
    trm_builder builder = { .deflate = deflate };
    builder_model(&builder, &config);
    builder_text(&builder, "task.name", "gr\xc3\xbcn");
    builder_value(&builder, "task.alphabet", 4, "\0.abcd\xff", 7, true);
    return builder_finish(&builder);
}
