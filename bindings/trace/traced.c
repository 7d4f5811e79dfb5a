#include "bindings/trace/traced.h"

#include <stdlib.h>

void trace_free(traced *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->relation_count; i++) {
        free(t->relations[i].name);
        free(t->relations[i].first);
        free(t->relations[i].heard);
    }
    free(t->model);
    free(t->question);
    free(t->answer.text);
    free(t->relations);
    free(t->runs);
    free(t->pins);
    free(t->steps);
    free(t->texts);
    free(t->probabilities);
    free(t);
}

size_t traced_answering(const traced *t)
{
    for (size_t i = 0; t->answer.has_run && i < t->run_count; i++)
        if (t->runs[i].run == t->answer.run)
            return i;
    return 0;
}
