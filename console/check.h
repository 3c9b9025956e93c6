// SPDX-License-Identifier: Apache-2.0
//
// check: `dealerpulse check`, the configuration before anything runs on it.
//
// Reads dealerpulse.yaml, the programme and the dealers it names, and map files
// if asked to, all of them even when one is wrong; opens no data file.
#pragma once

// check_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0 with a summary on stdout, 64 usage, 70, 78 with every problem on
// stderr as "file:line: key: what is wrong and what would be right".
int check_command(int argc, char **argv);

// check_files does the work: config_path NULL means the defaults; the maps are
// map files to check as well.
int check_files(const char *config_path, const char *const *maps,
                int map_count);
