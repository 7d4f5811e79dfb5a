/* The trm command: picks a command, parses its words, runs it. It uses libtrm and libtrm-train as any program
 * could. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trm/trm.h>

#include "bindings/cli/options.h"
#include "bindings/cli/report.h"
#include "bindings/cli/train_rows.h"

static const cli_command *const commands[] = {
    &info_command,  &solve_command,    &eval_command,   &convert_command, &quantize_command,  &init_command,
    &bench_command, &generate_command, &train_command,  &plot_command,    &calibrate_command, &embed_command,
    &hint_command,  &trace_command,    &models_command, &serve_command
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int show_commands(FILE *to)
{
    static const char *const summaries[COMMANDS] = {
        "show what a model is",
        "solve puzzles",
        "measure accuracy on a file of puzzles",
        "convert checkpoints to .trm and back",
        "make a model's matrices 8-bit integers",
        "write a model with random weights",
        "measure speed",
        "make up puzzles",
        "train a model",
        "draw the curves of a training run",
        "choose when a model stops",
        "write a model as C source, for firmware",
        "tell what to fill in next, and why",
        "show how a model solves a puzzle, step by step",
        "list the models that have names",
        "answer requests, one line of JSON each",
    };
    fputs("usage: trm COMMAND [OPTIONS] ...\n\nRuns and trains Tiny Recursive Models.\n\n", to);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, summaries[i]);
    fputs("\n'trm COMMAND --help' tells more; trm --version says which version this is.\n", to);
    return STATUS_OK;
}

static const cli_command *find_command(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int fail_command(const char *word)
{
    const char *names[COMMANDS + 4] = { "help", "--help", "--version" };
    for (int i = 0; i < COMMANDS; i++)
        names[i + 3] = commands[i]->name;
    const char *nearest = nearest_name(word, names);
    const char *kind = word[0] == '-' ? "option" : "command";
    if (nearest != NULL)
        report_error("unknown %s '%s'; did you mean '%s'?", kind, word, nearest);
    else
        report_error("unknown %s '%s'; 'trm --help' lists the commands that there are", kind, word);
    return STATUS_USAGE;
}

static int fail_operand(const char *word)
{
    report_error("unexpected '%s'; 'trm --help' shows the usage", word);
    return STATUS_USAGE;
}

static int run_command(const cli_command *c, char **words, int count)
{
    void *settings = malloc(c->settings_bytes);
    if (settings == NULL)
        return report_error("not enough memory");
    const int operands = parse_options(c, words, count, settings);
    const int status = operands == -2 ? STATUS_OK
                       : operands < 0 ? STATUS_USAGE
                                      : c->run(settings, words, operands);
    free(settings);
    return status;
}

/* trm help [COMMAND] */
static int run_help(char **words, int count)
{
    if (count > 1)
        return fail_operand(words[1]);
    if (count == 0)
        return show_commands(stdout);
    const cli_command *c = find_command(words[0]);
    if (c == NULL)
        return fail_command(words[0]);
    show_help(c);
    return STATUS_OK;
}

static int run(char **words, int count)
{
    if (count == 0) {
        show_commands(stderr);
        return STATUS_USAGE;
    }
    if (strcmp(words[0], "help") == 0 || strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0)
        return run_help(words + 1, count - 1);
    if (strcmp(words[0], "--version") == 0 && count == 1) {
        printf("trm %s\n", trm_version_text());
        return STATUS_OK;
    }
    if (strcmp(words[0], "--version") == 0)
        return fail_operand(words[1]);
    const cli_command *c = find_command(words[0]);
    return c != NULL ? run_command(c, words + 1, count - 1) : fail_command(words[0]);
}

/* A standard stream that was closed stays so, but its number is not for the next file that is opened:
 * messages would be written into that. Opened the wrong way round, every use of it fails as before. */
static void keep_stream_numbers(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
}

int main(int argc, char **argv)
{
    keep_stream_numbers();
    train_rows_begin();
    return report_flush(argc > 0 ? run(argv + 1, argc - 1) : STATUS_USAGE);
}
