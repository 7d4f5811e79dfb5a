/* What the configuration of a relational model has to say, and what it need not. */
#include "lib/core/error.h"
#include "lib/net/kinds.h"

static trm_status fail_check(trm_error *error, const char *expected, uint32_t found)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "a relational model: expected %s, found %u", expected,
                     (unsigned)found);
}

trm_status trmi_relational_check(const trmi_config *c, trm_error *error)
{
    if (c->architecture != TRM_ARCHITECTURE_TRM)
        return fail_check(error, "architecture trm", c->architecture);
    if (c->gate != TRM_GATE_NORMED)
        return fail_check(error, "the normed gate", c->gate);
    if (c->position_encoding != TRM_POSITION_NONE)
        return fail_check(error, "position_encoding none", c->position_encoding);
    if (c->token_hidden != 0)
        return fail_check(error, "token_hidden 0", c->token_hidden);
    if (c->heads != 0)
        return fail_check(error, "heads 0", c->heads);
    if (c->prefix != 0)
        return fail_check(error, "no prefix", c->prefix);
    if (trmi_halts_by_head(c))
        return fail_check(error, "halting by softmin or product", c->halting);
    if (c->relations.count == 0)
        return fail_check(error, "at least one relation", c->relations.count);
    if (trmi_has_fields(c) && (c->first_value >= c->vocabulary || c->fields > c->vocabulary - c->first_value))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "fields: expected at most the %u tokens from first_value %u on, found %u",
                         (unsigned)c->vocabulary, (unsigned)c->first_value, (unsigned)c->fields);
    if (!trmi_has_fields(c) && c->first_value != 0)
        return fail_check(error, "first_value 0 without fields", c->first_value);
    return TRM_OK;
}

void trmi_relational_complete(trmi_config *config)
{
    config->position_encoding =
        config->position_encoding == 0 ? TRM_POSITION_NONE : config->position_encoding;
    if (config->halting == TRMI_HALTING_LOGIT)
        config->halting = TRMI_HALTING_SOFTMIN;
}
