/* Models by their names: where they are looked for, and what is a name. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "tests/support/files.h"
#include "tests/support/run.h"

enum { ROOM = 4200 };
static char *first, *second, list[8192], path[ROOM];
static trm_error error;

static void set_up(void)
{
    const trm_error none = TRM_ERROR_INIT;
    error = none;
    first = make_directory();
    second = make_directory();
    snprintf(list, sizeof list, "%s::/nonexistent:%s", first, second);
    ck_assert_int_eq(setenv("TRM_MODELS", list, 1), 0);
    ck_assert_int_eq(setenv("XDG_DATA_HOME", "/nonexistent/data", 1), 0);
    write_whole(inside_directory(second, "mine.trm"), "x", 1);
}

static void tear_down(void)
{
    remove_directory(first);
    remove_directory(second);
}

START_TEST(folders_have_an_order)
{
    const char *const expected[] = { first, "/nonexistent", second, "/nonexistent/data/trm/models" };
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_int_eq(trm_model_folder(i, path, sizeof path, &error), TRM_OK);
        ck_assert_str_eq(path, expected[i]);
    }
    uint32_t count = 4;
    do
        ck_assert_int_eq(trm_model_folder(count, path, sizeof path, &error), TRM_OK);
    while (path[0] != '\0' && count++ < 10);
    ck_assert(count >= 6 && count <= 7); /* the system's */
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/home/somebody", 1);
    ck_assert_int_eq(trm_model_folder(3, path, sizeof path, &error), TRM_OK);
    ck_assert_str_eq(path, "/home/somebody/.local/share/trm/models");
    setenv("XDG_DATA_HOME", "/data:of;mine", 1);
    ck_assert_int_eq(trm_model_folder(3, path, sizeof path, &error), TRM_OK);
    ck_assert_str_eq(path, "/data:of;mine/trm/models");
}
END_TEST

START_TEST(the_first_folder_that_has_it)
{
    ck_assert_int_eq(trm_model_find("mine", path, sizeof path, &error), TRM_OK);
    ck_assert_str_eq(path, inside_directory(second, "mine.trm"));
    write_whole(inside_directory(first, "mine.trm"), "x", 1);
    ck_assert_int_eq(trm_model_find("mine", path, sizeof path, &error), TRM_OK);
    ck_assert_str_eq(path, inside_directory(first, "mine.trm"));
}
END_TEST

static const char *const paths[] = {
    "dir/mine", "mine.trm", "", ".hidden", "a b", "../mine", "/nonexistent"
};

START_TEST(a_path_is_given_back)
{
    ck_assert_int_eq(trm_model_find(paths[_i], path, sizeof path, &error), TRM_OK);
    ck_assert_str_eq(path, paths[_i]);
}
END_TEST

START_TEST(says_where_it_looked)
{
    ck_assert_int_eq(trm_model_find("theirs", path, sizeof path, &error), TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "theirs: expected a file, or the name of a model in "));
    ck_assert_ptr_nonnull(strstr(error.message, second));
}
END_TEST

START_TEST(room_is_checked)
{
    ck_assert_int_eq(trm_model_find("mine", path, 8, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "expected room for"));
    path[0] = 'x';
    ck_assert_int_eq(trm_model_folder(0, path, 1, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(path[0], 'x');
    ck_assert_int_eq(trm_model_folder(0, NULL, 1, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_find(NULL, path, sizeof path, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_find("mine.trm", path, 8, &error), TRM_ERROR_ARGUMENT);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("named");
    TCase *named = tcase_create("named");
    tcase_add_checked_fixture(named, set_up, tear_down);
    tcase_add_test(named, folders_have_an_order);
    tcase_add_test(named, the_first_folder_that_has_it);
    tcase_add_loop_test(named, a_path_is_given_back, 0, sizeof paths / sizeof *paths);
    tcase_add_test(named, says_where_it_looked);
    tcase_add_test(named, room_is_checked);
    suite_add_tcase(all, named);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
