// SPDX-License-Identifier: Apache-2.0
//
// statement_issue: `dealerpulse statement issue` and `restate`: headquarters'
// signed word on a period, a file for every dealer (statement_file.h).
//
//   issue            a PROVISIONAL version, from then on
//   issue --final    the FINAL one, from then on; once
//   restate          what a FINAL period would pay by now, where that differs
//
// A version that would say the same as the newest is not written, so that a run
// that was cut off is simply repeated.
#pragma once

int statement_issue(int argc, char **argv);
int statement_restate(int argc, char **argv);
