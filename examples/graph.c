/*
 * Colours three graphs of different sizes with one model: who borders on whom comes with each question.
 * Neighbours get different colours, and the rules in the model's file say whether they did.
 *
 *     cc graph.c $(pkg-config --cflags --libs trm) -o graph
 *     ./graph colouring.trm
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

enum { MOST_VERTICES = 16, MOST_NEIGHBOURS = 96 };

typedef struct graph {
    const char *name, *given; /* a colour for each vertex, or '.' */
    const char *edges;        /* pairs of vertices, each named by a letter */
    uint32_t colours;
} graph;

/* Vertices are A, B, C and so on. */
static const graph graphs[] = {
    { "Australia", "12....", "AB AC BC BD CD CE CF DE EF", 3 }, /* WA NT SA Q NSW V */
    { "Petersen's graph", "12.3......", "AB BC CD DE EA AF BG CH DI EJ FH HJ JG GI IF", 3 },
    { "twelve provinces", "1234........",
      "AB AC AD BC BD CD AE BE CE BF CF DF AG CG DG EH BH CH FI CI DI GJ AJ CJ EK HK BK "
      "FL IL DL",
      4 },
};

/* Lists of neighbours: vertex v hears heard[first[v]] to heard[first[v + 1]], in ascending order. */
static uint32_t list_neighbours(const graph *g, uint32_t vertices, uint32_t *first, uint32_t *heard)
{
    uint32_t used = 0;
    for (uint32_t v = 0; v < vertices; v++) {
        first[v] = used;
        for (uint32_t other = 0; other < vertices; other++)
            for (const char *e = g->edges; *e != '\0'; e += e[2] == ' ' ? 3 : 2) {
                const uint32_t a = (uint32_t)(e[0] - 'A'), b = (uint32_t)(e[1] - 'A');
                if (((a == v && b == other) || (b == v && a == other)) && used < MOST_NEIGHBOURS)
                    heard[used++] = other;
            }
    }
    return first[vertices] = used;
}

/* Prints the colours; *verdict says what the rules think of them. */
static trm_status colour(const trm_model *model, const graph *g, uint32_t *verdict, trm_error *error)
{
    const uint32_t vertices = (uint32_t)strlen(g->given);
    uint32_t first[MOST_VERTICES + 1], heard[MOST_NEIGHBOURS], steps;
    int32_t question[MOST_VERTICES], answer[MOST_VERTICES];
    char text[MOST_VERTICES + 1] = "";

    trm_shape shape = TRM_SHAPE_INIT;
    shape.positions = vertices;
    shape.fields = g->colours;
    trm_relation edge = TRM_RELATION_INIT;
    edge.name = "edge";
    edge.heard_count = list_neighbours(g, vertices, first, heard);
    edge.first = first;
    edge.heard = heard;
    edge.lists = vertices;

    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = questions.shape_count = questions.relation_count = 1;
    questions.tokens = question;
    questions.shapes = &shape;
    questions.relations = &edge;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer;
    answers.steps = &steps;

    trm_status status = trm_model_encode(model, &shape, g->given, vertices, question, error);
    if (status == TRM_OK)
        status = trm_solve(model, &questions, &answers, NULL, error);
    if (status == TRM_OK)
        status = trm_model_verify(model, &questions, answer, verdict, error);
    if (status == TRM_OK)
        status = trm_model_decode(model, &shape, answer, vertices, text, error);
    if (status == TRM_OK)
        printf("%-17s %s -> %s, %s after %u steps\n", g->name, g->given, text,
               *verdict == TRM_VERDICT_VERIFIED ? "right" : "wrong", (unsigned)steps);
    return status;
}

int main(int argc, char **argv)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: %s MODEL.trm\n", argv[0]);
        return 2;
    }
    trm_status status = trm_model_open(argv[1], NULL, &model, &error);
    int wrong = 0;
    for (size_t i = 0; status == TRM_OK && i < sizeof graphs / sizeof *graphs; i++) {
        uint32_t verdict = TRM_VERDICT_UNVERIFIED;
        status = colour(model, &graphs[i], &verdict, &error);
        wrong += verdict != TRM_VERDICT_VERIFIED;
    }
    if (status != TRM_OK)
        fprintf(stderr, "%s\n", error.message);
    trm_model_close(model);
    return status == TRM_OK && wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
