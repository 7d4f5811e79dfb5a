/* Any bytes as questions: shapes, lists of who hears whom, helpers and features, to a small model that knows
 * all of these. Arrays are exactly as long as they are said to be. What is accepted can be solved, and learnt
 * from; what is not has a sentence. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/fuzz/target.h"
#include "tests/support/colouring_model.h"

enum { MOST_COUNT = 3, MOST_POSITIONS = 12, MOST_HELPERS = 6, FEATURES = 2, MOST_RELATIONS = 4 };

typedef struct reader {
    const uint8_t *data;
    size_t size;
} reader;

/* A small number mostly; the last bytes stand for those that overflow. */
static uint32_t take(reader *r)
{
    static const uint32_t hostile[] = { UINT32_MAX, 0x80000000u, 65536, 65537, 1048576, 0x7fffffff };
    if (r->size == 0)
        return 0;
    const uint8_t byte = *r->data++;
    r->size--;
    return byte >= 250 ? hostile[byte - 250] : byte;
}

static void *array(size_t count, size_t bytes)
{
    void *made = malloc(count * bytes > 0 ? count * bytes : 1);
    if (made == NULL)
        abort();
    return made;
}

static const trm_model *the_model(void)
{
    static trm_model *model;
    static const struct {
        const char *name;
        uint32_t source, level, aggregates;
    } known[] = { { "edge", TRM_RELATION_QUESTION, TRM_LEVEL_POSITIONS,
                    TRM_AGGREGATE_SUM | TRM_AGGREGATE_MAX },
                  { "in", TRM_RELATION_QUESTION, TRM_LEVEL_NODES, TRM_AGGREGATE_MAX },
                  { "one", TRM_RELATION_QUESTION, TRM_LEVEL_POSITIONS, TRM_AGGREGATE_NODE },
                  { "cell", TRM_RELATION_SHAPE, TRM_LEVEL_FIELDS, TRM_AGGREGATE_SUM } };
    if (model != NULL)
        return model;
    trm_relation_info relations[4];
    void *bytes;
    size_t size;
    for (int i = 0; i < 4; i++) {
        const trm_relation_info info = {
            sizeof info, known[i].name, known[i].source, known[i].level, known[i].aggregates, 0, NULL
        };
        relations[i] = info;
    }
    trm_init_options options = colouring_options(relations, 4);
    options.channels = options.channel_hidden = 4;
    options.positions = 5;
    options.cycles = options.updates = 1;
    options.helper_tokens = 2;
    options.features = FEATURES;
    options.sizes = "12";
    if (trm_init_memory(&options, &bytes, &size, NULL) != TRM_OK ||
        trm_model_open_memory(bytes, size, NULL, &model, NULL) != TRM_OK)
        abort();
    return model;
}

typedef struct asked {
    trm_questions questions;
    trm_shape shapes[MOST_COUNT];
    trm_relation relations[MOST_RELATIONS];
    int32_t *tokens, *helpers;
    float *features;
    uint32_t *first[MOST_RELATIONS], *heard[MOST_RELATIONS];
} asked;

static void read_relation(reader *r, asked *a, size_t index)
{
    static const char *const names[] = { "edge", "in", "one", "cell", "box", "" };
    const trm_relation none = TRM_RELATION_INIT;
    trm_relation *to = &a->relations[index];
    *to = none;
    to->name = names[take(r) % 6];
    to->shared = take(r) % 3;
    to->lists = 1 + take(r) % 90; /* 0 would promise the right number */
    to->heard_count = take(r) % 64;
    a->first[index] = array((size_t)to->lists + 1, sizeof(uint32_t));
    a->heard[index] = array((size_t)to->heard_count, sizeof(uint32_t));
    uint32_t offset = 0;
    const bool grows = take(r) % 8 != 0; /* mostly as it should */
    for (uint32_t i = 0; i <= to->lists; i++) {
        const uint32_t number = take(r);
        a->first[index][i] = i == 0 && grows ? 0 : grows ? (offset += number % 3) : number;
    }
    for (uint64_t i = 0; i < to->heard_count; i++)
        a->heard[index][i] = take(r);
    if (grows && take(r) % 4 != 0)
        to->heard_count = to->heard_count < offset ? to->heard_count : offset;
    to->first = a->first[index];
    to->heard = a->heard[index];
}

static void read_shape(reader *r, trm_shape *to)
{
    const trm_shape none = TRM_SHAPE_INIT;
    *to = none;
    to->positions = take(r);
    to->fields = take(r);
    to->helpers = take(r);
    if (take(r) % 4 == 0) {
        to->rows = take(r);
        to->columns = take(r);
        to->box_rows = take(r);
        to->box_columns = take(r);
        to->reserved = take(r);
    }
}

