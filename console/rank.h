// SPDX-License-Identifier: Apache-2.0
//
// rank: `dealerpulse rank`, a ranking computed here from the aggregator's
// tallies.
//
// No reporter is needed.  With --programme the KPIs of another rulebook are
// formed over the same figures: what if the weights or cuts were these?
#pragma once

// rank_command runs the subcommand; argv[0] is its name.  Returns an exit code:
// 0, 64 a period, KPI or scope that does not exist (the sentence lists what
// does), 69 the aggregator does not answer, 70, 74 writing failed, 78
// configuration.
int rank_command(int argc, char **argv);
