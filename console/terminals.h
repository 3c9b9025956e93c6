// SPDX-License-Identifier: Apache-2.0
//
// terminals: `dealerpulse terminals`, who sends, and how their clocks go.
#pragma once

int terminals_command(int argc, char **argv);
