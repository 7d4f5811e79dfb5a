/*
 * The smallest program that links -ltrm: it solves one puzzle.
 *
 *     cc solve.c $(pkg-config --cflags --libs trm) -o solve
 *     ./solve MODEL.trm PUZZLE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

/* Overwrites `puzzle` with its answer. `question` and `answer` have room for a token of each character. */
static trm_status solve(const trm_model *model, char *puzzle, int32_t *question, int32_t *answer,
                        trm_error *error)
{
    trm_status status = trm_model_encode(model, NULL, puzzle, strlen(puzzle), question, error);
    if (status != TRM_OK)
        return status;

    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = question;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer;
    status = trm_solve(model, &questions, &answers, NULL, error);
    if (status != TRM_OK)
        return status;

    return trm_model_decode(model, NULL, answer, strlen(puzzle), puzzle, error);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL.trm PUZZLE\n", argv[0]);
        return 2;
    }
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    if (trm_model_open(argv[1], NULL, &model, &error) != TRM_OK) {
        fprintf(stderr, "%s\n", error.message);
        return EXIT_FAILURE;
    }
    int result = EXIT_FAILURE;
    int32_t *tokens = calloc(strlen(argv[2]) + 1, 2 * sizeof *tokens);
    if (tokens == NULL)
        fprintf(stderr, "not enough memory\n");
    else if (solve(model, argv[2], tokens, tokens + strlen(argv[2]), &error) != TRM_OK)
        fprintf(stderr, "%s\n", error.message);
    else
        result = puts(argv[2]) == EOF ? EXIT_FAILURE : EXIT_SUCCESS;

    free(tokens);
    trm_model_close(model);
    return result;
}
