/* Rules: what a right answer is, for those tasks of which it can be said. Metadata task.rules names them. */
#ifndef TRMI_TASK_RULES_H
#define TRMI_TASK_RULES_H

#include "lib/task/relations.h"

enum {
    TRMI_RULES = 16,       /* of a task, each relation of a rule counted */
    TRMI_RULES_BYTES = 768 /* of their text, with its zero */
};

typedef enum trmi_rule_kind {
    TRMI_RULE_COMPLETE,  /* each list of the relation has each value once */
    TRMI_RULE_DIFFERENT, /* who hears whom has another value */
    TRMI_RULE_PATH,      /* a shortest way, or rightly none */
    TRMI_RULE_LESS,      /* who hears whom has a smaller value */
    TRMI_RULE_ANY,       /* of the nodes that each helper hears, the answer has one at least */
    TRMI_RULE_ROUTE,     /* a shortest way along who hears whom, or rightly none */
    TRMI_RULE_WAY,       /* of helpers that follow one another and hear the same positions, one hears the
                            answer's values */
    TRMI_RULE_APART      /* of two nodes at different positions, one of which hears the other, the answer has
                            one at most */
} trmi_rule_kind;

/* Whether its relation is over nodes: each value of a position is one. */
static inline bool trmi_rule_is_of_nodes(uint32_t kind)
{
    return kind == TRMI_RULE_ANY || kind == TRMI_RULE_WAY || kind == TRMI_RULE_APART;
}

typedef struct trmi_rule {
    uint32_t kind;
    char relation[TRMI_RELATION_NAME_BYTES]; /* "" for a path */
} trmi_rule;

typedef struct trmi_rules {
    uint32_t count;
    bool unknown; /* the text has a rule of a later version: nothing can be verified */
    trmi_rule rule[TRMI_RULES];
} trmi_rules;

/* Reads "none", or words with one space between: complete=NAME,NAME..., the same with different, less,
 * any, route, way and apart, and path. TRM_ERROR_FORMAT; the sentence names the character. */
TRMI_EXPORT trm_status trmi_rules_parse(const char *text, trmi_rules *rules, trm_error *error);

/* The text that trmi_rules_parse() reads, "none" for no rules; "" for rules of a later version. Returns
 * its length. */
TRMI_EXPORT size_t trmi_rules_print(const trmi_rules *rules, char text[TRMI_RULES_BYTES]);

#endif
