/* The main program of a libcheck suite: `int main(void) { return run_suite(suite()); }`. */
#ifndef TRM_TESTS_RUN_H
#define TRM_TESTS_RUN_H

#include <check.h>
#include <stdlib.h>

static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
