// SPDX-License-Identifier: Apache-2.0
#include "reporter/api_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/figures.h"
#include "common/domain/close.h"
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

// calendar_steps counts the steps that all months, from the oldest with data to
// the end of the newest one's year, have made towards FINAL.
static unsigned
calendar_steps(const struct snapshot *snapshot, int64_t wall_ms)
{
    const struct rulebook *rulebook = snapshot->book->rulebook;
    uint32_t oldest = UINT32_MAX, newest = 0;
    unsigned steps = 0;

    for (size_t i = 0; i < snapshot->month_count; i++) {
        uint32_t month = snapshot->months[i];
        if (month != MONTH_NONE && month < oldest)
            oldest = month;
        if (month != MONTH_NONE && month > newest)
            newest = month;
    }
    for (uint32_t month = oldest; month <= newest / 12 * 12 + 11; month++)
        steps += !month_is_open(rulebook, month, wall_ms) +
                 close_of(rulebook, month, wall_ms).state;
    return steps;
}

// write_etag names everything an answer depends on besides its address: the
// store, its journal and its checkpoint, rules, dealers, how far the calendar
// has come, this program and for whom it is: what one viewer keeps is not
// another's.
static void
write_etag(char etag[ETAG_MAX], const struct snapshot *snapshot,
           const struct request *request)
{
    const struct store_facts *facts = &snapshot->facts;
    const struct book *book = snapshot->book;
    char scope[TOKEN_SCOPE_TEXT];

    viewer_scope(&request->viewer, scope);
    snprintf(etag, ETAG_MAX,
             "\"%02x%02x%02x%02x.%" PRIu32 ".%" PRIu64 ".%" PRIu64
             ".%02x%02x%02x%02x."
             "%02x%02x%02x%02x.%u.%s.%08x\"",
             facts->store[0], facts->store[1], facts->store[2], facts->store[3],
             facts->incarnation, facts->journal_position,
             snapshot->table->position, book->programme_hash[0],
             book->programme_hash[1], book->programme_hash[2],
             book->programme_hash[3], book->dealers_hash[0],
             book->dealers_hash[1], book->dealers_hash[2],
             book->dealers_hash[3], calendar_steps(snapshot, request->wall_ms),
             PROJECT_VERSION, crc32c(scope, strlen(scope)));
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
