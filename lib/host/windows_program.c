/* A program of Windows, as one that was written for POSIX knows it: words in UTF-8, streams of bytes, a
 * console that shows UTF-8 and follows the commands of terminals, control-C as a signal. */
#include "lib/host/windows_posix.h"

#include <windows.h>

#include <errno.h>
#include <wchar.h>

#include "lib/host/windows_path.h"

enum { VARIABLE_BYTES = 16384, MARK_BYTES = 64 };

static HANDLE handle_of(int file)
{
    return (HANDLE)_get_osfhandle(file);
}

/* -- the console -- */

bool trmi_posix_isatty(int file)
{
    DWORD mode;
    return GetConsoleMode(handle_of(file), &mode) != 0;
}

int trmi_posix_window(int file, struct winsize *size)
{
    CONSOLE_SCREEN_BUFFER_INFO about;
    if (!GetConsoleScreenBufferInfo(handle_of(file), &about))
        return -1;
    *size = (struct winsize) { .ws_row = (unsigned short)(about.srWindow.Bottom - about.srWindow.Top + 1),
                               .ws_col = (unsigned short)(about.srWindow.Right - about.srWindow.Left + 1) };
    return 0;
}

/* What the console was like before; it outlives the program. */
static UINT code_page;
static DWORD console_mode[2];

static void restore_console(void)
{
    SetConsoleOutputCP(code_page);
    for (int i = 0; i < 2; i++)
        if (console_mode[i] != 0)
            SetConsoleMode(handle_of(STDOUT_FILENO + i), console_mode[i]);
}

static void prepare_console(void)
{
    code_page = GetConsoleOutputCP();
    if (code_page == 0)
        return; /* there is none */
    for (int i = 0; i < 2; i++)
        if (GetConsoleMode(handle_of(STDOUT_FILENO + i), &console_mode[i]))
            SetConsoleMode(handle_of(STDOUT_FILENO + i),
                           console_mode[i] | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
        else
            console_mode[i] = 0;
    if (console_mode[0] == 0 && console_mode[1] == 0)
        return;
    SetConsoleOutputCP(CP_UTF8);
    atexit(restore_console);
}

/* -- the environment and signals -- */

const char *trmi_posix_getenv(const char *name)
{
    static char value[VARIABLE_BYTES];
    wchar_t wide_name[MARK_BYTES], wide[TRMI_WIDE_PATH];
    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, MARK_BYTES) == 0)
        return NULL;
    DWORD length = GetEnvironmentVariableW(wide_name, wide, TRMI_WIDE_PATH);
    if (length == 0 && strcmp(name, "TMPDIR") == 0)
        length = GetTempPathW(TRMI_WIDE_PATH, wide);
    const bool fits = length > 0 && length < TRMI_WIDE_PATH;
    return fits && trmi_narrow_path(wide, value, sizeof value) ? value : NULL;
}

int trmi_posix_sigaction(int number, const struct sigaction *action)
{
    if (number == SIGINT)
        signal(SIGBREAK, action->sa_handler);
    return signal(number, action->sa_handler) != SIG_ERR ? 0 : -1;
}

/* -- the beginning -- */

extern int main(int count, char **words);

/* A word that is no UTF-16 cannot be the name of anything that the program knows. */
static char *narrow_word(const wchar_t *word)
{
    const size_t room = 4 * wcslen(word) + 1;
    char *narrow = malloc(room);
    if (narrow != NULL && !trmi_narrow_path(word, narrow, room))
        strcpy(narrow, "?");
    return narrow;
}

int wmain(int count, wchar_t **words);
int wmain(int count, wchar_t **words)
{
    char **narrow = calloc((size_t)count + 1, sizeof *narrow);
    bool good = narrow != NULL;
    for (int i = 0; good && i < count; i++)
        good = (narrow[i] = narrow_word(words[i])) != NULL;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        _setmode(stream, O_BINARY);
    prepare_console();
    if (good)
        return main(count, narrow); /* the words live as long as the process */
    fputs("not enough memory\n", stderr);
    return EXIT_FAILURE;
}
