/* Text to tokens and back, one character a position. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/model/metadata.h"
#include "lib/model/question_shape.h"

/* Everything but the characters or tokens themselves; *shape receives what they are of. */
static trm_status check_arguments(const trm_model *model, const trm_shape *given, const void *from,
                                  size_t length, const void *to, const char *what, trmi_shape *shape,
                                  trm_error *error)
{
    if (model == NULL || from == NULL || to == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model, text and tokens, found NULL for the %s",
                         model == NULL  ? "model"
                         : from == NULL ? "input"
                                        : "output");
    if (model->task.characters == NULL)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "expected a model with an alphabet (metadata %s), found none", TRMI_KEY_ALPHABET);
    TRMI_TRY(trmi_question_shape_read(shape, model, given, "shape", error));
    return length == shape->positions
               ? TRM_OK
               : trmi_fail(error, TRM_ERROR_PUZZLE, "expected a puzzle of %u %s, found %zu",
                           (unsigned)shape->positions, what, length);
}

/* The first character that none of so many tokens has, or length. */
static size_t first_unknown(const trm_model *model, uint32_t tokens, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const int32_t token = model->task.token[(unsigned char)text[i]];
        if (token < 0 || (uint32_t)token >= tokens)
            return i;
    }
    return length;
}

static trm_status fail_character(const trm_model *model, uint32_t tokens, size_t position,
                                 unsigned char character, trm_error *error)
{
    char known[64] = { 0 };
    size_t used = 0;
    for (uint32_t token = 0; token < tokens && used + 1 < sizeof known; token++)
        if (model->task.characters[token] != 0)
            known[used++] = model->task.characters[token];
    return character > 0x20 && character < 0x7f
               ? trmi_fail(error, TRM_ERROR_PUZZLE, "character %zu: expected one of \"%s\", found '%c'",
                           position + 1, known, character)
               : trmi_fail(error, TRM_ERROR_PUZZLE,
                           "character %zu: expected one of \"%s\", found byte 0x%02x", position + 1, known,
                           (unsigned)character);
}

trm_status trm_model_encode(const trm_model *model, const trm_shape *shape, const char *text, size_t length,
                            int32_t *tokens, trm_error *error)
{
    trmi_shape size;
    TRMI_TRY(check_arguments(model, shape, text, length, tokens, "characters", &size, error));
    const uint32_t known = trmi_known_tokens(&model->config, size.fields);
    const size_t unknown = first_unknown(model, known, text, length);
    if (unknown < length)
        return fail_character(model, known, unknown, (unsigned char)text[unknown], error);
    for (size_t i = 0; i < length; i++)
        tokens[i] = model->task.token[(unsigned char)text[i]];
    return TRM_OK;
}

trm_status trm_model_decode(const trm_model *model, const trm_shape *shape, const int32_t *tokens,
                            size_t length, char *text, trm_error *error)
{
    trmi_shape size;
    TRMI_TRY(check_arguments(model, shape, tokens, length, text, "tokens", &size, error));
    for (size_t i = 0; i < size.positions; i++)
        if (tokens[i] < 0 || (uint32_t)tokens[i] >= model->config.vocabulary)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "position %u: expected a token from 0 to %u, found %ld",
                             (unsigned)i, (unsigned)(model->config.vocabulary - 1), (long)tokens[i]);
    for (size_t i = 0; i < size.positions; i++)
        text[i] = model->task.characters[tokens[i]] != 0 ? model->task.characters[tokens[i]] : '?';
    return TRM_OK;
}
