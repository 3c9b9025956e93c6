// SPDX-License-Identifier: Apache-2.0
//
// keys: `dealerpulse keys new|list|revoke|rotate`, who may speak.
#pragma once

int keys_command(int argc, char **argv);
