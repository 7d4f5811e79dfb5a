/* An entry is one block of memory, key and value each with a zero behind it, so that nothing depends on where
 * it came from. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/core/text.h"
#include "lib/format/layout.h"
#include "lib/interchange/labels.h"
#include "lib/model/metadata.h"

enum { FIRST_CAPACITY = 16 };

void trmi_labels_begin(trmi_labels *labels, const trm_allocator *allocator)
{
    *labels = (trmi_labels) { .allocator = allocator };
}

/* The key begins the entry's block. */
static void release_entry(const trmi_labels *labels, trmi_metadata_entry *entry)
{
    void *block;
    memcpy(&block, &entry->key, sizeof block); /* the cast that takes const away, without a warning */
    trmi_release(labels->allocator, block);
}

void trmi_labels_close(trmi_labels *labels)
{
    for (uint32_t i = 0; i < labels->count; i++)
        release_entry(labels, &labels->entries[i]);
    trmi_release(labels->allocator, labels->entries);
    *labels = (trmi_labels) { 0 };
}

static bool make_room(trmi_labels *labels)
{
    if (labels->count < labels->capacity)
        return true;
    const uint32_t capacity = labels->capacity == 0 ? FIRST_CAPACITY : 2 * labels->capacity;
    trmi_metadata_entry *entries = trmi_allocate(labels->allocator, (uint64_t)capacity * sizeof *entries);
    if (entries == NULL)
        return false;
    if (labels->count > 0)
        memcpy(entries, labels->entries, labels->count * sizeof *entries);
    trmi_release(labels->allocator, labels->entries);
    labels->entries = entries;
    labels->capacity = capacity;
    return true;
}

static bool copy_entry(const trmi_labels *labels, const trmi_metadata_entry *from, trmi_metadata_entry *to)
{
    const size_t key = strlen(from->key);
    char *block = trmi_allocate(labels->allocator, (uint64_t)key + 1 + from->length + 1);
    if (block == NULL)
        return false;
    *to = *from;
    memcpy(block, from->key, key);
    to->key = block;
    if (from->bytes != NULL) {
        memcpy(block + key + 1, from->bytes, from->length);
        to->bytes = block + key + 1;
    }
    return true;
}

trm_status trmi_labels_put(trmi_labels *labels, const trmi_metadata_entry *entry, trm_error *error)
{
    trmi_metadata_entry copy;
    if (entry->length > TRMI_MAXIMUM_VALUE_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %.80s has %" PRIu32 " bytes; the limit is %d",
                         entry->key, entry->length, TRMI_MAXIMUM_VALUE_BYTES);
    if (labels->count >= TRMI_MAXIMUM_METADATA)
        return trmi_fail(error, TRM_ERROR_FORMAT, "there are more than %d metadata entries",
                         TRMI_MAXIMUM_METADATA);
    if (!make_room(labels) || !copy_entry(labels, entry, &copy))
        return trmi_no_memory(error, "metadata %.80s", entry->key);
    for (uint32_t i = 0; i < labels->count; i++)
        if (strcmp(labels->entries[i].key, copy.key) == 0) {
            release_entry(labels, &labels->entries[i]);
            labels->entries[i] = copy;
            return TRM_OK;
        }
    labels->entries[labels->count++] = copy;
    return TRM_OK;
}

trm_status trmi_labels_integer(trmi_labels *labels, const char *key, uint64_t value, trm_error *error)
{
    return trmi_labels_put(
        labels, &(trmi_metadata_entry) { .key = key, .type = TRM_METADATA_INTEGER, .integer = value }, error);
}

/* -- from a checkpoint's __metadata__ -- */

bool trmi_labels_is_integer(const char *key)
{
    return strcmp(key, TRMI_KEY_BLANK) == 0 || strcmp(key, TRMI_KEY_KEEPS_GIVENS) == 0;
}

static trm_status put_digits(trmi_labels *labels, const char *key, const char *digits, trm_error *error)
{
    uint64_t value = 0;
    const size_t length = strlen(digits);
    if (length == 0 || length > 10 || strspn(digits, "0123456789") != length)
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %.80s: expected a whole number, found '%.40s'",
                         key, digits);
    for (size_t i = 0; i < length; i++)
        value = 10 * value + (uint64_t)(digits[i] - '0');
    return trmi_labels_integer(labels, key, value, error);
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Two digits a byte, in place; false for anything else. */
static bool decode_hexadecimal(char *bytes, const char *text, size_t length)
{
    if (length % 2 != 0)
        return false;
    for (size_t i = 0; i < length / 2; i++) {
        const int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high * 16 + low);
    }
    return true;
}

static trm_status put_bytes(trmi_labels *labels, const char *key, const char *text, size_t length,
                            trm_error *error)
{
    char *bytes = trmi_allocate(labels->allocator, (uint64_t)length / 2 + 1);
    if (bytes == NULL)
        return trmi_no_memory(error, "metadata %.80s", key);
    trm_status status;
    if (decode_hexadecimal(bytes, text, length))
        status = trmi_labels_put(
            labels,
            &(trmi_metadata_entry) {
                .key = key, .type = TRM_METADATA_BYTES, .length = (uint32_t)(length / 2), .bytes = bytes },
            error);
    else
        status = trmi_fail(error, TRM_ERROR_FORMAT,
                           "metadata %.80s.hex must have two digits 0-9a-f for each byte", key);
    trmi_release(labels->allocator, bytes);
    return status;
}

