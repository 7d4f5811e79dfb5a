/* Random numbers by splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * 2014). Random models are checkpoints in memory under the published names, which the library converts: so no
 * test depends on how it lays weights out. */
#define _POSIX_C_SOURCE 200809L

#include "tests/support/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "bindings/trace/text_stream.h"
#include "bindings/trace/trace.h"
#include "lib/core/bytes.h"
#include "lib/model/tensors.h"

uint64_t random_seed(void)
{
    static bool printed;
    const char *text = getenv("TRM_TEST_SEED");
    const uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;
    if (!printed)
        fprintf(stderr, "TRM_TEST_SEED=%" PRIu64 "\n", seed);
    printed = true;
    return seed;
}

uint64_t random_next(random_source *source)
{
    uint64_t z = source->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

random_source random_begin(uint64_t stream)
{
    random_source source = { random_seed() };
    source.state = random_next(&source) + stream;
    source.state = random_next(&source);
    return source;
}

uint32_t random_below(random_source *source, uint32_t limit)
{
    return (uint32_t)((random_next(source) >> 32) * limit >> 32);
}

double random_even(random_source *source)
{
    return (double)(random_next(source) >> 11) * 0x1p-52 - 1;
}

/* The sum of twelve even numbers from -1/2 to 1/2: no function of the C library, so the same on every
 * machine. */
double random_normal(random_source *source)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += random_even(source) / 2;
    return sum;
}

void random_tokens(random_source *source, int32_t *tokens, size_t count, uint32_t limit)
{
    for (size_t i = 0; i < count; i++)
        tokens[i] = (int32_t)random_below(source, limit);
}

static void stop_unless(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "random model: %s\n", what);
    exit(EXIT_FAILURE);
}

trmi_config random_config(trm_block block)
{
    const bool mixer = block == TRM_BLOCK_MIXER;
    trmi_config config = {
        .fields = 1,
        .halting = TRMI_HALTING_LOGIT,
        .architecture = TRM_ARCHITECTURE_TRM,
        .block = block,
        .position_encoding = mixer ? TRM_POSITION_NONE : TRM_POSITION_ROTARY,
        .gate = TRM_GATE_PLAIN,
        .likelihood = TRM_LIKELIHOOD_STABLEMAX,
        .channels = 20,
        .positions = RANDOM_POSITIONS,
        .prefix = 2,
        .vocabulary = RANDOM_VOCABULARY,
        .identifiers = 3,
        .puzzle_width = 30,
        .blocks = 2,
        .heads = mixer ? 0 : 2,
        .token_hidden = mixer ? 24 : 0,
        .channel_hidden = 40,
        .cycles = 2,
        .updates = 2,
        .maximum_steps = 5,
        .rotary_base = 10000,
        .norm_epsilon = 1e-5,
    };
    if (block == TRM_BLOCK_RELATIONAL)
        random_make_relational(&config, true);
    return config;
}

void random_make_relational(trmi_config *config, bool fields)
{
    static const char among_values[] =
        "row=shape/positions/sum+max all=shape/positions/max cell=shape/fields/sum+max "
        "down=shape/positions/node next=shape/fields/sum",
                      among_positions[] = "column=shape/positions/max offset(1,-1)=shape/positions/node "
                                          "row=shape/positions/sum all=shape/positions/sum+max";
    config->block = TRM_BLOCK_RELATIONAL;
    config->position_encoding = TRM_POSITION_NONE;
    config->gate = TRM_GATE_NORMED;
    config->prefix = config->identifiers = config->puzzle_width = config->heads = config->token_hidden = 0;
    config->registers = false;
    config->likelihood = TRM_LIKELIHOOD_SOFTMAX;
    config->head_bias = true;
    config->grid_rows = config->positions % 2 == 0 ? 2 : 1;
    config->grid_columns = config->positions / config->grid_rows;
    config->fields = fields && config->vocabulary > 2 ? config->vocabulary - 1 : 1;
    config->first_value = config->fields > 1 ? 1 : 0;
    config->halting = fields ? TRMI_HALTING_SOFTMIN : TRMI_HALTING_PRODUCT;
    config->start_noise = fields ? 0.5 : 0.0;
    const char *text = config->fields > 1 ? among_values : among_positions;
    stop_unless(trmi_relations_parse(text, strlen(text), &config->relations, NULL) == TRM_OK, "relations");
}

/* ---------------------------------------------------------------------------------------- checkpoints */

