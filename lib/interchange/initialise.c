/* A new model: a configuration out of the options, and random numbers by the published rules for each kind of
 * weight. */
#include <math.h>

#include <trm/train.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/generator.h"
#include "lib/core/memory.h"
#include "lib/interchange/labels.h"
#include "lib/interchange/relational_options.h"
#include "lib/interchange/settings.h"
#include "lib/interchange/task_labels.h"
#include "lib/interchange/writer.h"
#include "lib/model/kind.h"
#include "lib/model/metadata.h"

static uint32_t given_or(uint32_t given, uint32_t otherwise)
{
    return given != 0 ? given : otherwise;
}

static void configure_prefix(trmi_config *config, const trm_init_options *options)
{
    config->prefix = options->prefix;
    config->identifiers = options->identifiers;
    config->registers = options->prefix > 0 && options->identifiers == 0;
    config->puzzle_width =
        options->identifiers > 0 ? given_or(options->puzzle_width, options->channels) : options->puzzle_width;
}

static void configure_blocks(trmi_config *config, const trm_init_options *options)
{
    const bool low_and_high = options->architecture == TRM_ARCHITECTURE_HRM;
    config->blocks = options->blocks;
    config->high_blocks =
        low_and_high ? given_or(options->high_blocks, options->blocks) : options->high_blocks;
    config->heads = options->heads;
    config->channel_hidden = given_or(options->channel_hidden, trmi_usual_hidden(options->channels));
    config->token_hidden = options->token_hidden;
}

static void configure(trmi_config *config, const trm_init_options *options)
{
    const trmi_kind *kind = trmi_kind_of(options->block);
    *config = (trmi_config) {
        .architecture = options->architecture,
        .block = options->block,
        .position_encoding = options->position_encoding,
        .gate = options->gate,
        .likelihood = options->likelihood,
        .channels = options->channels,
        .positions = options->positions,
        .vocabulary = options->vocabulary,
        .head_bias = options->head_bias != 0,
        .cycles = options->cycles,
        .updates = options->updates,
        .maximum_steps = options->maximum_steps,
        .grid_rows = options->grid_rows,
        .grid_columns = options->grid_columns,
        .fields = 1,
        .halting = TRMI_HALTING_LOGIT,
        .rotary_base = 10000.0,
        .norm_epsilon = 1e-5,
    };
    configure_prefix(config, options);
    configure_blocks(config, options);
    if (kind != NULL)
        kind->complete(config);
}

/* What random weights depend on. */
typedef struct seeding {
    uint64_t seed;
    const trmi_config *config;
} seeding;

/* Inputs of a weight. Those of all products that a relational block adds up count together; the last one
   leads down. */
static float inputs_of(const trmi_config *config, const trmi_tensor *tensor)
{
    const uint64_t columns = trmi_logical_columns(tensor);
    if (config->block != TRM_BLOCK_RELATIONAL || !trmi_tensor_in_block(tensor))
        return (float)columns;
    const uint32_t down = trmi_kind_of(config->block)->slots(config) - 1;
    return (float)(tensor->slot == down ? columns : down * columns);
}

/* Deviation of a weight; each operation rounds once to float, which is the same on every machine. */
static float deviation(const trmi_config *config, const trmi_tensor *tensor)
{
    switch (tensor->role) {
    case TRMI_STATE_Y:
    case TRMI_STATE_Z:
        return 1.0f;
    case TRMI_EMBED_PUZZLES:
    case TRMI_HEAD_TOKENS_BIAS:
    case TRMI_HEAD_HALT:
    case TRMI_HEAD_HALT_BIAS:
        return 0.0f;
    default: {
        const float root = sqrtf(inputs_of(config, tensor));
        return 1.0f / root;
    }
    }
}

/* At first nobody halts. Nodes are sure of themselves, so that the whole is not: the odds of "wrong" add
   up. */
static float halt_bias(const trmi_config *config)
{
    if (trmi_halts_by_head(config))
        return -5.0f;
    return trmi_has_fields(config) ? 5.5f : 5.0f;
}

/* Cut at two deviations, and stretched so that the deviation is 1 all the same. */
static float cut_normal(trmi_generator *generator)
{
    const float of_the_cut = 0.87962566f;
    float x;
    do
        x = trmi_generator_normal(generator);
    while (!(x >= -2.0f && x <= 2.0f));
    return x / of_the_cut;
}

/* A trmi_supply. */
static trm_status supply_random(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    (void)error;
    const seeding *given = user;
    const trmi_config *config = given->config;
    const uint64_t count = trmi_logical_rows(tensor) * trmi_logical_columns(tensor);
    const bool cut =
        config->block == TRM_BLOCK_RELATIONAL &&
        (trmi_tensor_in_block(tensor) || tensor->role == TRMI_STATE_Y || tensor->role == TRMI_STATE_Z);
    const float scale = deviation(config, tensor),
                offset = tensor->role == TRMI_HEAD_HALT_BIAS ? halt_bias(config) : 0.0f;
    trmi_generator generator;
    trmi_generator_begin(&generator, given->seed, tensor->name);
    for (uint64_t i = 0; i < count; i++)
        to[i] = scale > 0.0f ? (cut ? cut_normal(&generator) : trmi_generator_normal(&generator)) * scale
                             : offset;
    return TRM_OK;
}

