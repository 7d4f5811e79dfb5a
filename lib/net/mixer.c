/* Mixer: panels of channels mix their positions, then rows mix their channels. arXiv 2105.01601.
 *     u = r_N(v + SwiGLU_N(v))      w = r_D(u + SwiGLU_D(u)) */
#include "lib/core/error.h"
#include "lib/net/gated.h"
#include "lib/net/kinds.h"
#include "lib/net/phase.h"

static trm_status check(const trmi_config *c, trm_error *error)
{
    TRMI_TRY(trmi_published_check(c, error));
    if (c->token_hidden == 0 || c->heads != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "a mixer: expected token_hidden of at least 1 and heads 0, found %u and %u",
                         (unsigned)c->token_hidden, (unsigned)c->heads);
    if (c->position_encoding == TRM_POSITION_ROTARY)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "a mixer: expected position_encoding none or learned, found rotary");
    return TRM_OK;
}

static void complete(trmi_config *config)
{
    if (config->position_encoding == 0)
        config->position_encoding = TRM_POSITION_NONE;
    if (config->token_hidden == 0)
        config->token_hidden = trmi_usual_hidden(trmi_rows(config));
}

static void matrix(const trmi_config *c, uint32_t slot, trmi_tensor *tensor)
{
    const uint32_t rows = trmi_rows(c);
    switch (slot) {
    case TRMI_SLOT_MIX_IN:
        trmi_describe_rows(tensor, "tokens.gate_up", 2, c->token_hidden, rows);
        break;
    case TRMI_SLOT_MIX_OUT:
        trmi_describe_rows(tensor, "tokens.down", 1, rows, c->token_hidden);
        break;
    default:
        trmi_describe_channels(c, slot, tensor);
        break;
    }
}

static uint64_t products(const trmi_config *c, uint64_t rows, const uint64_t *heard)
{
    (void)heard;
    const uint64_t channels = c->channels;
    return 3 * rows * c->token_hidden * channels + trmi_channel_products(c);
}

static void layout_activations(trmi_activations *activations, const trmi_config *config,
                               const trmi_extent *most, trmi_arena *arena)
{
    (void)most;
    activations->idle_numbers = (uint64_t)trmi_padded(config->channels) * trmi_rows(config);
    activations->idle = activations->u = trmi_arena_take(arena, activations->idle_numbers, sizeof(float));
}

static void layout_scratch(trmi_scratch *scratch, const trmi_config *config, const trmi_extent *most,
                           trmi_arena *arena)
{
    (void)most;
    trmi_gated_scratch(scratch, config, arena);
}

/* u = r_N(v + SwiGLU_N(v)), some panels */
static void mix_tokens(void *argument, uint32_t index)
{
    const trmi_phase *phase = argument;
    const trmi_evaluation *e = phase->evaluation;
    const trmi_config *config = &e->model->config;
    const size_t panel = (size_t)phase->rows * TRMI_PANEL;
    const trmi_range range = trmi_part_of(phase, trmi_padded(config->channels) / TRMI_PANEL, 1, index);
    trmi_scratch *scratch = &e->scratch[index];
    for (uint32_t p = range.begin; p < range.end; p += TRMI_PANEL_GROUP) {
        const uint32_t panels = range.end - p < TRMI_PANEL_GROUP ? range.end - p : TRMI_PANEL_GROUP;
        if (phase->first)
            trmi_add_inputs(phase, p * panel, panels * panel);
        trmi_gated_tokens(e->model, phase->weights, phase->from + p * panel, panels, scratch->out, scratch);
        for (uint32_t i = 0; i < panels; i++)
            e->model->kernels.norm_rows(e->activations->u + (p + i) * panel, phase->from + (p + i) * panel,
                                        scratch->out + i * panel, phase->rows, e->model->norm_epsilon);
    }
}

static void channels_of_rows(const trmi_phase *phase, trmi_range rows, trmi_scratch *scratch)
{
    trmi_mix_channels(phase, trmi_rows_of(phase->evaluation->activations->u, phase->rows, rows), rows,
                      scratch);
}

static void mix_channels(void *argument, uint32_t index)
{
    trmi_each_row_tile(argument, index, channels_of_rows);
}

static trmi_work *const phases[] = { mix_tokens, mix_channels };

const trmi_kind trmi_kind_mixer = {
    .block = TRM_BLOCK_MIXER,
    .name = "mixer",
    .check = TRMI_FOR_FILES(check),
    .complete = TRMI_FOR_FILES(complete),
    .slots = trmi_published_slots,
    .matrix = TRMI_FOR_FILES(matrix),
    .products = TRMI_FOR_FILES(products),
    .tables = trmi_no_tables,
    .bound_tables = trmi_no_bound,
    .fill_tables = trmi_no_filling,
    .activations = layout_activations,
    .scratch = layout_scratch,
    .embed = trmi_published_embed,
    .read = trmi_published_read,
    .head_size = trmi_published_head_size,
    .phases = phases,
    .phase_count = sizeof phases / sizeof *phases,
};
