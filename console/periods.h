// SPDX-License-Identifier: Apache-2.0
//
// periods: `dealerpulse periods`, the periods with data and how each closes.
#pragma once

int periods_command(int argc, char **argv);
