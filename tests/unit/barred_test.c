/* Given pairs of values that may not be beside one another: held to tables of the test's own, answer by
 * answer, in thousands of small random cases. */
#include <string.h>

#include "lib/core/memory.h"
#include "lib/puzzles/constraint_rules.h"
#include "lib/puzzles/described.h"
#include "lib/task/verify.h"
#include "tests/support/run.h"

enum { CELLS = 4, VALUES = 3, NODES = CELLS * VALUES, HEARING = NODES + 1, ROOM = 1 << 14, CASES = 2000 };

static trmi_generator chance;

/* Who hears whom, in one direction or both; the helper behind the nodes says nothing, and neither does a
 * position that hears itself. */
typedef struct clashes {
    bool hears[HEARING][HEARING];
    uint32_t first[HEARING + 1], heard[HEARING * HEARING];
} clashes;

static void draw_clashes(clashes *c)
{
    const uint32_t rare = 2 + trmi_generator_below(&chance, 12);
    uint32_t count = 0;
    for (uint32_t a = 0; a < HEARING; a++) {
        c->first[a] = count;
        for (uint32_t b = 0; b < HEARING; b++) {
            c->hears[a][b] = trmi_generator_below(&chance, rare) == 0;
            if (c->hears[a][b])
                c->heard[count++] = b;
        }
    }
    c->first[HEARING] = count;
}

/* Values from 0; those of VALUES or more are open. */
static bool clash(const clashes *c, const uint8_t *answer)
{
    for (uint32_t p = 0; p < CELLS; p++)
        for (uint32_t q = 0; q < CELLS; q++)
            if (p != q && answer[p] < VALUES && answer[q] < VALUES &&
                c->hears[p * VALUES + answer[p]][q * VALUES + answer[q]])
                return true;
    return false;
}

static bool count_up(uint8_t *digits, uint32_t count, uint32_t base)
{
    for (uint32_t i = 0; i < count; i++) {
        if (++digits[i] < base)
            return true;
        digits[i] = 0;
    }
    return false;
}

static trmi_relation_table table_of(const clashes *c)
{
    return (trmi_relation_table) {
        .level = TRMI_LEVEL_NODES, .lists = HEARING, .first = c->first, .heard = c->heard
    };
}

/* -- the verifier -- */

static trmi_task task;

static void begin_task(void)
{
    const trmi_task_words words = { .name = "t",
                                    .alphabet = ".123",
                                    .vocabulary = 1 + VALUES,
                                    .shape = { .positions = CELLS, .fields = VALUES, .helpers = 1 },
                                    .first_value = 1,
                                    .blank = 0,
                                    .keeps_givens = 1,
                                    .rules = "apart=barred" };
    ck_assert_int_eq(trmi_task_parse(&task, &words, NULL), TRM_OK);
}

/* The answer's tokens: what is open comes first. */
static void spell(const uint8_t *answer, int32_t *tokens)
{
    for (uint32_t p = 0; p < CELLS; p++)
        tokens[p] = answer[p] == VALUES ? 0 : answer[p] + 1;
}

static void check_ruling(const clashes *c, const uint8_t *answer, const trmi_ruling *ruling)
{
    const uint32_t p = ruling->position, q = ruling->other;
    ck_assert_uint_eq(ruling->reason, TRMI_REASON_CLASH);
    ck_assert(p < CELLS && q < CELLS && p != q);
    ck_assert(c->hears[p * VALUES + answer[p]][q * VALUES + answer[q]]);
}

START_TEST(judges_every_answer)
{
    static _Alignas(TRMI_ALIGNMENT) char room[ROOM];
    static clashes c;
    const int32_t open[CELLS] = { 0 };
    uint32_t right = 0, wrong = 0;
    begin_task();
    trmi_generator_begin(&chance, 1, "judges");
    for (int i = 0; i < CASES / 4; i++) {
        trmi_verification v;
        trmi_arena arena = { .base = room };
        uint8_t answer[CELLS] = { 0 };
        draw_clashes(&c);
        const trmi_relation_table table = table_of(&c);
        trmi_verification_lay(&v, &task, &task.shape, &arena);
        trmi_verification_give(&v, "barred", &table);
        do {
            int32_t tokens[CELLS];
            trmi_ruling ruling;
            const bool filled = memchr(answer, VALUES, CELLS) == NULL, clashing = clash(&c, answer);
            spell(answer, tokens);
            const trmi_verdict verdict = trmi_task_verify(&v, open, tokens, &ruling);
            ck_assert_int_eq(verdict, filled && !clashing ? TRMI_VERIFIED : TRMI_REFUTED);
            ck_assert_int_eq(trmi_task_hopeless(&v, tokens), clashing);
            if (filled && clashing)
                check_ruling(&c, answer, &ruling);
            right += filled && !clashing;
            wrong += filled && clashing;
        } while (count_up(answer, CELLS, VALUES + 1));
    }
    ck_assert(right > 1000 && wrong > 1000);
}
END_TEST

