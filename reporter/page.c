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
    char etag[ETAG_MAX], page[TARGET_PATH_MAX + sizeof ".html"];

    (void)site;
    // "/ranking" is the page ranking.html, "/" that of the overview.
    if (!strchr(name, '.')) {
        snprintf(page, sizeof page, "%s.html", *name ? name : "overview");
        name = page;
    }
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
