// SPDX-License-Identifier: Apache-2.0
#include "reporter/api_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/figures.h"

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
// store and its checkpoint, rules, dealers, which months are OPEN, and this
// program.
static void
write_etag(char etag[ETAG_MAX], const struct snapshot *snapshot,
           const struct request *request)
{
    const struct store_facts *facts = &snapshot->facts;
    const struct book *book = snapshot->book;
    unsigned open = 0;

    for (size_t i = 0; i < snapshot->month_count; i++)
        open += month_is_open(book->rulebook, snapshot->months[i],
                              request->wall_ms);
    snprintf(
        etag, ETAG_MAX,
        "\"%02x%02x%02x%02x.%" PRIu32 ".%" PRIu64 ".%02x%02x%02x%02x."
        "%02x%02x%02x%02x.%u.%s\"",
        facts->store[0], facts->store[1], facts->store[2], facts->store[3],
        facts->incarnation, snapshot->table->position, book->programme_hash[0],
        book->programme_hash[1], book->programme_hash[2],
        book->programme_hash[3], book->dealers_hash[0], book->dealers_hash[1],
        book->dealers_hash[2], book->dealers_hash[3], open, PROJECT_VERSION);
}

bool
api_unchanged(struct response *response, const struct snapshot *snapshot,
              const struct request *request)
{
    char etag[ETAG_MAX];

    write_etag(etag, snapshot, request);
    return response_unchanged(response, request, etag);
}
