// SPDX-License-Identifier: Apache-2.0
#pragma once

// deliveries_command runs `dealerpulse deliveries` and returns its exit code.
int deliveries_command(int argc, char **argv);
