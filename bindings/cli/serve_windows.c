/* trm serve, where one loop cannot wait for streams and sockets at once. */
#include "bindings/cli/options.h"
#include "bindings/cli/report.h"

static int run_serve(const void *settings, char **operands, int count)
{
    (void)settings, (void)operands, (void)count;
    report_error("serve: expected a system with Unix sockets, found Windows");
    return STATUS_USAGE;
}

static const option options[] = { LAST_ROW };
static const char defaults = 0;

const cli_command serve_command = {
    "serve", "MODEL",   "Answers requests; not on Windows.", options, sizeof defaults, &defaults, 0,
    16,      run_serve,
};
