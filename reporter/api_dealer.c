// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "client/render_scorecard.h"
#include "reporter/api.h"
#include "reporter/api_parts.h"

static void
give(struct response *response, const struct material *material,
     const struct selection *selection, const char *dealer)
{
    struct scorecard *scorecard;
    struct buffer text = {0};

    enum status status =
        scorecard_open(&scorecard, material, selection, dealer);
    if (status == STATUS_NOT_FOUND)
        response_problem(response, 404, no_dealer_sentence);
    else if (status == STATUS_FULL)
        response_problem(response, 500, "a sum in this window leaves 64 bits");
    else if (status != STATUS_OK)
        response_problem(response, 500, "out of memory");
    if (status != STATUS_OK)
        return;
    render_scorecard_json(scorecard, &text);
    scorecard_close(scorecard);
    response_text(response, api_json_type, &text);
}

void
api_dealer(const struct site *site, const struct target *target,
           const struct request *request, struct response *response)
{
    struct selected selected = {.period = target_param(target, "period"),
                                .scope = target_param(target, "scope")};

    struct snapshot *snapshot = api_select(site, request, response, &selected);
    if (!snapshot)
        return;
    give(response, &selected.material, &selected.selection,
         strrchr(target->path, '/') + 1);
    snapshot_drop(snapshot);
}
