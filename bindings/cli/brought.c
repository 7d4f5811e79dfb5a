#include "bindings/cli/brought.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool append(number_list *to, const void *numbers, size_t count)
{
    if (to->count + count > to->room) {
        const size_t room = 2 * (to->count + count);
        void *at = realloc(to->at, room * 4);
        if (at == NULL)
            return false;
        to->at = at;
        to->room = room;
    }
    if (count > 0)
        memcpy((char *)to->at + 4 * to->count, numbers, 4 * count);
    to->count += count;
    return true;
}

bool brought_fits(const brought *b, const trm_questions *question)
{
    if (b->questions == 0)
        return true;
    if (question->relation_count != b->relation_count)
        return false;
    for (size_t r = 0; r < b->relation_count; r++) {
        const brought_lists *l = &b->lists[r];
        if (strcmp(question->relations[r].name, l->name) != 0 || question->relations[r].lists != l->lists ||
            l->first.count + l->lists > UINT32_MAX ||
            l->heard.count + question->relations[r].heard_count > UINT32_MAX)
            return false;
    }
    return true;
}

/* The lists of a question behind those before it: offsets run on. */
static bool add_lists(brought_lists *to, trm_relation *relation, const trm_relation *from)
{
    const uint32_t before = (uint32_t)to->heard.count, zero = 0;
    if (to->first.count == 0 && !append(&to->first, &zero, 1))
        return false;
    for (uint32_t i = 1; i <= from->lists; i++) {
        const uint32_t offset = before + from->first[i];
        if (!append(&to->first, &offset, 1))
            return false;
    }
    if (!append(&to->heard, from->heard, (size_t)from->heard_count))
        return false;
    const trm_relation none = TRM_RELATION_INIT;
    *relation = none;
    relation->name = to->name;
    relation->first = to->first.at;
    relation->heard = to->heard.count > 0 ? to->heard.at : NULL;
    relation->heard_count = to->heard.count;
    relation->lists = (uint32_t)to->first.count - 1;
    return true;
}

bool brought_add(brought *b, const trm_questions *question, size_t nodes, size_t helpers, uint32_t features)
{
    uint64_t heard = 0;
    bool good = append(&b->helpers, question->helper_tokens, question->helper_tokens != NULL ? helpers : 0) &&
                append(&b->features, question->features, question->features != NULL ? nodes * features : 0);
    b->relation_count = question->relation_count;
    for (size_t r = 0; good && r < question->relation_count; r++) {
        const trm_relation *from = &question->relations[r];
        brought_lists *to = &b->lists[r];
        if (b->questions == 0)
            snprintf(to->name, sizeof to->name, "%s", from->name);
        to->lists = from->lists;
        good = add_lists(to, &b->relations[r], from);
        heard += from->heard_count;
    }
    b->questions += good;
    b->most_heard = heard > b->most_heard ? heard : b->most_heard;
    return good;
}

void brought_put(const brought *b, trm_questions *to)
{
    to->relations = b->relation_count > 0 ? b->relations : NULL;
    to->relation_count = b->relation_count;
    to->helper_tokens = b->helpers.count > 0 ? b->helpers.at : NULL;
    to->features = b->features.count > 0 ? b->features.at : NULL;
}

void brought_clear(brought *b)
{
    for (size_t r = 0; r < MOST_RELATIONS; r++)
        b->lists[r].first.count = b->lists[r].heard.count = 0;
    b->helpers.count = b->features.count = 0;
    b->questions = b->relation_count = 0;
    b->most_heard = 0;
}

void brought_free(brought *b)
{
    for (size_t r = 0; r < MOST_RELATIONS; r++) {
        free(b->lists[r].first.at);
        free(b->lists[r].heard.at);
    }
    free(b->helpers.at);
    free(b->features.at);
}
