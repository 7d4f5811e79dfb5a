/* One table of the keys that describe a model, for reading and for writing. */
#include "lib/model/metadata.h"

#include <stddef.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/model/kind.h"

typedef enum field_kind {
    FIELD_NUMBER,   /* uint32_t, an integer in the file */
    FIELD_FLAG,     /* bool, an integer 0 or 1 */
    FIELD_REAL,     /* double */
    FIELD_NAME,     /* an enumeration, text */
    FIELD_RELATIONS /* trmi_relations, text */
} field_kind;

typedef enum field_presence {
    ALWAYS_THERE,
    MAY_BE_MISSING,
    LEFT_OUT /* not written when missing */
} field_presence;

typedef struct field {
    const char *key;
    unsigned kind : 4, offset : 24, presence : 4; /* field_kind, in trmi_config, field_presence */
    double missing;                               /* its value when the key is not there */
} field;

#define AT(member) offsetof(trmi_config, member)
static const field fields[] = {
    { "model.architecture", FIELD_NAME, AT(architecture), ALWAYS_THERE, 0 },
    { "model.block", FIELD_NAME, AT(block), ALWAYS_THERE, 0 },
    { "model.position_encoding", FIELD_NAME, AT(position_encoding), ALWAYS_THERE, 0 },
    { "model.gate", FIELD_NAME, AT(gate), ALWAYS_THERE, 0 },
    { "model.likelihood", FIELD_NAME, AT(likelihood), ALWAYS_THERE, 0 },
    { "model.channels", FIELD_NUMBER, AT(channels), ALWAYS_THERE, 0 },
    { "model.positions", FIELD_NUMBER, AT(positions), ALWAYS_THERE, 0 },
    { "model.prefix", FIELD_NUMBER, AT(prefix), ALWAYS_THERE, 0 },
    { "model.vocabulary", FIELD_NUMBER, AT(vocabulary), ALWAYS_THERE, 0 },
    { "model.identifiers", FIELD_NUMBER, AT(identifiers), MAY_BE_MISSING, 0 },
    { "model.puzzle_width", FIELD_NUMBER, AT(puzzle_width), MAY_BE_MISSING, 0 },
    { "model.registers", FIELD_FLAG, AT(registers), MAY_BE_MISSING, 0 },
    { "model.head_bias", FIELD_FLAG, AT(head_bias), MAY_BE_MISSING, 0 },
    { "model.blocks", FIELD_NUMBER, AT(blocks), ALWAYS_THERE, 0 },
    { "model.high_blocks", FIELD_NUMBER, AT(high_blocks), MAY_BE_MISSING, 0 },
    { "model.heads", FIELD_NUMBER, AT(heads), MAY_BE_MISSING, 0 },
    { "model.token_hidden", FIELD_NUMBER, AT(token_hidden), MAY_BE_MISSING, 0 },
    { "model.channel_hidden", FIELD_NUMBER, AT(channel_hidden), ALWAYS_THERE, 0 },
    { "model.cycles", FIELD_NUMBER, AT(cycles), ALWAYS_THERE, 0 },
    { "model.updates", FIELD_NUMBER, AT(updates), ALWAYS_THERE, 0 },
    { "model.maximum_steps", FIELD_NUMBER, AT(maximum_steps), MAY_BE_MISSING, 16 },
    { "model.rotary_base", FIELD_REAL, AT(rotary_base), MAY_BE_MISSING, 10000.0 },
    { "model.norm_epsilon", FIELD_REAL, AT(norm_epsilon), MAY_BE_MISSING, 1e-5 },
    { "task.grid_rows", FIELD_NUMBER, AT(grid_rows), MAY_BE_MISSING, 0 },
    { "task.grid_columns", FIELD_NUMBER, AT(grid_columns), MAY_BE_MISSING, 0 },
    { "task.box_rows", FIELD_NUMBER, AT(box_rows), LEFT_OUT, 0 },
    { "task.box_columns", FIELD_NUMBER, AT(box_columns), LEFT_OUT, 0 },
    { "model.fields", FIELD_NUMBER, AT(fields), LEFT_OUT, 1 },
    { "model.first_value", FIELD_NUMBER, AT(first_value), LEFT_OUT, 0 },
    { "model.helper_tokens", FIELD_NUMBER, AT(helper_tokens), LEFT_OUT, 0 },
    { "model.features", FIELD_NUMBER, AT(features), LEFT_OUT, 0 },
    { "model.halting", FIELD_NAME, AT(halting), LEFT_OUT, TRMI_HALTING_LOGIT },
    { "model.cell_confidence", FIELD_FLAG, AT(cell_confidence), LEFT_OUT, 0 },
    { "model.start_noise", FIELD_REAL, AT(start_noise), LEFT_OUT, 0 },
    { TRMI_KEY_THRESHOLD, FIELD_REAL, AT(halt_threshold), LEFT_OUT, 0 },
    { "model.relations", FIELD_RELATIONS, AT(relations), LEFT_OUT, 0 },
    { "shape.least_rows", FIELD_NUMBER, AT(bounds.least_rows), LEFT_OUT, 0 },
    { "shape.most_rows", FIELD_NUMBER, AT(bounds.most_rows), LEFT_OUT, 0 },
    { "shape.least_columns", FIELD_NUMBER, AT(bounds.least_columns), LEFT_OUT, 0 },
    { "shape.most_columns", FIELD_NUMBER, AT(bounds.most_columns), LEFT_OUT, 0 },
    { "shape.least_fields", FIELD_NUMBER, AT(bounds.least_fields), LEFT_OUT, 0 },
    { "shape.most_fields", FIELD_NUMBER, AT(bounds.most_fields), LEFT_OUT, 0 },
    { "shape.most_positions", FIELD_NUMBER, AT(bounds.most_positions), LEFT_OUT, 0 },
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

static const struct {
    const char *kind;
    uint32_t value;
    const char *name;
} names[] = {
    { "model.architecture", TRM_ARCHITECTURE_TRM, "trm" },
    { "model.architecture", TRM_ARCHITECTURE_HRM, "hrm" },
    { "model.position_encoding", TRM_POSITION_NONE, "none" },
    { "model.position_encoding", TRM_POSITION_LEARNED, "learned" },
    { "model.position_encoding", TRM_POSITION_ROTARY, "rotary" },
    { "model.gate", TRM_GATE_PLAIN, "plain" },
    { "model.gate", TRM_GATE_NORMED, "normed" },
    { "model.likelihood", TRM_LIKELIHOOD_SOFTMAX, "softmax" },
    { "model.likelihood", TRM_LIKELIHOOD_STABLEMAX, "stablemax" },
    { "model.halting", TRMI_HALTING_LOGIT, "logit" },
    { "model.halting", TRMI_HALTING_SOFTMIN, "softmin" },
    { "model.halting", TRMI_HALTING_PRODUCT, "product" },
    { "model.halting", TRMI_HALTING_DIFFERENCE, "difference" },
};
enum { NAME_COUNT = sizeof names / sizeof *names };

static bool is_block_key(const char *key)
{
    return strcmp(key, "model.block") == 0;
}

const char *trmi_enum_name(const char *kind, uint32_t value)
{
    if (is_block_key(kind))
        return trmi_kind_of(value) != NULL ? trmi_kind_of(value)->name : NULL;
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcmp(names[i].kind, kind) == 0 && names[i].value == value)
            return names[i].name;
    return NULL;
}

