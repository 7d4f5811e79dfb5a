/* One table of the keys that describe a model, for reading and for writing. */
#include "lib/model/metadata.h"

#include <stddef.h>
#include <string.h>

#include "lib/core/error.h"

typedef enum field_kind {
    FIELD_NUMBER, /* uint32_t, an integer in the file */
    FIELD_FLAG,   /* bool, an integer 0 or 1 */
    FIELD_REAL,   /* double */
    FIELD_NAME    /* an enumeration, text */
} field_kind;

typedef struct field {
    const char *key;
    field_kind kind;
    size_t offset;
    bool required;
    double missing; /* its value when the key is not there */
} field;

#define AT(member) offsetof(trmi_config, member)
static const field fields[] = {
    { "model.architecture", FIELD_NAME, AT(architecture), true, 0 },
    { "model.block", FIELD_NAME, AT(block), true, 0 },
    { "model.position_encoding", FIELD_NAME, AT(position_encoding), true, 0 },
    { "model.gate", FIELD_NAME, AT(gate), true, 0 },
    { "model.likelihood", FIELD_NAME, AT(likelihood), true, 0 },
    { "model.channels", FIELD_NUMBER, AT(channels), true, 0 },
    { "model.positions", FIELD_NUMBER, AT(positions), true, 0 },
    { "model.prefix", FIELD_NUMBER, AT(prefix), true, 0 },
    { "model.vocabulary", FIELD_NUMBER, AT(vocabulary), true, 0 },
    { "model.identifiers", FIELD_NUMBER, AT(identifiers), false, 0 },
    { "model.puzzle_width", FIELD_NUMBER, AT(puzzle_width), false, 0 },
    { "model.registers", FIELD_FLAG, AT(registers), false, 0 },
    { "model.head_bias", FIELD_FLAG, AT(head_bias), false, 0 },
    { "model.blocks", FIELD_NUMBER, AT(blocks), true, 0 },
    { "model.high_blocks", FIELD_NUMBER, AT(high_blocks), false, 0 },
    { "model.heads", FIELD_NUMBER, AT(heads), false, 0 },
    { "model.token_hidden", FIELD_NUMBER, AT(token_hidden), false, 0 },
    { "model.channel_hidden", FIELD_NUMBER, AT(channel_hidden), true, 0 },
    { "model.cycles", FIELD_NUMBER, AT(cycles), true, 0 },
    { "model.updates", FIELD_NUMBER, AT(updates), true, 0 },
    { "model.maximum_steps", FIELD_NUMBER, AT(maximum_steps), false, 16 },
    { "model.rotary_base", FIELD_REAL, AT(rotary_base), false, 10000.0 },
    { "model.norm_epsilon", FIELD_REAL, AT(norm_epsilon), false, 1e-5 },
    { "task.grid_rows", FIELD_NUMBER, AT(grid_rows), false, 0 },
    { "task.grid_columns", FIELD_NUMBER, AT(grid_columns), false, 0 },
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

static const struct {
    const char *kind;
    uint32_t value;
    const char *name;
} names[] = {
    { "model.architecture", TRM_ARCHITECTURE_TRM, "trm" },
    { "model.architecture", TRM_ARCHITECTURE_HRM, "hrm" },
    { "model.block", TRM_BLOCK_MIXER, "mixer" },
    { "model.block", TRM_BLOCK_ATTENTION, "attention" },
    { "model.position_encoding", TRM_POSITION_NONE, "none" },
    { "model.position_encoding", TRM_POSITION_LEARNED, "learned" },
    { "model.position_encoding", TRM_POSITION_ROTARY, "rotary" },
    { "model.gate", TRM_GATE_PLAIN, "plain" },
    { "model.gate", TRM_GATE_NORMED, "normed" },
    { "model.likelihood", TRM_LIKELIHOOD_SOFTMAX, "softmax" },
    { "model.likelihood", TRM_LIKELIHOOD_STABLEMAX, "stablemax" },
};
enum { NAME_COUNT = sizeof names / sizeof *names };

const char *trmi_enum_name(const char *kind, uint32_t value)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcmp(names[i].kind, kind) == 0 && names[i].value == value)
            return names[i].name;
    return NULL;
}

uint32_t trmi_enum_value(const char *kind, const char *name)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcmp(names[i].kind, kind) == 0 && strcmp(names[i].name, name) == 0)
            return names[i].value;
    return 0;
}

