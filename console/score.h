// SPDX-License-Identifier: Apache-2.0
//
// score: `dealerpulse score`, the points engine alone, offline: rules and a CSV
// file of performances in, points out.
//
// The rules are thresholds (common/config/thresholds.h), all of one weight, or
// the rebate of a programme.yaml.  A row
// is printed as soon as it is scored, in the order of the input.  A row that
// cannot be scored is told on stderr and left out.
#pragma once

// score_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0, 64 usage, 65 a file or some of its rows are wrong (the others are
// printed all the same), 66 no such file, 70, 74 writing failed, 78 a
// programme that is wrong or has no rebate.
int score_command(int argc, char **argv);
