/* What JavaScript needs beside trm.h: memory for its arguments, a watcher, and where the fields of structs
 * lie. From this list the ES module reads and writes them; nothing else knows an offset. */
#include <stddef.h>
#include <stdint.h>

#include <trm/trm.h>

void *trmi_host_allocate(void *user, size_t bytes);
void trmi_host_release(void *user, void *memory);

typedef struct field {
    const char *name; /* NULL behind the last */
    uint16_t offset, kind;
} field;

typedef struct structure {
    const char *name; /* NULL behind the last */
    uint32_t bytes;
    const void *initial;
    const field *fields;
} structure;

/* Letters of trm.js: u32, u64, float, double, text, or an address. */
#define KIND(x) \
    _Generic((x), uint32_t: 'u', uint64_t: 'q', float: 'f', double: 'd', const char *: 't', default: 'p')
#define F(type, member) { #member, offsetof(type, member), KIND(((type *)0)->member) },
#define LAST \
    { \
        NULL, 0, 0 \
    }

/* clang-format off */
#define G(member) F(trm_shape, member)
static const field shape_fields[] = { G(rows) G(columns) G(box_rows) G(box_columns) G(fields) G(positions)
    G(helpers) LAST };
#undef G

#define G(member) F(trm_model_info, member)
static const field info_fields[] = {
    G(architecture) G(block) G(position_encoding) G(gate) G(likelihood) G(channels) G(positions) G(prefix)
    G(vocabulary) G(identifiers) G(blocks) G(high_blocks) G(heads) G(token_hidden) G(channel_hidden) G(cycles)
    G(updates) G(maximum_steps) G(grid_rows) G(grid_columns) G(metadata_count) G(tensor_count) G(parameters)
    G(file_bytes) G(weight_bytes) G(step_operations) G(task) G(instruction_set) G(quantised) G(fields)
    G(first_value) G(box_rows) G(box_columns) G(least_rows) G(most_rows) G(least_columns) G(most_columns)
    G(least_fields) G(most_fields) G(most_positions) G(relations) G(helper_tokens) G(features) G(halting)
    G(cell_confidence) G(values) G(blank) G(keeps_givens) G(start_noise) G(halt_threshold) LAST
};
#undef G

#define G(member) F(trm_metadata, member)
static const field metadata_fields[] = { G(key) G(type) G(length) G(integer) G(real)
                                         { "bytes", offsetof(trm_metadata, bytes), 'p' }, LAST };
#undef G

#define G(member) F(trm_relation_info, member)
static const field relation_info_fields[] = { G(name) G(source) G(level) G(aggregates) LAST };
#undef G

#define G(member) F(trm_relation, member)
static const field relation_fields[] = { { "name", offsetof(trm_relation, name), 'p' }, G(first) G(heard)
    G(heard_count)
                                         G(shared) G(lists) LAST };
#undef G

#define G(member) F(trm_questions, member)
static const field question_fields[] = { G(count) G(tokens) G(identifiers) G(shapes) G(shape_count)
    G(relations)
                                         G(relation_count) G(helper_tokens) G(features) LAST };
#undef G

#define G(member) F(trm_solve_options, member)
static const field option_fields[] = {
    G(maximum_steps) G(halt) G(stable_steps) G(batch) G(budget_nanoseconds) G(halt_probability) G(shape)
    G(heard) G(start) G(seed) G(runs) G(policy) G(search) G(require_verified) G(candidates) G(views)
    G(view_count) G(step_budget) G(watcher) LAST
};
#undef G

#define G(member) F(trm_answers, member)
static const field answer_fields[] = {
    G(tokens) G(probabilities) G(logits) G(halt_probabilities) G(halt_logits) G(continue_logits) G(steps)
    G(stops) G(cell_confidences) G(verdicts) G(hows) G(runs) G(pins) G(total_steps) G(changed) LAST
};
#undef G

#define G(member) F(trm_run_step, member)
static const field run_step_fields[] = {
    G(run) G(how) G(step) G(stop) G(verdict) G(pins) G(positions) G(changed) G(halt_logit) G(halt_probability)
    G(tokens) G(probabilities) G(asked) G(view) LAST
};
#undef G

#define G(member) F(trm_open_options, member)
static const field open_fields[] = { G(flags) LAST };
#undef G

static const field error_fields[] = { { "status", offsetof(trm_error, status), 'u' },
                                      { "message", offsetof(trm_error, message), 'm' }, LAST };
/* clang-format on */

/* Structs at their defaults, which web_structures() gives them: nearly all of that is zeros. */
static trm_shape a_shape;
static trm_model_info an_info;
static trm_metadata a_metadata;
static trm_relation_info a_relation_info;
static trm_relation a_relation;
static trm_questions questions;
static trm_solve_options solve_options;
static trm_answers answers;
static trm_run_step a_run_step;
static trm_open_options open_options;
static trm_error an_error;

static const structure structures[] = {
    { "shape", sizeof a_shape, &a_shape, shape_fields },
    { "modelInfo", sizeof an_info, &an_info, info_fields },
    { "metadata", sizeof a_metadata, &a_metadata, metadata_fields },
    { "relationInfo", sizeof a_relation_info, &a_relation_info, relation_info_fields },
    { "relation", sizeof a_relation, &a_relation, relation_fields },
    { "questions", sizeof questions, &questions, question_fields },
    { "solveOptions", sizeof solve_options, &solve_options, option_fields },
    { "answers", sizeof answers, &answers, answer_fields },
    { "runStep", sizeof a_run_step, &a_run_step, run_step_fields },
    { "openOptions", sizeof open_options, &open_options, open_fields },
    { "error", sizeof an_error, &an_error, error_fields },
    { NULL, 0, NULL, NULL },
};

#define EXPORT(name) __attribute__((export_name(#name)))

EXPORT(structures) const structure *web_structures(void);
EXPORT(allocate) void *web_allocate(size_t bytes);
EXPORT(release) void web_release(void *memory);
EXPORT(watcher) const trm_watcher *web_watcher(void);

/* JavaScript looks at a step, and answers whether to go on. */
__attribute__((import_module("host"), import_name("watch"))) int web_watch(const trm_run_step *seen);

const structure *web_structures(void)
{
    a_shape = (trm_shape)TRM_SHAPE_INIT;
    an_info = (trm_model_info)TRM_MODEL_INFO_INIT;
    a_metadata = (trm_metadata)TRM_METADATA_INIT;
    a_relation_info = (trm_relation_info)TRM_RELATION_INFO_INIT;
    a_relation = (trm_relation)TRM_RELATION_INIT;
    questions = (trm_questions)TRM_QUESTIONS_INIT;
    solve_options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    answers = (trm_answers)TRM_ANSWERS_INIT;
    a_run_step = (trm_run_step)TRM_RUN_STEP_INIT;
    open_options = (trm_open_options)TRM_OPEN_OPTIONS_INIT;
    an_error = (trm_error)TRM_ERROR_INIT;
    return structures;
}

void *web_allocate(size_t bytes)
{
    return trmi_host_allocate(NULL, bytes);
}

void web_release(void *memory)
{
    trmi_host_release(NULL, memory);
}

static trm_status watch(void *user, const trm_run_step *seen, trm_error *error)
{
    (void)user, (void)error;
    return web_watch(seen) != 0 ? TRM_OK : TRM_ERROR_ARGUMENT;
}

const trm_watcher *web_watcher(void)
{
    static const trm_watcher watcher = { sizeof watcher, NULL, watch };
    return &watcher;
}
