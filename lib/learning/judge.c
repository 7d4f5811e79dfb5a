#include "lib/learning/judge.h"

#include <string.h>

#include "lib/kernels/halting.h"
#include "lib/learning/operations.h"

static bool is_of_nodes(const trmi_config *config)
{
    return !trmi_halts_by_head(config);
}

static uint32_t answering(const trmi_question *question)
{
    return question->extent.positions * question->extent.fields;
}

/* Numbers of scratch that judging nodes takes: logits and their slopes, confidences and theirs, cells. */
static uint64_t scratch_count(const trmi_question *question)
{
    return 2 * (uint64_t)answering(question) + 3 * (uint64_t)question->extent.positions;
}

/* ------------------------------------------------------------------------------------------- heads */

/* Nodes, those that answer, say by themselves whether they are right; else the first row says it of all. */
trmi_heads trmi_record_heads(trmi_tape *tape, const trmi_parameters *parameters,
                             const trmi_question *question, trmi_value *y)
{
    const trmi_config *config = &parameters->config;
    if (!trmi_tape_measures(tape))
        trmi_value_clear(y);
    trmi_tape_scratch(tape, scratch_count(question));
    trmi_value *answer = trmi_tape_rows(tape, y, config->prefix, answering(question));
    trmi_value *halt = is_of_nodes(config) ? answer : trmi_tape_rows(tape, y, 0, 1);
    return (trmi_heads) { trmi_record_channels(tape, parameters->head_tokens, answer),
                          trmi_record_channels(tape, parameters->head_halt, halt) };
}

static float *number_at(float *data, const trmi_value *value, uint32_t row, uint32_t output)
{
    return data + output / TRMI_PANEL * value->panel + (size_t)row * TRMI_PANEL + output % TRMI_PANEL;
}

static void add_bias(const float *bias, uint32_t outputs, const trmi_value *logits)
{
    for (uint32_t output = 0; output < outputs; output++)
        for (uint32_t n = 0; n < logits->rows; n++)
            *number_at(logits->data, logits, n, output) += bias[output];
}

static void bias_back(const trmi_judge *judge, trmi_role role, uint32_t outputs, const trmi_value *logits)
{
    float *to = judge->sums + judge->parameters->role[role]->sums;
    for (uint32_t output = 0; output < outputs; output++)
        for (uint32_t n = 0; n < logits->rows; n++)
            to[output] += *number_at(logits->gradient, logits, n, output);
}

/* ------------------------------------------------------------------------------------------- answers */

static trmi_choices choices_of(const trmi_judge *judge, const trmi_value *logits)
{
    const trmi_config *config = &judge->model->config;
    const bool by_node = trmi_has_fields(config);
    return (trmi_choices) { .logits = logits->data,
                            .panel = logits->panel,
                            .positions = judge->question->extent.positions,
                            .first = by_node ? config->first_value : 0,
                            .count = by_node ? judge->question->extent.fields : config->vocabulary,
                            .by_node = by_node,
                            .softmax = config->likelihood == TRM_LIKELIHOOD_SOFTMAX };
}

void trmi_judge_prefer(const trm_model *model, const trmi_question *question, const trmi_value *logits,
                       float *preferences)
{
    const bool by_node = trmi_has_fields(&model->config);
    const uint32_t rows = answering(question), outputs = trmi_outputs(&model->config);
    for (uint32_t n = 0; n < rows; n++)
        for (uint32_t o = 0; o < outputs; o++)
            preferences[(size_t)n * outputs + o] =
                *number_at(logits->data, logits, n, o) +
                (by_node || !model->config.head_bias ? 0.0f : model->head_tokens_bias[o]);
}

static void judge_answer(const trmi_judge *judge, const trmi_value *logits, trmi_loss *loss, uint8_t *cells)
{
    const trmi_config *config = &judge->model->config;
    const uint32_t outputs = config->head_bias ? trmi_outputs(config) : 0;
    add_bias(judge->model->head_tokens_bias, outputs, logits);
    const trmi_choices choices = choices_of(judge, logits);
    trmi_loss_answer(loss, &choices, judge->labels, judge->smoothing,
                     judge->sums != NULL ? logits->gradient : NULL, cells);
    /* With fields it moves all choices alike, which changes nothing: rounding's noise would become whole
       steps of Adam. */
    if (judge->sums != NULL && outputs > 0 && !choices.by_node)
        bias_back(judge, TRMI_HEAD_TOKENS_BIAS, outputs, logits);
}

