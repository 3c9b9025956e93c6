// SPDX-License-Identifier: Apache-2.0
//
// rebuild: `dealerpulse rebuild --data DIR`, state/ made anew from journal/.
#pragma once

// rebuild_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0 done, 64 usage, 65 the journal is damaged (said where), 69 an
// aggregator has the directory or there is no store, 74 the disk is full.
int rebuild_command(int argc, char **argv);
