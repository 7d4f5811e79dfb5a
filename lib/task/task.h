/* A task: what the questions of a model or of a set of puzzles are about. Worked out once, from what is said
   of it. */
#ifndef TRMI_TASK_TASK_H
#define TRMI_TASK_TASK_H

#include <stddef.h>

#include "lib/core/export.h"
#include "lib/task/family.h"
#include "lib/task/rules.h"
#include "lib/task/sizes.h"

enum {
    TRMI_NO_TOKEN = -1,
    TRMI_SYMMETRIES_BYTES = 64, /* of the text of all symmetries, with its zero */
};

typedef struct trmi_task {
    const char *name;          /* "" for none */
    const trmi_family *family; /* NULL in a prepared model: who answers questions asks the numbers below */
    const char *characters;    /* vocabulary bytes, 0 for a token without one; NULL: no alphabet */
    trmi_shape shape;          /* the model's own, or every puzzle's of a set */
    uint32_t vocabulary;
    bool known; /* by a name of the family, and with its characters: then rules and symmetries are the
                  family's */
    bool values_of_side; /* as many values as rows */
    int32_t token[256];  /* of each character, or TRMI_NO_TOKEN */
    int32_t blank;       /* the token of what is to be filled in, or TRMI_NO_TOKEN where nobody knows */
    bool keeps_givens;   /* whatever else a question has is in its answer */
    uint32_t first_value, values; /* the tokens of interchangeable values; values 0: there are none */
    uint32_t symmetries;          /* a set of trmi_symmetry_name */
    trmi_sizes sizes;
    trmi_rules rules;
} trmi_task;

/* From its shape on it is numbers alone, in the same places on every machine. */
enum {
    TRMI_TASK_NUMBERS_AT = offsetof(trmi_task, shape),
    TRMI_TASK_NUMBERS = offsetof(trmi_task, rules) + sizeof(trmi_rules) - TRMI_TASK_NUMBERS_AT
};

/* What is said of a task, in a file's metadata or by a caller. The text is borrowed by the task. */
typedef struct trmi_task_words {
    const char *name;     /* or NULL */
    const char *alphabet; /* vocabulary bytes, or NULL */
    uint32_t vocabulary;
    trmi_shape shape;                       /* boxes 0: the family's own */
    uint32_t first_value;                   /* of shape.fields values, where these are more than 1 */
    uint32_t blank;                         /* a token, vocabulary for none; TRMI_UNSAID */
    uint32_t keeps_givens;                  /* 0, 1; TRMI_UNSAID */
    const char *symmetries, *rules, *sizes; /* or NULL */
} trmi_task_words;
#define TRMI_UNSAID UINT32_MAX

/* Works a task out; what is not said is as the family has it. The shape's boxes are filled in where the
 * family has some. TRM_ERROR_FORMAT for what contradicts itself, in terms of metadata. */
TRMI_EXPORT trm_status trmi_task_parse(trmi_task *task, const trmi_task_words *words, trm_error *error);

/* Whether a token of a question has to be in the answer. */
static inline bool trmi_task_gives(const trmi_task *task, int32_t token)
{
    return task->keeps_givens && task->blank != TRMI_NO_TOKEN && token != task->blank;
}

/* The names of a set of symmetries, with spaces between; "" for none. Returns the length. */
TRMI_EXPORT size_t trmi_symmetries_print(uint32_t symmetries, char text[TRMI_SYMMETRIES_BYTES]);

#endif