/* Without lists over nodes, or with a list less, nobody knows. */
START_TEST(judges_nothing_without_lists_of_nodes)
{
    static _Alignas(TRMI_ALIGNMENT) char room[ROOM];
    const uint32_t first[CELLS + 1] = { 0 }, nobody[1] = { 0 };
    const trmi_relation_table positions = {
        .level = TRMI_LEVEL_POSITIONS, .lists = CELLS, .first = first, .heard = nobody
    };
    const int32_t open[CELLS] = { 0 }, answer[CELLS] = { 1, 1, 1, 1 };
    trmi_verification v;
    trmi_arena arena = { .base = room };
    begin_task();
    trmi_verification_lay(&v, &task, &task.shape, &arena);
    ck_assert_int_eq(trmi_task_verify(&v, open, answer, NULL), TRMI_UNVERIFIED);
    trmi_verification_give(&v, "barred", &positions);
    ck_assert_int_eq(trmi_task_verify(&v, open, answer, NULL), TRMI_UNVERIFIED);
}
END_TEST

/* -- the search -- */

static trmi_constraints constraints;
static trmi_constraint_search *search;

static void begin_search(void)
{
    trm_allocator memory;
    ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trmi_constraint_search_create(&memory, &search, NULL), TRM_OK);
}

static bool take_constraints(const clashes *c)
{
    trmi_rules rules;
    const trmi_relation_table table = table_of(c);
    ck_assert_int_eq(trmi_rules_parse("apart=barred", &rules, NULL), TRM_OK);
    const trmi_ruled ruled = { &rules, { &table }, CELLS, VALUES };
    return trmi_rules_are_constraints(&rules) && trmi_constraints_of_rules(&constraints, &ruled);
}

static bool is_allowed(const uint16_t *allowed, const uint8_t *answer)
{
    for (uint32_t p = 0; p < CELLS; p++)
        if ((allowed[p] >> answer[p] & 1) == 0)
            return false;
    return true;
}

/* It finds an answer exactly where there is one, whoever of two hears the other. */
START_TEST(finds_what_there_is)
{
    static clashes c;
    uint32_t some = 0, none = 0;
    begin_search();
    trmi_generator_begin(&chance, 1, "finds");
    for (int i = 0; i < CASES; i++) {
        uint16_t allowed[CELLS];
        uint8_t answer[CELLS] = { 0 }, found[CELLS];
        uint32_t count = 0;
        draw_clashes(&c);
        for (uint32_t p = 0; p < CELLS; p++)
            allowed[p] = (uint16_t)(1 + trmi_generator_below(&chance, (1u << VALUES) - 1));
        do
            count += is_allowed(allowed, answer) && !clash(&c, answer);
        while (count_up(answer, CELLS, VALUES));
        ck_assert(take_constraints(&c) && trmi_constraint_search_take(search, &constraints));
        ck_assert_uint_le(constraints.count, CELLS * (CELLS - 1));
        const trmi_found result = trmi_constraint_search_run(search, allowed, 1000, NULL, found);
        ck_assert_int_eq(result, count > 0 ? TRMI_FOUND_ONE : TRMI_FOUND_NONE);
        ck_assert(count == 0 || (is_allowed(allowed, found) && !clash(&c, found)));
        some += count > 0;
        none += count == 0;
    }
    ck_assert(some > 200 && none > 200);
    trmi_constraint_search_free(search);
}
END_TEST

/* 1 is beside 3 alone, 2 and 3 are not beside 3. */
static const struct narrowing {
    uint16_t allowed[2];
    trmi_found found;
    uint8_t answer[2];
} narrowings[] = {
    { { 1, 3 }, TRMI_FOUND_NONE, { 0, 0 } }, { { 6, 4 }, TRMI_FOUND_NONE, { 0, 0 } },
    { { 3, 1 }, TRMI_FOUND_ONE, { 1, 0 } },  { { 1, 5 }, TRMI_FOUND_ONE, { 0, 2 } },
    { { 7, 4 }, TRMI_FOUND_ONE, { 0, 2 } },  { { 7, 7 }, TRMI_FOUND_TIRED, { 0, 0 } },
};

