#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/report.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bindings/cli/options.h"

static bool quiet_talk;

int report_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fprintf(stderr, "trm: ");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return STATUS_DATA;
}

void report_talk(const char *format, ...)
{
    va_list arguments;
    if (quiet_talk)
        return;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void report_be_quiet(bool quiet)
{
    quiet_talk = quiet;
}

bool has_colours(FILE *stream)
{
    const char *terminal = getenv("TERM"), *none = getenv("NO_COLOR");
    return isatty(fileno(stream)) && (none == NULL || none[0] == '\0') && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

int report_flush(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return report_error("standard output: %s", strerror(errno));
}

/* ------------------------------------------------------------------------------------------- interrupts */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

bool was_interrupted(void)
{
    return interrupted != 0;
}

/* The first ctrl-C asks to stop, the second one stops. */
void catch_interrupts(void)
{
    struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* ------------------------------------------------------------------------------------------- progress */

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

progress progress_begin(void)
{
    return (progress) { .begin = seconds_now(), .visible = !quiet_talk && isatty(STDERR_FILENO) };
}

void progress_show(progress *p, double done, double total, const char *what)
{
    const double now = seconds_now(), passed = now - p->begin;
    if (!p->visible || passed < 1.0 || now - p->shown < 0.1)
        return;
    p->shown = now;
    fprintf(stderr, "\r\033[K%s", what);
    if (total > 0.0 && done > 0.0 && done <= total) {
        const unsigned left = (unsigned)(passed * (total - done) / done + 0.5);
        fprintf(stderr, ", %.0f %%, %u:%02u left", 100.0 * done / total, left / 60, left % 60);
    }
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->visible && p->shown > 0.0)
        fprintf(stderr, "\r\033[K");
}

/* ------------------------------------------------------------------------------------------- JSON */

json json_begin(FILE *to)
{
    fputc('{', to);
    return (json) { to, false };
}

void json_key(json *j, const char *key)
{
    fprintf(j->to, "%s\"%s\": ", j->more ? ", " : "", key);
    j->more = true;
}

void json_write_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else if (c < 0x20)
            fprintf(to, "\\u%04x", c);
        else
            fputc(c, to);
    }
    fputc('"', to);
}

void json_text(json *j, const char *key, const char *text)
{
    json_key(j, key);
    json_write_text(j->to, text);
}

void json_number(json *j, const char *key, double number)
{
    json_key(j, key);
    fprintf(j->to, "%.6g", number);
}

void json_integer(json *j, const char *key, uint64_t number)
{
    json_key(j, key);
    fprintf(j->to, "%llu", (unsigned long long)number);
}

void json_end(json *j)
{
    fputs("}\n", j->to);
}
