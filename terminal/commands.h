// SPDX-License-Identifier: Apache-2.0
//
// commands: one function per command of dealerpulse-terminal; argv[0] is the
// command's title, the result an exit code (sysexits.h).
#pragma once

int send_command(int argc, char **argv);
int import_command(int argc, char **argv);
int run_command(int argc, char **argv);
int spool_command(int argc, char **argv);
int doctor_command(int argc, char **argv);
