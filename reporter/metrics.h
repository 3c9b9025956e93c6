// SPDX-License-Identifier: Apache-2.0
//
// metrics: /metrics in the Prometheus text format, /livez and /readyz.
#pragma once

#include "reporter/site.h"

void metrics_answer(const struct site *site, const struct target *target,
                    const struct request *request, struct response *response);
void livez_answer(const struct site *site, const struct target *target,
                  const struct request *request, struct response *response);
void readyz_answer(const struct site *site, const struct target *target,
                   const struct request *request, struct response *response);
