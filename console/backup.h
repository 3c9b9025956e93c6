// SPDX-License-Identifier: Apache-2.0
//
// backup: `dealerpulse backup --data DIR --to DIR2` and `dealerpulse restore
// --from DIR2 --data DIR`.
#pragma once

// Both run a subcommand; argv[0] is its name.  Exit codes: 0 done, 64 usage, 65
// what is stored is damaged, 69 there is no store (or, restoring, an
// aggregator has the directory), 73 the target is there already or cannot be
// made, 74 the disk is full, 71 the system failed, 78 bad configuration.
int backup_command(int argc, char **argv);
int restore_command(int argc, char **argv);
