/* What plain rules force needs no model; the rest is the model's, of an answer that nobody can refute. */
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/solve/judgement.h"
#include "lib/solve/options.h"
#include "lib/task/deduction.h"

/* What is worked in, and what was written. */
typedef struct hinting {
    const trm_model *model;
    const trm_questions *question;
    trm_solve_options options;
    trm_hints to;
    uint32_t count; /* written */
    uint32_t found; /* hints found, perhaps more than there is room for */
    uint32_t end;
    bool deduces; /* plain rules can tell */
    trmi_judgement judgement;
    trmi_deduction deduction;
    int32_t *answer;    /* S */
    float *confidences; /* S */
    uint8_t *given;     /* S: hints for it were given, or are not needed */
} hinting;

/* -- writing -- */

static void write_hint(hinting *h, uint32_t position, int32_t token, uint32_t reason, const char *relation)
{
    const uint32_t i = h->count;
    h->found++;
    if (i == h->to.room)
        return;
    if (h->to.positions != NULL)
        h->to.positions[i] = position;
    if (h->to.tokens != NULL)
        h->to.tokens[i] = token;
    if (h->to.reasons != NULL)
        h->to.reasons[i] = reason;
    if (h->to.confidences != NULL)
        h->to.confidences[i] = reason == TRM_REASON_MODEL ? h->confidences[position] : 1.0f;
    if (h->to.relations != NULL)
        h->to.relations[i] = relation;
    h->count++;
}

static void write_forced(hinting *h, const trmi_forced *forced)
{
    static const uint32_t reasons[] = { [TRMI_FORCE_LAST] = TRM_REASON_LAST,
                                        [TRMI_FORCE_PLACE] = TRM_REASON_PLACE,
                                        [TRMI_FORCE_VALUE] = TRM_REASON_VALUE };
    const char *relation =
        forced->force == TRMI_FORCE_VALUE ? "" : h->model->task.rules.rule[forced->rule].relation;
    write_hint(h, forced->position, forced->token, reasons[forced->force], relation);
}

/* -- plain rules -- */

/* All that is forced, whether there is room for it or not: it may end in a contradiction. */
static void follow_force(hinting *h)
{
    trmi_forced forced;
    while (trmi_deduction_force(&h->deduction, &forced)) {
        write_forced(h, &forced);
        trmi_deduction_put(&h->deduction, forced.position, forced.token);
    }
}

static void tell_clash(hinting *h)
{
    h->count = 0;
    h->end = TRM_HINTS_CLASH;
    for (int i = 0; h->to.clash != NULL && i < 2; i++)
        h->to.clash[i] = h->deduction.clash[i];
}

/* What values in groups force may still break an order, a sum or a clause: then the question has no
   answer. */
static void judge_forced(hinting *h)
{
    trmi_ruling ruling;
    if (trmi_task_verify(&h->judgement.verification, h->question->tokens, h->deduction.tokens, &ruling) !=
        TRMI_REFUTED)
        return;
    h->deduction.broken = true;
    h->deduction.clash[0] = ruling.position;
    h->deduction.clash[1] = ruling.other;
}

/* -- the model -- */

static bool has_rules(const hinting *h)
{
    return h->options.verifier != NULL || (h->model->task.rules.count > 0 && !h->model->task.rules.unknown);
}

/* False where rules that there are do not call the answer right. */
static trm_status ask_model(hinting *h, bool *known, trm_error *error)
{
    uint32_t verdict = TRM_VERDICT_UNVERIFIED, stop = TRM_STOP_RUNNING;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = h->answer;
    answers.cell_confidences = h->confidences;
    answers.verdicts = &verdict;
    answers.stops = &stop;
    h->options.batch = 1;
    h->options.candidates = 0;
    h->options.require_verified = has_rules(h);
    const trm_status status = trm_solve(h->model, h->question, &answers, &h->options, error);
    *known = has_rules(h) ? verdict == TRM_VERDICT_VERIFIED : stop != TRM_STOP_OVERFLOW;
    return status;
}

/* The surest position that is left; S when there is none. */
static uint32_t surest(const hinting *h)
{
    const uint32_t positions = h->judgement.verification.shape.positions;
    uint32_t best = positions;
    for (uint32_t p = 0; p < positions; p++)
        if (h->given[p] == 0 && (best == positions || h->confidences[p] > h->confidences[best]))
            best = p;
    return best;
}

/* Where the answer has what the question gives, no hint is needed. */
static void mark_given(hinting *h)
{
    const int32_t *tokens = h->deduces ? h->deduction.tokens : h->question->tokens;
    for (uint32_t p = 0; p < h->judgement.verification.shape.positions; p++)
        h->given[p] = tokens[p] == h->answer[p];
}

static void follow_model(hinting *h)
{
    uint32_t position;
    mark_given(h);
    while (h->count < h->to.room && (position = surest(h)) < h->judgement.verification.shape.positions) {
        write_hint(h, position, h->answer[position], TRM_REASON_MODEL, "");
        h->given[position] = 1;
        if (!h->deduces)
            continue;
        trmi_deduction_put(&h->deduction, position, h->answer[position]);
        follow_force(h);
        mark_given(h);
    }
    const bool more = h->found > h->count || surest(h) < h->judgement.verification.shape.positions;
    h->end = more ? TRM_HINTS_MORE : TRM_HINTS_DONE;
}

