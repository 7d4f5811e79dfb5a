/* Shortest ways on graphs: the verifier against brute force, the puzzles made up, and of several ways the one
 * that is preferred. */
#include <string.h>

#include "lib/core/memory.h"
#include "lib/puzzles/described.h"
#include "lib/puzzles/puzzles.h"
#include "lib/task/verify.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

#define RULES "task t\nvariables N\npath pairs 2.4-4\n"

enum { MOST = 40, ROOM = 1 << 16, OPEN = 0, START, GOAL, STEP };

/* -- graphs -- */

typedef struct graph {
    uint32_t vertices;
    bool edge[MOST][MOST];
    uint32_t first[MOST + 1], heard[MOST * MOST];
    trmi_relation_table table;
} graph;

static void list_edges(graph *g)
{
    uint32_t used = 0;
    for (uint32_t a = 0; a < g->vertices; a++) {
        g->first[a] = used;
        for (uint32_t b = 0; b < g->vertices; b++)
            if (g->edge[a][b])
                g->heard[used++] = b;
    }
    g->first[g->vertices] = used;
    g->table = (trmi_relation_table) { TRMI_LEVEL_POSITIONS, g->vertices, NULL, g->first, g->heard, 0 };
}

/* Such as "01 12": vertices of one digit. */
static void read_graph(graph *g, uint32_t vertices, const char *edges)
{
    memset(g, 0, sizeof *g);
    g->vertices = vertices;
    for (const char *e = edges; *e != '\0'; e += e[2] == ' ' ? 3 : 2)
        g->edge[e[0] - '0'][e[1] - '0'] = g->edge[e[1] - '0'][e[0] - '0'] = true;
    list_edges(g);
}

/* -- what is right, as plainly as can be -- */

typedef struct ways {
    const graph *of;
    const int32_t *question;
    uint32_t least, count; /* vertices of a shortest way; UINT32_MAX: none */
    uint32_t way[1024];    /* as sets of the vertices between start and goal */
} ways;

/* Every way without a vertex twice. */
static void walk(ways *w, uint32_t at, uint32_t been, uint32_t length)
{
    for (uint32_t to = 0; to < w->of->vertices; to++) {
        if (!w->of->edge[at][to] || (been >> to & 1) != 0 || w->question[to] == START)
            continue;
        if (w->question[to] != GOAL) {
            walk(w, to, been | (uint32_t)1 << to, length + 1);
            continue;
        }
        if (length < w->least) {
            w->least = length;
            w->count = 0;
        }
        if (length == w->least)
            w->way[w->count++] = been;
    }
}

static void find_ways(ways *w, const graph *g, const int32_t *question)
{
    uint32_t start = 0;
    while (question[start] != START)
        start++;
    *w = (ways) { .of = g, .question = question, .least = UINT32_MAX };
    walk(w, start, 0, 0);
    if (w->least == UINT32_MAX)
        w->way[w->count++] = 0;
}

static bool is_one(const ways *w, uint32_t set)
{
    for (uint32_t i = 0; i < w->count; i++)
        if (w->way[i] == set)
            return true;
    return false;
}

/* -- the verifier -- */

static trmi_task task;
static trmi_verification verification;
static _Alignas(TRMI_ALIGNMENT) char room[ROOM];

static void begin(const graph *g, const char *rules)
{
    const trmi_task_words words = { .name = "t",
                                    .alphabet = ".SGo",
                                    .vocabulary = 4,
                                    .shape = { .positions = g->vertices, .fields = 1 },
                                    .blank = 0,
                                    .keeps_givens = 1,
                                    .rules = rules };
    trmi_arena measure = { .base = NULL }, arena = { .base = room };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trmi_task_parse(&task, &words, &error) == TRM_OK, "%s", error.message);
    trmi_verification_lay(&verification, &task, &task.shape, &measure);
    trmi_verification_lay(&verification, &task, &task.shape, &arena);
    ck_assert_uint_eq(measure.used, arena.used);
    trmi_verification_give(&verification, "edge", &g->table);
}

