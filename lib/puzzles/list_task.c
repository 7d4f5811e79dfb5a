/* What the readers of lists know of puzzles: which characters are cells, and how many there are. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/list.h"
#include "lib/puzzles/task_options.h"
#include "lib/task/task.h"

/* A character for each token, 0 for those without one. Families with an alphabet of their own need not say
   it. */
static uint32_t spell(char characters[TRMI_TASK_VOCABULARY], const trm_task *given, const trmi_family *family)
{
    const bool own = given->alphabet != NULL;
    const char *alphabet = own ? given->alphabet : family->alphabet;
    const uint32_t first = own ? given->alphabet_first : 1;
    size_t length = alphabet != NULL ? strlen(alphabet) : 0;
    if (first >= TRMI_TASK_VOCABULARY)
        return 0;
    if (length > TRMI_TASK_VOCABULARY - first)
        length = TRMI_TASK_VOCABULARY - first;
    memset(characters, 0, TRMI_TASK_VOCABULARY);
    if (length > 0)
        memcpy(characters + first, alphabet, length);
    return first + (uint32_t)length;
}

/* Tokens of the published code: 0 is padding; 1 a blank, then the values; of mazes the characters of the
   family. */
static void publish(trmi_list_task *to, const trmi_task *task)
{
    const trmi_family *family = task->family;
    const bool values = family->interchangeable && task->blank != TRMI_NO_TOKEN;
    uint32_t count = 1;
    if (values)
        to->published[count++] = task->characters[task->blank];
    for (uint32_t token = 0; values && token < task->vocabulary && count < 256; token++)
        if (task->characters[token] != 0 && (int32_t)token != task->blank)
            to->published[count++] = task->characters[token];
    for (const char *c = family->alphabet; to->path && *c != '\0'; c++)
        to->published[count++] = to->cell[(uint8_t)*c] ? *c : '\0';
    for (; !values && !to->path && count < task->vocabulary; count++)
        to->published[count] = task->characters[count];
    to->published_count = count;
}

trm_status trmi_list_task_read(trmi_list_task *to, const trm_task *given, trm_error *error)
{
    trm_task said = TRM_TASK_INIT;
    char characters[TRMI_TASK_VOCABULARY];
    bool exact;
    *to = (trmi_list_task) { .known = false };
    if (given == NULL)
        return TRM_OK;
    TRMI_TRY(trmi_read_struct(&said, sizeof said, given, offsetof(trm_task, grid_rows), "trm_task", error));
    trmi_task_words words = { .name = said.name, .blank = TRMI_UNSAID, .keeps_givens = TRMI_UNSAID };
    words.shape =
        (trmi_shape) { .rows = 1, .columns = 2, .fields = 1, .positions = 2 }; /* of any, no square */
    const trmi_family *family = trmi_family_of(said.name != NULL ? said.name : "", true, &exact);
    words.vocabulary = spell(characters, &said, family);
    words.alphabet = characters;
    trmi_task task;
    trm_status status = trmi_task_parse(&task, &words, error);
    if (status != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_task");
    for (size_t i = 0; i < sizeof to->cell / sizeof *to->cell; i++) {
        to->cell[i] = task.token[i] != TRMI_NO_TOKEN;
        to->known = to->known || to->cell[i];
    }
    to->rows = said.grid_rows;
    to->columns = said.grid_columns;
    to->box = family->has_boxes;
    to->path = family->kind == TRMI_PATH;
    publish(to, &task);
    return TRM_OK;
}
