/* Prepared models: the numbers of the model that was opened, in places that every machine agrees on, and the
 * same bytes each time. That trm.c uses them well is for tests/firmware/check and bad to see. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/core/narrow.h"
#include "lib/model/binding.h"
#include "lib/model/model.h"
#include "lib/model/prepared.h"
#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

static const trm_block blocks[] = { TRM_BLOCK_MIXER, TRM_BLOCK_ATTENTION, TRM_BLOCK_RELATIONAL };
enum { BLOCKS = sizeof blocks / sizeof *blocks };

static trm_error error;
static random_file file;
static trm_model *model;

/* A model of that kind, of 8-bit integers or of numbers. */
static void make(trm_block block, bool integers)
{
    random_source source = random_begin(77 + (uint64_t)block);
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trmi_config config = random_config(block);
    if (block == TRM_BLOCK_RELATIONAL)
        random_make_relational(&config, true);
    if (block == TRM_BLOCK_ATTENTION)
        config.position_encoding = TRM_POSITION_LEARNED;
    error = (trm_error)TRM_ERROR_INIT;
    file = random_model_file(&config, &source, 0.5, false);
    options.flags = integers ? TRM_OPEN_INT8 : 0;
    ck_assert_msg(trm_model_open_memory(file.data, file.bytes, &options, &model, &error) == TRM_OK, "%s",
                  error.message);
}

static void drop(void)
{
    trm_model_close(model);
    free(file.data);
    model = NULL;
    file.data = NULL;
}

