/* What a model answers on this machine, as checksums of bits: tests/machines/run compares them over machines.
 *
 *     answers [--roundings] MODEL.trm...
 *
 * A line for each instruction set that this machine has, model and precision: name, precision, kernels,
 * checksum. With --roundings each is computed in every way of rounding that the machine has, too, which may
 * change neither the bits nor itself. */
#define _XOPEN_SOURCE 600 /* putenv, which Windows has, too */

#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

enum { PUZZLES = 2, STEPS = 2 };

static uint32_t add_bytes(uint32_t sum, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < bytes; i++)
        sum = (sum ^ at[i]) * 16777619u; /* FNV-1a */
    return sum;
}

/* Numbers as their bits, so that machines of either byte order agree. */
static uint32_t add_numbers(uint32_t sum, const float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        const unsigned char bytes[] = { (unsigned char)bits, (unsigned char)(bits >> 8),
                                        (unsigned char)(bits >> 16), (unsigned char)(bits >> 24) };
        sum = add_bytes(sum, bytes, sizeof bytes);
    }
    return sum;
}

static void draw(int32_t *tokens, size_t count, uint32_t vocabulary)
{
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        tokens[i] = (int32_t)((state >> 8) % vocabulary);
    }
}

static uint32_t solve(const trm_model *model, const trm_model_info *info)
{
    const size_t cells = (size_t)PUZZLES * info->positions;
    int32_t *questions = malloc(cells * sizeof *questions);
    float *logits = malloc(cells * info->vocabulary * sizeof *logits),
          *probabilities = malloc(cells * sizeof(float));
    float halt[PUZZLES], halt_probability[PUZZLES];
    trm_error error = TRM_ERROR_INIT;
    trm_questions given = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    if (questions == NULL || logits == NULL || probabilities == NULL)
        exit(1);
    draw(questions, cells, info->vocabulary);
    given.count = PUZZLES;
    given.tokens = questions;
    answers.logits = logits;
    answers.probabilities = probabilities;
    answers.halt_logits = halt;
    answers.halt_probabilities = halt_probability;
    options.halt = 0;
    options.maximum_steps = STEPS;
    if (trm_solve(model, &given, &answers, &options, &error) != TRM_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    uint32_t sum = add_numbers(2166136261u, logits, cells * info->vocabulary);
    sum = add_numbers(sum, probabilities, cells);
    sum = add_numbers(sum, halt, PUZZLES);
    sum = add_numbers(sum, halt_probability, PUZZLES);
    free(questions);
    free(logits);
    free(probabilities);
    return sum;
}

static const int roundings[] = {
    FE_TONEAREST,
#ifdef FE_UPWARD
    FE_UPWARD,
#endif
#ifdef FE_DOWNWARD
    FE_DOWNWARD,
#endif
#ifdef FE_TOWARDZERO
    FE_TOWARDZERO,
#endif
};

/* Is it the checksum of each way of rounding? */
static int solve_in_all(const trm_model *model, const trm_model_info *info, uint32_t sum)
{
    for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++) {
        if (fesetround(roundings[i]) != 0)
            continue; /* this machine has one way only */
        const uint32_t found = solve(model, info);
        const int left = fegetround();
        fesetround(FE_TONEAREST);
        if (found != sum || left != roundings[i]) {
            fprintf(stderr, "rounding %d: %08x instead of %08x, and %d is left\n", roundings[i],
                    (unsigned)found, (unsigned)sum, left);
            return 1;
        }
    }
    return 0;
}

static int show(const char *path, uint32_t flags, const char *instruction_set, int with_roundings)
{
    trm_error error = TRM_ERROR_INIT;
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_model *model = NULL;
    options.flags = flags;
    if (trm_model_open(path, &options, &model, &error) != TRM_OK ||
        trm_model_describe(model, &info, &error) != TRM_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    const char *slash = strrchr(path, '/');
    int status = 0;
    if (strcmp(info.instruction_set, instruction_set) == 0) { /* or else this machine lacks it */
        const uint32_t sum = solve(model, &info);
        status = with_roundings ? solve_in_all(model, &info, sum) : 0;
        printf("%s %s %s %08x\n", slash != NULL ? slash + 1 : path, info.quantised ? "int8" : "fp32",
               info.instruction_set, (unsigned)sum);
    }
    trm_model_close(model);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0, first = 1, with_roundings = 0;
    const char *word;
    if (argc > 1 && strcmp(argv[1], "--roundings") == 0)
        with_roundings = first++;
    for (uint32_t row = 0; (word = trm_instruction_set(row)) != NULL; row++) {
        static char variable[64]; /* the environment keeps it */
        snprintf(variable, sizeof variable, "TRM_CPU=%s", word);
        putenv(variable);
        for (int i = first; i < argc; i++)
            status |=
                show(argv[i], 0, word, with_roundings) | show(argv[i], TRM_OPEN_INT8, word, with_roundings);
    }
    return status;
}
