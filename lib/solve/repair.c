/* Plain rules say which givens may be wrong, the model what the answer is without them. */
#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/solve/judgement.h"
#include "lib/solve/options.h"
#include "lib/task/removal.h"

enum { LEAST_REPAIRED = offsetof(trm_repaired, changes) }; /* bytes that a caller has room for */

typedef struct repairing {
    const trm_model *model;
    const trm_questions *question;
    trm_solve_options options;
    trmi_judgement judgement;
    trmi_deduction deduction;
    trmi_removal removal;
    int32_t *asked, *answer, *best; /* S */
    trm_repaired found;
} repairing;

/* The question without a set of its givens, answered by the model. */
static trm_status ask_model(repairing *r, uint32_t set, trm_error *error)
{
    const uint32_t positions = r->judgement.verification.shape.positions;
    uint32_t verdict, how;
    uint64_t steps;
    float sure;
    assert(set < r->removal.count);
    trm_questions question = *r->question;
    trm_answers answers = TRM_ANSWERS_INIT;
    memcpy(r->asked, r->question->tokens, positions * sizeof *r->asked);
    for (uint32_t i = 0; i < r->removal.size; i++)
        r->asked[r->removal.set[set][i]] = r->model->task.blank;
    question.tokens = r->asked;
    answers.tokens = r->answer;
    answers.verdicts = &verdict;
    answers.hows = &how;
    answers.total_steps = &steps;
    answers.halt_probabilities = &sure;
    TRMI_TRY(trm_solve(r->model, &question, &answers, &r->options, error));
    r->found.total_steps += steps;
    if (verdict != TRM_VERDICT_VERIFIED ||
        (r->found.verdict == TRM_VERDICT_VERIFIED && !(sure > r->found.halt_probability)))
        return TRM_OK;
    r->found.verdict = verdict;
    r->found.how = how;
    r->found.halt_probability = sure;
    memcpy(r->best, r->answer, positions * sizeof *r->best);
    return TRM_OK;
}

/* The surest of the model's answers without so many givens, or else that of the rules' own search. */
static trm_status try_size(repairing *r, uint32_t size, trm_error *error)
{
    trm_status status = TRM_OK;
    trmi_removal_find(&r->removal, size);
    for (uint32_t i = 0; status == TRM_OK && i < r->removal.count; i++)
        status = ask_model(r, i, error);
    if (status == TRM_OK && r->found.verdict != TRM_VERDICT_VERIFIED && r->removal.answered < TRMI_REMOVALS) {
        r->found.verdict = TRM_VERDICT_VERIFIED;
        r->found.how = TRM_HOW_RULES;
        memcpy(r->best, r->removal.answer, r->judgement.verification.shape.positions * sizeof *r->best);
    }
    return status;
}

static trm_status repair(repairing *r, trm_error *error)
{
    trm_status status = TRM_OK;
    bool shown = true;
    r->removal.question = r->question->tokens;
    for (uint32_t size = 0; size <= TRMI_REMOVED && r->removal.tries < TRMI_REMOVAL_TRIES; size++) {
        status = try_size(r, size, error);
        if (status != TRM_OK || r->found.verdict == TRM_VERDICT_VERIFIED)
            break;
        shown = shown && r->removal.count == 0 && !r->removal.doubtful;
    }
    r->found.fewest = shown && r->found.verdict == TRM_VERDICT_VERIFIED;
    return status;
}

static void write_found(repairing *r, int32_t *tokens)
{
    const uint32_t positions = r->judgement.verification.shape.positions;
    const bool found = r->found.verdict == TRM_VERDICT_VERIFIED;
    for (uint32_t p = 0; p < positions; p++) {
        tokens[p] = found ? r->best[p] : 0;
        r->found.changes += found && trmi_task_gives(&r->model->task, r->question->tokens[p]) &&
                            tokens[p] != r->question->tokens[p];
    }
}

/* -- room -- */

static trm_status lay(repairing *r, const trmi_shape *shape, trmi_arena *arena, trm_error *error)
{
    const trm_status status = trmi_judgement_lay(&r->judgement, r->model, r->question, shape, arena, error);
    r->asked = trmi_arena_take(arena, shape->positions, sizeof *r->asked);
    r->answer = trmi_arena_take(arena, shape->positions, sizeof *r->answer);
    r->best = trmi_arena_take(arena, shape->positions, sizeof *r->best);
    if (status != TRM_OK)
        return status;
    trmi_deduction_lay(&r->deduction, &r->judgement.verification, arena);
    trmi_removal_lay(&r->removal, &r->deduction, arena);
    return TRM_OK;
}

