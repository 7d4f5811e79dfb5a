/* The tensors of a configuration, in the file's order: embeddings, initial states, blocks, heads. */
#include "lib/model/tensors.h"

#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"

/* What the visits share. After a failure nothing more is visited. */
typedef struct tensor_walk {
    trmi_tensor_visit *visit;
    void *user;
    trm_error *error;
    trm_status status;
} tensor_walk;

static void visit_tensor(tensor_walk *walk, const trmi_tensor *tensor)
{
    if (walk->status == TRM_OK)
        walk->status = walk->visit(walk->user, tensor, walk->error);
}

/* A matrix or vector in plain rows. */
static void visit_rows(tensor_walk *walk, const char *name, trmi_role role, uint32_t rows, uint32_t columns)
{
    trmi_tensor tensor = { .role = role,
                           .layout = TRMI_LAYOUT_ROWS,
                           .groups = 1,
                           .group_rows = rows,
                           .stored_group_rows = rows,
                           .column_groups = 1,
                           .group_columns = columns,
                           .stored_group_columns = columns };
    snprintf(tensor.name, sizeof tensor.name, "%s", name);
    visit_tensor(walk, &tensor);
}

/* A matrix in panels outside the blocks. */
static void visit_panels(tensor_walk *walk, const char *name, trmi_role role, uint32_t rows, uint32_t columns)
{
    trmi_tensor tensor = { .role = role,
                           .layout = TRMI_LAYOUT_PANELS,
                           .groups = 1,
                           .group_rows = rows,
                           .stored_group_rows = trmi_padded(rows),
                           .column_groups = 1,
                           .group_columns = columns,
                           .stored_group_columns = columns };
    snprintf(tensor.name, sizeof tensor.name, "%s", name);
    visit_tensor(walk, &tensor);
}

static void visit_embeddings(tensor_walk *walk, const trmi_config *c)
{
    visit_rows(walk, "embed.tokens", TRMI_EMBED_TOKENS, c->vocabulary, c->channels);
    if (c->position_encoding == TRM_POSITION_LEARNED)
        visit_rows(walk, "embed.positions", TRMI_EMBED_POSITIONS, trmi_rows(c), c->channels);
    if (c->identifiers > 0)
        visit_rows(walk, "embed.puzzles", TRMI_EMBED_PUZZLES, c->identifiers, c->puzzle_width);
    if (c->registers)
        visit_rows(walk, "embed.registers", TRMI_EMBED_REGISTERS, c->prefix, c->channels);
    visit_rows(walk, "state.y", TRMI_STATE_Y, 1, c->channels);
    visit_rows(walk, "state.z", TRMI_STATE_Z, 1, c->channels);
}

/* What the blocks of a network share before their role and shape are filled in. */
static trmi_tensor block_tensor(const trmi_config *c, trmi_network_index network, uint32_t block,
                                const char *part)
{
    const char *net = c->architecture == TRM_ARCHITECTURE_TRM ? "net"
                      : network == TRMI_NETWORK_LOW           ? "low"
                                                              : "high";
    trmi_tensor tensor = {
        .network = network, .block = block, .layout = TRMI_LAYOUT_PANELS, .groups = 1, .column_groups = 1
    };
    snprintf(tensor.name, sizeof tensor.name, "%s.%u.%s", net, (unsigned)block, part);
    return tensor;
}

static void visit_mixer(tensor_walk *walk, const trmi_config *c, trmi_network_index network, uint32_t block)
{
    const uint32_t rows = trmi_rows(c);
    trmi_tensor up = block_tensor(c, network, block, "tokens.gate_up"),
                down = block_tensor(c, network, block, "tokens.down");
    up.role = TRMI_TOKENS_GATE_UP;
    down.role = TRMI_TOKENS_DOWN;
    up.layout = down.layout = TRMI_LAYOUT_ROWS;
    up.groups = 2;
    up.group_rows = up.stored_group_rows = c->token_hidden;
    up.group_columns = up.stored_group_columns = rows;
    down.group_rows = down.stored_group_rows = rows;
    down.group_columns = down.stored_group_columns = c->token_hidden;
    visit_tensor(walk, &up);
    visit_tensor(walk, &down);
}