/* ------------------------------------------------------------------------------------------- halting */

static float judge_first_row(const trmi_judge *judge, const trmi_value *halt, trmi_loss *loss)
{
    const float logit = halt->data[0] + judge->model->head_halt_bias[0];
    const double slope = trmi_loss_halt(loss, (double)logit);
    if (judge->sums != NULL)
        halt->gradient[0] = (float)(judge->halt_weight * slope);
    return logit;
}

/* Scratch of judging nodes. */
typedef struct sayings {
    float *logits, *slopes;           /* of the nodes */
    float *confidences, *cell_slopes; /* of the positions */
    uint8_t *cells;
} sayings;

static sayings room_for(trmi_tape *tape, const trmi_question *question)
{
    const uint32_t nodes = answering(question), positions = question->extent.positions;
    float *room = trmi_tape_scratch(tape, scratch_count(question));
    return (sayings) { .logits = room,
                       .slopes = room + nodes,
                       .confidences = room + 2 * (size_t)nodes,
                       .cell_slopes = room + 2 * (size_t)nodes + positions,
                       .cells = (uint8_t *)(room + 2 * (size_t)nodes + 2 * (size_t)positions) };
}

/* Every position's own nodes, against whether it is right. */
static void judge_cells(const trmi_judge *judge, const trmi_gradients *gradients, const sayings *said,
                        trmi_loss *loss)
{
    const uint32_t positions = judge->question->extent.positions, fields = judge->question->extent.fields;
    trmi_halt_cells(said->confidences, said->logits, positions, fields);
    trmi_loss_cells(loss, said->confidences, said->cells, positions, said->cell_slopes);
    for (uint32_t p = 0; judge->sums != NULL && p < positions; p++)
        gradients->halt_softmin(said->slopes + (size_t)p * fields, said->logits + (size_t)p * fields, fields,
                                said->confidences[p], (float)judge->cell_weight * said->cell_slopes[p]);
}

static float judge_nodes(const trmi_judge *judge, const trmi_tape *tape, const sayings *said,
                         const trmi_value *halt, trmi_loss *loss)
{
    const uint32_t nodes = halt->rows;
    const bool product = judge->model->config.halting == TRMI_HALTING_PRODUCT;
    for (uint32_t n = 0; n < nodes; n++) {
        said->logits[n] = halt->data[(size_t)n * TRMI_PANEL] + judge->model->head_halt_bias[0];
        said->slopes[n] = 0.0f;
    }
    const float whole =
        product ? trmi_halt_product(said->logits, nodes) : trmi_halt_softmin(said->logits, nodes);
    const float slope = (float)(judge->halt_weight * trmi_loss_halt(loss, (double)whole));
    if (product && judge->sums != NULL)
        tape->gradients->halt_product(said->slopes, said->logits, nodes, slope);
    else if (judge->sums != NULL)
        tape->gradients->halt_softmin(said->slopes, said->logits, nodes, whole, slope);
    if (judge->cell_weight > 0.0)
        judge_cells(judge, tape->gradients, said, loss);
    for (uint32_t n = 0; judge->sums != NULL && n < nodes; n++)
        halt->gradient[(size_t)n * TRMI_PANEL] = said->slopes[n];
    return whole;
}

float trmi_judge_heads(const trmi_judge *judge, trmi_tape *tape, const trmi_heads *heads, trmi_loss *loss)
{
    const sayings said = room_for(tape, judge->question);
    judge_answer(judge, heads->tokens, loss, said.cells);
    if (judge->sums != NULL)
        memset(heads->halt->gradient, 0, trmi_value_count(heads->halt) * sizeof(float));
    const float logit = is_of_nodes(&judge->model->config)
                            ? judge_nodes(judge, tape, &said, heads->halt, loss)
                            : judge_first_row(judge, heads->halt, loss);
    if (judge->sums != NULL)
        bias_back(judge, TRMI_HEAD_HALT_BIAS, 1, heads->halt);
    return logit;
}
