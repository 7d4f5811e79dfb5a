/* trm info: what a model is. */
#include <inttypes.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"
#include "bindings/cli/shape.h"
#include "bindings/cli/target.h"

typedef struct info_settings {
    bool tensors, json;
    uint32_t target; /* TARGETLESS */
    grid_size grid;
    uint64_t ram, flash;
} info_settings;

#define TARGETLESS UINT32_MAX

static const info_settings defaults = { .target = TARGETLESS };
/* clang-format off */
static const option options[] = {
    FLAG_ROW(info_settings, tensors, "tensors", "list the tensors, too"),
    CHOICE_ROW(info_settings, target, "target", "NAME", target_choices,
               "what it costs on a microcontroller: cortex-m4, cortex-m7, cortex-m55, rv32 or wasm32"),
    GRID_ROW(info_settings, grid, "grid", "with --target: rows and columns of the largest question (default: the model's own)"),
    NUMBER_ROW(info_settings, ram, "ram", "KIB", 1, 4194304, "with --target: RAM that there is, in KiB (default: as a usual part has)"),
    NUMBER_ROW(info_settings, flash, "flash", "KIB", 1, 4194304, "with --target: flash that there is, in KiB (default: the same)"),
    JSON_ROW(info_settings),
    LAST_ROW,
};
/* clang-format on */

static size_t workspace_of(const trm_model *model)
{
    size_t bytes = 0;
    return trm_solver_measure(model, NULL, &bytes, NULL) == TRM_OK ? bytes : 0;
}

enum { NAME_WIDTH = 26 };

/* Further lines stand below the first. */
static void print_text(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        const size_t line = end != NULL ? (size_t)(end - text) - at : length - at;
        if (at > 0)
            printf("\n  %*s ", NAME_WIDTH, "");
        write_plain(stdout, text + at, line);
        at += line + 1;
    }
}

