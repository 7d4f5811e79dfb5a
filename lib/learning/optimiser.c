#include <assert.h>
#include <math.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/learning/muon.h"
#include "lib/learning/optimiser.h"

static uint64_t scratch_count(const trmi_parameters *parameters)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < parameters->count; i++) {
        const trmi_parameter *p = &parameters->list[i];
        const uint64_t count = p->in_block ? trmi_muon_scratch(&p->tensor) : 0;
        most = count > most ? count : most;
    }
    return most;
}

trm_status trmi_optimiser_begin(trmi_optimiser *optimiser, const trmi_parameters *parameters,
                                const trm_train_options *options, const trmi_kernels *kernels,
                                const trm_allocator *allocator, trm_error *error)
{
    *optimiser = (trmi_optimiser) {
        .parameters = parameters, .options = options, .kernels = kernels, .allocator = allocator
    };
    trmi_gradients_select(&optimiser->gradients);
    const uint64_t bytes = parameters->flat_count * sizeof(float);
    optimiser->gradient = trmi_allocate(allocator, bytes);
    optimiser->first = trmi_allocate(allocator, bytes);
    optimiser->second = trmi_allocate(allocator, bytes);
    optimiser->scratch = trmi_allocate(allocator, scratch_count(parameters) * sizeof(float));
    if (optimiser->gradient != NULL && optimiser->first != NULL && optimiser->second != NULL &&
        optimiser->scratch != NULL)
        return TRM_OK;
    trmi_optimiser_end(optimiser);
    return trmi_no_memory(error, "the moments of %llu weights", (unsigned long long)parameters->flat_count);
}

void trmi_optimiser_end(trmi_optimiser *optimiser)
{
    if (optimiser->allocator == NULL)
        return;
    trmi_release(optimiser->allocator, optimiser->gradient);
    trmi_release(optimiser->allocator, optimiser->first);
    trmi_release(optimiser->allocator, optimiser->second);
    trmi_release(optimiser->allocator, optimiser->scratch);
    *optimiser = (trmi_optimiser) { 0 };
}

static bool is_trained(const trmi_parameter *p)
{
    return p->trained && p->tensor.role != TRMI_EMBED_PUZZLES;
}

double trmi_optimiser_norm(const trmi_optimiser *optimiser)
{
    double squares = 0.0;
    for (uint32_t i = 0; i < optimiser->parameters->count; i++) {
        const trmi_parameter *p = &optimiser->parameters->list[i];
        for (uint64_t k = 0; is_trained(p) && k < p->count; k++) {
            const double g = (double)optimiser->gradient[p->flat + k];
            squares += g * g;
        }
    }
    return sqrt(squares);
}

/* Both kinds of Adam: golden/README.md says where the bias corrections of AdamATan2 stand. */
static void adam(const trmi_optimiser *optimiser, const trmi_parameter *p, double rate, double factor)
{
    const trm_train_options *o = optimiser->options;
    const bool by_angle = o->optimiser == TRM_OPTIMISER_ADAM_ATAN2;
    const double first_share = 1.0 - pow(o->beta1, (double)optimiser->steps),
                 second_share = 1.0 - pow(o->beta2, (double)optimiser->steps);
    const float b1 = (float)o->beta1, b2 = (float)o->beta2, root = (float)sqrt(second_share);
    const float keep = (float)(1.0 - rate * o->learning_rate * o->weight_decay),
                step = (float)(rate * o->learning_rate / first_share);
    for (uint64_t k = 0; k < p->count; k++) {
        const uint64_t i = p->flat + k;
        const float g = (float)factor * optimiser->gradient[i];
        const float m = optimiser->first[i] = b1 * optimiser->first[i] + (1.0f - b1) * g;
        const float v = optimiser->second[i] = b2 * optimiser->second[i] + (1.0f - b2) * g * g;
        const float spread = sqrtf(v) / root;
        const float direction = by_angle ? atan2f(m, spread) : m / (spread + 1e-8f);
        p->values[k] = p->values[k] * keep - step * direction;
    }
}

/* Nesterov: the gradient, and the momentum after it, make the direction. */
static void muon(const trmi_optimiser *optimiser, const trmi_parameter *p, double rate, double factor)
{
    const trm_train_options *o = optimiser->options;
    float *direction = optimiser->gradient + p->flat, *momentum = optimiser->first + p->flat;
    const float mu = (float)o->muon_momentum, scale = (float)factor;
    for (uint64_t k = 0; k < p->count; k++) {
        const float g = scale * direction[k];
        momentum[k] = mu * momentum[k] + g;
        direction[k] = g + mu * momentum[k];
    }
    trmi_muon_direction(direction, &p->tensor, optimiser->kernels, &optimiser->gradients, optimiser->scratch);
    const float keep = (float)(1.0 - rate * o->muon_learning_rate * o->muon_weight_decay),
                step = (float)(rate * o->muon_learning_rate);
    for (uint64_t k = 0; k < p->count; k++)
        p->values[k] = p->values[k] * keep - step * direction[k];
}

void trmi_optimiser_step(trmi_optimiser *optimiser, double rate, double factor)
{
    optimiser->steps++;
    for (uint32_t i = 0; i < optimiser->parameters->count; i++) {
        const trmi_parameter *p = &optimiser->parameters->list[i];
        if (!is_trained(p))
            continue;
        if (p->in_block && optimiser->options->optimiser == TRM_OPTIMISER_MUON)
            muon(optimiser, p, rate, factor);
        else
            adam(optimiser, p, rate, factor);
    }
}

void trmi_optimiser_puzzle(const trmi_optimiser *optimiser, uint32_t identifier, const float *gradient,
                           double rate)
{
    const trm_train_options *o = optimiser->options;
    const trmi_parameter *p = optimiser->parameters->role[TRMI_EMBED_PUZZLES];
    const uint32_t width = optimiser->parameters->config.puzzle_width;
    assert(p != NULL && identifier < optimiser->parameters->config.identifiers);
    float *row = p->values + (size_t)identifier * width;
    const float step = (float)(rate * o->puzzle_learning_rate),
                keep = (float)(1.0 - rate * o->puzzle_learning_rate * o->puzzle_weight_decay);
    for (uint32_t k = 0; k < width; k++)
        row[k] = row[k] * keep - step * (float)((gradient[k] > 0.0f) - (gradient[k] < 0.0f));
}
