// SPDX-License-Identifier: Apache-2.0
//
// simulate: `dealerpulse simulate`, a fleet with known truth.
//
// Plays months of visits, surveys and complaints at every dealer of the
// directory, hands them to real collectors through the real client library,
// and writes what every figure must be, added up by itself, as CSV.  The same
// seed gives the same events; simulating twice changes no figure.
#pragma once

// simulate_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0 every event has an outcome, 64 usage, 65 some were rejected, 69 the
// collectors cannot be reached, 74 a file failed, 75 some outcomes are missing,
// 78 configuration.
int simulate_command(int argc, char **argv);
