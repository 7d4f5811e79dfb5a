/* Where tensors and fields tell the same thing, the tensors are believed and the field must agree; what
 * tensors cannot tell (heads, cycles, the positions of a rotary model) has to be a field. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/fields.h"
#include "lib/interchange/published.h"
#include "lib/interchange/relational_settings.h"
#include "lib/interchange/settings.h"

/* A dimension of a tensor; 0 when there is none. */
static uint32_t dimension(const trmi_fields *job, const char *name, uint32_t axis)
{
    const trmi_safetensor *tensor = trmi_checkpoint_find(job->file, name);
    if (tensor == NULL || axis >= tensor->rank)
        return 0;
    return tensor->shape[axis] > UINT32_MAX ? UINT32_MAX : (uint32_t)tensor->shape[axis];
}

static uint32_t count_blocks(const trmi_fields *job, const char *network)
{
    uint32_t blocks = 0;
    char name[TRMI_PUBLISHED_NAME_BYTES];
    do
        snprintf(name, sizeof name, "%s.layers.%" PRIu32 ".mlp.gate_up_proj.weight", network, blocks);
    while (trmi_checkpoint_find(job->file, name) != NULL && ++blocks <= TRMI_MAXIMUM_BLOCKS);
    return blocks;
}

static trm_status read_networks(const trmi_fields *job)
{
    trmi_config *config = job->config;
    config->blocks = count_blocks(job, "L_level");
    config->high_blocks = count_blocks(job, "H_level");
    config->architecture = config->high_blocks > 0 ? TRM_ARCHITECTURE_HRM : TRM_ARCHITECTURE_TRM;
    config->channel_hidden = dimension(job, "L_level.layers.0.mlp.down_proj.weight", 1);
    config->token_hidden = dimension(job, "L_level.layers.0.mlp_t.down_proj.weight", 1);
    config->block = config->token_hidden > 0 ? TRM_BLOCK_MIXER : TRM_BLOCK_ATTENTION;
    const json_t *mixer = trmi_field(job, "mlp_t");
    if (mixer != NULL && json_is_true(mixer) != (config->block == TRM_BLOCK_MIXER))
        return trmi_fail(job->error, TRM_ERROR_FORMAT, "configuration: mlp_t is %s, but the tensors say %s",
                         json_is_true(mixer) ? "true" : "not true",
                         config->block == TRM_BLOCK_MIXER ? "true" : "false");
    TRMI_TRY(trmi_field_agrees(job, "L_layers", config->blocks));
    if (config->architecture == TRM_ARCHITECTURE_HRM)
        TRMI_TRY(trmi_field_agrees(job, "H_layers", config->high_blocks));
    if (config->block == TRM_BLOCK_ATTENTION)
        TRMI_TRY(trmi_field_required(job, "num_heads", &config->heads));
    return TRM_OK;
}

/* The sentence shows what the file has instead, so that its reader sees what the file is. */
static trm_status fail_missing(const trmi_fields *job, const char *name)
{
    char names[200] = "";
    for (uint32_t i = 0, used = 0; i < job->file->count && i < 3; i++)
        used += (uint32_t)snprintf(names + used, sizeof names - used, "%s%.50s", i > 0 ? ", " : "",
                                   job->file->tensors[i].name);
    return trmi_fail(job->error, TRM_ERROR_FORMAT, "tensor %s is missing or empty; the file has %s", name,
                     job->file->count > 0 ? names : "no tensors");
}

static trm_status read_sizes(const trmi_fields *job)
{
    trmi_config *config = job->config;
    config->channels = dimension(job, "H_init", 0);
    config->vocabulary = dimension(job, "embed_tokens.embedding_weight", 0);
    config->head_bias = trmi_checkpoint_find(job->file, "lm_head.bias") != NULL;
    if (config->channels == 0 || config->vocabulary == 0)
        return fail_missing(job, config->channels == 0 ? "H_init" : "embed_tokens.embedding_weight");
    TRMI_TRY(trmi_field_agrees(job, "hidden_size", config->channels));
    return trmi_field_agrees(job, "vocab_size", config->vocabulary);
}

