#include "bindings/cli/shape.h"

const choice block_choices[] = {
    { "mixer", TRM_BLOCK_MIXER },
    { "attention", TRM_BLOCK_ATTENTION },
    { NULL, 0 },
};
const choice gate_choices[] = {
    { "plain", TRM_GATE_PLAIN },
    { "normed", TRM_GATE_NORMED },
    { NULL, 0 },
};
const choice position_choices[] = {
    { "none", TRM_POSITION_NONE },
    { "learned", TRM_POSITION_LEARNED },
    { "rotary", TRM_POSITION_ROTARY },
    { NULL, 0 },
};
const choice likelihood_choices[] = {
    { "softmax", TRM_LIKELIHOOD_SOFTMAX },
    { "stablemax", TRM_LIKELIHOOD_STABLEMAX },
    { NULL, 0 },
};

void shape_apply(const model_shape *shape, trm_init_options *to)
{
    to->block = shape->block;
    to->gate = shape->gate;
    to->position_encoding = shape->position_encoding;
    to->likelihood = shape->likelihood;
    to->channels = (uint32_t)shape->channels;
    to->prefix = (uint32_t)shape->prefix;
    to->blocks = (uint32_t)shape->blocks;
    to->heads = (uint32_t)shape->heads;
    to->token_hidden = (uint32_t)shape->token_hidden;
    to->channel_hidden = (uint32_t)shape->channel_hidden;
    to->cycles = (uint32_t)shape->cycles;
    to->updates = (uint32_t)shape->updates;
    to->maximum_steps = (uint32_t)shape->maximum_steps;
}
