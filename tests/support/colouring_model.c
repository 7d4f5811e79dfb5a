#include "tests/support/colouring_model.h"

trm_init_options colouring_options(const trm_relation_info *relations, size_t count)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.block = TRM_BLOCK_RELATIONAL;
    options.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    options.gate = TRM_GATE_NORMED;
    options.prefix = 0;
    options.vocabulary = 1 + COLOURS;
    options.fields = COLOURS;
    options.first_value = 1;
    options.task = "colouring";
    options.alphabet = ".123";
    options.relations = relations;
    options.relation_count = count;
    return options;
}