/* Those that a row of the table fills. */
static uint32_t table_rows(const trmi_config *config)
{
    return (uint32_t)(((uint64_t)config->puzzle_width + config->channels - 1) / config->channels);
}

/* Where the configuration does not name the prefix: what the positions leave; else as many rows as the
 * published class has by default, which is 16 for a TRM, and for an HRM what a row of the table fills. */
static trm_status read_usual_prefix(const trmi_fields *job)
{
    enum { USUAL_ROWS = 16 };
    trmi_config *config = job->config;
    uint32_t positions = 0;
    const uint32_t mixed = dimension(job, "L_level.layers.0.mlp_t.down_proj.weight", 0),
                   rows = mixed > 0 ? mixed : dimension(job, "embed_pos.embedding_weight", 0);
    const trm_status status = trmi_field_integer(job, "seq_len", &positions);
    config->prefix = config->architecture == TRM_ARCHITECTURE_HRM ? table_rows(config) : USUAL_ROWS;
    if (rows > 0 && positions > 0 && rows > positions)
        config->prefix = rows - positions;
    return status;
}

/* The prefix: rows of a puzzle table, register rows, or nothing. */
static trm_status read_prefix(const trmi_fields *job)
{
    trmi_config *config = job->config;
    config->identifiers = dimension(job, "puzzle_emb.weights", 0);
    config->puzzle_width = dimension(job, "puzzle_emb.weights", 1);
    config->prefix = dimension(job, "embed_registers.weight", 0);
    config->registers = config->prefix > 0;
    trm_status status = trmi_field_agrees(job, "puzzle_emb_ndim", config->puzzle_width);
    if (config->identifiers == 0 || status != TRM_OK)
        return status;
    if (config->registers)
        return trmi_fail(
            job->error, TRM_ERROR_FORMAT,
            "the file has both puzzle_emb.weights and embed_registers.weight; a model has one prefix");
    status = trmi_field_agrees(job, "num_puzzle_identifiers", config->identifiers);
    if (status == TRM_OK)
        status = trmi_field_integer(job, "puzzle_emb_len", &config->prefix);
    if (status == TRM_OK && trmi_field(job, "puzzle_emb_len") == NULL)
        return read_usual_prefix(job);
    if (config->prefix == 0)
        config->prefix = table_rows(config);
    return status;
}

static trm_status read_position_encoding(const trmi_fields *job)
{
    static const char *const words[] = { "none", "learned", "rope",
                                         NULL }; /* as trm_position_encoding counts */
    trmi_config *config = job->config;
    uint32_t encoding = trmi_checkpoint_find(job->file, "embed_pos.embedding_weight") != NULL
                            ? TRM_POSITION_LEARNED
                        : config->block == TRM_BLOCK_MIXER ? TRM_POSITION_NONE
                                                           : 0;
    TRMI_TRY(
        trmi_field_word(job, "pos_encodings", words, "none, learned or rope", TRM_POSITION_NONE, &encoding));
    if (encoding == 0)
        return trmi_fail(job->error, TRM_ERROR_FORMAT,
                         "configuration: pos_encodings is missing, and the tensors do not tell it");
    if (encoding == TRM_POSITION_ROTARY && config->block == TRM_BLOCK_MIXER)
        encoding = TRM_POSITION_NONE; /* the published mixer computes the rotation and does not use it */
    config->position_encoding = (trm_position_encoding)encoding;
    config->rotary_base = 10000.0;
    return trmi_field_real(job, "rope_theta", &config->rotary_base);
}

