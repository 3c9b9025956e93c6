// SPDX-License-Identifier: Apache-2.0
#pragma once

// freeze_command: `dealerpulse freeze-thresholds`; returns an exit code.
int freeze_command(int argc, char **argv);