/* What follows is found without a try. */
START_TEST(narrows_both_ends)
{
    static const uint32_t members[] = { 0, VALUES + 0, 0, VALUES + 1, 1, VALUES + 2, 2, VALUES + 2 };
    const struct narrowing *n = &narrowings[_i];
    uint8_t found[2];
    begin_search();
    constraints.cells = 2;
    constraints.values = VALUES;
    constraints.count = constraints.members = 0;
    ck_assert(trmi_constraints_add(&constraints, TRMI_BARRED, members, 8, 2));
    ck_assert(trmi_constraint_search_take(search, &constraints));
    ck_assert_int_eq(trmi_constraint_search_run(search, n->allowed, 0, NULL, found), n->found);
    ck_assert(n->found != TRMI_FOUND_ONE || memcmp(found, n->answer, 2) == 0);
    trmi_constraint_search_free(search);
}
END_TEST

/* -- puzzles of a text -- */

static trm_allocator memory;
static trmi_description description;
static trmi_described *described;

static void begin_text(const char *text)
{
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
    ck_assert_msg(trmi_description_read(&description, text, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(trmi_described_create(&memory, &description, &described, NULL), TRM_OK);
}

/* Whether "12" is one of the words: the first variable has 1, the second one 2. */
static bool text_bars(const char *pairs, uint32_t a, uint32_t b)
{
    for (; *pairs != '\0'; pairs += pairs[2] == ' ' ? 3 : 2)
        if (pairs[0] == (char)('1' + a) && pairs[1] == (char)('1' + b))
            return true;
    return false;
}

static bool constraint_bars(const trmi_constraints *c, uint32_t index, uint32_t a, uint32_t b)
{
    const uint32_t *m = trmi_constraint_members(c, index);
    for (uint32_t i = 0; i < c->constraint[index].count; i += 2)
        if (m[i] % c->values == a && m[i + 1] % c->values == b)
            return true;
    return false;
}

static const struct {
    const char *text, *pairs;
    uint32_t size;
} drawn[] = {
    { "task t\nvariables N\nvalues 3\nconflict pairs 2-3 values 12 23 31 11", "12 23 31 11", 7 },
    { "task t\nvariables N\nvalues 2-3\ngivens 10%\nconflict pairs 3 values 33 12", "33 12", 9 },
    { "task t\nvariables N x N\nvalues N\nall_different row column\nconflict neighbours 60 % values 12 43",
      "12 43", 4 },
};

/* Each puzzle bars what the text says, in its order, of the values that it has; its answer has none of it. */
START_TEST(bars_what_the_text_says)
{
    uint32_t barred = 0;
    trmi_generator generator = { 5 };
    begin_text(drawn[_i].text);
    for (int p = 0; p < 50; p++) {
        const trmi_constraints *c = &described->constraints;
        ck_assert_int_eq(trmi_described_draw(described, drawn[_i].size, &generator, NULL), TRM_OK);
        for (uint32_t i = 0; i < c->count; i++) {
            const uint32_t *m = trmi_constraint_members(c, i);
            if (c->constraint[i].kind != TRMI_BARRED)
                continue;
            const uint32_t first = m[0] / c->values, second = m[1] / c->values;
            ck_assert(first != second && (c->side == 0 || second == first + 1 || second == first + c->side));
            for (uint32_t a = 0; a < c->values; a++)
                for (uint32_t b = 0; b < c->values; b++)
                    ck_assert(constraint_bars(c, i, a, b) == text_bars(drawn[_i].pairs, a, b));
            ck_assert(!text_bars(drawn[_i].pairs, described->answer[first], described->answer[second]));
            barred++;
        }
    }
    ck_assert_uint_gt(barred, 200);
    trmi_described_free(described);
}
END_TEST

/* Two variables are a pair once, in one order. */
START_TEST(pairs_nobody_twice)
{
    bool paired[16][16] = { { false } };
    trmi_generator generator = { 5 };
    begin_text("task t\nvariables N\nvalues 16\nconflict pairs 15 values 12");
    ck_assert_int_eq(trmi_described_draw(described, 16, &generator, NULL), TRM_OK);
    for (uint32_t i = 0; i < described->constraints.count; i++) {
        const uint32_t *m = trmi_constraint_members(&described->constraints, i);
        const uint32_t a = m[0] / 16, b = m[1] / 16;
        ck_assert(a != b && !paired[a][b] && !paired[b][a]);
        paired[a][b] = true;
    }
    ck_assert_uint_gt(described->constraints.count, 100);
    trmi_described_free(described);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("barred");
    TCase *barred = tcase_create("barred");
    tcase_add_test(barred, judges_every_answer);
    tcase_add_test(barred, judges_nothing_without_lists_of_nodes);
    tcase_add_test(barred, finds_what_there_is);
    tcase_add_loop_test(barred, narrows_both_ends, 0, sizeof narrowings / sizeof *narrowings);
    tcase_add_loop_test(barred, bars_what_the_text_says, 0, sizeof drawn / sizeof *drawn);
    tcase_add_test(barred, pairs_nobody_twice);
    suite_add_tcase(all, barred);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
