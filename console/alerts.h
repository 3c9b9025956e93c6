// SPDX-License-Identifier: Apache-2.0
#pragma once

// alerts_command runs `dealerpulse alerts` and returns its exit code.
int alerts_command(int argc, char **argv);
