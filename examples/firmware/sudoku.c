/* Sudokus on a microcontroller: the model stays in flash, two static arrays are all its RAM, and the answer
 * has the bits that every other machine finds. */
#include <string.h>

#include "model.h"
#include "platform.h"
#include "text.h"
#include "trm.h"

#ifndef MODEL_WORKSPACE
#define MODEL_WORKSPACE 12288 /* trm info --target has both numbers */
#endif
#ifndef SOLVER_WORKSPACE
#define SOLVER_WORKSPACE 515072
#endif
#ifndef PUZZLES
#define PUZZLES \
    "1......3..4.2...", "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
#endif

enum { MOST_CELLS = TRM_EMBEDDED_MOST_POSITIONS };

static _Alignas(64) unsigned char model_workspace[MODEL_WORKSPACE], solver_workspace[SOLVER_WORKSPACE];
static float logits[MOST_CELLS * TRM_EMBEDDED_VOCABULARY];
static int32_t tokens[MOST_CELLS], answer[MOST_CELLS];
static char text[MOST_CELLS + 1];
static size_t calls_begin; /* of the library, on the stack */

static _Noreturn void fail(const char *what, trm_status status, const trm_error *error)
{
    put(what);
    put(": status ");
    put_number((uint64_t)status);
    put(" ");
    put(error->message);
    put("\n");
    quit(1);
}

#ifdef TELL_SIZES
static void tell(const char *what, size_t bytes)
{
    put(what);
    put_number(bytes);
    put(" bytes\n");
}
#else
#define tell(what, bytes) (void)(bytes)
#endif

/* A checksum of bits (FNV-1a), to compare machines by. */
static uint32_t add_bits(uint32_t sum, const float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        for (int shift = 0; shift < 32; shift += 8)
            sum = (sum ^ (bits >> shift & 255)) * 16777619u;
    }
    return sum;
}

static trm_shape shape_of(size_t length)
{
    trm_shape shape = TRM_SHAPE_INIT;
    uint32_t side = 1;
    while ((size_t)side * side < length)
        side++;
    shape.rows = shape.columns = shape.fields = side;
    trm_default_boxes(side, &shape.box_rows, &shape.box_columns);
    return shape;
}

static void show(const trm_model *model, const trm_shape *shape, size_t length, uint32_t steps, uint32_t stop,
                 uint32_t bits)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trm_model_decode(model, shape, answer, length, text, &error);
    if (status != TRM_OK)
        fail("decode", status, &error);
    text[length] = '\0';
    put(text);
    put(stop == TRM_STOP_SIGNAL ? " sure after " : " not sure after ");
    put_number(steps);
    put(" steps, bits ");
    put_bits(bits);
    put("\n");
}

static void solve(const trm_model *model, const char *puzzle)
{
    const size_t length = strlen(puzzle);
    const trm_shape shape = shape_of(length);
    float halt = 0.0f, probability = 0.0f;
    uint32_t steps = 0, stop = 0, running = 1;
    trm_error error = TRM_ERROR_INIT;
    trm_solver *solver = NULL;
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_answers found = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.shape = &shape;
    options.workspace = solver_workspace;
    options.workspace_size = sizeof solver_workspace;
    question.count = 1;
    question.tokens = tokens;
    question.shapes = &shape;
    question.shape_count = 1;
    found.tokens = answer;
    found.logits = logits;
    found.halt_logits = &halt;
    found.halt_probabilities = &probability;
    found.steps = &steps;
    found.stops = &stop;
    size_t needed = 0;
    calls_begin = stack_place();
    if (trm_solver_measure(model, &options, &needed, &error) == TRM_OK)
        tell("solver workspace ", needed);
    trm_status status = trm_model_encode(model, &shape, puzzle, length, tokens, &error);
    if (status == TRM_OK)
        status = trm_solver_create(model, &options, &solver, &error);
    if (status == TRM_OK)
        status = trm_solver_load(solver, &question, &error);
    while (status == TRM_OK && running > 0)
        status = trm_solver_step(solver, &running, &error);
    if (status == TRM_OK)
        status = trm_solver_read(solver, &found, &error);
    if (status != TRM_OK)
        fail(puzzle, status, &error);
    uint32_t bits = add_bits(2166136261u, logits, length * TRM_EMBEDDED_VOCABULARY);
    bits = add_bits(add_bits(bits, &halt, 1), &probability, 1);
    show(model, &shape, length, steps, stop, bits);
    trm_solver_free(solver);
}

#ifdef PUZZLES_FROM_ARGUMENTS /* on a computer */
int main(int count, char **puzzles)
#else
static const char *const puzzles[] = { "", PUZZLES };
enum { count = sizeof puzzles / sizeof *puzzles };

int main(void)
#endif
{
    trm_error error = TRM_ERROR_INIT;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    opening.workspace = model_workspace;
    opening.workspace_size = sizeof model_workspace;
    size_t needed = 0;
    if (trm_model_measure(trm_embedded, sizeof trm_embedded, &needed, &error) == TRM_OK)
        tell("model workspace ", needed);
    const trm_status status =
        trm_model_open_memory(trm_embedded, sizeof trm_embedded, &opening, &model, &error);
    if (status != TRM_OK)
        fail("model", status, &error);
    for (int i = 1; i < count; i++)
        solve(model, puzzles[i]);
    tell("stack ", stack_used(calls_begin));
    trm_model_close(model);
    return 0;
}
