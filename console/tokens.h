// SPDX-License-Identifier: Apache-2.0
#pragma once

// tokens_command runs `dealerpulse tokens ...`; argv[0] is its name.
int tokens_command(int argc, char **argv);
