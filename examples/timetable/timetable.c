/*
 * Finds a time for each lesson so that lessons that share a teacher, a class or a room are not at the same
 * time. The model proposes, the rules in its file decide: what is printed is right, or it says that it does
 * not know.
 *
 *     cc timetable.c $(pkg-config --cflags --libs trm) -o timetable
 *     ./timetable timetable.trm TIMES LESSONS 1-2 2-3 1-4 ... pairs of lessons, from 1, that are not at the
 *     same time
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

enum { MOST_LESSONS = 128 };

/* Who cannot be at the same time as whom, and then as lists: lesson n hears heard[first[n]] to heard[first[n
   + 1]]. */
typedef struct conflicts {
    unsigned char apart[MOST_LESSONS][MOST_LESSONS];
    uint32_t first[MOST_LESSONS + 1], heard[MOST_LESSONS * MOST_LESSONS];
} conflicts;

static int read_pairs(conflicts *to, uint32_t lessons, char **pairs, int count)
{
    for (int i = 0; i < count; i++) {
        unsigned a, b;
        if (sscanf(pairs[i], "%u-%u", &a, &b) != 2 || a == b || a < 1 || b < 1 || a > lessons ||
            b > lessons) {
            fprintf(stderr, "expected two lessons from 1 to %u, such as 1-2, found %s\n", (unsigned)lessons,
                    pairs[i]);
            return 0;
        }
        to->apart[a - 1][b - 1] = to->apart[b - 1][a - 1] = 1;
    }
    return 1;
}

static trm_relation list_them(conflicts *c, uint32_t lessons)
{
    trm_relation conflict = TRM_RELATION_INIT;
    uint32_t used = 0;
    for (uint32_t n = 0; n < lessons; n++) {
        c->first[n] = used;
        for (uint32_t other = 0; other < lessons; other++)
            if (c->apart[n][other])
                c->heard[used++] = other;
    }
    c->first[lessons] = used;
    conflict.name = "conflict";
    conflict.first = c->first;
    conflict.heard = c->heard;
    conflict.heard_count = used;
    conflict.lists = lessons;
    return conflict;
}

/* Every lesson is open. Times are the characters of the rules, 1 to 5. */
static trm_status find(const trm_model *model, const trm_shape *shape, const trm_relation *conflict,
                       char *times, uint32_t *verdict, trm_error *error)
{
    int32_t question[MOST_LESSONS], answer[MOST_LESSONS];
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = questions.shape_count = questions.relation_count = 1;
    questions.tokens = question;
    questions.shapes = shape;
    questions.relations = conflict;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer;
    answers.verdicts = verdict;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.search = options.require_verified = 1;

    memset(times, '.', shape->positions);
    trm_status status = trm_model_encode(model, shape, times, shape->positions, question, error);
    if (status == TRM_OK)
        status = trm_solve(model, &questions, &answers, &options, error);
    if (status == TRM_OK && *verdict == TRM_VERDICT_VERIFIED)
        status = trm_model_decode(model, shape, answer, shape->positions, times, error);
    return status;
}

int main(int argc, char **argv)
{
    static conflicts c;
    char times[MOST_LESSONS];
    uint32_t verdict = TRM_VERDICT_UNVERIFIED;
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    trm_shape shape = TRM_SHAPE_INIT;
    shape.fields = argc > 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    shape.positions = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    if (shape.fields < 2 || shape.positions < 2 || shape.positions > MOST_LESSONS) {
        fprintf(stderr, "usage: %s MODEL.trm TIMES LESSONS [PAIR...], with 2 to %d lessons\n", argv[0],
                MOST_LESSONS);
        return 2;
    }
    if (!read_pairs(&c, shape.positions, argv + 4, argc - 4))
        return 2;
    const trm_relation conflict = list_them(&c, shape.positions);
    trm_status status = trm_model_open(argv[1], NULL, &model, &error);
    if (status == TRM_OK)
        status = find(model, &shape, &conflict, times, &verdict, &error);
    trm_model_close(model);
    if (status != TRM_OK)
        fprintf(stderr, "%s\n", error.message);
    else if (verdict != TRM_VERDICT_VERIFIED)
        fprintf(stderr, "no timetable was found\n");
    else
        for (uint32_t n = 0; n < shape.positions; n++)
            printf("lesson %u: time %c\n", (unsigned)n + 1, times[n]);
    return status == TRM_OK && verdict == TRM_VERDICT_VERIFIED ? EXIT_SUCCESS : EXIT_FAILURE;
}
