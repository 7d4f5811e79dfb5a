#define _POSIX_C_SOURCE 200809L /* F_DUPFD_CLOEXEC */
#include "lib/host/temporary_name.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_OTHER_FILE = 3 }; /* behind the standard streams, which the host may have closed */

const char trmi_temporary_infix[] = ".tmp-";

bool trmi_is_temporary(const char *name, const char *base)
{
    static const char digits[] = "0123456789";
    const size_t length = strlen(base), behind = length + strlen(trmi_temporary_infix);
    if (strncmp(name, base, length) != 0 ||
        strncmp(name + length, trmi_temporary_infix, behind - length) != 0)
        return false;
    const char *number = name + behind;
    const size_t process = strspn(number, digits),
                 count = strspn(number + process + (number[process] == '-'), digits);
    return process > 0 && number[process] == '-' && count > 0 && number[process + 1 + count] == 0;
}

int trmi_above_streams(int file)
{
    if (file < 0 || file >= FIRST_OTHER_FILE)
        return file;
    const int above = fcntl(file, F_DUPFD_CLOEXEC, FIRST_OTHER_FILE), number = errno;
    close(file);
    errno = number;
    return above;
}