START_TEST(judges_every_way)
{
    enum { VERTICES = 6 };
    random_source source = random_begin(3);
    uint32_t none = 0, several = 0;
    for (int i = 0; i < 200; i++) {
        static graph g;
        static ways w;
        int32_t question[VERTICES] = { OPEN }, answer[VERTICES];
        memset(&g, 0, sizeof g);
        g.vertices = VERTICES;
        for (uint32_t a = 0; a < VERTICES; a++)
            for (uint32_t b = 0; b < a; b++)
                g.edge[a][b] = g.edge[b][a] = random_below(&source, 10) < 4;
        list_edges(&g);
        const uint32_t start = random_below(&source, VERTICES),
                       goal = (start + 1 + random_below(&source, VERTICES - 1)) % VERTICES;
        question[start] = START;
        question[goal] = GOAL;
        begin(&g, "route=edge");
        find_ways(&w, &g, question);
        for (uint32_t set = 0; set < 1 << VERTICES; set++) {
            for (uint32_t v = 0; v < VERTICES; v++)
                answer[v] = (set >> v & 1) != 0 ? STEP : question[v];
            trmi_ruling ruling;
            ck_assert_int_eq(trmi_task_verify(&verification, question, answer, &ruling),
                             is_one(&w, set) ? TRMI_VERIFIED : TRMI_REFUTED);
            ck_assert(ruling.position < VERTICES && ruling.other < VERTICES);
        }
        none += w.least == UINT32_MAX;
        several += w.count > 1;
    }
    ck_assert(none > 10 && several > 10);
}
END_TEST

/* Vertices 0 to 3 in a row, with another way from 0 to 3 over 4, 5 and 6; nothing leads to 7. */
static const char row[] = "01 12 23 04 45 56 63";
static const struct way_case {
    const char *question, *answer;
    uint32_t reason, position;
} cases[] = {
    { "S..G....", "SooG....", TRMI_REASON_NONE, 0 },
    { "S..G....", "S..Gooo.", TRMI_REASON_LONG, 3 },
    { "S..G....", "SooG...o", TRMI_REASON_LONG, 3 },
    { "S..G....", "S.oG....", TRMI_REASON_APART, 3 },
    { "S..G....", "S..G....", TRMI_REASON_APART, 3 }, /* there is a way */
    { "S..G....", "Sooo....", TRMI_REASON_GIVEN, 3 },
    { "S..G....", "SooG.S..", TRMI_REASON_EMPTY, 5 },
    { "S......G", "S......G", TRMI_REASON_NONE, 0 },
    { "S......G", "So.....G", TRMI_REASON_APART, 7 }, /* there is no way */
    { "S.......", "S.......", TRMI_REASON_QUESTION, 0 },
    { "S.SG....", "S.SG....", TRMI_REASON_QUESTION, 2 },
    { "S.oG....", "SooG....", TRMI_REASON_QUESTION, 2 },
    { "SG......", "SG......", TRMI_REASON_NONE, 0 },
    { "GS......", "GS......", TRMI_REASON_NONE, 0 },
};

static void encode(const char *text, int32_t *tokens)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        ck_assert_int_ge(tokens[i] = task.token[(unsigned char)text[i]], 0);
}

START_TEST(says_what_is_wrong)
{
    static graph g;
    int32_t question[MOST], answer[MOST];
    trmi_ruling ruling;
    read_graph(&g, 8, row);
    begin(&g, "route=edge");
    encode(cases[_i].question, question);
    encode(cases[_i].answer, answer);
    trmi_task_verify(&verification, question, answer, &ruling);
    ck_assert_uint_eq(ruling.reason, cases[_i].reason);
    ck_assert_uint_eq(ruling.position, cases[_i].position);
}
END_TEST

START_TEST(refuses_edges_that_are_none)
{
    static graph g;
    int32_t question[MOST], answer[MOST];
    trmi_ruling ruling;
    read_graph(&g, 4, "01 12 22 23");
    begin(&g, "route=edge");
    encode("S..G", question);
    encode("SooG", answer);
    ck_assert_int_eq(trmi_task_verify(&verification, question, answer, &ruling), TRMI_REFUTED);
    ck_assert(ruling.reason == TRMI_REASON_EDGE && ruling.position == 2 && ruling.other == 2);
    read_graph(&g, 4, "01 12 23");
    g.edge[2][1] = false;
    list_edges(&g);
    ck_assert_int_eq(trmi_task_verify(&verification, question, answer, &ruling), TRMI_REFUTED);
    ck_assert(ruling.reason == TRMI_REASON_EDGE && ruling.position == 1 && ruling.other == 2);
}
END_TEST

