/*
 * Finds a shortest way along roads. The model proposes, the rules in its file decide: what is printed is a
 * shortest way, or that there is none; or it says that it does not know.
 *
 *     cc roadmap.c $(pkg-config --cflags --libs trm) -o roadmap
 *     ./roadmap roadmap.trm PLACES START GOAL 1-2 2-3 1-4 ...      roads between places, which count from 1
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

enum { MOST_PLACES = 128 };

/* Which places a road joins, and then as lists: place p hears heard[first[p]] to heard[first[p + 1]]. */
typedef struct roads {
    unsigned char joined[MOST_PLACES][MOST_PLACES];
    uint32_t first[MOST_PLACES + 1], heard[MOST_PLACES * MOST_PLACES];
} roads;

static int read_roads(roads *to, uint32_t places, char **texts, int count)
{
    for (int i = 0; i < count; i++) {
        unsigned a, b;
        if (sscanf(texts[i], "%u-%u", &a, &b) != 2 || a == b || a < 1 || b < 1 || a > places || b > places) {
            fprintf(stderr, "expected two places from 1 to %u, such as 1-2, found %s\n", (unsigned)places,
                    texts[i]);
            return 0;
        }
        to->joined[a - 1][b - 1] = to->joined[b - 1][a - 1] = 1;
    }
    return 1;
}

static trm_relation list_them(roads *r, uint32_t places)
{
    trm_relation edge = TRM_RELATION_INIT;
    uint32_t used = 0;
    for (uint32_t p = 0; p < places; p++) {
        r->first[p] = used;
        for (uint32_t other = 0; other < places; other++)
            if (r->joined[p][other])
                r->heard[used++] = other;
    }
    r->first[places] = used;
    edge.name = "edge";
    edge.first = r->first;
    edge.heard = r->heard;
    edge.heard_count = used;
    edge.lists = places;
    return edge;
}

/* The map has S and G, and receives o on the way. */
static trm_status find(const trm_model *model, const trm_shape *shape, const trm_relation *edge, char *map,
                       uint32_t *verdict, trm_error *error)
{
    int32_t question[MOST_PLACES], answer[MOST_PLACES];
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = questions.shape_count = questions.relation_count = 1;
    questions.tokens = question;
    questions.shapes = shape;
    questions.relations = edge;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer;
    answers.verdicts = verdict;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.search = options.require_verified = 1;

    trm_status status = trm_model_encode(model, shape, map, shape->positions, question, error);
    if (status == TRM_OK)
        status = trm_solve(model, &questions, &answers, &options, error);
    if (status == TRM_OK && *verdict == TRM_VERDICT_VERIFIED)
        status = trm_model_decode(model, shape, answer, shape->positions, map, error);
    return status;
}

/* Each place of a shortest way is joined to the one before and the one behind it, and to no other of the
   way. */
static void print_way(const roads *r, const char *map, uint32_t places, uint32_t start, uint32_t goal)
{
    uint32_t at = start, before = places, next;
    if (!r->joined[start][goal] && memchr(map, 'o', places) == NULL) {
        puts("there is no way");
        return;
    }
    printf("%u", (unsigned)start + 1);
    while (at != goal) {
        for (next = 0; !(r->joined[at][next] && next != before && (next == goal || map[next] == 'o'));)
            next++;
        before = at;
        at = next;
        printf(" - %u", (unsigned)at + 1);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    static roads r;
    char map[MOST_PLACES];
    uint32_t verdict = TRM_VERDICT_UNVERIFIED;
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    trm_shape shape = TRM_SHAPE_INIT;
    const unsigned long places = argc > 4 ? strtoul(argv[2], NULL, 10) : 0,
                        start = argc > 4 ? strtoul(argv[3], NULL, 10) : 0,
                        goal = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
    if (places < 2 || places > MOST_PLACES || start < 1 || start > places || goal < 1 || goal > places ||
        start == goal) {
        fprintf(stderr, "usage: %s MODEL.trm PLACES START GOAL [ROAD...], with 2 to %d places\n", argv[0],
                MOST_PLACES);
        return 2;
    }
    shape.positions = (uint32_t)places;
    if (!read_roads(&r, shape.positions, argv + 5, argc - 5))
        return 2;
    memset(map, '.', places);
    map[start - 1] = 'S';
    map[goal - 1] = 'G';
    const trm_relation edge = list_them(&r, shape.positions);
    trm_status status = trm_model_open(argv[1], NULL, &model, &error);
    if (status == TRM_OK)
        status = find(model, &shape, &edge, map, &verdict, &error);
    trm_model_close(model);
    if (status != TRM_OK)
        fprintf(stderr, "%s\n", error.message);
    else if (verdict != TRM_VERDICT_VERIFIED)
        fprintf(stderr, "no answer was found\n");
    else
        print_way(&r, map, shape.positions, (uint32_t)start - 1, (uint32_t)goal - 1);
    return status == TRM_OK && verdict == TRM_VERDICT_VERIFIED ? EXIT_SUCCESS : EXIT_FAILURE;
}
