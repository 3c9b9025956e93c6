// SPDX-License-Identifier: Apache-2.0
//
// statement: `dealerpulse statement`, one dealer's way from counts to fen, as
// text, as JSON, and as a pack that anybody can recompute.
#pragma once

// statement_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0, 64 usage, 69 the aggregator does not answer, 70, 73 the pack cannot
// be written, 74 writing failed, 78 configuration, or a programme without a
// rebate.
int statement_command(int argc, char **argv);
