// SPDX-License-Identifier: Apache-2.0
//
// api_parts: what every answer of the API begins with.
#pragma once

#include "client/selection.h"
#include "reporter/site.h"

extern const char api_json_type[];

// api_hold returns the snapshot to answer from, to be dropped, or answers that
// there is none yet and returns NULL.
struct snapshot *api_hold(const struct site *site, struct response *response);

// api_unchanged answers 304 when the asker has what it would get.
bool api_unchanged(struct response *response, const struct snapshot *snapshot,
                   const struct request *request);

// api_select resolves what an answer is about (NULL: the usual) and returns the
// snapshot to give it from, to be dropped; or it answers why not, or 304, and
// returns NULL.
struct selected {
    const char *period, *kpi, *scope; // asked for
    struct material material;
    struct selection selection;
};
struct snapshot *api_select(const struct site *site,
                            const struct request *request,
                            struct response *response,
                            struct selected *selected);
