/* What has to hold between the numbers of a model. A checked configuration makes every later size fit in 64
 * bits. */
#include "lib/model/config.h"

#include <math.h>

#include "lib/core/error.h"
#include "lib/model/kind.h"

/* The limits of each number alone; fields whose least is 0 may be absent from a model. */
typedef struct number_rule {
    const char *field;
    uint32_t value, least, most;
} number_rule;

static trm_status check_numbers(const trmi_config *c, trm_error *error)
{
    const number_rule rules[] = {
        { "channels", c->channels, 1, TRMI_MAXIMUM_CHANNELS },
        { "positions", c->positions, 1, TRMI_MAXIMUM_POSITIONS },
        { "prefix", c->prefix, 0, TRMI_MAXIMUM_POSITIONS },
        { "vocabulary", c->vocabulary, 2, TRMI_MAXIMUM_VOCABULARY },
        { "identifiers", c->identifiers, 0, TRMI_MAXIMUM_IDENTIFIERS },
        { "blocks", c->blocks, 1, TRMI_MAXIMUM_BLOCKS },
        { "high_blocks", c->high_blocks, 0, TRMI_MAXIMUM_BLOCKS },
        { "heads", c->heads, 0, TRMI_MAXIMUM_HEADS },
        { "token_hidden", c->token_hidden, 0, TRMI_MAXIMUM_HIDDEN },
        { "channel_hidden", c->channel_hidden, 1, TRMI_MAXIMUM_HIDDEN },
        { "cycles", c->cycles, 1, TRMI_MAXIMUM_CYCLES },
        { "updates", c->updates, 1, TRMI_MAXIMUM_CYCLES },
        { "maximum_steps", c->maximum_steps, 1, TRMI_MAXIMUM_STEPS },
        { "grid_rows", c->grid_rows, 0, TRMI_MAXIMUM_POSITIONS },
        { "grid_columns", c->grid_columns, 0, TRMI_MAXIMUM_POSITIONS },
        { "box_rows", c->box_rows, 0, TRMI_MAXIMUM_POSITIONS },
        { "box_columns", c->box_columns, 0, TRMI_MAXIMUM_POSITIONS },
        { "fields", c->fields, 1, TRMI_MAXIMUM_FIELDS },
        { "first_value", c->first_value, 0, TRMI_MAXIMUM_VOCABULARY },
        { "helper_tokens", c->helper_tokens, 0, TRMI_MAXIMUM_VOCABULARY },
        { "features", c->features, 0, TRMI_MAXIMUM_FEATURES },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].value < rules[i].least || rules[i].value > rules[i].most)
            return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected %u to %u, found %u", rules[i].field,
                             (unsigned)rules[i].least, (unsigned)rules[i].most, (unsigned)rules[i].value);
    return TRM_OK;
}

static trm_status check_enumerations(const trmi_config *c, trm_error *error)
{
    const number_rule rules[] = {
        { "architecture", (uint32_t)c->architecture, TRM_ARCHITECTURE_TRM, TRM_ARCHITECTURE_HRM },
        { "position_encoding", (uint32_t)c->position_encoding, TRM_POSITION_NONE, TRM_POSITION_ROTARY },
        { "gate", (uint32_t)c->gate, TRM_GATE_PLAIN, TRM_GATE_NORMED },
        { "likelihood", (uint32_t)c->likelihood, TRM_LIKELIHOOD_SOFTMAX, TRM_LIKELIHOOD_STABLEMAX },
        { "halting", (uint32_t)c->halting, TRMI_HALTING_LOGIT, TRMI_HALTING_DIFFERENCE },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].value < rules[i].least || rules[i].value > rules[i].most)
            return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected one of the values of trm_%s, found %u",
                             rules[i].field, rules[i].field, (unsigned)rules[i].value);
    return TRM_OK;
}

/* What the kind of block asks for. */
static trm_status check_block(const trmi_config *c, trm_error *error)
{
    const trmi_kind *kind = trmi_kind_of(c->block);
    if (kind == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "block: expected one of the values of trm_block, found %u",
                         (unsigned)c->block);
    return kind->check(c, error);
}

