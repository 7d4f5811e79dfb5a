/* Any bytes as a configuration in YAML. What is read is an object whose fields JSON has, too. */
#include <stdlib.h>
#include <string.h>

#include "lib/interchange/yaml.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    json_t *object = NULL;
    char *exact = malloc(size > 0 ? size : 1), *text; /* so that a read beyond it is seen */
    if (exact == NULL)
        return 0;
    if (size > 0)
        memcpy(exact, data, size);
    const trm_status status = trmi_yaml_read(&object, exact, size, "fuzz", &error);
    if ((status == TRM_OK) != (object != NULL) || (status != TRM_OK && error.message[0] == '\0'))
        abort();
    if (status == TRM_OK) {
        text = json_dumps(object, 0);
        if (!json_is_object(object) || text == NULL)
            abort();
        free(text);
    }
    json_decref(object);
    free(exact);
    return 0;
}
