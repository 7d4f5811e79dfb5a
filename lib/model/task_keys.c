/* What a file says of its task is read here; what that means is worked out in lib/task. */
#include "lib/model/task_keys.h"

#include "lib/core/error.h"
#include "lib/model/metadata.h"

static trm_status read_text(const trm_model *model, const char *key, const char **text, trm_error *error)
{
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, key);
    *text = entry != NULL ? entry->bytes : NULL;
    return entry == NULL || entry->type == TRM_METADATA_TEXT
               ? TRM_OK
               : trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: expected text, found type %u", key,
                           (unsigned)entry->type);
}

/* *number keeps what it has when there is no such key. */
static trm_status read_number(const trm_model *model, const char *key, uint32_t *number, trm_error *error)
{
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, key);
    if (entry == NULL)
        return TRM_OK;
    if (entry->type != TRM_METADATA_INTEGER || entry->integer >= UINT32_MAX)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: expected an integer below 4294967295, found %llu of type %u", key,
                         (unsigned long long)entry->integer, (unsigned)entry->type);
    *number = (uint32_t)entry->integer;
    return TRM_OK;
}

static trm_status read_alphabet(const trm_model *model, const char **alphabet, trm_error *error)
{
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, TRMI_KEY_ALPHABET);
    const uint32_t vocabulary = model->config.vocabulary;
    *alphabet = entry != NULL ? entry->bytes : NULL;
    return entry == NULL || (entry->type == TRM_METADATA_BYTES && entry->length == vocabulary)
               ? TRM_OK
               : trmi_fail(error, TRM_ERROR_FORMAT,
                           "metadata %s: expected %u bytes, one for each token, found %u of type %u",
                           entry->key, (unsigned)vocabulary, (unsigned)entry->length, (unsigned)entry->type);
}

/* Before libtrm 0.1.0 was finished the key was for people, in any type: others than text are skipped. */
static const char *read_symmetries(const trm_model *model)
{
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, TRMI_KEY_SYMMETRIES);
    return entry != NULL && entry->type == TRM_METADATA_TEXT ? entry->bytes : NULL;
}

trm_status trmi_task_keys_read(trm_model *model, trm_error *error)
{
    trmi_task_words words = { .vocabulary = model->config.vocabulary,
                              .shape = trmi_config_shape(&model->config),
                              .first_value = model->config.first_value,
                              .blank = TRMI_UNSAID,
                              .keeps_givens = TRMI_UNSAID,
                              .symmetries = read_symmetries(model) };
    TRMI_TRY(read_text(model, TRMI_KEY_TASK, &words.name, error));
    TRMI_TRY(read_alphabet(model, &words.alphabet, error));
    TRMI_TRY(read_number(model, TRMI_KEY_BLANK, &words.blank, error));
    TRMI_TRY(read_number(model, TRMI_KEY_KEEPS_GIVENS, &words.keeps_givens, error));
    TRMI_TRY(read_text(model, TRMI_KEY_RULES, &words.rules, error));
    TRMI_TRY(read_text(model, TRMI_KEY_SIZES, &words.sizes, error));
    return trmi_task_parse(&model->task, &words, error);
}
