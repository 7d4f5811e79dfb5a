/* trm info: what a model is. */
#include <inttypes.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

typedef struct info_settings {
    bool tensors, json;
} info_settings;

static const info_settings defaults = { .json = false };
static const option options[] = {
    { "tensors", 0, NULL, "list the tensors, too", OPTION_FLAG, offsetof(info_settings, tensors), 0, 0, NULL },
    { "json", 0, NULL, "results as one JSON object on the last line", OPTION_FLAG, offsetof(info_settings, json), 0, 0, NULL },
    { NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL },
};

static size_t workspace_of(const trm_model *model)
{
    size_t bytes = 0;
    return trm_solver_measure(model, NULL, &bytes, NULL) == TRM_OK ? bytes : 0;
}

/* Text as it is, bytes with a dot for what is not printable. */
static void print_bytes(const trm_metadata *m)
{
    for (uint32_t i = 0; i < m->length && i < 200; i++) {
        const unsigned char c = (unsigned char)m->bytes[i];
        if (m->type == TRM_METADATA_BYTES && (c < 0x20 || c >= 0x7f))
            printf("\\%x", c);
        else if (c >= 0x20 && c != 0x7f)
            putchar(c);
    }
    puts(m->length > 200 ? "..." : "");
}

static void print_metadata(const session *s)
{
    for (uint32_t i = 0; i < s->info.metadata_count; i++) {
        trm_metadata m = TRM_METADATA_INIT;
        if (trm_model_metadata(s->model, i, &m, NULL) != TRM_OK)
            continue;
        printf("  %-26s ", m.key);
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
        if (trm_model_tensor(s->model, i, &t, NULL) == TRM_OK)
            printf("  %-26s %6" PRIu64 " x %-6" PRIu64 " %s %-6s %-7s %10" PRIu64 " bytes\n", t.name, t.rows, t.columns, t.type, t.layout, t.encoding,
                   t.stored_bytes);
    }
}

static void print_person(const session *s, bool tensors)
{
    const trm_model_info *i = &s->info;
    const bool colours = has_colours(stdout);
    printf("%s%s%s\n", colours ? "\033[1m" : "", i->task[0] != '\0' ? i->task : "a model without a task's name", colours ? "\033[0m" : "");
    printf("  %-26s %.2f million (%.1f MB%s)\n", "parameters", (double)i->parameters / 1e6, (double)i->weight_bytes / 1e6,
           i->mapped ? ", used in place" : ", expanded");
    printf("  %-26s %.1f MB\n", "file", (double)i->file_bytes / 1e6);
    printf("  %-26s %.3f GFLOP\n", "a supervision step", (double)i->step_operations / 1e9);
    printf("  %-26s %zu bytes\n", "workspace, one puzzle", workspace_of(s->model));
    printf("  %-26s %s\n", "kernels", i->instruction_set);
    print_metadata(s);
    if (tensors)
        print_tensors(s);
}

static void print_json(const session *s)
{
    const trm_model_info *i = &s->info;
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        { "channels", i->channels }, { "positions", i->positions }, { "prefix", i->prefix }, { "vocabulary", i->vocabulary },
        { "identifiers", i->identifiers }, { "blocks", i->blocks }, { "high_blocks", i->high_blocks }, { "heads", i->heads },
        { "token_hidden", i->token_hidden }, { "channel_hidden", i->channel_hidden }, { "cycles", i->cycles }, { "updates", i->updates },
        { "maximum_steps", i->maximum_steps }, { "grid_rows", i->grid_rows }, { "grid_columns", i->grid_columns },
        { "parameters", i->parameters }, { "file_bytes", i->file_bytes }, { "weight_bytes", i->weight_bytes },
        { "step_operations", i->step_operations }, { "workspace_bytes", workspace_of(s->model) }, { "mapped", i->mapped },
    };
    json j = json_begin(stdout);
    json_text(&j, "task", i->task);
    json_text(&j, "architecture", i->architecture == TRM_ARCHITECTURE_TRM ? "trm" : "hrm");
    json_text(&j, "block", i->block == TRM_BLOCK_MIXER ? "mixer" : "attention");
    json_text(&j, "position_encoding", i->position_encoding == TRM_POSITION_NONE ? "none" : i->position_encoding == TRM_POSITION_LEARNED ? "learned" : "rotary");
    json_text(&j, "gate", i->gate == TRM_GATE_PLAIN ? "plain" : "normed");
    json_text(&j, "likelihood", i->likelihood == TRM_LIKELIHOOD_SOFTMAX ? "softmax" : "stablemax");
    json_text(&j, "instruction_set", i->instruction_set);
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        json_integer(&j, numbers[n].key, numbers[n].value);
    json_end(&j);
}

static int run_info(const void *given, char **operands, int count)
{
    (void)count;
    const info_settings *settings = given;
    session s;
    if (!session_open_model(&s, operands[0])) {
        session_close(&s);
        return STATUS_DATA;
    }
    if (settings->json)
        print_json(&s);
    else
        print_person(&s, settings->tensors);
    session_close(&s);
    return STATUS_OK;
}

const cli_command info_command = {
    "info", "[OPTIONS] MODEL", "Shows what a model is, what it costs and what its file says of it.", options, sizeof(info_settings), &defaults, 1, 1,
    run_info,
};