/* Where a new model goes. */
typedef struct destination {
    const char *path; /* NULL: to memory, as the others say */
    void **bytes;
    size_t *size;
} destination;

static trm_status write_random(trmi_weights *weights, const trmi_labels *labels, const destination *to,
                               bool deflated, trm_error *error)
{
    trmi_output output;
    weights->metadata = labels->entries;
    weights->metadata_count = labels->count;
    if (to->path != NULL)
        TRMI_TRY(trmi_output_file(&output, to->path, labels->allocator, error));
    else
        trmi_output_memory(&output, labels->allocator);
    trm_status status = trmi_write_model(&output, weights, deflated, error);
    if (status == TRM_OK)
        status = trmi_output_commit(&output, error);
    if (status == TRM_OK && to->path == NULL) {
        *to->bytes = output.bytes;
        *to->size = (size_t)output.size;
        output.bytes = NULL; /* the caller's now */
    }
    trmi_output_close(&output);
    return status;
}

static trm_status read_options(trm_init_options *to, const trm_init_options *from, trm_error *error)
{
    *to = (trm_init_options)TRM_INIT_OPTIONS_INIT;
    TRMI_TRY(from == NULL
                 ? TRM_OK
                 : trmi_read_struct(to, sizeof *to, from, sizeof from->size, "trm_init_options", error));
    if (to->head_bias > 1 || to->deflate > 1 || to->reserved != 0)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_init_options: head_bias and deflate must be 0 or 1 and reserved 0; found %u, %u, %u",
            to->head_bias, to->deflate, to->reserved);
    if (to->positions > TRMI_MAXIMUM_POSITIONS || to->prefix > TRMI_MAXIMUM_POSITIONS ||
        to->channels > TRMI_MAXIMUM_CHANNELS)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_init_options: positions, prefix and channels may be at most %d; found %u, %u, %u",
            TRMI_MAXIMUM_CHANNELS, to->positions, to->prefix, to->channels);
    return TRM_OK;
}

/* The configuration is wrong because the caller's options are: what is a damaged file elsewhere is a wrong
 * argument here. */
static trm_status check(const trmi_config *config, trm_error *error)
{
    const trm_status status = trmi_config_check(config, error);
    return status == TRM_OK ? status : trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_init_options");
}

/* Rules are judged by what a question gives and by values, of which the blank is none. */
static trm_status add_rules(trmi_labels *labels, const char *text, trm_error *error)
{
    trmi_rules rules;
    if (trmi_rules_parse(text, &rules, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_init_options.rules");
    TRMI_TRY(trmi_labels_text(labels, TRMI_KEY_RULES, text, error));
    return trmi_labels_integer(labels, TRMI_KEY_KEEPS_GIVENS, 1, error);
}

static trm_status make_model(const destination *to, const trm_init_options *options, trm_error *error)
{
    trm_init_options given;
    trm_allocator allocator;
    TRMI_TRY(read_options(&given, options, error));
    TRMI_TRY(trmi_allocator_read(&allocator, given.allocator, error));
    trmi_labels labels;
    trmi_weights weights = { .supply = supply_random };
    seeding seeds = { given.seed, &weights.config };
    weights.user = &seeds;
    trmi_labels_begin(&labels, &allocator);
    const trmi_environment host = trmi_environment_enter();
    configure(&weights.config, &given);
    trm_status status = trmi_relational_options_read(&weights.config, &given, error);
    if (status == TRM_OK)
        status = check(&weights.config, error);
    if (status == TRM_OK)
        status = trmi_labels_task(&labels, given.task, error);
    if (status == TRM_OK)
        status = trmi_labels_alphabet(&labels, given.alphabet, given.alphabet_first, given.vocabulary, error);
    if (status == TRM_OK && given.rules != NULL)
        status = add_rules(&labels, given.rules, error);
    if (status == TRM_OK)
        status = trmi_labels_complete_task(&labels, &weights.config, error);
    if (status == TRM_OK && given.sizes != NULL)
        status = trmi_labels_text(&labels, "task.sizes", given.sizes, error);
    if (status == TRM_OK)
        status = write_random(&weights, &labels, to, given.deflate != 0, error);
    trmi_environment_leave(host);
    trmi_labels_close(&labels);
    return status;
}

trm_status trm_init(const char *output_path, const trm_init_options *options, trm_error *error)
{
    if (output_path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_init: output_path is NULL");
    return make_model(&(destination) { .path = output_path }, options, error);
}

trm_status trm_init_memory(const trm_init_options *options, void **output, size_t *output_bytes,
                           trm_error *error)
{
    if (output == NULL || output_bytes == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_init_memory: output and output_bytes must not be NULL");
    *output = NULL;
    *output_bytes = 0;
    return make_model(&(destination) { .bytes = output, .size = output_bytes }, options, error);
}
