/* Metadata model.relations: read once, when a model is opened, and written when one is made. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/task/named_relations.h"
#include "lib/task/relations.h"

static const char *const sources[] = { "shape", "file", "question" };
static const char *const levels[] = { "nodes", "positions", "fields" };
static const char *const aggregates[] = { NULL, "sum", "max", "sum+max", "node" };
enum { SOURCES = 3, LEVELS = 3, AGGREGATES = 5, MOST_SHOWN = 40 };

/* Where the text is read. */
typedef struct cursor {
    const char *text;
    size_t length, at;
    trm_error *error;
} cursor;

/* Shows what stands at the cursor, up to the next space. */
static trm_status fail_here(const cursor *c, const char *expected)
{
    size_t shown = 0;
    while (c->at + shown < c->length && c->text[c->at + shown] != ' ' && shown < MOST_SHOWN)
        shown++;
    return trmi_fail(c->error, TRM_ERROR_FORMAT, "relations: expected %s at character %zu, found \"%.*s\"",
                     expected, c->at + 1, (int)shown, c->text + c->at);
}

static trm_status take_character(cursor *c, char wanted, const char *expected)
{
    if (c->at == c->length || c->text[c->at] != wanted)
        return fail_here(c, expected);
    c->at++;
    return TRM_OK;
}

/* The word that comes next, as its place in `words`; it ends at `end` or with the text. */
static trm_status take_word(cursor *c, const char *const *words, uint32_t count, char end,
                            const char *expected, uint32_t *place)
{
    size_t length = 0;
    while (c->at + length < c->length && c->text[c->at + length] != end)
        length++;
    for (*place = 0; *place < count; (*place)++)
        if (words[*place] != NULL && strlen(words[*place]) == length &&
            memcmp(words[*place], c->text + c->at, length) == 0) {
            c->at += length;
            return TRM_OK;
        }
    return fail_here(c, expected);
}

static bool is_plain_name(const char *name)
{
    if (*name < 'a' || *name > 'z')
        return false;
    while ((*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9') || *name == '_')
        name++;
    return *name == '\0';
}

static trm_status take_name(cursor *c, const trmi_relations *before, trmi_relation *relation)
{
    size_t length = 0;
    while (c->at + length < c->length && c->text[c->at + length] != '=' && c->text[c->at + length] != ' ')
        length++;
    if (length >= TRMI_RELATION_NAME_BYTES)
        return fail_here(c, "a name of at most 31 bytes");
    memset(relation->name, 0, sizeof relation->name);
    memcpy(relation->name, c->text + c->at, length);
    if (strlen(relation->name) != length ||
        (!is_plain_name(relation->name) && !trmi_named_relation_is_offset(relation->name)))
        return fail_here(c, "a name of lower-case letters, digits and _, or offset(rows,columns),");
    for (uint32_t i = 0; i < before->count; i++)
        if (strcmp(before->relation[i].name, relation->name) == 0)
            return fail_here(c, "each relation once");
    c->at += length;
    return take_character(c, '=', "'=' behind the relation's name");
}

/* What the shape gives has a meaning, and its level with it. */
static trm_status check_named(const cursor *c, size_t begin, const trmi_relation *relation)
{
    uint32_t level;
    bool single;
    const cursor name = { c->text, c->length, begin, c->error };
    if (relation->source != TRMI_RELATION_SHAPE)
        return trmi_named_relation_is_offset(relation->name) ? fail_here(&name, "source shape for an offset")
                                                             : TRM_OK;
    if (!trmi_named_relation_find(relation->name, &level, &single))
        return fail_here(&name, "the name of a relation that a shape has");
    if (relation->level != level)
        return fail_here(&name, level == TRMI_LEVEL_FIELDS ? "level fields" : "level positions");
    return relation->aggregates == TRMI_AGGREGATE_NODE && !single
               ? fail_here(&name, "sum, max or sum+max, as its lists have several,")
               : TRM_OK;
}

static trm_status take_relation(cursor *c, trmi_relations *relations)
{
    trmi_relation *relation = &relations->relation[relations->count];
    const size_t begin = c->at;
    TRMI_TRY(take_name(c, relations, relation));
    TRMI_TRY(
        take_word(c, sources, SOURCES, '/', "a source (shape, file, question) and '/'", &relation->source));
    TRMI_TRY(take_character(c, '/', "'/' behind the source"));
    TRMI_TRY(
        take_word(c, levels, LEVELS, '/', "a level (nodes, positions, fields) and '/'", &relation->level));
    TRMI_TRY(take_character(c, '/', "'/' behind the level"));
    TRMI_TRY(take_word(c, aggregates, AGGREGATES, ' ', "sum, max, sum+max or node", &relation->aggregates));
    TRMI_TRY(check_named(c, begin, relation));
    relations->count++;
    return TRM_OK;
}

trm_status trmi_relations_parse(const char *text, size_t length, trmi_relations *relations, trm_error *error)
{
    cursor c = { text, length, 0, error };
    relations->count = 0;
    trm_status status = take_relation(&c, relations);
    while (status == TRM_OK && c.at < c.length) {
        status = take_character(&c, ' ', "a space");
        if (status == TRM_OK && relations->count == TRMI_RELATIONS)
            status = fail_here(&c, "at most 32 relations");
        if (status == TRM_OK)
            status = take_relation(&c, relations);
    }
    return status;
}

/* -- writing -- */

static char *put(char *at, const char *word, char end)
{
    const size_t length = strlen(word);
    memcpy(at, word, length);
    at[length] = end;
    return at + length + 1;
}

size_t trmi_relations_print(const trmi_relations *relations, char text[TRMI_RELATIONS_BYTES])
{
    char *at = text;
    for (uint32_t i = 0; i < relations->count; i++) {
        const trmi_relation *r = &relations->relation[i];
        at = put(at, r->name, '=');
        at = put(at, sources[r->source], '/');
        at = put(at, levels[r->level], '/');
        at = put(at, aggregates[r->aggregates], i + 1 < relations->count ? ' ' : '\0');
    }
    *text = relations->count > 0 ? *text : '\0';
    return strlen(text);
}
