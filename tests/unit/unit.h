/* SPDX-License-Identifier: MIT */
/* What every unit test program shares: one suite, one case, Check's closing line. */
#ifndef AMR_UNIT_H
#define AMR_UNIT_H

#include <check.h>
#include <stdlib.h>

#include "attributes.h"

/* Adds one run of `test` for each row of the array `rows`; the test finds its row at rows[_i]. */
#define UNIT_ADD_ROWS(tcase, test, rows)                                                           \
    tcase_add_loop_test((tcase), (test), 0, (int)AMR_COUNT_OF(rows))

/* Runs the tests that add_tests puts into the case, in the mode CK_FORK asks for. Returns the exit
 * status of the program. */
static inline int unit_run(const char *name, void (*add_tests)(TCase *tcase))
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner = srunner_create(suite);

    add_tests(tcase);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