static trmi_prepared *prepare(size_t *bytes)
{
    void *prepared = NULL;
    ck_assert_msg(trm_model_prepare(model, NULL, &prepared, bytes, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq((uintptr_t)prepared % TRMI_ALIGNMENT, 0);
    return prepared;
}

/* What is compared with what the prepared model has. */
typedef struct comparison {
    const trmi_prepared *prepared;
    const trmi_prepared_matrix *matrix;
    size_t bytes;
} comparison;

static void same(const comparison *c, uint32_t at, const void *numbers, uint64_t bytes)
{
    ck_assert_uint_eq(at % TRMI_ALIGNMENT, 0);
    ck_assert(at >= sizeof *c->prepared && at + bytes <= c->bytes);
    ck_assert(memcmp((const char *)c->prepared + at, numbers, (size_t)bytes) == 0);
}

static trm_status compare(void *user, const trmi_tensor *t, trm_error *why)
{
    comparison *c = user;
    const uint64_t rows = trmi_tensor_rows(t), numbers = rows * trmi_tensor_columns(t);
    (void)why;
    if (!trmi_tensor_in_block(t)) {
        same(c, c->prepared->plain_at[t->role], *trmi_plain_tensor(model, t->role), 4 * numbers);
        return TRM_OK;
    }
    const trmi_weight *weight = &model->network[t->network].block[t->block].slot[t->slot];
    ck_assert_int_eq(c->matrix->scales_at != 0, weight->codes != NULL);
    if (weight->codes != NULL) {
        same(c, c->matrix->at, weight->codes, rows * trmi_code_columns(t));
        same(c, c->matrix->scales_at, weight->scales, 4 * rows);
    } else {
        same(c, c->matrix->at, weight->numbers, 4 * numbers);
    }
    c->matrix++;
    return TRM_OK;
}

START_TEST(has_all_of_the_model)
{
    const bool integers = _i >= BLOCKS;
    make(blocks[_i % BLOCKS], integers);
    comparison c = { .prepared = NULL };
    trmi_prepared *p = prepare(&c.bytes);
    c.prepared = p;
    c.matrix = trmi_prepared_matrices(p);
    ck_assert_int_eq(trmi_tensors(&model->config, compare, &c, NULL), TRM_OK);
    ck_assert(memcmp(p->magic, TRMI_PREPARED_MAGIC, sizeof p->magic) == 0 &&
              p->layout == TRMI_PREPARED_LAYOUT);
    ck_assert_uint_eq(p->bytes, c.bytes);
    ck_assert_uint_eq(p->crc,
                      trmi_crc32c(0, (char *)p + TRMI_PREPARED_UNCHECKED, c.bytes - TRMI_PREPARED_UNCHECKED));
    ck_assert_uint_eq(p->precisions, integers ? TRMI_PREPARED_INT8 : TRMI_PREPARED_FP32);
    ck_assert(memcmp(&p->config, &model->config, sizeof p->config) == 0);
    ck_assert(memcmp(p->task, &model->task.shape, sizeof p->task) == 0);
    ck_assert_str_eq((char *)p + p->name_at, model->task.name);
    ck_assert(p->norm_epsilon == model->norm_epsilon && p->parameters == model->parameters &&
              p->weight_bytes == model->weight_bytes);
    trm_convert_free(p, NULL);
    drop();
}
END_TEST

START_TEST(is_the_same_each_time)
{
    size_t bytes, again;
    make(TRM_BLOCK_RELATIONAL, true);
    trmi_prepared *one = prepare(&bytes);
    drop();
    make(TRM_BLOCK_RELATIONAL, true); /* elsewhere in memory, which had other bytes */
    trmi_prepared *other = prepare(&again);
    ck_assert_uint_eq(bytes, again);
    ck_assert(memcmp(one, other, bytes) == 0);
    trm_convert_free(one, NULL);
    trm_convert_free(other, NULL);
    drop();
}
END_TEST

/* An array that one machine writes is used on another: where fields lie is no compiler's affair. Another
 * place is another layout, and so is another meaning, which only people can tell. */
START_TEST(its_layout_is_known)
{
    ck_assert_uint_eq(sizeof(trmi_prepared), TRMI_NARROW_trmi_prepared);
    ck_assert_uint_eq(TRMI_PREPARED_LAYOUT, 1 * 65536 + sizeof(trmi_prepared));
    ck_assert_uint_eq(offsetof(trmi_prepared, config), 24);
    ck_assert_uint_eq(offsetof(trmi_prepared, crc) + sizeof(uint32_t), TRMI_PREPARED_UNCHECKED);
    ck_assert_uint_eq(offsetof(trmi_config, relations), 136);
    ck_assert_uint_eq(offsetof(trmi_config, norm_epsilon), 1584);
    ck_assert_uint_eq(offsetof(trmi_task, rules) - offsetof(trmi_task, shape) + sizeof(trmi_rules),
                      TRMI_TASK_NUMBERS);
    ck_assert_uint_eq(offsetof(trmi_task, rules) - offsetof(trmi_task, shape), 1340);
}
END_TEST

static void refused(const trm_model *what, trm_status status, const char *why)
{
    size_t bytes = 1;
    void *prepared = &bytes;
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trm_model_prepare(what, NULL, &prepared, &bytes, &error), status);
    ck_assert_msg(strstr(error.message, why) != NULL, "%s", error.message);
    if (what != NULL)
        ck_assert(prepared == NULL && bytes == 0);
}

START_TEST(refuses_what_it_cannot_hold)
{
    size_t bytes;
    random_source source = random_begin(5);
    trmi_config config = random_config(TRM_BLOCK_ATTENTION);
    config.position_encoding = TRM_POSITION_ROTARY;
    file = random_model_file(&config, &source, 0.5, false);
    model = random_model_open(&file);
    refused(model, TRM_ERROR_UNSUPPORTED, "rotary");
    refused(NULL, TRM_ERROR_ARGUMENT, "must not be NULL");
    ck_assert_int_eq(trm_model_prepare(model, NULL, NULL, &bytes, NULL), TRM_ERROR_ARGUMENT);
    drop();
    make(TRM_BLOCK_RELATIONAL, false);
    model->config.relations.relation[0].source = TRMI_RELATION_FILE;
    refused(model, TRM_ERROR_UNSUPPORTED, "which the file lists");
    drop();
}
END_TEST

START_TEST(runs_out_of_memory_with_a_status)
{
    size_t bytes = 0;
    void *prepared = NULL;
    failing_memory memory = { .fail_at = 0 };
    const trm_allocator allocator = failing_allocator(&memory);
    make(TRM_BLOCK_MIXER, false);
    ck_assert_int_eq(trm_model_prepare(model, &allocator, &prepared, &bytes, &error), TRM_ERROR_MEMORY);
    ck_assert(prepared == NULL && bytes == 0 && memory.alive == 0);
    memory = (failing_memory) { .fail_at = 1 };
    ck_assert_int_eq(trm_model_prepare(model, &allocator, &prepared, &bytes, &error), TRM_OK);
    trm_convert_free(prepared, &allocator);
    ck_assert(memory.alive == 0 && memory.calls == 1);
    drop();
}
END_TEST

/* Numbers that begin with their highest byte, or lie closer together. */
START_TEST(is_refused_on_other_machines)
{
    make(TRM_BLOCK_MIXER, false);
    refused(model, TRM_ERROR_UNSUPPORTED, "on another machine");
    drop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prepare");
    TCase *tests = tcase_create("prepare");
    if (TRMI_BIG_ENDIAN || sizeof(trmi_prepared) != TRMI_NARROW_trmi_prepared) {
        tcase_add_test(tests, is_refused_on_other_machines);
    } else {
        tcase_add_loop_test(tests, has_all_of_the_model, 0, 2 * BLOCKS);
        tcase_add_test(tests, is_the_same_each_time);
        tcase_add_test(tests, its_layout_is_known);
        tcase_add_test(tests, refuses_what_it_cannot_hold);
        tcase_add_test(tests, runs_out_of_memory_with_a_status);
    }
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
