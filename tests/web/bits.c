/* What a model makes of questions, to the last bit, for the test that compares WebAssembly with it: a line
 * for each step of each question of standard input, one a line: the step, why it stops, tokens, then the bits
 * of the halt logit, of the halt probability and of each probability.
 * usage: bits MODEL STEPS ROWS COLUMNS <QUESTIONS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

enum { MOST_POSITIONS = 4096 };

static int fail(const trm_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    return 1;
}

static unsigned bits_of(float number)
{
    unsigned bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static int32_t tokens[MOST_POSITIONS], answer[MOST_POSITIONS];
static float probabilities[MOST_POSITIONS];

static trm_status watch(trm_solver *solver, const trm_questions *questions, size_t positions,
                        trm_error *error)
{
    uint32_t running = 1, stop = 0, step = 0;
    float logit = 0.0f, halt = 0.0f;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer;
    answers.probabilities = probabilities;
    answers.halt_logits = &logit;
    answers.halt_probabilities = &halt;
    answers.steps = &step;
    answers.stops = &stop;
    trm_status status = trm_solver_load(solver, questions, error);
    while (status == TRM_OK && running > 0) {
        status = trm_solver_step(solver, &running, error);
        if (status == TRM_OK)
            status = trm_solver_read(solver, &answers, error);
        printf("%u %u", (unsigned)step, (unsigned)stop);
        for (size_t i = 0; i < positions; i++)
            printf("%c%d", i == 0 ? ' ' : ',', (int)answer[i]);
        printf(" %x %x", bits_of(logit), bits_of(halt));
        for (size_t i = 0; i < positions; i++)
            printf(" %x", bits_of(probabilities[i]));
        printf("\n");
    }
    return status;
}

int main(int count, char **words)
{
    char line[MOST_POSITIONS + 2];
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    trm_solver *solver = NULL;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    if (count != 5 || trm_model_open(words[1], NULL, &model, &error) != TRM_OK)
        return fail(&error);
    options.maximum_steps = (uint32_t)strtoul(words[2], NULL, 10);
    shape.rows = (uint32_t)strtoul(words[3], NULL, 10);
    shape.columns = (uint32_t)strtoul(words[4], NULL, 10);
    const size_t positions = (size_t)shape.rows * shape.columns;
    if (shape.rows > 0)
        options.shape = &shape;
    trm_status status = trm_solver_create(model, &options, &solver, &error);
    while (status == TRM_OK && fgets(line, sizeof line, stdin) != NULL) {
        trm_questions questions = TRM_QUESTIONS_INIT;
        const size_t length = strcspn(line, "\n");
        questions.count = 1;
        questions.tokens = tokens;
        questions.shapes = options.shape;
        questions.shape_count = shape.rows > 0;
        status = length > MOST_POSITIONS || (shape.rows > 0 && length != positions)
                     ? TRM_ERROR_ARGUMENT
                     : trm_model_encode(model, options.shape, line, length, tokens, &error);
        if (status == TRM_OK)
            status = watch(solver, &questions, length, &error);
    }
    trm_solver_free(solver);
    trm_model_close(model);
    return status == TRM_OK ? 0 : fail(&error);
}