static trm_status read_positions(const trmi_fields *job)
{
    trmi_config *config = job->config;
    const uint32_t mixed = dimension(job, "L_level.layers.0.mlp_t.down_proj.weight", 0);
    const uint32_t rows = mixed > 0 ? mixed : dimension(job, "embed_pos.embedding_weight", 0);
    if (rows == 0 && trmi_field(job, "seq_len") == NULL)
        return trmi_fail(
            job->error, TRM_ERROR_FORMAT,
            "configuration: seq_len is missing, and the tensors do not tell it; the puzzles' grid does "
            "(--grid ROWSxCOLUMNS)");
    if (rows == 0)
        return trmi_field_integer(job, "seq_len", &config->positions);
    if (rows <= config->prefix)
        return trmi_fail(job->error, TRM_ERROR_FORMAT,
                         "the tensors have %" PRIu32 " positions, but %" PRIu32 " are taken by the prefix",
                         rows, config->prefix);
    config->positions = rows - config->prefix;
    return trmi_field_agrees(job, "seq_len", config->positions);
}

/* Softmax when the field or the published loss says so. */
static trm_status read_likelihood(const trmi_fields *job)
{
    static const char *const words[] = { "softmax", "stablemax", NULL };
    const char *loss = json_string_value(json_object_get(trmi_field(job, "loss"), "loss_type"));
    uint32_t likelihood = loss != NULL && strncmp(loss, "softmax", strlen("softmax")) == 0
                              ? TRM_LIKELIHOOD_SOFTMAX
                              : TRM_LIKELIHOOD_STABLEMAX;
    const trm_status status = trmi_field_word(job, "likelihood", words, "softmax or stablemax",
                                              TRM_LIKELIHOOD_SOFTMAX, &likelihood);
    job->config->likelihood = (trm_likelihood)likelihood;
    return status;
}

static trm_status read_gate(const trmi_fields *job)
{
    static const char *const words[] = { "plain", "normed", NULL };
    uint32_t gate = TRM_GATE_PLAIN;
    const trm_status status = trmi_field_word(job, "gate", words, "plain or normed", TRM_GATE_PLAIN, &gate);
    job->config->gate = (trm_gate)gate;
    return status;
}

static trm_status read_schedule(const trmi_fields *job)
{
    trmi_config *config = job->config;
    config->maximum_steps = 16;
    config->norm_epsilon = 1e-5;
    trm_status status = trmi_field_required(job, "H_cycles", &config->cycles);
    if (status == TRM_OK)
        status = trmi_field_required(job, "L_cycles", &config->updates);
    if (status == TRM_OK)
        status = trmi_field_integer(job, "halt_max_steps", &config->maximum_steps);
    if (status == TRM_OK)
        status = trmi_field_real(job, "rms_norm_eps", &config->norm_epsilon);
    if (status == TRM_OK)
        status = trmi_field_real(job, "halt_threshold", &config->halt_threshold);
    /* Halting: the halt logit is compared with the continue logit, or with 0 where no_ACT_continue says so,
     * as it does for TRMs when nobody speaks of it. */
    const json_t *alone = trmi_field(job, "no_ACT_continue");
    const bool compares = alone != NULL ? !json_is_true(alone) : config->architecture == TRM_ARCHITECTURE_HRM;
    config->halting = compares ? TRMI_HALTING_DIFFERENCE : TRMI_HALTING_LOGIT;
    return status;
}

static trm_status read_grid(const trmi_fields *job)
{
    TRMI_TRY(trmi_field_integer(job, "grid_rows", &job->config->grid_rows));
    TRMI_TRY(trmi_field_integer(job, "grid_columns", &job->config->grid_columns));
    TRMI_TRY(trmi_field_integer(job, "box_rows", &job->config->box_rows));
    return trmi_field_integer(job, "box_columns", &job->config->box_columns);
}

trm_status trmi_settings_read(trmi_config *config, const json_t *settings, const trmi_safetensors *file,
                              trm_error *error)
{
    static trm_status (*const parts[])(const trmi_fields *) = {
        read_sizes, read_networks, read_prefix, read_position_encoding, read_positions, read_likelihood,
        read_gate,  read_schedule, read_grid
    };
    *config = (trmi_config) { .fields = 1, .halting = TRMI_HALTING_LOGIT };
    const json_t *inner = json_object_get(settings, "arch");
    const trmi_fields job = { settings, json_is_object(inner) ? inner : settings, file, config, error };
    if (trmi_settings_are_relational(&job))
        return trmi_relational_settings_read(&job);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        TRMI_TRY(parts[i](&job));
    return trmi_config_check(config, error);
}

