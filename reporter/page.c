// SPDX-License-Identifier: Apache-2.0
#include "reporter/page.h"

#include <stdio.h>
#include <string.h>

#include "common/runtime/crc32c.h"
#include "reporter/web/assets.h"

void
page_answer(const struct site *site, const struct target *target,
            const struct request *request, struct response *response)
{
    const char *name = target->path + 1;
    char etag[ETAG_MAX];

    (void)site;
    if (strcmp(name, "") == 0)
        name = "overview.html";
    else if (strcmp(name, "ranking") == 0)
        name = "ranking.html";
    for (size_t i = 0; i < asset_count; i++) {
        const struct asset *asset = &assets[i];
        if (strcmp(asset->name, name) != 0)
            continue;
        snprintf(etag, sizeof etag, "\"%08x-%zu\"",
                 crc32c(asset->bytes, asset->length), asset->length);
        if (!response_unchanged(response, request, etag))
            response_lent(response, asset->type, asset->bytes, asset->length);
        return;
    }
    response_problem(response, 404, "this part of the page is not built in");
}
