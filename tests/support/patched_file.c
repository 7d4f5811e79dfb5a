#include "tests/support/patched_file.h"

#include <check.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "tests/support/files.h"

trm_file tiny;

void tiny_begin(void)
{
    tiny = tiny_file();
}

void tiny_end(void)
{
    file_free(&tiny);
}

trm_status open_file(const trm_file *file, trm_error *error)
{
    trm_model *model = (trm_model *)(uintptr_t)8;
    *error = (trm_error)TRM_ERROR_INIT;
    const trm_status status = trm_model_open_memory(file->bytes, file->size, NULL, &model, error);
    ck_assert((status == TRM_OK) == (model != NULL));
    ck_assert(status == TRM_OK || (error->status == status && strlen(error->message) > 20));
    ck_assert_ptr_null(strstr(error->message, "null"));
    trm_model_close(model);
    return status;
}

void expect_file(const trm_file *file, trm_status status, const char *sentence)
{
    trm_error error;
    const trm_status found = open_file(file, &error);
    ck_assert_msg(found == status, "expected %s with \"%s\", found %s: %s", trm_status_name(status), sentence,
                  trm_status_name(found), error.message);
    ck_assert_msg(status == TRM_OK || strstr(error.message, sentence) != NULL, "expected \"%s\" in \"%s\"",
                  sentence, error.message);
}

void apply_patch(trm_file *file, patch p)
{
    uint8_t bytes[8];
    put64(bytes, p.value);
    memcpy(file->bytes + p.offset, bytes, p.width);
}

void expect_patched(patch p, trm_status status, const char *sentence)
{
    trm_file file = file_copy(&tiny);
    apply_patch(&file, p);
    file_sign(&file);
    expect_file(&file, status, sentence);
    file_free(&file);
}

void expect_in_newer(patch p, trm_status status, const char *sentence)
{
    trm_file file = file_copy(&tiny);
    apply_patch(&file, (patch) { 10, 2, 7 });
    apply_patch(&file, p);
    file_sign(&file);
    expect_file(&file, status, sentence);
    file_free(&file);
}
