/* A new model: a configuration out of the options, and random numbers by the published rules for each kind of
 * weight. */
#include <math.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/generator.h"
#include "lib/interchange/labels.h"
#include "lib/interchange/settings.h"
#include "lib/interchange/writer.h"

enum { CHANNELS_OF_A_HEAD = 64 }; /* where the caller does not say */

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
    const bool mixer = options->block == TRM_BLOCK_MIXER,
               low_and_high = options->architecture == TRM_ARCHITECTURE_HRM;
    const uint32_t heads = options->channels / CHANNELS_OF_A_HEAD;
    config->blocks = options->blocks;
    config->high_blocks =
        low_and_high ? given_or(options->high_blocks, options->blocks) : options->high_blocks;
    config->heads = mixer ? options->heads : given_or(options->heads, heads > 0 ? heads : 1);
    config->channel_hidden = given_or(options->channel_hidden, trmi_published_hidden(options->channels));
    config->token_hidden = options->token_hidden;
    if (mixer && options->token_hidden == 0)
        config->token_hidden = trmi_published_hidden(options->prefix + options->positions);
}

static void configure(trmi_config *config, const trm_init_options *options)
{
    const uint32_t usual = options->block == TRM_BLOCK_MIXER ? TRM_POSITION_NONE : TRM_POSITION_ROTARY;
    *config = (trmi_config) {
        .architecture = (trm_architecture)options->architecture,
        .block = (trm_block)options->block,
        .position_encoding = (trm_position_encoding)given_or(options->position_encoding, usual),
        .gate = (trm_gate)options->gate,
        .likelihood = (trm_likelihood)options->likelihood,
        .channels = options->channels,
        .positions = options->positions,
        .vocabulary = options->vocabulary,
        .head_bias = options->head_bias != 0,
        .cycles = options->cycles,
        .updates = options->updates,
        .maximum_steps = options->maximum_steps,
        .grid_rows = options->grid_rows,
        .grid_columns = options->grid_columns,
        .rotary_base = 10000.0,
        .norm_epsilon = 1e-5,
    };
    configure_prefix(config, options);
    configure_blocks(config, options);
}

/* Deviation of a weight; each operation rounds once to float, which is the same on every machine. */
static float deviation(const trmi_tensor *tensor)
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
        const float root = sqrtf((float)trmi_logical_columns(tensor));
        return 1.0f / root;
    }
    }
}

/* A trmi_supply; `user` is the seed. */
static trm_status supply_random(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    (void)error;
    const uint64_t *seed = user, count = trmi_logical_rows(tensor) * trmi_logical_columns(tensor);
    const float scale = deviation(tensor),
                offset = tensor->role == TRMI_HEAD_HALT_BIAS ? -5.0f : 0.0f; /* at first nobody halts */
    trmi_generator generator;
    trmi_generator_begin(&generator, *seed, tensor->name);
    for (uint64_t i = 0; i < count; i++)
        to[i] = scale > 0.0f ? trmi_generator_normal(&generator) * scale : offset;
    return TRM_OK;
}

static trm_status write_random(trmi_weights *weights, const trmi_labels *labels, const char *path,
                               bool deflated, trm_error *error)
{
    trmi_output output;
    weights->metadata = labels->entries;
    weights->metadata_count = labels->count;
    trm_status status = trmi_output_file(&output, path, labels->allocator, error);
    if (status != TRM_OK)
        return status;
    status = trmi_write_model(&output, weights, deflated, error);
    if (status == TRM_OK)
        status = trmi_output_commit(&output, error);
    trmi_output_close(&output);
    return status;
}

static trm_status read_options(trm_init_options *to, const trm_init_options *from, trm_error *error)
{
    *to = (trm_init_options)TRM_INIT_OPTIONS_INIT;
    const trm_status status =
        from == NULL ? TRM_OK
                     : trmi_read_struct(to, sizeof *to, from, sizeof from->size, "trm_init_options", error);
    if (status == TRM_OK && (to->head_bias > 1 || to->deflate > 1 || to->reserved != 0))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_init_options: head_bias and deflate must be 0 or 1 and reserved 0; found %u, %u, %u",
            to->head_bias, to->deflate, to->reserved);
    if (status == TRM_OK && (to->positions > TRMI_MAXIMUM_POSITIONS || to->prefix > TRMI_MAXIMUM_POSITIONS ||
                             to->channels > TRMI_MAXIMUM_CHANNELS))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_init_options: positions, prefix and channels may be at most %d; found %u, %u, %u",
            TRMI_MAXIMUM_CHANNELS, to->positions, to->prefix, to->channels);
    return status;
}

/* The configuration is wrong because the caller's options are: what is a damaged file elsewhere is a wrong
 * argument here. */
static trm_status check(const trmi_config *config, trm_error *error)
{
    const trm_status status = trmi_config_check(config, error);
    return status == TRM_OK ? status : trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_init_options");
}

trm_status trm_init(const char *output_path, const trm_init_options *options, trm_error *error)
{
    if (output_path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_init: output_path is NULL");
    trm_init_options given;
    trm_allocator allocator;
    trm_status status = read_options(&given, options, error);
    if (status == TRM_OK)
        status = trmi_allocator_read(&allocator, given.allocator, error);
    if (status != TRM_OK)
        return status;
    trmi_labels labels;
    trmi_weights weights = { .supply = supply_random, .user = &given.seed };
    trmi_labels_begin(&labels, &allocator);
    configure(&weights.config, &given);
    status = check(&weights.config, error);
    if (status == TRM_OK)
        status = trmi_labels_task(&labels, given.task, error);
    if (status == TRM_OK)
        status = trmi_labels_alphabet(&labels, given.alphabet, given.alphabet_first, given.vocabulary, error);
    if (status == TRM_OK)
        status = write_random(&weights, &labels, output_path, given.deflate != 0, error);
    trmi_labels_close(&labels);
    return status;
}
