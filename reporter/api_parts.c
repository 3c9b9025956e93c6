// SPDX-License-Identifier: Apache-2.0
#include "reporter/api_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/figures.h"
#include "common/runtime/crc32c.h"
#include "reporter/api.h"

const char api_json_type[] = "application/json; charset=utf-8";

struct snapshot *
api_hold(const struct site *site, struct response *response)
{
    struct snapshot *snapshot = shelf_hold(site->shelf);

    if (!snapshot) {
        response_problem(response, 503,
                         "no figures have come from the aggregator yet");
        response->retry_after_s = 1;
    }
    return snapshot;
}

// write_etag names everything an answer depends on besides its address: the
// store, its journal and its checkpoint, rules, dealers, which months are OPEN,
// this program and for whom it is: what one viewer keeps is not another's.
static void
write_etag(char etag[ETAG_MAX], const struct snapshot *snapshot,
           const struct request *request)
{
    const struct store_facts *facts = &snapshot->facts;
    const struct book *book = snapshot->book;
    char scope[TOKEN_SCOPE_TEXT];
    unsigned open = 0;

    viewer_scope(&request->viewer, scope);
    for (size_t i = 0; i < snapshot->month_count; i++)
        open += month_is_open(book->rulebook, snapshot->months[i],
                              request->wall_ms);
    snprintf(
        etag, ETAG_MAX,
        "\"%02x%02x%02x%02x.%" PRIu32 ".%" PRIu64 ".%" PRIu64
        ".%02x%02x%02x%02x."
        "%02x%02x%02x%02x.%u.%s.%08x\"",
        facts->store[0], facts->store[1], facts->store[2], facts->store[3],
        facts->incarnation, facts->journal_position, snapshot->table->position,
        book->programme_hash[0], book->programme_hash[1],
        book->programme_hash[2], book->programme_hash[3], book->dealers_hash[0],
        book->dealers_hash[1], book->dealers_hash[2], book->dealers_hash[3],
        open, PROJECT_VERSION, crc32c(scope, strlen(scope)));
}

bool
api_unchanged(struct response *response, const struct snapshot *snapshot,
              const struct request *request)
{
    char etag[ETAG_MAX];

    write_etag(etag, snapshot, request);
    return response_unchanged(response, request, etag);
}

struct snapshot *
api_select(const struct site *site, const struct request *request,
           struct response *response, struct selected *selected)
{
    char problem[SELECTION_PROBLEM_MAX];

    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return NULL;
    selected->material = snapshot_material(snapshot, request->wall_ms);
    enum status status = selection_make(
        &selected->selection, &selected->material, selected->period,
        selected->kpi, selected->scope, problem);
    if (status == STATUS_OK && !api_unchanged(response, snapshot, request))
        return snapshot;
    if (status == STATUS_MALFORMED || status == STATUS_NOT_FOUND)
        response_problem(response, status == STATUS_MALFORMED ? 400 : 404,
                         problem);
    else if (status != STATUS_OK)
        response_problem(response, 500, "out of memory");
    snapshot_drop(snapshot);
    return NULL;
}

void
api_me(const struct site *site, const struct target *target,
       const struct request *request, struct response *response)
{
    const struct viewer *viewer = site_viewer(site, request);
    char scope[TOKEN_SCOPE_TEXT];
    struct buffer text = {0};

    (void)target;
    viewer_scope(viewer, scope);
    buffer_format(&text, "{\"tokens\":%s,\"name\":",
                  site->asks_tokens ? "true" : "false");
    buffer_json(&text, site->asks_tokens ? viewer->name : NULL);
    buffer_put(&text, ",\"scope\":");
    buffer_json(&text, scope);
    buffer_put(&text, "}\n");
    response_text(response, api_json_type, &text);
}
