#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/serve_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bindings/cli/report.h"

enum { WAITING = 64 };

static bool fill_address(struct sockaddr_un *address, const char *path)
{
    *address = (struct sockaddr_un) { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address->sun_path) {
        report_error("--socket %.60s...: expected a path of at most %zu bytes, found %zu", path,
                     sizeof address->sun_path - 1, strlen(path));
        return false;
    }
    memcpy(address->sun_path, path, strlen(path) + 1);
    return true;
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

/* Whether a server listens there. */
static bool is_answered(const struct sockaddr_un *address)
{
    const int probe = new_socket();
    const bool answered =
        probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof *address) == 0;
    if (probe >= 0)
        close(probe);
    return answered;
}

static bool remove_leftover(const struct sockaddr_un *address)
{
    struct stat about;
    if (lstat(address->sun_path, &about) != 0)
        return true;
    if (!S_ISSOCK(about.st_mode))
        report_error("--socket %s: expected a new path or a socket, found another file", address->sun_path);
    else if (is_answered(address))
        report_error("--socket %s: another server listens there", address->sun_path);
    else if (unlink(address->sun_path) == 0)
        return true;
    else
        report_error("--socket %s: what a server left there cannot be removed: %s", address->sun_path,
                     strerror(errno));
    return false;
}

bool serve_socket_open(const char *path, int *listening)
{
    struct sockaddr_un address;
    bool bound = false;
    if (!fill_address(&address, path) || !remove_leftover(&address))
        return false;
    *listening = new_socket();
    bound = *listening >= 0 && bind(*listening, (const struct sockaddr *)&address, sizeof address) == 0;
    if (bound && listen(*listening, WAITING) == 0)
        return true;
    report_error("--socket %s: cannot be made: %s", path, strerror(errno));
    if (bound)
        unlink(path);
    if (*listening >= 0)
        close(*listening);
    *listening = -1;
    return false;
}

int serve_socket_accept(int listening)
{
    return accept(listening, NULL, NULL);
}

void serve_socket_close(int listening, const char *path)
{
    if (listening < 0)
        return;
    close(listening);
    unlink(path);
}
