// SPDX-License-Identifier: Apache-2.0
//
// statement_verify: `dealerpulse statement verify`: is an issued statement
// whole, headquarters' own, and does it add up?  Offline.
#pragma once

int statement_verify(int argc, char **argv);
