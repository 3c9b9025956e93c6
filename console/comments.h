// SPDX-License-Identifier: Apache-2.0
//
// comments: `dealerpulse comments show|erase`, on the aggregator's host.
#pragma once

int comments_command(int argc, char **argv);
