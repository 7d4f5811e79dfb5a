/* The tensors of a configuration, in the file's order: embeddings, initial states, blocks, heads. */
#include "lib/model/tensors.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/name.h"
#include "lib/model/kind.h"

/* What the visits share. After a failure nothing more is visited. */
typedef struct tensor_walk {
    trmi_tensor_visit *visit;
    void *user;
    trm_error *error;
    uint32_t kind;
    trm_status status;
} tensor_walk;

static void visit_tensor(tensor_walk *walk, const trmi_tensor *tensor)
{
    trmi_tensor whole = *tensor;
    whole.kind = walk->kind;
    if (walk->status == TRM_OK)
        walk->status = walk->visit(walk->user, &whole, walk->error);
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
    trmi_write_name(tensor.name, sizeof tensor.name, "%s", name);
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
    trmi_write_name(tensor.name, sizeof tensor.name, "%s", name);
    visit_tensor(walk, &tensor);
}

static void visit_embeddings(tensor_walk *walk, const trmi_config *c)
{
    visit_rows(walk, "embed.tokens", TRMI_EMBED_TOKENS, trmi_token_classes(c), c->channels);
    if (c->features > 0)
        visit_rows(walk, "embed.features", TRMI_EMBED_FEATURES, c->features, c->channels);
    if (c->position_encoding == TRM_POSITION_LEARNED)
        visit_rows(walk, "embed.positions", TRMI_EMBED_POSITIONS, trmi_rows(c), c->channels);
    if (c->identifiers > 0)
        visit_rows(walk, "embed.puzzles", TRMI_EMBED_PUZZLES, c->identifiers, c->puzzle_width);
    if (c->registers)
        visit_rows(walk, "embed.registers", TRMI_EMBED_REGISTERS, c->prefix, c->channels);
    visit_rows(walk, "state.y", TRMI_STATE_Y, 1, c->channels);
    visit_rows(walk, "state.z", TRMI_STATE_Z, 1, c->channels);
}

/* The kind says how the name ends, and the shape. */
static void visit_matrix(tensor_walk *walk, const trmi_config *c, trmi_network_index network, uint32_t block,
                         uint32_t slot)
{
    const char *net = c->architecture == TRM_ARCHITECTURE_TRM ? "net"
                      : network == TRMI_NETWORK_LOW           ? "low"
                                                              : "high";
    trmi_tensor part = { .name = "" }, tensor;
    trmi_kind_of(c->block)->matrix(c, slot, &part);
    tensor = part;
    tensor.role = TRMI_BLOCK_MATRIX;
    tensor.network = network;
    tensor.block = block;
    tensor.slot = slot;
    trmi_write_name(tensor.name, sizeof tensor.name, "%s.%u.%s", net, (unsigned)block, part.name);
    visit_tensor(walk, &tensor);
}

static void visit_network(tensor_walk *walk, const trmi_config *c, trmi_network_index network,
                          uint32_t blocks)
{
    const uint32_t slots = trmi_kind_of(c->block)->slots(c);
    for (uint32_t block = 0; block < blocks; block++)
        for (uint32_t slot = 0; slot < slots; slot++)
            visit_matrix(walk, c, network, block, slot);
}

static void visit_heads(tensor_walk *walk, const trmi_config *c)
{
    const uint32_t halts = trmi_halts_by_head(c) ? 2 : 1;
    visit_panels(walk, "head.tokens", TRMI_HEAD_TOKENS, trmi_outputs(c), c->channels);
    if (c->head_bias)
        visit_rows(walk, "head.tokens.bias", TRMI_HEAD_TOKENS_BIAS, 1, trmi_outputs(c));
    visit_panels(walk, "head.halt", TRMI_HEAD_HALT, halts, c->channels);
    visit_rows(walk, "head.halt.bias", TRMI_HEAD_HALT_BIAS, 1, halts);
}

trm_status trmi_tensors(const trmi_config *config, trmi_tensor_visit *visit, void *user, trm_error *error)
{
    tensor_walk walk = { visit, user, error, config->block, TRM_OK };
    visit_embeddings(&walk, config);
    visit_network(&walk, config, TRMI_NETWORK_LOW, config->blocks);
    visit_network(&walk, config, TRMI_NETWORK_HIGH, config->high_blocks);
    visit_heads(&walk, config);
    return walk.status;
}
