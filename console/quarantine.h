// SPDX-License-Identifier: Apache-2.0
//
// quarantine: `dealerpulse quarantine ls|show|add|replay --data DIR`, the
// events that are kept but contribute nothing.
#pragma once

// quarantine_command runs the subcommand; argv[0] is its name.  Exit codes: 0
// done, 64 usage, 65 no such event, or the store is damaged, 69 there is no
// store, or (add, replay) an aggregator has it.
int quarantine_command(int argc, char **argv);
