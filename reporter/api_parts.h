// SPDX-License-Identifier: Apache-2.0
//
// api_parts: what every answer of the API begins with.
#pragma once

#include "reporter/site.h"

extern const char api_json_type[];

// api_hold returns the snapshot to answer from, to be dropped, or answers that
// there is none yet and returns NULL.
struct snapshot *api_hold(const struct site *site, struct response *response);

// api_unchanged answers 304 when the asker has what it would get.
bool api_unchanged(struct response *response, const struct snapshot *snapshot,
                   const struct request *request);
