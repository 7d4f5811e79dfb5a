/*
 * A loop over trm_solve(), the measure that overhead.py holds Python against.
 *
 *     overhead MODEL.trm COUNT ROUNDS
 *
 * Solves COUNT puzzles a call, one step each, and prints the seconds of the fastest of ROUNDS calls.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <trm/trm.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Negative after a failure. */
static double fastest_solve(const trm_model *model, size_t count, long rounds, const trm_answers *answers,
                            const int32_t *tokens, trm_error *error)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    double fastest = 1e9;
    questions.count = count;
    questions.tokens = tokens;
    options.batch = count < 8 ? (uint32_t)count : 8;
    for (long i = 0; i < rounds; i++) {
        const double begin = seconds_now();
        if (trm_solve(model, &questions, answers, &options, error) != TRM_OK)
            return -1.0;
        const double passed = seconds_now() - begin;
        fastest = passed < fastest ? passed : fastest;
    }
    return fastest;
}

static double measure(const trm_model *model, size_t count, long rounds, trm_error *error)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    if (trm_model_describe(model, &info, error) != TRM_OK)
        return -1.0;
    const size_t cells = count * info.positions;
    trm_answers answers = TRM_ANSWERS_INIT;
    int32_t *tokens = calloc(2 * cells, sizeof *tokens);
    float *numbers = calloc(cells + count, sizeof *numbers);
    uint32_t *counts = calloc(2 * count, sizeof *counts);
    double fastest = -1.0;
    if (tokens != NULL && numbers != NULL && counts != NULL) {
        for (size_t i = 0; i < cells; i++)
            tokens[i] = 1; /* a blank */
        answers.tokens = tokens + cells;
        answers.probabilities = numbers;
        answers.halt_probabilities = numbers + cells;
        answers.steps = counts;
        answers.stops = counts + count;
        fastest = fastest_solve(model, count, rounds, &answers, tokens, error);
    }
    free(tokens);
    free(numbers);
    free(counts);
    return fastest;
}

int main(int argc, char **argv)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    double fastest = -1.0;
    if (argc != 4) {
        fprintf(stderr, "usage: %s MODEL.trm COUNT ROUNDS\n", argv[0]);
        return 2;
    }
    if (trm_model_open(argv[1], NULL, &model, &error) == TRM_OK)
        fastest = measure(model, strtoul(argv[2], NULL, 10), strtol(argv[3], NULL, 10), &error);
    trm_model_close(model);
    if (fastest < 0.0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("%.9f\n", fastest);
    return 0;
}