uint32_t trmi_enum_value(const char *kind, const char *name)
{
    if (is_block_key(kind))
        return trmi_kind_named(name) != NULL ? trmi_kind_named(name)->block : 0;
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
                                      TRM_METADATA_TEXT, TRM_METADATA_TEXT };
    static const char *const type_names[] = { "an integer", "an integer", "a real number", "text", "text" };
    if (entry->type != types[f->kind])
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: expected %s, found type %u", f->key,
                         type_names[f->kind], (unsigned)entry->type);
    if (f->kind == FIELD_NAME)
        return read_name(config, f, entry, error);
    if (f->kind == FIELD_RELATIONS)
        return trmi_relations_parse(entry->bytes, entry->length, &config->relations, error);
    if (f->kind != FIELD_REAL)
        return read_integer(config, f, entry, error);
    memcpy((char *)config + f->offset, &entry->real, sizeof entry->real);
    return TRM_OK;
}

static trm_status read_missing(trmi_config *config, const field *f, trm_error *error)
{
    if (f->presence == ALWAYS_THERE)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "metadata %s: expected in every model, found nowhere in the file", f->key);
    if (f->kind == FIELD_REAL)
        memcpy((char *)config + f->offset, &f->missing, sizeof f->missing);
    else if (f->kind == FIELD_RELATIONS)
        config->relations.count = 0;
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

/* Fills what is written of a field; false where the key is left out. `text` takes the relations. */
static bool write_field(const trmi_config *config, const field *f, trmi_metadata_entry *entry,
                        char text[TRMI_RELATIONS_BYTES])
{
    *entry = (trmi_metadata_entry) { .key = f->key, .type = TRM_METADATA_INTEGER };
    if (f->kind == FIELD_REAL) {
        entry->type = TRM_METADATA_REAL;
        memcpy(&entry->real, (const char *)config + f->offset, sizeof entry->real);
        return f->presence != LEFT_OUT || entry->real != f->missing;
    }
    if (f->kind == FIELD_RELATIONS) {
        entry->type = TRM_METADATA_TEXT;
        entry->bytes = text;
        entry->length = (uint32_t)trmi_relations_print(&config->relations, text);
        return config->relations.count > 0;
    }
    entry->integer = load_number(config, f);
    const bool written = f->presence != LEFT_OUT || entry->integer != (uint64_t)f->missing;
    if (f->kind == FIELD_NAME) {
        entry->type = TRM_METADATA_TEXT;
        entry->bytes = trmi_enum_name(f->key, (uint32_t)entry->integer);
        entry->length = (uint32_t)strlen(entry->bytes);
    }
    return written;
}

trm_status trmi_config_write(const trmi_config *config, char text[TRMI_RELATIONS_BYTES],
                             trmi_metadata_visit *visit, void *user, trm_error *error)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        trmi_metadata_entry entry;
        if (write_field(config, &fields[i], &entry, text))
            TRMI_TRY(visit(user, &entry, error));
    }
    return TRM_OK;
}
