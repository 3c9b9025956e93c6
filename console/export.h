// SPDX-License-Identifier: Apache-2.0
//
// export: `dealerpulse export`, figures as a file: CSV, JSON or Excel.
#pragma once

// export_command runs the subcommand; argv[0] is its name.  Returns an exit
// code: 0, 64 something that does not exist (the sentence lists what does), 69
// the aggregator does not answer, 70, 73 the file cannot be made, 74 writing
// failed, 78 configuration, or statements without a rebate.
int export_command(int argc, char **argv);
