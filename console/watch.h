// SPDX-License-Identifier: Apache-2.0
//
// watch: `dealerpulse watch`, a ranking that follows the figures.
#pragma once

// watch_command runs the subcommand until it is interrupted, or as often as
// --times says; argv[0] is its name.  Exit codes are those of rank; an
// aggregator that is away after the first answer is waited for.
int watch_command(int argc, char **argv);