/* -- all of it -- */

static trm_status give_hints(hinting *h, trm_error *error)
{
    bool known = true;
    if (h->deduces) {
        trmi_deduction_begin(&h->deduction, h->question->tokens, NULL);
        follow_force(h);
        if (!h->deduction.broken && h->deduction.open == 0)
            judge_forced(h);
        if (h->deduction.broken) {
            tell_clash(h);
            return TRM_OK;
        }
        h->end = h->deduction.open > 0 || h->found > h->count ? TRM_HINTS_MORE : TRM_HINTS_DONE;
        if (h->deduction.open == 0 || h->count == h->to.room)
            return TRM_OK;
    }
    TRMI_TRY(ask_model(h, &known, error));
    if (known)
        follow_model(h);
    else
        h->end = TRM_HINTS_UNKNOWN;
    return TRM_OK;
}

static trm_status lay(hinting *h, const trmi_shape *shape, trmi_arena *arena, trm_error *error)
{
    const trm_status status = trmi_judgement_lay(&h->judgement, h->model, h->question, shape, arena, error);
    h->answer = trmi_arena_take(arena, shape->positions, sizeof *h->answer);
    h->confidences = trmi_arena_take(arena, shape->positions, sizeof *h->confidences);
    h->given = trmi_arena_take(arena, shape->positions, sizeof *h->given);
    if (status == TRM_OK)
        trmi_deduction_lay(&h->deduction, &h->judgement.verification, arena);
    return status;
}

/* In memory of the options' allocator, for the time of the call. */
static trm_status hint_in(hinting *h, const trmi_shape *shape, const trm_allocator *allocator,
                          trm_error *error)
{
    trmi_arena arena = { .base = NULL };
    TRMI_TRY(lay(h, shape, &arena, error));
    const uint64_t bytes = arena.used;
    void *memory = arena.overflow ? NULL : trmi_allocate(allocator, bytes);
    if (memory == NULL)
        return trmi_no_memory(error, "%llu bytes to work hints out in", (unsigned long long)bytes);
    arena = (trmi_arena) { .base = memory };
    trm_status status = lay(h, shape, &arena, error);
    if (status == TRM_OK) {
        trmi_judgement_give(&h->judgement, h->model, h->question, 0);
        h->deduces = h->options.verifier == NULL && trmi_task_has_lists(&h->judgement.verification);
        status = give_hints(h, error);
    }
    trmi_arena_release(memory, bytes);
    trmi_release(allocator, memory);
    return status;
}

/* What is worked in is too large for a small stack. */
static trm_status begin_hinting(hinting **made, const trm_model *model, const trm_questions *asked,
                                const trmi_solve_settings *settings, const trm_hints *to, trm_error *error)
{
    hinting *h = *made = trmi_allocate(&settings->allocator, sizeof *h);
    if (h == NULL)
        return trmi_no_memory(error, "%zu bytes to work hints out in", sizeof *h);
    h->model = model;
    h->question = asked;
    h->to = *to;
    h->options = settings->options;
    h->options.maximum_steps = settings->search_steps;
    return TRM_OK;
}

static trm_status read_hints(trm_hints *to, const trm_hints *from, const uint32_t *count, trm_error *error)
{
    const trm_hints defaults = TRM_HINTS_INIT;
    *to = defaults;
    if (from == NULL || count == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected hints and count, found NULL for the %s",
                         from == NULL ? "hints" : "count");
    TRMI_TRY(trmi_read_struct(to, sizeof *to, from, offsetof(trm_hints, positions), "trm_hints", error));
    if (to->reserved != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_hints.reserved: expected 0, found %u",
                         (unsigned)to->reserved);
    if (to->room == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_hints.room: expected 1 or more, found 0");
    return TRM_OK;
}

trm_status trm_hint(const trm_model *model, const trm_questions *question, const trm_solve_options *options,
                    const trm_hints *hints, uint32_t *count, trm_error *error)
{
    trm_hints to;
    trm_questions asked;
    trmi_shape shape;
    trm_solve_options own;
    trm_shape room;
    trmi_solve_settings settings;
    hinting *h = NULL;
    TRMI_TRY(read_hints(&to, hints, count, error));
    if (model == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "model: expected an opened model, found NULL");
    TRMI_TRY(trmi_questions_read(&asked, &shape, model, question, 1, error));
    TRMI_TRY(trmi_solve_options_complete(&own, options, &room, model, &asked, &shape, error));
    TRMI_TRY(trmi_solve_settings_read(&settings, model, &own, error));
    TRMI_TRY(begin_hinting(&h, model, &asked, &settings, &to, error));
    trm_status status = hint_in(h, &shape, &settings.allocator, error);
    if (status == TRM_OK) {
        *count = h->count;
        if (to.end != NULL)
            *to.end = h->end;
    }
    trmi_release(&settings.allocator, h);
    return status;
}
