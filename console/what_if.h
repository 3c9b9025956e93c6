// SPDX-License-Identifier: Apache-2.0
//
// what_if: `dealerpulse what-if`, the rebate of another programme tried on a
// period: who moves, and what it costs.
//
// Both programmes are applied to the same tallies; nothing is folded again, and
// the command says so when the other one would need that.
#pragma once

// what_if_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0, 64 usage, 69 the aggregator does not answer, 70, 74 writing failed,
// 78 configuration, or a programme without a rebate.
int what_if_command(int argc, char **argv);