/* Each head's rows (and, on the way out, columns) begin at a panel. */
static void visit_attention(tensor_walk *walk, const trmi_config *c, trmi_network_index network,
                            uint32_t block)
{
    trmi_tensor qkv = block_tensor(c, network, block, "attention.qkv"),
                out = block_tensor(c, network, block, "attention.out");
    qkv.role = TRMI_ATTENTION_QKV;
    out.role = TRMI_ATTENTION_OUT;
    qkv.groups = 3 * c->heads;
    qkv.group_rows = c->channels / c->heads;
    qkv.stored_group_rows = trmi_head_width(c);
    qkv.group_columns = qkv.stored_group_columns = c->channels;
    out.group_rows = c->channels;
    out.stored_group_rows = trmi_padded(c->channels);
    out.column_groups = c->heads;
    out.group_columns = c->channels / c->heads;
    out.stored_group_columns = trmi_head_width(c);
    visit_tensor(walk, &qkv);
    visit_tensor(walk, &out);
}

static void visit_channels(tensor_walk *walk, const trmi_config *c, trmi_network_index network,
                           uint32_t block)
{
    trmi_tensor up = block_tensor(c, network, block, "channels.gate_up"),
                down = block_tensor(c, network, block, "channels.down");
    up.role = TRMI_CHANNELS_GATE_UP;
    down.role = TRMI_CHANNELS_DOWN;
    up.groups = 2;
    up.group_rows = c->channel_hidden;
    up.stored_group_rows = trmi_padded(c->channel_hidden);
    up.group_columns = up.stored_group_columns = c->channels;
    down.group_rows = c->channels;
    down.stored_group_rows = trmi_padded(c->channels);
    down.group_columns = down.stored_group_columns = c->channel_hidden;
    visit_tensor(walk, &up);
    visit_tensor(walk, &down);
}

static void visit_network(tensor_walk *walk, const trmi_config *c, trmi_network_index network,
                          uint32_t blocks)
{
    for (uint32_t block = 0; block < blocks; block++) {
        if (c->block == TRM_BLOCK_MIXER)
            visit_mixer(walk, c, network, block);
        else
            visit_attention(walk, c, network, block);
        visit_channels(walk, c, network, block);
    }
}

static void visit_heads(tensor_walk *walk, const trmi_config *c)
{
    visit_panels(walk, "head.tokens", TRMI_HEAD_TOKENS, c->vocabulary, c->channels);
    if (c->head_bias)
        visit_rows(walk, "head.tokens.bias", TRMI_HEAD_TOKENS_BIAS, 1, c->vocabulary);
    visit_panels(walk, "head.halt", TRMI_HEAD_HALT, 2, c->channels);
    visit_rows(walk, "head.halt.bias", TRMI_HEAD_HALT_BIAS, 1, 2);
}

trm_status trmi_tensors(const trmi_config *config, trmi_tensor_visit *visit, void *user, trm_error *error)
{
    tensor_walk walk = { visit, user, error, TRM_OK };
    visit_embeddings(&walk, config);
    visit_network(&walk, config, TRMI_NETWORK_LOW, config->blocks);
    visit_network(&walk, config, TRMI_NETWORK_HIGH, config->high_blocks);
    visit_heads(&walk, config);
    return walk.status;
}

uint64_t trmi_number_index(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    const uint64_t columns = trmi_tensor_columns(tensor);
    if (tensor->layout == TRMI_LAYOUT_ROWS)
        return row * columns + column;
    return (row / TRMI_LANES * columns + column) * TRMI_LANES + row % TRMI_LANES;
}

uint64_t trmi_tensor_index(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    return trmi_number_index(tensor, trmi_stored_row(tensor, row), trmi_stored_column(tensor, column));
}

enum { LONGEST_CHAIN = 131072 }; /* products of 127 x 127 whose sum fits in 31 bits */

bool trmi_tensor_quantises(const trmi_tensor *tensor)
{
    return tensor->role >= TRMI_TOKENS_GATE_UP && tensor->role <= TRMI_CHANNELS_DOWN &&
           trmi_tensor_columns(tensor) <= LONGEST_CHAIN;
}

uint64_t trmi_code_index(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    const uint64_t columns = trmi_code_columns(tensor);
    if (tensor->layout == TRMI_LAYOUT_ROWS)
        return row * columns + column;
    return ((row / TRMI_LANES * (columns / 4) + column / 4) * TRMI_LANES + row % TRMI_LANES) * 4 + column % 4;
}
