#include "lib/learning/schedule.h"

#include <assert.h>
#include <math.h>

double trmi_schedule_rate(const trm_train_options *options, uint64_t step)
{
    static const double pi = 3.14159265358979323846;
    if (step < options->warm_up)
        return (double)(step + 1) / (double)options->warm_up;
    if (options->cosine == 0)
        return 1.0;
    const double whole = (double)(options->steps - options->warm_up);
    return 0.5 * (1.0 + cos(pi * (double)(step - options->warm_up) / whole));
}

void trmi_schedule_depth(const trm_train_options *options, const trmi_config *config, uint64_t step,
                         uint32_t *cycles, uint32_t *updates)
{
    static const struct {
        double until;
        uint32_t cycles, updates;
    } phases[] = { { 0.3, 1, 2 }, { 0.6, 2, 4 } };
    *cycles = config->cycles;
    *updates = config->updates;
    assert(options->steps > 0);
    const double share = (double)step / (double)options->steps;
    for (int i = 0; options->curriculum != 0 && i < 2; i++)
        if (share < phases[i].until) {
            *cycles = phases[i].cycles < *cycles ? phases[i].cycles : *cycles;
            *updates = phases[i].updates < *updates ? phases[i].updates : *updates;
            return;
        }
}