static trm_status put_published(trmi_labels *labels, const char *key, const json_t *value, trm_error *error)
{
    static const char own[] = "model.", hexadecimal[] = ".hex";
    static const char key_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    char plain[TRMI_MAXIMUM_KEY_BYTES + 1] = { 0 };
    const size_t length = strlen(key), ending = sizeof hexadecimal - 1;
    if (strchr(key, '.') == NULL || strncmp(key, own, sizeof own - 1) == 0 || length >= sizeof plain ||
        strspn(key, key_characters) != length || !json_is_string(value))
        return TRM_OK; /* another program's, or what the configuration says */
    if (json_string_length(value) > 2 * (size_t)TRMI_MAXIMUM_VALUE_BYTES) /* before it is cut to 32 bits */
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %.80s has %zu bytes; the limit is %d", key,
                         json_string_length(value), TRMI_MAXIMUM_VALUE_BYTES);
    memcpy(plain, key, length);
    if (length > ending && strcmp(key + length - ending, hexadecimal) == 0) {
        plain[length - ending] = 0;
        return put_bytes(labels, plain, json_string_value(value), json_string_length(value), error);
    }
    if (trmi_labels_is_integer(plain))
        return put_digits(labels, plain, json_string_value(value), error);
    return trmi_labels_put(labels,
                           &(trmi_metadata_entry) { .key = plain,
                                                    .type = TRM_METADATA_TEXT,
                                                    .length = (uint32_t)json_string_length(value),
                                                    .bytes = json_string_value(value) },
                           error);
}

trm_status trmi_labels_from_checkpoint(trmi_labels *labels, const trmi_safetensors *file, trm_error *error)
{
    json_t *metadata = json_object_get(file->header, "__metadata__"), *value;
    const char *key;
    json_object_foreach(metadata, key, value)
    {
        const trm_status status = put_published(labels, key, value, error);
        if (status != TRM_OK)
            return status;
    }
    return TRM_OK;
}

/* -- from the caller -- */

trm_status trmi_labels_text(trmi_labels *labels, const char *key, const char *text, trm_error *error)
{
    if (strlen(text) > UINT32_MAX || !trmi_is_text((const uint8_t *)text, (uint32_t)strlen(text)))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "metadata %.80s: expected text in UTF-8, found other bytes", key);
    return trmi_labels_put(
        labels,
        &(trmi_metadata_entry) {
            .key = key, .type = TRM_METADATA_TEXT, .length = (uint32_t)strlen(text), .bytes = text },
        error);
}

/* Whether the first `length` bytes are a word that task.selectors has. */
static bool is_selector(const char *word, size_t length)
{
    static const char *const known[] = { "first-halt", "vote", "best", "first-verified" };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == length && memcmp(known[i], word, length) == 0)
            return true;
    return false;
}

trm_status trmi_labels_selectors(trmi_labels *labels, const char *selectors, trm_error *error)
{
    if (selectors == NULL)
        return TRM_OK;
    for (const char *word = selectors; strcmp(selectors, "none") != 0;) {
        const size_t length = strcspn(word, " ");
        if (!is_selector(word, length))
            return trmi_fail(
                error, TRM_ERROR_ARGUMENT,
                "trm_convert_options.selectors: expected \"none\", or names of first-halt, vote, best "
                "and first-verified with one space between, found '%.40s'",
                word);
        if (word[length] == '\0')
            break;
        word += length + 1;
    }
    return trmi_labels_text(labels, TRMI_KEY_SELECTORS, selectors, error);
}

trm_status trmi_labels_task(trmi_labels *labels, const char *task, trm_error *error)
{
    if (task == NULL)
        return TRM_OK;
    if (strlen(task) > TRMI_MAXIMUM_KEY_BYTES)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "the task's name must be at most %d bytes",
                         TRMI_MAXIMUM_KEY_BYTES);
    return trmi_labels_text(labels, TRMI_KEY_TASK, task, error);
}

/* A character that stands for two tokens could not be read back. */
static trm_status check_alphabet(const char *characters, uint32_t first, uint32_t vocabulary,
                                 trm_error *error)
{
    const size_t length = strlen(characters);
    if (first > vocabulary || length > vocabulary - first)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "the alphabet names tokens %" PRIu32 " to %" PRIu64 ", but the model has %" PRIu32
                         " tokens",
                         first, (uint64_t)first + length - 1, vocabulary);
    for (size_t i = 0; i < length; i++)
        if (strchr(characters + i + 1, characters[i]) != NULL)
            return trmi_fail(error, TRM_ERROR_ARGUMENT, "the alphabet has byte 0x%02x twice",
                             (unsigned)(uint8_t)characters[i]);
    return TRM_OK;
}

trm_status trmi_labels_alphabet(trmi_labels *labels, const char *characters, uint32_t first,
                                uint32_t vocabulary, trm_error *error)
{
    if (characters == NULL)
        return TRM_OK;
    TRMI_TRY(check_alphabet(characters, first, vocabulary, error));
    char *bytes = trmi_allocate(labels->allocator, (uint64_t)vocabulary + 1);
    if (bytes == NULL)
        return trmi_no_memory(error, "the alphabet");
    memcpy(bytes + first, characters, strlen(characters));
    trm_status status = trmi_labels_put(
        labels,
        &(trmi_metadata_entry) {
            .key = TRMI_KEY_ALPHABET, .type = TRM_METADATA_BYTES, .length = vocabulary, .bytes = bytes },
        error);
    trmi_release(labels->allocator, bytes);
    return status;
}