static void read_questions(reader *r, asked *a)
{
    const trm_questions none = TRM_QUESTIONS_INIT;
    a->questions = none;
    a->questions.count = 1 + take(r) % MOST_COUNT;
    a->questions.shape_count = take(r) % 4;
    for (size_t i = 0; i < MOST_COUNT; i++)
        read_shape(r, &a->shapes[i]);
    a->questions.shapes = a->questions.shape_count > 0 ? a->shapes : NULL;
    const uint32_t helpers = a->shapes[0].helpers <= MOST_HELPERS ? a->shapes[0].helpers : 0;
    const size_t cells = a->questions.count * MOST_POSITIONS;
    a->tokens = array(cells, sizeof(int32_t));
    for (size_t i = 0; i < cells; i++)
        a->tokens[i] = (int32_t)take(r);
    a->helpers = array(MOST_COUNT * MOST_HELPERS, sizeof(int32_t));
    for (size_t i = 0; i < (size_t)MOST_COUNT * MOST_HELPERS; i++)
        a->helpers[i] = (int32_t)take(r);
    a->features = array((size_t)MOST_COUNT * (MOST_POSITIONS + MOST_HELPERS) * FEATURES, sizeof(float));
    for (size_t i = 0; i < (size_t)MOST_COUNT * (MOST_POSITIONS + MOST_HELPERS) * FEATURES; i++) {
        const uint32_t bits = take(r);
        a->features[i] = bits < 250 ? (float)bits : 0.0f;
        if (bits >= 250)
            memcpy(&a->features[i], &bits, sizeof bits);
    }
    a->questions.tokens = a->tokens;
    a->questions.helper_tokens = helpers > 0 ? a->helpers : NULL;
    a->questions.features = take(r) % 8 != 0 ? a->features : NULL;
    a->questions.relation_count = take(r) % (MOST_RELATIONS + 1);
    for (size_t i = 0; i < a->questions.relation_count; i++)
        read_relation(r, a, i);
    a->questions.relations = a->questions.relation_count > 0 ? a->relations : NULL;
}

static void solve(const asked *a)
{
    trm_error error = TRM_ERROR_INIT;
    int32_t answers[MOST_COUNT * MOST_POSITIONS];
    uint32_t verdicts[MOST_COUNT];
    trm_answers to = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    const trm_model *model = the_model();
    to.tokens = answers;
    options.maximum_steps = 1;
    const trm_status accepted = trm_model_verify(model, &a->questions, a->tokens, verdicts, &error);
    if (accepted != TRM_OK && error.message[0] == '\0')
        abort(); /* a failure without a sentence */
    const trm_status status = trm_solve(model, &a->questions, &to, &options, &error);
    if ((accepted == TRM_OK) != (status == TRM_OK))
        abort();
    if (status == TRM_OK && (answers[0] < 0 || answers[0] > COLOURS))
        abort();
}

static void add(const asked *a)
{
    trm_error error = TRM_ERROR_INIT;
    trm_puzzles *puzzles;
    trm_task task = TRM_TASK_INIT;
    task.name = "colouring";
    task.alphabet = ".123";
    task.features = a->questions.features != NULL ? FEATURES : 0;
    if (trm_puzzles_create(&task, NULL, &puzzles, NULL) != TRM_OK)
        abort();
    bool small = true; /* tokens are there for so many positions, and helpers */
    for (size_t i = 0; i < a->questions.count && a->questions.shape_count > 0; i++) {
        const trm_shape *s = &a->shapes[a->questions.shape_count > 1 && i < MOST_COUNT ? i : 0];
        small = small && s->positions <= MOST_POSITIONS && s->rows <= 3 && s->columns <= 4 &&
                s->helpers <= MOST_HELPERS;
    }
    if (small && trm_puzzles_add(puzzles, &a->questions, a->tokens, &error) != TRM_OK &&
        (error.message[0] == '\0' || trm_puzzles_count(puzzles) != 0))
        abort();
    trm_puzzles_free(puzzles);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reader r = { data, size };
    asked a;
    memset(&a, 0, sizeof a);
    read_questions(&r, &a);
    solve(&a);
    add(&a);
    for (size_t i = 0; i < MOST_RELATIONS; i++) {
        free(a.first[i]);
        free(a.heard[i]);
    }
    free(a.tokens);
    free(a.helpers);
    free(a.features);
    return 0;
}
