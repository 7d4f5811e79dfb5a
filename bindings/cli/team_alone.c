/* A build without MPI. */
#include "bindings/cli/team.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

/* Several processes that know nothing of each other would write the same files. */
bool team_begin(team *t)
{
    static const char *const marks[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE" };
    *t = (team) { .given = { sizeof t->given, 0, 1, NULL, NULL } };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *processes = getenv(marks[i]);
        if (processes != NULL && strcmp(processes, "1") != 0) {
            report_error("train: this is one of %s processes of MPI, but this trm was built without it "
                         "(-Dmpi=enabled)",
                         processes);
            return false;
        }
    }
    return true;
}

void team_end(const team *t)
{
    (void)t;
}

bool team_agree(const team *t, bool *stop, trm_error *error)
{
    (void)t;
    (void)stop;
    (void)error;
    return true;
}
