// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "reporter/api.h"

// age_json writes milliseconds since then, null for never.
static void
age_json(struct buffer *text, const char *key, int64_t now_ms, int64_t then_ms)
{
    if (then_ms == 0)
        buffer_format(text, ",\"%s\":null", key);
    else
        buffer_format(text, ",\"%s\":%" PRId64, key,
                      now_ms > then_ms ? now_ms - then_ms : 0);
}

void
api_health(const struct site *site, const struct target *target,
           const struct request *request, struct response *response)
{
    const struct counters *counters = site->counters;
    struct buffer text = {0};
    const char *why;
    // How many events and dealers there are is headquarters' business.
    bool tells_all = site_viewer(site, request)->reach == REACH_HQ;

    (void)target;
    bool ready = site_is_ready(site, request->steady_ms, &why);
    struct snapshot *snapshot = shelf_hold(site->shelf);
    buffer_format(&text,
                  "{\"ready\":%s,\"problem\":", ready ? "true" : "false");
    buffer_json(&text, why);
    buffer_format(&text,
                  ",\"position\":%" PRIu64 ",\"journal_position\":%" PRIu64,
                  snapshot ? snapshot->table->position : 0,
                  (uint64_t)atomic_load(&counters->journal_position));
    if (tells_all)
        buffer_format(&text, ",\"events\":%" PRIu64 ",\"dealers\":%zu",
                      snapshot ? snapshot->facts.events : 0,
                      snapshot ? snapshot->book->directory->dealer_count
                               : (size_t)0);
    age_json(&text, "last_commit_age_ms", request->wall_ms,
             snapshot ? snapshot->facts.last_commit_at_ms : 0);
    age_json(&text, "answer_age_ms", request->steady_ms,
             atomic_load(&counters->answered_steady_ms));
    age_json(&text, "snapshot_age_ms", request->steady_ms,
             atomic_load(&counters->snapshot_steady_ms));
    buffer_format(&text,
                  ",\"unfolded_ms\":%" PRIu64 ",\"intake_held\":%s"
                  ",\"quarantined\":%" PRIu64,
                  (uint64_t)atomic_load(&counters->unfolded_ms),
                  atomic_load(&counters->intake_held) ? "true" : "false",
                  (uint64_t)atomic_load(&counters->quarantined));
    buffer_put(&text, ",\"version\":\"" PROJECT_VERSION "\"}\n");
    snapshot_drop(snapshot);
    response_text(response, "application/json; charset=utf-8", &text);
}