/* Text as it is, bytes with an escape for what is not printable. */
static void print_bytes(const trm_metadata *m)
{
    enum { MOST_BYTES = 1000 };
    const uint32_t length = m->length < MOST_BYTES ? m->length : MOST_BYTES;
    if (m->type == TRM_METADATA_TEXT)
        print_text(m->bytes, length);
    for (uint32_t i = 0; m->type == TRM_METADATA_BYTES && i < length; i++) {
        const unsigned char c = (unsigned char)m->bytes[i];
        if (c == 0)
            fputs("\\0", stdout);
        else if (c < 0x20 || c >= 0x7f)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    puts(length < m->length ? "..." : "");
}

/* A name of the file, in a column of its own. */
static void print_name(const char *name)
{
    const size_t length = strlen(name);
    fputs("  ", stdout);
    write_plain(stdout, name, length);
    printf("%*s ", length < NAME_WIDTH ? (int)(NAME_WIDTH - length) : 0, "");
}

static void print_metadata(const session *s)
{
    for (uint32_t i = 0; i < s->info.metadata_count; i++) {
        trm_metadata m = TRM_METADATA_INIT;
        if (trm_model_metadata(s->model, i, &m, NULL) != TRM_OK)
            continue;
        print_name(m.key);
        if (m.type == TRM_METADATA_INTEGER)
            printf("%" PRIu64 "\n", m.integer);
        else if (m.type == TRM_METADATA_REAL)
            printf("%g\n", m.real);
        else
            print_bytes(&m);
    }
}

static void print_tensors(const session *s)
{
    puts("tensors");
    for (uint32_t i = 0; i < s->info.tensor_count; i++) {
        trm_tensor_info t = TRM_TENSOR_INFO_INIT;
        if (trm_model_tensor(s->model, i, &t, NULL) != TRM_OK)
            continue;
        print_name(t.name);
        printf("%6" PRIu64 " x %-6" PRIu64 " %-3s %-6s %-7s %10" PRIu64 " bytes\n", t.rows, t.columns, t.type,
               t.layout, t.encoding, t.stored_bytes);
    }
}

static void print_person(const session *s, bool tensors)
{
    const trm_model_info *i = &s->info;
    const bool colours = has_colours(stdout);
    const char *title = i->task[0] != '\0' ? i->task : "a model without a task's name";
    fputs(colours ? "\033[1m" : "", stdout);
    write_plain(stdout, title, strlen(title));
    puts(colours ? "\033[0m" : "");
    printf("  %-26s %.2f million (%.1f MB%s)\n", "parameters", (double)i->parameters / 1e6,
           (double)i->weight_bytes / 1e6, i->mapped ? ", used in place" : ", expanded");
    printf("  %-26s %s\n", "precision", i->quantised ? "int8" : "fp32");
    printf("  %-26s %.1f MB\n", "file", (double)i->file_bytes / 1e6);
    printf("  %-26s %.3f GFLOP\n", "a supervision step", (double)i->step_operations / 1e9);
    printf("  %-26s %zu bytes\n", "workspace, one puzzle", workspace_of(s->model));
    printf("  %-26s %s\n", "kernels", i->instruction_set);
    print_metadata(s);
    if (tensors)
        print_tensors(s);
}

static void record_metadata(record *r, const session *s)
{
    record_key(r, "metadata");
    record all = record_begin(r->to);
    for (uint32_t i = 0; i < s->info.metadata_count; i++) {
        trm_metadata m = TRM_METADATA_INIT;
        if (trm_model_metadata(s->model, i, &m, NULL) != TRM_OK)
            continue;
        if (m.type == TRM_METADATA_INTEGER) {
            record_integer(&all, m.key, m.integer);
        } else if (m.type == TRM_METADATA_REAL) {
            record_number(&all, m.key, m.real);
        } else if (m.type == TRM_METADATA_TEXT) {
            record_text(&all, m.key, m.bytes);
        } else {
            record_key(&all, m.key);
            write_json_bytes(all.to, m.bytes, m.length);
        }
    }
    record_end(&all);
}

static void record_tensors(record *r, const session *s)
{
    record_key(r, "tensors");
    for (uint32_t i = 0; i < s->info.tensor_count; i++) {
        trm_tensor_info t = TRM_TENSOR_INFO_INIT;
        if (trm_model_tensor(s->model, i, &t, NULL) != TRM_OK)
            continue;
        fputs(i == 0 ? "[" : ", ", r->to);
        record one = record_begin(r->to);
        record_text(&one, "name", t.name);
        record_integer(&one, "rows", t.rows);
        record_integer(&one, "columns", t.columns);
        record_text(&one, "type", t.type);
        record_text(&one, "layout", t.layout);
        record_text(&one, "encoding", t.encoding);
        record_integer(&one, "stored_bytes", t.stored_bytes);
        record_end(&one);
    }
    fputs(s->info.tensor_count == 0 ? "[]" : "]", r->to);
}

static const char *position_name(uint32_t encoding)
{
    return encoding == TRM_POSITION_NONE ? "none" : encoding == TRM_POSITION_LEARNED ? "learned" : "rotary";
}

static void record_kinds(record *r, const trm_model_info *i)
{
    record_text(r, "task", i->task);
    record_text(r, "architecture", i->architecture == TRM_ARCHITECTURE_TRM ? "trm" : "hrm");
    record_text(r, "block", choice_name(block_choices, i->block));
    record_text(r, "position_encoding", position_name(i->position_encoding));
    record_text(r, "gate", i->gate == TRM_GATE_PLAIN ? "plain" : "normed");
    record_text(r, "likelihood", i->likelihood == TRM_LIKELIHOOD_SOFTMAX ? "softmax" : "stablemax");
    record_text(r, "instruction_set", i->instruction_set);
}

static void print_json(const session *s, bool tensors)
{
    const trm_model_info *i = &s->info;
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        { "channels", i->channels },
        { "positions", i->positions },
        { "prefix", i->prefix },
        { "vocabulary", i->vocabulary },
        { "identifiers", i->identifiers },
        { "blocks", i->blocks },
        { "high_blocks", i->high_blocks },
        { "heads", i->heads },
        { "token_hidden", i->token_hidden },
        { "channel_hidden", i->channel_hidden },
        { "cycles", i->cycles },
        { "updates", i->updates },
        { "maximum_steps", i->maximum_steps },
        { "grid_rows", i->grid_rows },
        { "grid_columns", i->grid_columns },
        { "parameters", i->parameters },
        { "file_bytes", i->file_bytes },
        { "weight_bytes", i->weight_bytes },
        { "step_operations", i->step_operations },
        { "workspace_bytes", workspace_of(s->model) },
        { "mapped", i->mapped },
    };
    record r = record_begin(stdout);
    record_kinds(&r, i);
    record_text(&r, "precision", i->quantised ? "int8" : "fp32");
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        record_integer(&r, numbers[n].key, numbers[n].value);
    record_metadata(&r, s);
    if (tensors)
        record_tensors(&r, s);
    record_end(&r);
    putchar('\n');
}

/* False after telling that options need, or do not go with, --target. */
static bool agree(const info_settings *settings)
{
    const char *stray = settings->grid.rows > 0 ? "grid"
                        : settings->ram > 0     ? "ram"
                        : settings->flash > 0   ? "flash"
                                                : NULL;
    if (settings->target == TARGETLESS && stray != NULL)
        report_error("info: --%s: expected --target with it", stray);
    else if (settings->target != TARGETLESS && settings->tensors)
        report_error("info: --tensors: expected no --target with it");
    else
        return true;
    return false;
}

static int run_info(const void *given, char **operands, int count)
{
    (void)count;
    const info_settings *settings = given;
    const bool targets = settings->target != TARGETLESS;
    const target_question question = { settings->target, settings->grid, settings->ram, settings->flash,
                                       settings->json };
    session s;
    int status = STATUS_OK;
    if (!agree(settings))
        return STATUS_USAGE;
    if (!session_open_model(&s, operands[0], 0)) {
        session_close(&s);
        return STATUS_DATA;
    }
    if (targets)
        status = show_target(&s, operands[0], &question);
    else if (settings->json)
        print_json(&s, settings->tensors);
    else
        print_person(&s, settings->tensors);
    session_close(&s);
    return status;
}

const cli_command info_command = {
    "info",
    "[OPTIONS] MODEL",
    "Shows what a model is, what it costs and what its file says of it.",
    options,
    sizeof(info_settings),
    &defaults,
    1,
    1,
    run_info,
};
