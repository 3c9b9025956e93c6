// SPDX-License-Identifier: Apache-2.0
//
// top: `dealerpulse top`, whether everything is well, on one screen: what the
// aggregator took and shows, how far it is behind, the reporter's counters, and
// with --terminals who has events that wait.
#pragma once

// top_command runs the subcommand until it is interrupted, or as often as
// --times says; argv[0] is its name.  Exit codes are those of rank; whoever is
// away after the first answer is shown as away.
int top_command(int argc, char **argv);