/* Characters and lists that are not there leave an answer unjudged; nothing is worked out from such rules
 * either. */
START_TEST(says_when_it_cannot_tell)
{
    static graph g;
    const int32_t tokens[] = { START, GOAL };
    read_graph(&g, 2, "01");
    begin(&g, "route=edge");
    ck_assert_int_eq(trmi_task_verify(&verification, tokens, tokens, NULL), TRMI_VERIFIED);
    ck_assert(!trmi_task_has_lists(&verification) && !trmi_task_hopeless(&verification, tokens));
    ck_assert(trmi_task_allows(&verification, tokens, 0, STEP));
    task.token['o'] = TRMI_NO_TOKEN;
    ck_assert_int_eq(trmi_task_verify(&verification, tokens, tokens, NULL), TRMI_UNVERIFIED);
    begin(&g, "route=road");
    ck_assert_int_eq(trmi_task_verify(&verification, tokens, tokens, NULL), TRMI_UNVERIFIED);
}
END_TEST

/* -- puzzles -- */

static trm_puzzles *make_set(uint64_t count, uint32_t size)
{
    trm_task given = TRM_TASK_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    trm_puzzles *set;
    trm_error error = TRM_ERROR_INIT;
    given.rules = RULES;
    options.count = count;
    options.least_size = options.most_size = size;
    ck_assert_msg(trm_puzzles_create(&given, NULL, &set, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_puzzles_generate(set, &options, &error) == TRM_OK, "%s", error.message);
    return set;
}

static void read_puzzle(graph *g, uint32_t vertices, const trm_puzzles *set, uint64_t puzzle)
{
    const trm_relation *edge = &trmi_puzzles_sheet(set, puzzle)->relations[0];
    memset(g, 0, sizeof *g);
    g->vertices = vertices;
    for (uint32_t v = 0; v < g->vertices; v++)
        for (uint32_t k = edge->first[v]; k < edge->first[v + 1]; k++)
            g->edge[v][edge->heard[k]] = true;
    list_edges(g);
}

/* As a set of vertices, the way that is found where none is preferred. */
static uint32_t first_way(const graph *g, const int32_t *question)
{
    static float worth[MOST];
    float best[MOST];
    uint32_t queue[MOST], distance[MOST], ends[STEP] = { 0 }, way = 0;
    uint8_t between[MOST];
    for (uint32_t v = 0; v < g->vertices; v++)
        ends[question[v]] = v;
    const trmi_routes routes = { &g->table, g->vertices, queue, distance, worth, best };
    (void)trmi_routes_choose(&routes, ends[START], ends[GOAL], between);
    for (uint32_t v = 0; v < g->vertices; v++)
        way |= (uint32_t)between[v] << v;
    return way;
}

/* Two ends, and a right answer, by this test's own search; ways of many lengths, several of them, and none.
 * */
START_TEST(makes_questions)
{
    enum { PUZZLES = 100, VERTICES = 10 };
    trm_puzzles *set = make_set(PUZZLES, VERTICES);
    uint32_t none = 0, several = 0, first = 0, lengths = 0;
    for (uint64_t i = 0; i < PUZZLES; i++) {
        static graph g;
        static ways w;
        int32_t question[VERTICES];
        uint32_t marked = 0;
        ck_assert_uint_eq(trmi_puzzles_sheet(set, i)->relation_count, 1);
        read_puzzle(&g, VERTICES, set, i);
        for (uint32_t v = 0; v < VERTICES; v++) {
            question[v] = trmi_puzzles_question(set, i)[v];
            marked |= (uint32_t)(trmi_puzzles_answer(set, i)[v] == STEP) << v;
        }
        find_ways(&w, &g, question);
        ck_assert(is_one(&w, marked));
        size_t offset;
        ck_assert_int_eq(trmi_puzzles_agree(set, i, &offset, NULL), TRM_OK);
        none += w.least == UINT32_MAX;
        several += w.count > 1;
        first += w.count > 1 && marked == first_way(&g, question);
        lengths |= w.least == UINT32_MAX ? 0 : (uint32_t)1 << w.least;
    }
    ck_assert_msg(none > 3 && none < 40 && several > 10, "%u, %u", none, several);
    ck_assert_msg(first > 3 && first < several - 3, "%u of %u", first, several); /* of several one is drawn */
    ck_assert_uint_eq(lengths & 0xf, 0xf); /* of 0 to 3 vertices at least */
    trm_puzzles_free(set);
}
END_TEST

static uint32_t count_triangles(const graph *g)
{
    uint32_t count = 0;
    for (uint32_t a = 0; a < g->vertices; a++)
        for (uint32_t b = a + 1; b < g->vertices; b++)
            for (uint32_t c = b + 1; c < g->vertices; c++)
                count += g->edge[a][b] && g->edge[b][c] && g->edge[a][c];
    return count;
}

/* Who is near two that are near each other is near both: triangles tell such graphs from those that join
   any. */
START_TEST(half_of_the_graphs_join_what_is_near)
{
    enum { PUZZLES = 200 };
    trm_puzzles *set = make_set(PUZZLES, MOST);
    uint32_t near = 0;
    for (uint64_t i = 0; i < PUZZLES; i++) {
        static graph g;
        read_puzzle(&g, MOST, set, i);
        near += count_triangles(&g) > 14; /* 0 to 14 of one kind, 15 to 63 of the other */
    }
    ck_assert_msg(near > 60 && near < 140, "%u", near);
    trm_puzzles_free(set);
}
END_TEST

/* -- choosing -- */

/* Between 0 and 5 two ways of four vertices, and one of three once 6 is joined to both. */
START_TEST(chooses_what_is_preferred)
{
    static graph g;
    uint32_t queue[7], distance[7];
    float best[7], worth[7] = { 0.0f, 9.0f, 9.0f };
    uint8_t between[7];
    const trmi_routes routes = { &g.table, 7, queue, distance, worth, best };
    read_graph(&g, 7, "01 12 25 03 34 45 06 65");
    ck_assert(trmi_routes_choose(&routes, 0, 5, between));
    ck_assert_mem_eq(between, ((const uint8_t[]) { 0, 0, 0, 0, 0, 0, 1 }),
                     7); /* whatever longer ones are worth */
    read_graph(&g, 7, "01 12 25 03 34 45");
    ck_assert(trmi_routes_choose(&routes, 0, 5, between));
    ck_assert_mem_eq(between, ((const uint8_t[]) { 0, 1, 1, 0, 0, 0, 0 }), 7);
    worth[4] = 19.0f; /* the whole way counts, not its first step */
    ck_assert(trmi_routes_choose(&routes, 0, 5, between));
    ck_assert_mem_eq(between, ((const uint8_t[]) { 0, 0, 0, 1, 1, 0, 0 }), 7);
    read_graph(&g, 7, "01 12 03 34");
    ck_assert(!trmi_routes_choose(&routes, 0, 5, between));
    ck_assert_mem_eq(between, ((const uint8_t[]) { 0, 0, 0, 0, 0, 0, 0 }), 7);
    read_graph(&g, 7, "05");
    ck_assert(trmi_routes_choose(&routes, 0, 5, between));
    ck_assert_mem_eq(between, ((const uint8_t[]) { 0, 0, 0, 0, 0, 0, 0 }), 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("route");
    TCase *tests = tcase_create("route");
    tcase_add_test(tests, judges_every_way);
    tcase_add_loop_test(tests, says_what_is_wrong, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, refuses_edges_that_are_none);
    tcase_add_test(tests, says_when_it_cannot_tell);
    tcase_add_test(tests, makes_questions);
    tcase_add_test(tests, half_of_the_graphs_join_what_is_near);
    tcase_add_test(tests, chooses_what_is_preferred);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
