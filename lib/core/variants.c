/* The words of TRM_CPU, and the row of the list that they and the processor leave. */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include <trm/trm.h>

#include "lib/core/host.h"
#include "lib/core/variants.h"

#define WORD(word, bit, ...) { #word, TRMI_CPU_UP_TO_##bit },
static const struct {
    char word[12]; /* no pointers: in firmware the linker drops what nobody asks for */
    uint32_t left;
} words[] = { TRMI_VARIANT_PORTABLE(WORD) TRMI_VARIANTS_OF_HOSTS(WORD) };
enum { WORDS = sizeof words / sizeof *words };

uint32_t trmi_cpu_left_by(const char *word)
{
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].left;
    return UINT32_MAX;
}

#define NEEDED(word, bit, ...) TRMI_CPU_##bit,
static const uint32_t needed[] = { TRMI_VARIANT_LEAST(NEEDED) TRMI_VARIANTS_HERE(NEEDED) };

uint32_t trmi_cpu_variant(void)
{
    const uint32_t features = trmi_cpu_features();
    uint32_t row = sizeof needed / sizeof *needed - 1;
    while ((features & needed[row]) != needed[row])
        row--; /* the first row needs nothing, or every such processor has it */
    return row;
}

const char *trm_instruction_set(uint32_t index)
{
    return index < WORDS ? words[index].word : NULL;
}