/* Enumerations are stored as the integers they are. */
static void store_number(trmi_config *config, const field *f, uint32_t value)
{
    char *at = (char *)config + f->offset;
    const bool flag = value != 0;
    if (f->kind == FIELD_FLAG)
        memcpy(at, &flag, sizeof flag);
    else
        memcpy(at, &value, sizeof value);
}

static uint32_t load_number(const trmi_config *config, const field *f)
{
    const char *at = (const char *)config + f->offset;
    uint32_t value;
    bool flag;
    if (f->kind == FIELD_FLAG) {
        memcpy(&flag, at, sizeof flag);
        return flag;
    }
    memcpy(&value, at, sizeof value);
    return value;
}

static trm_status read_name(trmi_config *config, const field *f, const trmi_metadata_entry *entry,
                            trm_error *error)
{
    const uint32_t value = trmi_enum_value(f->key, entry->bytes);
    if (value == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: expected a name that this version knows, found \"%.40s\"", f->key,
                         entry->bytes);
    store_number(config, f, value);
    return TRM_OK;
}

static trm_status read_integer(trmi_config *config, const field *f, const trmi_metadata_entry *entry,
                               trm_error *error)
{
    const uint32_t most = f->kind == FIELD_FLAG ? 1 : UINT32_MAX;
    if (entry->integer > most)
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: expected at most %u, found %llu", f->key,
                         (unsigned)most, (unsigned long long)entry->integer);
    store_number(config, f, (uint32_t)entry->integer);
    return TRM_OK;
}

static trm_status read_field(trmi_config *config, const field *f, const trmi_metadata_entry *entry,
                             trm_error *error)
{
    static const uint32_t types[] = { TRM_METADATA_INTEGER, TRM_METADATA_INTEGER, TRM_METADATA_REAL,
                                      TRM_METADATA_TEXT };
    static const char *const type_names[] = { "an integer", "an integer", "a real number", "text" };
    if (entry->type != types[f->kind])
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: expected %s, found type %u", f->key,
                         type_names[f->kind], (unsigned)entry->type);
    if (f->kind == FIELD_NAME)
        return read_name(config, f, entry, error);
    if (f->kind != FIELD_REAL)
        return read_integer(config, f, entry, error);
    memcpy((char *)config + f->offset, &entry->real, sizeof entry->real);
    return TRM_OK;
}

static trm_status read_missing(trmi_config *config, const field *f, trm_error *error)
{
    if (f->required)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: expected in every model, found nowhere in the file", f->key);
    if (f->kind == FIELD_REAL)
        memcpy((char *)config + f->offset, &f->missing, sizeof f->missing);
    else
        store_number(config, f, (uint32_t)f->missing);
    return TRM_OK;
}

trm_status trmi_config_read(trmi_config *config, const trmi_container *container, trm_error *error)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const trmi_metadata_entry *entry = trmi_container_metadata(container, fields[i].key);
        const trm_status status = entry != NULL ? read_field(config, &fields[i], entry, error)
                                                : read_missing(config, &fields[i], error);
        if (status != TRM_OK)
            return status;
    }
    const trm_status status = trmi_config_check(config, error);
    return status == TRM_OK ? TRM_OK : trmi_fail_within(error, status, "metadata");
}

trm_status trmi_config_write(const trmi_config *config, trmi_metadata_visit *visit, void *user,
                             trm_error *error)
{
    trm_status status = TRM_OK;
    for (size_t i = 0; status == TRM_OK && i < FIELD_COUNT; i++) {
        const field *f = &fields[i];
        trmi_metadata_entry entry = { .key = f->key, .type = TRM_METADATA_INTEGER };
        if (f->kind == FIELD_REAL) {
            entry.type = TRM_METADATA_REAL;
            memcpy(&entry.real, (const char *)config + f->offset, sizeof entry.real);
        } else {
            entry.integer = load_number(config, f);
        }
        if (f->kind == FIELD_NAME) {
            entry.type = TRM_METADATA_TEXT;
            entry.bytes = trmi_enum_name(f->key, (uint32_t)entry.integer);
            entry.length = (uint32_t)strlen(entry.bytes);
        }
        status = visit(user, &entry, error);
    }
    return status;
}
