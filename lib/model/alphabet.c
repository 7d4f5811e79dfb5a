/* Text to tokens and back, one character a position. */
#include "lib/model/alphabet.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/model/metadata.h"

trm_status trmi_alphabet_read(trm_model *model, trm_error *error)
{
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, TRMI_KEY_ALPHABET);
    const uint32_t vocabulary = model->config.vocabulary;
    for (size_t i = 0; i < sizeof model->character_token / sizeof *model->character_token; i++)
        model->character_token[i] = -1;
    if (entry == NULL)
        return TRM_OK;
    if (entry->type != TRM_METADATA_BYTES || entry->length != vocabulary)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: expected %u bytes, one for each token, found %u of type %u",
                         entry->key, (unsigned)vocabulary, (unsigned)entry->length, (unsigned)entry->type);
    for (uint32_t token = 0; token < vocabulary; token++) {
        const unsigned char character = (unsigned char)entry->bytes[token];
        if (character != 0 && model->character_token[character] >= 0)
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "metadata %s: expected each character once, found 0x%02x for tokens %d and %u",
                             entry->key, (unsigned)character, (int)model->character_token[character],
                             (unsigned)token);
        if (character != 0)
            model->character_token[character] = (int32_t)token;
    }
    model->alphabet = entry->bytes;
    return TRM_OK;
}

static trm_status check_alphabet(const trm_model *model, const void *from, const void *to, trm_error *error)
{
    if (model == NULL || from == NULL || to == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model, text and tokens, found NULL for the %s",
                         model == NULL  ? "model"
                         : from == NULL ? "input"
                                        : "output");
    if (model->alphabet == NULL)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "expected a model with an alphabet (metadata %s), found none", TRMI_KEY_ALPHABET);
    return TRM_OK;
}

/* The first character that no token has, or length. */
static size_t first_unknown(const trm_model *model, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (model->character_token[(unsigned char)text[i]] < 0)
            return i;
    return length;
}

static trm_status fail_character(const trm_model *model, size_t position, unsigned char character,
                                 trm_error *error)
{
    char known[64] = { 0 };
    size_t used = 0;
    for (uint32_t token = 0; token < model->config.vocabulary && used + 1 < sizeof known; token++)
        if (model->alphabet[token] != 0)
            known[used++] = model->alphabet[token];
    return character > 0x20 && character < 0x7f
               ? trmi_fail(error, TRM_ERROR_PUZZLE, "character %zu: expected one of \"%s\", found '%c'",
                           position + 1, known, character)
               : trmi_fail(error, TRM_ERROR_PUZZLE,
                           "character %zu: expected one of \"%s\", found byte 0x%02x", position + 1, known,
                           (unsigned)character);
}

trm_status trm_model_encode(const trm_model *model, const char *text, size_t length, int32_t *tokens,
                            trm_error *error)
{
    const trm_status status = check_alphabet(model, text, tokens, error);
    if (status != TRM_OK)
        return status;
    if (length != model->config.positions)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected a puzzle of %u characters, found %zu",
                         (unsigned)model->config.positions, length);
    const size_t unknown = first_unknown(model, text, length);
    if (unknown < length)
        return fail_character(model, unknown, (unsigned char)text[unknown], error);
    for (size_t i = 0; i < length; i++)
        tokens[i] = model->character_token[(unsigned char)text[i]];
    return TRM_OK;
}

trm_status trm_model_decode(const trm_model *model, const int32_t *tokens, char *text, trm_error *error)
{
    const trm_status status = check_alphabet(model, tokens, text, error);
    if (status != TRM_OK)
        return status;
    for (uint32_t i = 0; i < model->config.positions; i++)
        if (tokens[i] < 0 || (uint32_t)tokens[i] >= model->config.vocabulary)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "position %u: expected a token from 0 to %u, found %ld",
                             (unsigned)i, (unsigned)(model->config.vocabulary - 1), (long)tokens[i]);
    for (uint32_t i = 0; i < model->config.positions; i++)
        text[i] = model->alphabet[tokens[i]] != 0 ? model->alphabet[tokens[i]] : '?';
    return TRM_OK;
}