static const char *const names[TRMI_ROLE_COUNT] = {
    [TRMI_EMBED_TOKENS] = "embed_tokens.embedding_weight",
    [TRMI_EMBED_POSITIONS] = "embed_pos.embedding_weight",
    [TRMI_EMBED_PUZZLES] = "puzzle_emb.weights",
    [TRMI_EMBED_REGISTERS] = "embed_registers.weight",
    [TRMI_STATE_Y] = "H_init",
    [TRMI_STATE_Z] = "L_init",
    [TRMI_HEAD_TOKENS] = "lm_head.weight",
    [TRMI_HEAD_TOKENS_BIAS] = "lm_head.bias",
    [TRMI_HEAD_HALT] = "q_head.weight",
    [TRMI_HEAD_HALT_BIAS] = "q_head.bias",
};

static const char *const parts[][TRMI_PUBLISHED_SLOTS] = {
    [TRM_BLOCK_MIXER] = { "mlp_t.gate_up_proj.weight", "mlp_t.down_proj.weight", "mlp.gate_up_proj.weight",
                          "mlp.down_proj.weight" },
    [TRM_BLOCK_ATTENTION] = { "self_attn.qkv_proj.weight", "self_attn.o_proj.weight",
                              "mlp.gate_up_proj.weight", "mlp.down_proj.weight" },
};

typedef struct checkpoint {
    const trmi_config *config;
    random_source *source;
    double scale;
    FILE *header, *numbers;
    size_t written; /* bytes of numbers */
} checkpoint;

/* "embed", "blocks.0.sum.2": by the end of the name that the library gives it. */
static void print_relational_name(FILE *to, const trmi_tensor *tensor)
{
    static const char *const relational_names[TRMI_ROLE_COUNT] = {
        [TRMI_EMBED_TOKENS] = "embed",
        [TRMI_STATE_Y] = "y0",
        [TRMI_STATE_Z] = "z0",
        [TRMI_HEAD_TOKENS] = "head.w",
        [TRMI_HEAD_TOKENS_BIAS] = "head.b",
        [TRMI_HEAD_HALT] = "halt.w",
        [TRMI_HEAD_HALT_BIAS] = "halt.b",
    };
    const char *part = strrchr(tensor->name, '.') + 1;
    if (!trmi_tensor_in_block(tensor))
        fprintf(to, ",\"%s\":", relational_names[tensor->role]);
    else if (strcmp(part, "own") == 0 || strcmp(part, "down") == 0)
        fprintf(to, ",\"blocks.%" PRIu32 ".%s\":", tensor->block, strcmp(part, "own") == 0 ? "w0" : part);
    else
        fprintf(to, ",\"blocks.%" PRIu32 ".%s.%" PRIu32 "\":", tensor->block, part, tensor->relation);
}

static void print_name(const checkpoint *c, const trmi_tensor *tensor)
{
    if (c->config->block == TRM_BLOCK_RELATIONAL) {
        print_relational_name(c->header, tensor);
        return;
    }
    const bool of_block = trmi_tensor_in_block(tensor);
    fprintf(c->header, ",\"model.inner.");
    if (of_block)
        fprintf(c->header, "%s_level.layers.%" PRIu32 ".", tensor->network == TRMI_NETWORK_HIGH ? "H" : "L",
                tensor->block);
    fprintf(c->header, "%s\":", of_block ? parts[tensor->kind][tensor->slot] : names[tensor->role]);
}

static bool is_vector(trmi_role role)
{
    return role == TRMI_STATE_Y || role == TRMI_STATE_Z || role == TRMI_HEAD_TOKENS_BIAS ||
           role == TRMI_HEAD_HALT_BIAS;
}

/* Rows of tables are as long as embeddings have to be; vectors are of size 1, or a half in biases. */
static double deviation(const checkpoint *c, const trmi_tensor *tensor, size_t columns)
{
    if (is_vector(tensor->role))
        return tensor->role == TRMI_STATE_Y || tensor->role == TRMI_STATE_Z ? 1 : 0.5;
    return tensor->role < TRMI_BLOCK_MATRIX ? 1 / sqrt(c->config->channels)
                                            : c->scale / sqrt((double)columns);
}

