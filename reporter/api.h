// SPDX-License-Identifier: Apache-2.0
//
// api: /api/v1, what can be asked and the rankings.
#pragma once

#include "reporter/site.h"

void api_periods(const struct site *site, const struct target *target,
                 const struct request *request, struct response *response);
void api_kpis(const struct site *site, const struct target *target,
              const struct request *request, struct response *response);
void api_scopes(const struct site *site, const struct target *target,
                const struct request *request, struct response *response);
void api_dealers(const struct site *site, const struct target *target,
                 const struct request *request, struct response *response);
// api_alerts: what somebody should look at, the one due first first.
void api_alerts(const struct site *site, const struct target *target,
                const struct request *request, struct response *response);
// api_me tells who asks and what his token shows.
void api_me(const struct site *site, const struct target *target,
            const struct request *request, struct response *response);
// api_dealer: the scorecard of the dealer whose id ends the path.
void api_dealer(const struct site *site, const struct target *target,
                const struct request *request, struct response *response);
// api_statement: the disclosure pack of the dealer named before the last slash.
void api_statement(const struct site *site, const struct target *target,
                   const struct request *request, struct response *response);
// api_what_if: the rebate with some numbers changed beside the published one.
void api_what_if(const struct site *site, const struct target *target,
                 const struct request *request, struct response *response);
void api_rankings(const struct site *site, const struct target *target,
                  const struct request *request, struct response *response);

// api_overview: all dealers of a scope together (overview.h).
void api_overview(const struct site *site, const struct target *target,
                  const struct request *request, struct response *response);

// api_health tells where the figures stand and how old they are; it is never
// cached, and answers before there is anything to show.
void api_health(const struct site *site, const struct target *target,
                const struct request *request, struct response *response);
