/* Metadata task.rules: read once, when a model is opened. */
#include "lib/task/rules.h"

#include <string.h>

#include "lib/core/error.h"

/* As trmi_rule_kind counts. */
static const char *const words[] = {
    "complete", "different", "path", "less", "any", "route", "way", "apart"
};
enum { KINDS = sizeof words / sizeof *words };

/* Where the text is read. */
typedef struct cursor {
    const char *text, *at;
    trm_error *error;
} cursor;

static trm_status fail_here(const cursor *c, const char *expected)
{
    return trmi_fail(c->error, TRM_ERROR_FORMAT,
                     "metadata task.rules: expected %s at character %zu, found \"%.40s\"", expected,
                     (size_t)(c->at - c->text) + 1, c->at);
}

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The next name, up to `most` bytes with its zero, cut off behind. */
static trm_status take_name(cursor *c, char *name, size_t most, const char *expected)
{
    size_t length = 0;
    while (is_of_name(c->at[length]))
        length++;
    if (length == 0 || length >= most)
        return fail_here(c, expected);
    memcpy(name, c->at, length);
    name[length] = '\0';
    c->at += length;
    return TRM_OK;
}

static trm_status add_rule(const cursor *c, trmi_rules *rules, uint32_t kind, const char *relation)
{
    if (rules->count == TRMI_RULES)
        return fail_here(c, "at most 16 rules before the text");
    trmi_rule *rule = &rules->rule[rules->count++];
    rule->kind = kind;
    memcpy(rule->relation, relation, strlen(relation) + 1);
    return TRM_OK;
}

/* =NAME,NAME... */
static trm_status take_relations(cursor *c, trmi_rules *rules, uint32_t kind)
{
    char name[TRMI_RELATION_NAME_BYTES];
    trm_status status = TRM_OK;
    do {
        c->at++;
        status =
            take_name(c, name, sizeof name, "the name of a relation, of lower-case letters, digits and _,");
        if (status == TRM_OK)
            status = add_rule(c, rules, kind, name);
    } while (status == TRM_OK && *c->at == ',');
    return status;
}

/* A rule of a later version, up to the next space. */
static void skip_rule(cursor *c, trmi_rules *rules)
{
    rules->unknown = true;
    while (*c->at != '\0' && *c->at != ' ')
        c->at++;
}

static trm_status take_rule(cursor *c, trmi_rules *rules)
{
    char word[TRMI_RELATION_NAME_BYTES];
    trm_status status = take_name(c, word, sizeof word, "the name of a rule");
    uint32_t kind = 0;
    while (kind < KINDS && strcmp(words[kind], word) != 0)
        kind++;
    if (status != TRM_OK)
        return status;
    if (kind == KINDS) {
        skip_rule(c, rules);
        return TRM_OK;
    }
    if (kind == TRMI_RULE_PATH)
        return add_rule(c, rules, kind, "");
    return *c->at == '=' ? take_relations(c, rules, kind) : fail_here(c, "'=' and names of relations");
}

trm_status trmi_rules_parse(const char *text, trmi_rules *rules, trm_error *error)
{
    cursor c = { text, text, error };
    *rules = (trmi_rules) { 0 };
    if (strcmp(text, "none") == 0)
        return TRM_OK;
    trm_status status = take_rule(&c, rules);
    while (status == TRM_OK && *c.at != '\0') {
        if (*c.at++ != ' ') {
            c.at--;
            return fail_here(&c, "a space");
        }
        status = take_rule(&c, rules);
    }
    return status;
}

/* -- writing -- */

static size_t put(char *text, size_t used, const char *word)
{
    const size_t length = strlen(word);
    memcpy(text + used, word, length + 1);
    return used + length;
}

size_t trmi_rules_print(const trmi_rules *rules, char text[TRMI_RULES_BYTES])
{
    size_t used = put(text, 0, rules->unknown || rules->count > 0 ? "" : "none");
    for (uint32_t i = 0; i < rules->count && !rules->unknown; i++) {
        const trmi_rule *rule = &rules->rule[i];
        if (i > 0 && rule->kind == rule[-1].kind && rule->kind != TRMI_RULE_PATH) {
            used = put(text, used, ",");
        } else {
            used = put(text, used, i > 0 ? " " : "");
            used = put(text, used, words[rule->kind]);
            used = put(text, used, rule->kind != TRMI_RULE_PATH ? "=" : "");
        }
        used = put(text, used, rule->relation);
    }
    return used;
}