static trm_status add_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    (void)error;
    checkpoint *c = user;
    const size_t rows = (size_t)tensor->groups * tensor->group_rows;
    const size_t columns = (size_t)tensor->column_groups * tensor->group_columns, bytes = rows * columns * 4;
    const double size = deviation(c, tensor, columns);
    print_name(c, tensor);
    if (is_vector(tensor->role))
        fprintf(c->header, "{\"dtype\":\"F32\",\"shape\":[%zu],", columns);
    else
        fprintf(c->header, "{\"dtype\":\"F32\",\"shape\":[%zu,%zu],", rows, columns);
    fprintf(c->header, "\"data_offsets\":[%zu,%zu]}", c->written, c->written + bytes);
    c->written += bytes;
    for (size_t i = 0; i < rows * columns; i++) {
        uint8_t stored[4];
        trmi_store32(stored, trmi_bits_of_float((float)(size * random_normal(c->source))));
        fwrite(stored, sizeof stored, 1, c->numbers);
    }
    return TRM_OK;
}

static void print_relations(FILE *to, const trmi_relations *relations)
{
    static const char *const levels[] = { "nodes", "positions", "fields" };
    for (uint32_t i = 0; i < relations->count; i++) {
        const trmi_relation *r = &relations->relation[i];
        fprintf(to, "%s{\\\"name\\\":\\\"%s\\\",\\\"level\\\":\\\"%s\\\",\\\"aggregates\\\":[",
                i > 0 ? "," : "", r->name, levels[r->level]);
        fprintf(to, "%s%s%s]}", r->aggregates & TRMI_AGGREGATE_SUM ? "\\\"sum\\\"" : "",
                r->aggregates == (TRMI_AGGREGATE_SUM | TRMI_AGGREGATE_MAX) ? "," : "",
                r->aggregates & TRMI_AGGREGATE_MAX    ? "\\\"max\\\""
                : r->aggregates & TRMI_AGGREGATE_NODE ? "\\\"node\\\""
                                                      : "");
    }
}

static void print_relational_config(FILE *to, const trmi_config *c)
{
    fprintf(to, "{\"__metadata__\":{\"arch\":\"relational\",\"config\":\"{\\\"block\\\":\\\"relational\\\"");
    fprintf(to, ",\\\"channels\\\":%" PRIu32 ",\\\"hidden\\\":%" PRIu32 ",\\\"blocks\\\":%" PRIu32,
            c->channels, c->channel_hidden, c->blocks);
    fprintf(to, ",\\\"cycles\\\":%" PRIu32 ",\\\"updates\\\":%" PRIu32 ",\\\"tokens\\\":%" PRIu32, c->cycles,
            c->updates, c->vocabulary);
    fprintf(to, ",\\\"rows\\\":%" PRIu32 ",\\\"columns\\\":%" PRIu32 ",\\\"fields\\\":%" PRIu32, c->grid_rows,
            c->grid_columns, c->fields);
    fprintf(to, ",\\\"maximum_steps\\\":%" PRIu32 ",\\\"start_noise\\\":%.17g,\\\"rms_norm_eps\\\":%.17g",
            c->maximum_steps, c->start_noise, c->norm_epsilon);
    fprintf(to, ",\\\"halt\\\":\\\"%s\\\",\\\"relations\\\":[",
            c->halting == TRMI_HALTING_PRODUCT ? "product" : "softmin");
    print_relations(to, &c->relations);
    fprintf(to, "]");
    if (c->bounds.most_rows > 0)
        fprintf(to,
                ",\\\"bounds\\\":{\\\"least_rows\\\":%" PRIu32 ",\\\"most_rows\\\":%" PRIu32
                ",\\\"least_columns\\\":%" PRIu32 ",\\\"most_columns\\\":%" PRIu32 "}",
                c->bounds.least_rows, c->bounds.most_rows, c->bounds.least_columns, c->bounds.most_columns);
    fprintf(to, "}\"}");
}

