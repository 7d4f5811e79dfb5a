/* Processes that mpirun started. Whoever waits for another one looks now and then whether the user, or mpirun
 * because a process was lost, has asked to stop: then it waits no longer. */
#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/team.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bindings/cli/report.h"

/* mpirun kills a second after it has asked to stop. */
static const double patience = 0.25;

static trm_status fail_share(trm_error *error, int code)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (code == MPI_SUCCESS)
        snprintf(error->message, sizeof error->message, "another process was lost or stopped");
    else if (MPI_Error_string(code, text, &length) == MPI_SUCCESS)
        snprintf(error->message, sizeof error->message, "MPI: %.200s", text);
    return TRM_ERROR_FILE;
}

static void rest(unsigned turn)
{
    enum { TURNS_AWAKE = 1000 };
    const struct timespec moment = { 0, 100000 };
    if (turn > TURNS_AWAKE)
        nanosleep(&moment, NULL);
}

static trm_status wait_for(MPI_Request *request, trm_error *error)
{
    double asked = 0.0;
    int done = 0;
    for (unsigned turn = 0;; turn++) {
        const int code = MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS)
            return fail_share(error, code);
        if (done)
            return TRM_OK;
        if (was_interrupted() && asked == 0.0)
            asked = seconds_now();
        if (asked > 0.0 && seconds_now() - asked > patience)
            return fail_share(error, MPI_SUCCESS);
        rest(turn);
    }
}

/* One process after the other tells its part, in pieces that an int can count. */
static trm_status share(void *user, void *data, const size_t *bytes, trm_error *error)
{
    enum { PIECE = 1 << 30 };
    const team *t = user;
    char *at = data;
    for (uint32_t rank = 0; rank < t->given.count; rank++)
        for (size_t left = bytes[rank]; left > 0;) {
            const int piece = left < PIECE ? (int)left : PIECE;
            MPI_Request request;
            const int code = MPI_Ibcast(at, piece, MPI_BYTE, (int)rank, MPI_COMM_WORLD, &request);
            const trm_status status =
                code == MPI_SUCCESS ? wait_for(&request, error) : fail_share(error, code);
            if (status != TRM_OK)
                return status;
            at += piece;
            left -= (size_t)piece;
        }
    return TRM_OK;
}

static bool was_started_by_mpi(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") != NULL || getenv("PMI_SIZE") != NULL ||
           getenv("PMIX_RANK") != NULL;
}

bool team_begin(team *t)
{
    int rank = 0, count = 1, provided;
    *t = (team) { .given = { sizeof t->given, 0, 1, NULL, NULL } };
    if (!was_started_by_mpi())
        return true;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN) != MPI_SUCCESS ||
        MPI_Comm_rank(MPI_COMM_WORLD, &rank) != MPI_SUCCESS ||
        MPI_Comm_size(MPI_COMM_WORLD, &count) != MPI_SUCCESS) {
        report_error("train: MPI does not start");
        return false;
    }
    t->given = (trm_team) { sizeof t->given, (uint32_t)rank, (uint32_t)count, share, t };
    return true;
}

/* MPI_Finalize() waits for all processes. Without it mpirun takes this one's end for a failure, and ends the
 * others. */
void team_end(const team *t)
{
    if (t->given.share != NULL)
        MPI_Finalize();
}

bool team_agree(const team *t, bool *stop, trm_error *error)
{
    enum { MOST = 1024 };
    char wishes[MOST] = { 0 };
    size_t bytes[MOST];
    if (t->given.count == 1)
        return true;
    for (uint32_t rank = 0; rank < t->given.count && rank < MOST; rank++)
        bytes[rank] = 1;
    wishes[t->given.rank] = *stop;
    if (share(t->given.user, wishes, bytes, error) != TRM_OK)
        return false;
    *stop = memchr(wishes, 1, t->given.count) != NULL;
    return true;
}