/* The prefix is register rows, or rows of a puzzle table, or empty. */
static trm_status check_prefix(const trmi_config *c, trm_error *error)
{
    if (c->registers && (c->prefix == 0 || c->identifiers != 0))
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "register rows: expected a prefix of at least 1 and no puzzle table, found %u and %u identifiers",
            (unsigned)c->prefix, (unsigned)c->identifiers);
    if (c->prefix > 0 && !c->registers && c->identifiers == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "a prefix of %u rows: expected register rows or a puzzle table, found neither",
                         (unsigned)c->prefix);
    if ((c->identifiers == 0) != (c->puzzle_width == 0))
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "a puzzle table: expected both identifiers and puzzle_width or neither, found %u and %u",
            (unsigned)c->identifiers, (unsigned)c->puzzle_width);
    if (c->puzzle_width > (uint64_t)c->prefix * c->channels)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "puzzle_width: expected at most the %u x %u numbers of the prefix, found %u",
                         (unsigned)c->prefix, (unsigned)c->channels, (unsigned)c->puzzle_width);
    return TRM_OK;
}

static trm_status check_shape(const trmi_config *c, trm_error *error)
{
    if (c->prefix + c->positions > TRMI_MAXIMUM_POSITIONS)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "prefix and positions: expected at most %u together, found %u",
                         TRMI_MAXIMUM_POSITIONS, (unsigned)(c->prefix + c->positions));
    if ((c->architecture == TRM_ARCHITECTURE_HRM) != (c->high_blocks > 0))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "high_blocks: expected at least 1 in an HRM and 0 in a TRM, found %u",
                         (unsigned)c->high_blocks);
    if ((uint64_t)c->positions * c->fields > TRMI_MAXIMUM_NODES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "positions and fields: expected at most %u nodes, found %u times %u",
                         TRMI_MAXIMUM_NODES, (unsigned)c->positions, (unsigned)c->fields);
    const bool grid = c->grid_rows != 0 || c->grid_columns != 0;
    if (grid && (uint64_t)c->grid_rows * c->grid_columns != c->positions)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "the grid: expected rows x columns to be the %u positions, found %u x %u",
                         (unsigned)c->positions, (unsigned)c->grid_rows, (unsigned)c->grid_columns);
    return TRM_OK;
}

static trm_status check_reals(const trmi_config *c, trm_error *error)
{
    if (!(c->norm_epsilon > 0.0 && c->norm_epsilon < 1.0) || (float)c->norm_epsilon <= 0.0f)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "norm_epsilon: expected a number above 0 and below 1, found %g", c->norm_epsilon);
    if (!(c->rotary_base > 1.0 && c->rotary_base <= 1e30))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "rotary_base: expected a number above 1, up to 1e30, found %g", c->rotary_base);
    if (!(c->start_noise >= 0.0 && c->start_noise <= 1e3))
        return trmi_fail(error, TRM_ERROR_FORMAT, "start_noise: expected a number from 0 to 1000, found %g",
                         c->start_noise);
    if (!(c->halt_threshold >= 0.0 && c->halt_threshold < 1.0))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "halt_threshold: expected a number of at least 0 and below 1, found %g",
                         c->halt_threshold);
    return TRM_OK;
}

/* One pair of bounds: both 0, or around the model's own. */
static trm_status check_bound(const char *what, uint32_t least, uint32_t own, uint32_t most, trm_error *error)
{
    if ((least == 0 && most == 0) || (least > 0 && least <= own && own <= most))
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "shape: expected bounds of the %s around the model's own %u, found %u to %u", what,
                     (unsigned)own, (unsigned)least, (unsigned)most);
}

static trm_status check_bounds(const trmi_config *c, trm_error *error)
{
    const trmi_bounds *b = &c->bounds;
    trm_status status = check_bound("rows", b->least_rows, c->grid_rows, b->most_rows, error);
    if (status == TRM_OK)
        status = check_bound("columns", b->least_columns, c->grid_columns, b->most_columns, error);
    if (status == TRM_OK)
        status = check_bound("fields", b->least_fields, c->fields, b->most_fields, error);
    if (status == TRM_OK && b->most_positions != 0)
        status = check_bound("positions", 1, c->positions, b->most_positions, error);
    const uint32_t room =
        trmi_has_fields(c) ? c->vocabulary - c->first_value : 1; /* each value has its token */
    if (status == TRM_OK && b->most_fields > room)
        status = trmi_fail(error, TRM_ERROR_FORMAT,
                           "shape.most_fields: expected at most the %u values of the vocabulary, found %u",
                           (unsigned)room, (unsigned)b->most_fields);
    return status;
}

trm_status trmi_config_check(const trmi_config *config, trm_error *error)
{
    typedef trm_status check_function(const trmi_config *c, trm_error *error);
    static check_function *const checks[] = { check_enumerations, check_numbers, check_shape, check_block,
                                              check_prefix,       check_reals,   check_bounds };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        TRMI_TRY(checks[i](config, error));
    return TRM_OK;
}
