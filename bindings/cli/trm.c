/* The trm command: picks a command, parses its words, runs it. It uses libtrm and libtrm-train as any program could. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "bindings/cli/options.h"
#include "bindings/cli/report.h"

static const cli_command *const commands[] = { &info_command, &solve_command, &eval_command, &convert_command, &init_command, &bench_command };
enum { COMMANDS = sizeof commands / sizeof *commands };

static int show_commands(FILE *to)
{
    static const char *const summaries[COMMANDS] = {
        "show what a model is", "solve puzzles", "measure accuracy on a file of puzzles", "convert checkpoints to .trm and back",
        "write a model with random weights", "measure speed",
    };
    fputs("usage: trm COMMAND [OPTIONS] ...\n\nRuns Tiny Recursive Models.\n\n", to);
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
    const char *names[COMMANDS + 1] = { NULL };
    for (int i = 0; i < COMMANDS; i++)
        names[i] = commands[i]->name;
    const char *nearest = nearest_name(word, names);
    if (nearest != NULL)
        report_error("unknown command '%s'; did you mean '%s'?", word, nearest);
    else
        report_error("unknown command '%s'; 'trm --help' lists those that there are", word);
    return STATUS_USAGE;
}

static int run_command(const cli_command *c, char **words, int count)
{
    void *settings = malloc(c->settings_bytes);
    if (settings == NULL)
        return report_error("not enough memory");
    const int operands = parse_options(c, words, count, settings);
    const int status = operands == -2 ? STATUS_OK : operands < 0 ? STATUS_USAGE : c->run(settings, words, operands);
    free(settings);
    return status;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        show_commands(stderr);
        return STATUS_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("trm %s\n", trm_version_text());
        return STATUS_OK;
    }
    const bool help = strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    if (help && argc < 3)
        return show_commands(stdout);
    const cli_command *c = find_command(argv[help ? 2 : 1]);
    if (c == NULL)
        return fail_command(argv[help ? 2 : 1]);
    if (!help)
        return run_command(c, argv + 2, argc - 2);
    show_help(c);
    return STATUS_OK;
}

int main(int argc, char **argv)
{
    return report_flush(run(argc, argv));
}
