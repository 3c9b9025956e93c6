// SPDX-License-Identifier: Apache-2.0
//
// dealer: `dealerpulse dealer ID`: every KPI of one dealer over a period.
#pragma once

int dealer_command(int argc, char **argv);
