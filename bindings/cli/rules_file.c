#include "bindings/cli/rules_file.h"

#include <stdio.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/cli/train_open.h"

static void report_text(const char *command, const char *path, bool read, size_t length, const char *text)
{
    if (!read)
        report_error("%s: %s: cannot be read", command, path);
    else if (length == RULES_BYTES)
        report_error("%s: %s: expected a text of at most %d bytes", command, path, RULES_BYTES - 1);
    else
        report_error("%s: %s: expected text, found byte 0x00 at offset %zu", command, path, strlen(text));
}

bool rules_load(const char *command, puzzle_kind *kind, char text[RULES_BYTES])
{
    trm_error error = TRM_ERROR_INIT;
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *none = NULL;
    if (kind->rules == NULL)
        return true;
    FILE *file = fopen(kind->rules, "rb");
    const size_t length = file != NULL ? fread(text, 1, RULES_BYTES, file) : 0;
    const bool read = file != NULL && ferror(file) == 0;
    if (file != NULL)
        fclose(file);
    if (!read || length == RULES_BYTES || memchr(text, '\0', length) != NULL) {
        report_text(command, kind->rules, read, length, text);
        return false;
    }
    text[length] = '\0';
    task.rules = kind->rules_text = text;
    if (trm_puzzles_create(&task, NULL, &none, &error) != TRM_OK)
        report_error("%s: %s: %s", command, kind->rules, error.message);
    const bool good = none != NULL;
    trm_puzzles_free(none);
    return good;
}

/* -- training -- */

/* The sizes of puzzles, A or A-B, where other tasks have those of a model. */
static bool read_sizes(train_settings *s)
{
    static const option range = RANGE_ROW(train_settings, kind.sizes, "sizes", 2, 512, "");
    const char *text = s->shape.sizes;
    s->shape.sizes = NULL;
    if (text == NULL || option_set(&range, text, s))
        return true;
    report_error("train: --sizes: with --rules expected a size or a range of them, such as 4-6, found '%s'",
                 text);
    return false;
}

bool rules_settle(train_settings *s)
{
    open_small("block", &s->shape.block, TRM_BLOCK_RELATIONAL);
    open_number("channels", &s->shape.channels, 24);
    open_number("channel-hidden", &s->shape.channel_hidden, 48);
    open_number("cycles", &s->shape.cycles, 2);
    open_number("updates", &s->shape.updates, 3);
    open_real("start-noise", &s->shape.start_noise, 1.0);
    open_small("batch", &s->options.batch, 32);
    open_number("steps", &s->options.steps, 3000);
    open_number("warm-up", &s->options.warm_up, s->options.steps < 1000 ? s->options.steps / 10 : 100);
    open_small("staggered", &s->options.staggered, 1);
    if (s->data == NULL)
        open_number("generate", &s->generate, 20000);
    return read_sizes(s);
}
