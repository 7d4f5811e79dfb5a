#include "lib/host/temporary_name.h"

#include <string.h>

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
