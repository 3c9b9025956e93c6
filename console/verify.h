// SPDX-License-Identifier: Apache-2.0
//
// verify: `dealerpulse verify --data DIR`, the proof that every figure follows
// from the journal.
//
// Reads only, also beside a running aggregator.  Folds the whole journal again
// into a scratch directory and compares byte for byte.
#pragma once

// verify_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0 all is equal, 64 usage, 65 something differs (said where), 69 there
// is no such data directory, 71 it could not be checked.
int verify_command(int argc, char **argv);
