// SPDX-License-Identifier: Apache-2.0
//
// check_tests: the tests a programme has of itself, run and reported.
#pragma once

#include "common/config/problem.h"
#include "common/domain/rulebook.h"
#include "common/status.h"

// check_tests runs the rulebook's examples, prints a line for each on stdout,
// and adds a problem, at its line, for every figure that is another than the
// expected one.  STATUS_SYSTEM: no memory.
MUST_USE enum status check_tests(const struct rulebook *rulebook,
                                 const char *file, struct problems *problems);
