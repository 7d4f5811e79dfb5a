/* Affinity, and the limit on processor time that containers set: a cgroup may use `quota` microseconds in
 * each `period`. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "lib/host/processors.h"
#include "config.h"

#if defined(TRMI_HAVE_THREADS) && defined(__linux__)
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MASKS = 8, /* of 1024 processors; Linux has at most 8192 */
    PATH_BYTES = 1024,
    NUMBERS_BYTES = 64,
    MEMBERSHIP_BYTES = 8192,
};

static bool read_text(const char *path, char *text, size_t capacity)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    size_t length = 0;
    ssize_t got;
    while (length < capacity - 1 && (got = read(file, text + length, capacity - 1 - length)) > 0)
        length += (size_t)got;
    close(file);
    text[length] = '\0';
    return length > 0;
}

/* The text of DIRECTORY/FILE, where directory is the first `length` bytes of `path` below `root`. */
static bool read_control(const char *root, const char *path, size_t length, const char *file, char *text)
{
    char full[PATH_BYTES];
    const int needed = snprintf(full, sizeof full, "%s%.*s/%s", root, (int)length, path, file);
    return needed > 0 && needed < (int)sizeof full && read_text(full, text, NUMBERS_BYTES);
}

/* Whole processors in a quota; "max", -1 and nonsense are no limit. */
static uint32_t limit_of(const char *quota_text, const char *period_text)
{
    const long long quota = strtoll(quota_text, NULL, 10), period = strtoll(period_text, NULL, 10);
    if (quota <= 0 || period <= 0)
        return UINT32_MAX;
    const long long whole = quota / period + (quota % period != 0);
    return whole < UINT32_MAX ? (uint32_t)whole : UINT32_MAX;
}

static uint32_t limit_of_directory(const char *root, const char *path, size_t length)
{
    char quota[NUMBERS_BYTES], period[NUMBERS_BYTES];
    if (read_control(root, path, length, "cpu.max", quota)) {
        const char *space = strchr(quota, ' ');
        return space ? limit_of(quota, space) : UINT32_MAX;
    }
    if (read_control(root, path, length, "cpu.cfs_quota_us", quota) &&
        read_control(root, path, length, "cpu.cfs_period_us", period))
        return limit_of(quota, period);
    return UINT32_MAX;
}

/* The least limit of the directory and of all above it. In a container the path may be the host's: only the
 * root of the tree is there. */
static uint32_t limit_of_path(const char *root, const char *path, size_t length)
{
    uint32_t limit = UINT32_MAX;
    for (;;) {
        while (length > 0 && path[length - 1] == '/')
            length--;
        const uint32_t own = limit_of_directory(root, path, length);
        limit = own < limit ? own : limit;
        if (length == 0)
            return limit;
        while (length > 0 && path[length - 1] != '/')
            length--;
    }
}

/* Whether the comma-separated list of `length` bytes holds "cpu". */
static bool names_cpu(const char *list, size_t length)
{
    for (const char *end = list + length; list < end; list += strcspn(list, ",:") + 1)
        if (strcspn(list, ",:") == 3 && memcmp(list, "cpu", 3) == 0)
            return true;
    return false;
}

/* A line is ID:CONTROLLERS:PATH; version 2 has no controllers there. */
static uint32_t limit_of_line(const char *root, const char *line, size_t length)
{
    const char *const end = line + length, *const first_colon = memchr(line, ':', length);
    const char *const controllers = first_colon ? first_colon + 1 : end;
    const char *const second_colon = memchr(controllers, ':', (size_t)(end - controllers));
    if (!second_colon)
        return UINT32_MAX;
    const size_t controllers_bytes = (size_t)(second_colon - controllers);
    char tree[PATH_BYTES];
    const bool first = names_cpu(controllers, controllers_bytes);
    const int needed = snprintf(tree, sizeof tree, "%s%s", root, first ? "/cpu" : "");
    if ((!first && controllers_bytes > 0) || needed < 0 || needed >= (int)sizeof tree)
        return UINT32_MAX;
    return limit_of_path(tree, second_colon + 1, (size_t)(end - second_colon - 1));
}

uint32_t trmi_cgroup_limit(const char *root, const char *membership)
{
    uint32_t limit = UINT32_MAX;
    for (const char *line = membership; *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        const uint32_t own = limit_of_line(root, line, length);
        limit = own < limit ? own : limit;
        line += length + (line[length] == '\n');
    }
    return limit;
}

static uint32_t affinity(void)
{
    cpu_set_t masks[MASKS];
    CPU_ZERO_S(sizeof masks, masks);
    if (sched_getaffinity(0, sizeof masks, masks) != 0)
        return 1;
    return (uint32_t)CPU_COUNT_S(sizeof masks, masks);
}

uint32_t trmi_processors(void)
{
    char membership[MEMBERSHIP_BYTES];
    uint32_t count = affinity();
    if (read_text("/proc/self/cgroup", membership, sizeof membership)) {
        const uint32_t limit = trmi_cgroup_limit("/sys/fs/cgroup", membership);
        count = limit < count ? limit : count;
    }
    return count > 0 ? count : 1;
}

#else
#ifdef TRMI_HAVE_THREADS
#include <unistd.h>
#endif

uint32_t trmi_cgroup_limit(const char *root, const char *membership)
{
    (void)root, (void)membership;
    return UINT32_MAX;
}

uint32_t trmi_processors(void)
{
#if defined(TRMI_HAVE_THREADS) && defined(_SC_NPROCESSORS_ONLN)
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 1 ? (uint32_t)online : 1;
#else
    return 1;
#endif
}
#endif