/* -- writing -- */

/* One field a line. */
/* clang-format off */
static json_t *published_fields(const trmi_config *c)
{
    static const char *const positions[] = { "none", "learned", "rope" };
    const bool mixer = c->block == TRM_BLOCK_MIXER;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:I}",
                     "hidden_size", (json_int_t)c->channels,
                     "num_heads", (json_int_t)(mixer ? 1 : c->heads),
                     "L_layers", (json_int_t)c->blocks,
                     "H_layers", (json_int_t)c->high_blocks,
                     "L_cycles", (json_int_t)c->updates,
                     "H_cycles", (json_int_t)c->cycles,
                     "mlp_t", (int)mixer,
                     "pos_encodings", positions[c->position_encoding - TRM_POSITION_NONE],
                     "seq_len", (json_int_t)c->positions,
                     "vocab_size", (json_int_t)c->vocabulary,
                     "puzzle_emb_ndim", (json_int_t)c->puzzle_width,
                     "puzzle_emb_len", (json_int_t)c->prefix,
                     "num_puzzle_identifiers", (json_int_t)(c->identifiers > 0 ? c->identifiers : 1),
                     "rms_norm_eps", c->norm_epsilon,
                     "rope_theta", c->rotary_base,
                     "halt_max_steps", (json_int_t)c->maximum_steps);
}

static json_t *own_fields(const trmi_config *c)
{
    return json_pack("{s:b, s:s, s:s, s:f, s:I, s:I}",
                     "no_ACT_continue", (int)(c->halting != TRMI_HALTING_DIFFERENCE),
                     "gate", c->gate == TRM_GATE_NORMED ? "normed" : "plain",
                     "likelihood", c->likelihood == TRM_LIKELIHOOD_SOFTMAX ? "softmax" : "stablemax",
                     "halt_threshold", c->halt_threshold,
                     "grid_rows", (json_int_t)c->grid_rows,
                     "grid_columns", (json_int_t)c->grid_columns);
}
/* clang-format on */

/* The published code computes hidden widths from `expansion`; only its own rule can be told that way. */
static bool published_widths(const trmi_config *c)
{
    return c->channel_hidden == trmi_usual_hidden(c->channels) &&
           (c->block != TRM_BLOCK_MIXER || c->token_hidden == trmi_usual_hidden(trmi_rows(c)));
}

static json_t *all_fields(const trmi_config *config)
{
    json_t *fields = published_fields(config), *own = own_fields(config);
    bool complete = fields != NULL && own != NULL && json_object_update(fields, own) == 0;
    if (complete && published_widths(config))
        complete = json_object_set_new(fields, "expansion", json_integer(4)) == 0;
    if (complete && config->box_rows > 0)
        complete = json_object_set_new(fields, "box_rows", json_integer(config->box_rows)) == 0 &&
                   json_object_set_new(fields, "box_columns", json_integer(config->box_columns)) == 0;
    json_decref(own);
    if (complete)
        return fields;
    json_decref(fields);
    return NULL;
}

/* NULL without memory. */
static json_t *dump(const json_t *object, const trm_allocator *allocator)
{
    const size_t length = json_dumpb(object, NULL, 0, 0);
    char *text = length > 0 ? trmi_allocate(allocator, length) : NULL;
    json_t *string = NULL;
    if (text != NULL && json_dumpb(object, text, length, 0) == length)
        string = json_stringn(text, length);
    trmi_release(allocator, text);
    return string;
}

trm_status trmi_settings_text(json_t **text, const trmi_config *config, const trm_allocator *allocator,
                              trm_error *error)
{
    json_t *fields =
        config->block == TRM_BLOCK_RELATIONAL ? trmi_relational_settings(config) : all_fields(config);
    *text = fields != NULL ? dump(fields, allocator) : NULL;
    json_decref(fields);
    return *text != NULL ? TRM_OK : trmi_no_memory(error, "writing the configuration");
}
