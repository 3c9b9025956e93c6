// SPDX-License-Identifier: Apache-2.0
//
// purge: `dealerpulse purge --data DIR --before DATE|POSITION`, what old events
// said removed from journal/.
#pragma once

// purge_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0 done or nothing to do, 64 usage, 65 the store is damaged (and stays
// as it was), 69 an aggregator has the directory, there is no store or its
// checkpoint is too old, 74 the disk is full.
int purge_command(int argc, char **argv);