/* The published fields, and ours, as a JSON string inside JSON. */
static void print_config(FILE *to, const trmi_config *c)
{
    static const char *const encodings[] = { "", "none", "learned", "rope" };
    const bool hrm = c->architecture == TRM_ARCHITECTURE_HRM;
    fprintf(to, "{\"__metadata__\":{\"arch\":\"%s\",\"config\":\"{", hrm ? "hrm" : "trm");
    fprintf(to, "\\\"hidden_size\\\":%" PRIu32 ",\\\"seq_len\\\":%" PRIu32 ",\\\"vocab_size\\\":%" PRIu32,
            c->channels, c->positions, c->vocabulary);
    fprintf(to, ",\\\"L_layers\\\":%" PRIu32 ",\\\"H_layers\\\":%" PRIu32 ",\\\"num_heads\\\":%" PRIu32,
            c->blocks, c->high_blocks, c->heads > 0 ? c->heads : 4);
    fprintf(to, ",\\\"H_cycles\\\":%" PRIu32 ",\\\"L_cycles\\\":%" PRIu32 ",\\\"halt_max_steps\\\":%" PRIu32,
            c->cycles, c->updates, c->maximum_steps);
    fprintf(to, ",\\\"mlp_t\\\":%s,\\\"pos_encodings\\\":\\\"%s\\\"",
            c->block == TRM_BLOCK_MIXER ? "true" : "false", encodings[c->position_encoding]);
    fprintf(to, ",\\\"puzzle_emb_ndim\\\":%" PRIu32 ",\\\"puzzle_emb_len\\\":%" PRIu32, c->puzzle_width,
            c->prefix);
    fprintf(to, ",\\\"num_puzzle_identifiers\\\":%" PRIu32, c->identifiers > 0 ? c->identifiers : 1);
    fprintf(to, ",\\\"rms_norm_eps\\\":%.17g,\\\"rope_theta\\\":%.17g", c->norm_epsilon, c->rotary_base);
    fprintf(to, ",\\\"gate\\\":\\\"%s\\\"", c->gate == TRM_GATE_NORMED ? "normed" : "plain");
    fprintf(to, ",\\\"likelihood\\\":\\\"%s\\\"}\"}",
            c->likelihood == TRM_LIKELIHOOD_SOFTMAX ? "softmax" : "stablemax");
}

/* Length, header, numbers: a whole safetensors file. */
static random_file join(const char *header, size_t header_bytes, const char *numbers, size_t number_bytes)
{
    random_file file = { malloc(8 + header_bytes + number_bytes), 8 + header_bytes + number_bytes };
    stop_unless(file.data != NULL, "no memory");
    uint8_t *bytes = file.data;
    trmi_store64(bytes, header_bytes);
    memcpy(bytes + 8, header, header_bytes);
    memcpy(bytes + 8 + header_bytes, numbers, number_bytes);
    return file;
}

random_file random_checkpoint(const trmi_config *config, random_source *source, double scale)
{
    char *header = NULL, *numbers = NULL;
    size_t header_bytes = 0, number_bytes = 0;
    checkpoint c = { config,
                     source,
                     scale,
                     text_stream_open(&header, &header_bytes),
                     text_stream_open(&numbers, &number_bytes),
                     0 };
    stop_unless(c.header != NULL && c.numbers != NULL, "no memory");
    if (config->block == TRM_BLOCK_RELATIONAL)
        print_relational_config(c.header, config);
    else
        print_config(c.header, config);
    stop_unless(trmi_tensors(config, add_tensor, &c, NULL) == TRM_OK, "trmi_tensors() failed");
    fprintf(c.header, "}");
    stop_unless(text_stream_close(c.header, &header, &header_bytes), "no memory");
    stop_unless(text_stream_close(c.numbers, &numbers, &number_bytes), "no memory");
    const random_file file = join(header, header_bytes, numbers, number_bytes);
    trace_text_free(header);
    trace_text_free(numbers);
    return file;
}

/* -------------------------------------------------------------------------------------------- models */

random_file random_model_file(const trmi_config *config, random_source *source, double scale, bool deflate)
{
    random_file given = random_checkpoint(config, source, scale), file = { NULL, 0 };
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.deflate = deflate;
    trm_error error = TRM_ERROR_INIT;
    void *converted = NULL;
    const trm_status status =
        trm_convert_memory(given.data, given.bytes, &options, &converted, &file.bytes, &error);
    free(given.data);
    if (deflate && status == TRM_ERROR_UNSUPPORTED)
        return (random_file) { NULL, 0 };
    stop_unless(status == TRM_OK, error.message);
    file.data = aligned_alloc(64, (file.bytes + 63) / 64 * 64);
    stop_unless(file.data != NULL, "no memory");
    memcpy(file.data, converted, file.bytes);
    trm_convert_free(converted, NULL);
    return file;
}

trm_model *random_model_open(const random_file *file)
{
    trm_model *model = NULL;
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trm_model_open_memory(file->data, file->bytes, NULL, &model, &error);
    stop_unless(status == TRM_OK, error.message);
    return model;
}