static trm_status no_memory(uint64_t bytes, trm_error *error)
{
    return trmi_no_memory(error, "%llu bytes to repair in", (unsigned long long)bytes);
}

/* A shape may lack what the rules speak of, such as boxes. */
static trm_status check_rules(const repairing *r, trm_error *error)
{
    const char *name = r->model->task.name;
    return trmi_task_has_lists(&r->judgement.verification)
               ? TRM_OK
               : trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                           "the model's task: expected rules about values in groups to repair by, found %s",
                           *name != '\0' ? name : "none");
}

static trm_status repair_in(repairing *r, const trmi_shape *shape, int32_t *tokens,
                            const trm_allocator *allocator, trm_error *error)
{
    trmi_arena arena = { .base = NULL };
    TRMI_TRY(lay(r, shape, &arena, error));
    const uint64_t bytes = arena.used;
    void *memory = arena.overflow ? NULL : trmi_allocate(allocator, bytes);
    if (memory == NULL)
        return no_memory(bytes, error);
    arena = (trmi_arena) { .base = memory };
    trm_status status = lay(r, shape, &arena, error);
    if (status == TRM_OK) {
        trmi_judgement_give(&r->judgement, r->model, r->question, 0);
        status = check_rules(r, error);
    }
    if (status == TRM_OK)
        status = repair(r, error);
    if (status == TRM_OK)
        write_found(r, tokens);
    trmi_arena_release(memory, bytes);
    trmi_release(allocator, memory);
    return status;
}

/* What is worked in is too large for a small stack. */
static trm_status begin_repair(repairing **made, const trm_model *model, const trm_questions *asked,
                               const trmi_solve_settings *settings, trm_error *error)
{
    repairing *r = *made = trmi_allocate(&settings->allocator, sizeof *r);
    if (r == NULL)
        return no_memory(sizeof *r, error);
    r->model = model;
    r->question = asked;
    r->options = settings->options;
    r->options.maximum_steps = settings->search_steps;
    r->options.batch = 1;
    r->options.candidates = 0;
    r->options.require_verified = 1;
    r->found.size = sizeof r->found;
    return TRM_OK;
}

static trm_status check_callers(const trm_model *model, const int32_t *tokens, const trm_repaired *repaired,
                                trm_error *error)
{
    if (model == NULL || tokens == NULL || repaired == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model, tokens and repaired, found NULL for the %s",
                         model == NULL    ? "model"
                         : tokens == NULL ? "tokens"
                                          : "repaired");
    return trmi_check_struct(repaired, LEAST_REPAIRED, "trm_repaired", error);
}

/* Rules of the host's own can be asked, but not looked into. */
static trm_status check_verifier(const trm_solve_options *options, trm_error *error)
{
    if (options->verifier != NULL)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_solve_options.verifier: expected NULL, as repairs go by the rules of the model's "
            "task, found one");
    return TRM_OK;
}

trm_status trm_repair(const trm_model *model, const trm_questions *question, const trm_solve_options *options,
                      int32_t *tokens, trm_repaired *repaired, trm_error *error)
{
    trm_questions asked;
    trm_solve_options own;
    trm_shape room;
    trmi_shape shape;
    trmi_solve_settings settings;
    repairing *r = NULL;
    TRMI_TRY(check_callers(model, tokens, repaired, error));
    TRMI_TRY(trmi_questions_read(&asked, &shape, model, question, 1, error));
    TRMI_TRY(trmi_solve_options_complete(&own, options, &room, model, &asked, &shape, error));
    TRMI_TRY(trmi_solve_settings_read(&settings, model, &own, error));
    TRMI_TRY(check_verifier(&settings.options, error));
    TRMI_TRY(begin_repair(&r, model, &asked, &settings, error));
    trm_status status = repair_in(r, &shape, tokens, &settings.allocator, error);
    if (status == TRM_OK)
        status =
            trmi_write_struct(repaired, &r->found, sizeof r->found, LEAST_REPAIRED, "trm_repaired", error);
    trmi_release(&settings.allocator, r);
    return status;
}
