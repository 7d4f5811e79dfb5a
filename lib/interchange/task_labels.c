/* Defaults are the family's, but a file that states what it means is right even where a reader knows other
   families. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/interchange/task_labels.h"
#include "lib/model/metadata.h"

static const trmi_metadata_entry *find(const trmi_labels *labels, const char *key, uint32_t type)
{
    for (uint32_t i = 0; i < labels->count; i++)
        if (strcmp(labels->entries[i].key, key) == 0 && labels->entries[i].type == type)
            return &labels->entries[i];
    return NULL;
}

static bool has(const trmi_labels *labels, const char *key)
{
    for (uint32_t i = 0; i < labels->count; i++)
        if (strcmp(labels->entries[i].key, key) == 0)
            return true;
    return false;
}

static trm_status add_integer(trmi_labels *labels, const char *key, uint64_t value, trm_error *error)
{
    return has(labels, key) ? TRM_OK : trmi_labels_integer(labels, key, value, error);
}

static trm_status add_text(trmi_labels *labels, const char *key, const char *text, trm_error *error)
{
    return has(labels, key) || *text == '\0' ? TRM_OK : trmi_labels_text(labels, key, text, error);
}

trm_status trmi_labels_add_symmetries(trmi_labels *labels, uint32_t symmetries, trm_error *error)
{
    char text[TRMI_SYMMETRIES_BYTES];
    trmi_symmetries_print(symmetries, text);
    return add_text(labels, TRMI_KEY_SYMMETRIES, text, error);
}

static trm_status add_task(trmi_labels *labels, const trmi_task *task, trm_error *error)
{
    char rules[TRMI_RULES_BYTES];
    if (!task->known)
        return TRM_OK;
    trmi_rules_print(&task->rules, rules);
    TRMI_TRY(add_integer(labels, TRMI_KEY_KEEPS_GIVENS, task->keeps_givens, error));
    if (task->blank != TRMI_NO_TOKEN)
        TRMI_TRY(add_integer(labels, TRMI_KEY_BLANK, (uint64_t)task->blank, error));
    TRMI_TRY(trmi_labels_add_symmetries(labels, task->symmetries, error));
    return add_text(labels, TRMI_KEY_RULES, rules, error);
}

static uint32_t integer_or(const trmi_labels *labels, const char *key, uint32_t missing)
{
    const trmi_metadata_entry *entry = find(labels, key, TRM_METADATA_INTEGER);
    return entry != NULL && entry->integer < UINT32_MAX ? (uint32_t)entry->integer : missing;
}

static const char *text_of(const trmi_labels *labels, const char *key)
{
    const trmi_metadata_entry *entry = find(labels, key, TRM_METADATA_TEXT);
    return entry != NULL ? entry->bytes : NULL;
}

trm_status trmi_labels_complete_task(trmi_labels *labels, const trmi_config *config, trm_error *error)
{
    trmi_task task;
    const trmi_metadata_entry *alphabet = find(labels, TRMI_KEY_ALPHABET, TRM_METADATA_BYTES);
    const trmi_task_words words = {
        .name = text_of(labels, TRMI_KEY_TASK),
        .alphabet = alphabet != NULL && alphabet->length == config->vocabulary ? alphabet->bytes : NULL,
        .vocabulary = config->vocabulary,
        .shape = trmi_config_shape(config),
        .first_value = config->first_value,
        .blank = integer_or(labels, TRMI_KEY_BLANK, TRMI_UNSAID),
        .keeps_givens = integer_or(labels, TRMI_KEY_KEEPS_GIVENS, TRMI_UNSAID),
        .symmetries = text_of(labels, TRMI_KEY_SYMMETRIES),
        .rules = text_of(labels, TRMI_KEY_RULES),
    };
    if (words.name == NULL)
        return TRM_OK;
    TRMI_TRY(trmi_task_parse(&task, &words, error));
    return add_task(labels, &task, error);
}
