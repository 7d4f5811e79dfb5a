#include "bindings/cli/target.h"

#include <inttypes.h>

#include "bindings/cli/report.h"
#include "bindings/cli/target_costs.h"

/* A part that is often met, for who names no other: KiB that lie in one piece. */
typedef struct part {
    const char *name;
    uint32_t ram, flash;
} part;

static const part parts[TARGETS] = {
    [TARGET_CORTEX_M4] = { "STM32F405", 128, 1024 },
    [TARGET_CORTEX_M7] = { "STM32H743", 512, 2048 },
    [TARGET_CORTEX_M55] = { "MPS3 with Corstone-300", 2048, 512 },
    [TARGET_RV32] = { "ESP32-C3", 400, 4096 },
    [TARGET_WASM32] = { "a module of 64 MiB", 65536, 65536 },
};
const choice target_choices[] = {
    { "cortex-m4", TARGET_CORTEX_M4 }, { "cortex-m7", TARGET_CORTEX_M7 }, { "cortex-m55", TARGET_CORTEX_M55 },
    { "rv32", TARGET_RV32 },           { "wasm32", TARGET_WASM32 },       { NULL, 0 },
};

/* All in bytes, but for the operations. */
typedef struct account {
    trm_firmware_cost cost;
    uint64_t stack, code, workspace; /* workspace: of model and solver */
    uint64_t ram, flash;             /* that there are */
} account;

static uint64_t ram_of(const account *a)
{
    return a->workspace + a->stack;
}

static uint64_t flash_of(const account *a)
{
    return a->cost.model_bytes + a->code;
}

static trm_status read_account(account *a, const session *s, const target_question *question,
                               trm_error *error)
{
    const trm_firmware_cost nothing = TRM_FIRMWARE_COST_INIT;
    const part *of = &parts[question->target];
    const target_cost *recorded =
        &target_costs[question->target][s->info.block - 1][s->info.quantised ? TARGET_INT8 : TARGET_FP32];
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    shape.rows = question->grid.rows;
    shape.columns = question->grid.columns;
    options.shape = &shape;
    *a = (account) { .cost = nothing,
                     .stack = recorded->stack,
                     .code = recorded->code,
                     .ram = 1024 * (question->ram > 0 ? question->ram : of->ram),
                     .flash = 1024 * (question->flash > 0 ? question->flash : of->flash) };
    const trm_status status = trm_firmware_measure(s->model, &options, &a->cost, error);
    a->workspace = a->cost.model_workspace + a->cost.solver_workspace;
    return status;
}

static void print_person(const account *a, const target_question *question)
{
    const struct {
        const char *name, *unit;
        uint64_t value;
    } lines[] = {
        { "workspace of the model", "bytes", a->cost.model_workspace },
        { "workspace of a solver", "bytes", a->cost.solver_workspace },
        { "stack", "bytes", a->stack },
        { "RAM, together", "bytes", ram_of(a) },
        { "model, in flash", "bytes", a->cost.model_bytes },
        { "code, in flash", "bytes", a->code },
        { "flash, together", "bytes", flash_of(a) },
        { "a supervision step", "operations", a->cost.operations },
    };
    printf("%s, %s: %" PRIu64 " KiB of RAM, %" PRIu64 " KiB of flash\n",
           choice_name(target_choices, question->target),
           question->ram > 0 || question->flash > 0 ? "as asked for" : parts[question->target].name,
           a->ram / 1024, a->flash / 1024);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        printf("  %-26s %10" PRIu64 " %s\n", lines[i].name, lines[i].value, lines[i].unit);
}

static void print_json(const account *a, const target_question *question)
{
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        { "workspace", a->workspace },
        { "stack", a->stack },
        { "flash", flash_of(a) },
        { "operations", a->cost.operations },
        { "model_workspace", a->cost.model_workspace },
        { "solver_workspace", a->cost.solver_workspace },
        { "model_bytes", a->cost.model_bytes },
        { "code", a->code },
        { "ram_available", a->ram },
        { "flash_available", a->flash },
    };
    record r = record_begin(stdout);
    record_text(&r, "target", choice_name(target_choices, question->target));
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        record_integer(&r, numbers[n].key, numbers[n].value);
    record_end(&r);
    putchar('\n');
}

/* False after saying by how much it does not. */
static bool fits(const char *path, const char *target, const char *what, uint64_t needed, uint64_t there)
{
    if (needed <= there)
        return true;
    report_error("%s: expected to fit in the %" PRIu64 " bytes of %s of %s, found that it takes %" PRIu64
                 ", %" PRIu64 " too many",
                 path, there, what, target, needed, needed - there);
    return false;
}

int show_target(const session *s, const char *path, const target_question *question)
{
    const char *target = choice_name(target_choices, question->target);
    trm_error error = TRM_ERROR_INIT;
    account a;
    if (read_account(&a, s, question, &error) != TRM_OK)
        return report_error("%s: %s", path, error.message);
    if (question->json)
        print_json(&a, question);
    else
        print_person(&a, question);
    const bool in_ram = fits(path, target, "RAM", ram_of(&a), a.ram);
    return fits(path, target, "flash", flash_of(&a), a.flash) && in_ram ? STATUS_OK : STATUS_DATA;
}
