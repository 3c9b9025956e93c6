// SPDX-License-Identifier: Apache-2.0
//
// gaps: `dealerpulse gaps --data DIR`, what became of every number a terminal
// gave: reconciliation adds up, or says what is missing.
#pragma once

// gaps_command runs the subcommand; argv[0] is its name.  Returns an exit code:
// 0 nothing is missing and nothing is flagged, 64 usage, 65 something is (or
// the store is damaged), 69 there is no store.
int gaps_command(int argc, char **argv);
