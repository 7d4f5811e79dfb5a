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
static int write_failure; /* errno of the first write to standard output that failed */

/* Bytes that follow the first one of a character in UTF-8. */
static size_t following(unsigned char first)
{
    return first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
}

/* Outside of a character, 0x80 to 0x9f are the controls of terminals that know no UTF-8. */
void write_plain(FILE *to, const char *text, size_t length)
{
    size_t open = 0; /* bytes that the character has yet to come */
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        const bool goes_on = open > 0 && (c & 0xc0) == 0x80;
        const size_t steers = !goes_on && c >= 0x80 && c < 0xa0 ? 1 : steering(text + i, length - i);
        open = goes_on ? open - 1 : steers > 0 ? 0 : following(c);
        fputc(steers > 0 ? '?' : c, to);
        i += steers > 0 ? steers - 1 : 0;
    }
}

void make_utf8(char *text)
{
    const bool good = is_utf8(text);
    for (; !good && *text != '\0'; text++)
        if ((unsigned char)*text > 0x7f)
            *text = '?';
}

static void write_sentence(const char *format, va_list arguments)
{
    char sentence[8192];
    vsnprintf(sentence, sizeof sentence, format, arguments);
    report_written();
    fputs("trm: ", stderr);
    write_plain(stderr, sentence, strlen(sentence));
    fputc('\n', stderr);
}

int report_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_sentence(format, arguments);
    va_end(arguments);
    return STATUS_DATA;
}

void report_warning(const char *format, ...)
{
    va_list arguments;
    if (quiet_talk)
        return;
    va_start(arguments, format);
    write_sentence(format, arguments);
    va_end(arguments);
}

/* A field that "must be" something is the option of its name. */
static void report_field(const char *command, const char *sentence)
{
    char name[64] = "";
    const size_t length = strspn(sentence, "abcdefghijklmnopqrstuvwxyz0123456789_");
    const bool field = length < sizeof name && strncmp(sentence + length, " must be ", 9) == 0;
    if (field)
        memcpy(name, sentence, length);
    for (char *line = strchr(name, '_'); line != NULL; line = strchr(line, '_'))
        *line = '-';
    report_error("%s: %s%s%s", command, field ? "--" : "", name, sentence + strlen(name));
}

/* Sentences about options name the struct that they came in, which nobody at a shell has seen. */
int report_failure(const char *command, trm_status status, const trm_error *error)
{
    static const char *const structs[] = { "trm_init_options: ", "trm_convert_options: ",
                                           "trm_generate_options: ", "trm_train_options: " };
    static const char task[] = "trm_task: ";
    const char *sentence = error->message;
    if (status != TRM_ERROR_ARGUMENT)
        return report_error("%s", sentence);
    for (size_t i = 0; i < sizeof structs / sizeof *structs; i++)
        if (strncmp(sentence, structs[i], strlen(structs[i])) == 0) {
            report_field(command, sentence + strlen(structs[i]));
            return STATUS_USAGE;
        }
    report_error("%s: %s", command,
                 sentence + (strncmp(sentence, task, strlen(task)) == 0 ? strlen(task) : 0));
    return STATUS_USAGE;
}

void report_talk(const char *format, ...)
{
    va_list arguments;
    if (quiet_talk)
        return;
    char sentence[8192];
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    write_plain(stderr, sentence, strlen(sentence));
    fputc('\n', stderr);
}

void report_result(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

void report_be_quiet(bool quiet)
{
    quiet_talk = quiet;
}

bool has_colours(FILE *stream)
{
    const char *terminal = getenv("TERM"), *none = getenv("NO_COLOR");
    return isatty(fileno(stream)) && (none == NULL || none[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

bool report_written(void)
{
    if (write_failure == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        write_failure = errno != 0 ? errno : EIO;
    return write_failure == 0;
}

void report_not_written(int why)
{
    write_failure = write_failure == 0 ? why : write_failure;
}

int report_flush(int status)
{
    if (report_written())
        return status;
    return write_failure == EPIPE ? STATUS_CLOSED_PIPE
                                  : report_error("standard output: %s", strerror(write_failure));
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

static void show_left(double seconds)
{
    const unsigned long left = (unsigned long)(seconds + 0.5);
    if (left >= 3600)
        fprintf(stderr, "%lu:%02lu:%02lu left", left / 3600, left / 60 % 60, left % 60);
    else
        fprintf(stderr, "%lu:%02lu left", left / 60, left % 60);
}

void progress_show(progress *p, double done, double total, const char *what)
{
    const double now = seconds_now(), passed = now - p->begin;
    if (!p->visible || passed < 1.0 || now - p->shown < 0.1)
        return;
    p->shown = now;
    fprintf(stderr, "\r\033[K%s", what);
    if (total > 0.0 && done > p->before && done <= total) {
        fprintf(stderr, ", %.0f %%, ", 100.0 * done / total);
        show_left(passed * (total - done) / (done - p->before));
    }
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->visible && p->shown > 0.0)
        fprintf(stderr, "\r\033[K");
}
