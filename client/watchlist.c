// SPDX-License-Identifier: Apache-2.0
#include "client/watchlist.h"

#include <stdlib.h>
#include <string.h>

#include "client/ask_parts.h"

// A page of an answer, copied out of its frame.
struct page {
    struct alert_entry *entries;
    size_t count, capacity;
    uint64_t position; // the checkpoint
    struct alert_page end;
    struct entity_key next_case;
};

void
watchlist_fini(struct watchlist *watchlist)
{
    alert_list_close(watchlist->newest);
    *watchlist = (struct watchlist){0};
}

static bool
is_same(const struct watchlist *watchlist, const struct store_facts *facts)
{
    return watchlist->newest && watchlist->incarnation == facts->incarnation &&
           memcmp(watchlist->store, facts->store, sizeof facts->store) == 0 &&
           memcmp(watchlist->rules, facts->programme_hash, HASH_SIZE) == 0 &&
           memcmp(watchlist->dealers, facts->dealers_hash, HASH_SIZE) == 0;
}

// start_over forgets what another store, or another rulebook, said.
static enum status
start_over(struct watchlist *watchlist, const struct store_facts *facts)
{
    watchlist_fini(watchlist);
    watchlist->newest = alert_list_merge(NULL, NULL, 0, 0, 0);
    if (!watchlist->newest)
        return STATUS_SYSTEM;
    memcpy(watchlist->store, facts->store, sizeof facts->store);
    memcpy(watchlist->rules, facts->programme_hash, HASH_SIZE);
    memcpy(watchlist->dealers, facts->dealers_hash, HASH_SIZE);
    watchlist->incarnation = facts->incarnation;
    return STATUS_OK;
}

// --- One page ----------------------------------------------------------------

static bool
make_room(struct page *page)
{
    if (page->count < page->capacity)
        return true;
    size_t capacity = page->capacity > 0 ? page->capacity * 2 : 64;
    struct alert_entry *larger =
        realloc(page->entries, capacity * sizeof *larger);
    if (!larger)
        return false;
    page->entries = larger;
    page->capacity = capacity;
    return true;
}

static enum status
take_rows(struct page *page, struct answer_frame *answer)
{
    struct alert_row row;

    while (answer_next_alert(&answer->alerts, &row)) {
        if (!make_room(page))
            return STATUS_SYSTEM;
        struct alert_entry *entry = &page->entries[page->count++];
        *entry = (struct alert_entry){.alert = row.alert};
        memcpy(entry->key.bytes, row.key.data, row.key.length);
        entry->key.length = (uint8_t)row.key.length;
        if (row.dealer.length > 0) // at most DEALER_ID_MAX
            memcpy(entry->dealer, row.dealer.data, row.dealer.length);
    }
    return STATUS_OK;
}

static enum status
take_page(struct ask *ask, struct query *query, int64_t timeout_ms,
          struct page *page)
{
    struct frame frame;
    struct answer_frame answer;

    enum status status = ask_put(ask, query, timeout_ms, &frame, &answer);
    if (status != STATUS_OK)
        return status;
    page->position = answer.position;
    page->end = answer.alert_page;
    struct span next = answer.alert_page.next_case;
    if (next.length > 0)
        memcpy(page->next_case.bytes, next.data, next.length);
    page->next_case.length = (uint8_t)next.length;
    status =
        answer.has_alert_page ? take_rows(page, &answer) : STATUS_MALFORMED;
    frame_close(&frame);
    return status;
}

static struct query
next_question(const struct watchlist *watchlist, int64_t since_ms)
{
    struct query query = {.question = QUESTION_ALERTS};

    if (watchlist->knows_cases) {
        query.after_position = watchlist->position;
        query.since_ms = watchlist->follows ? 0 : since_ms;
    } else {
        query.through_cases = true;
        query.after_case = watchlist->after_case;
    }
    return query;
}

// note_page remembers how far a page came.
static void
note_page(struct watchlist *watchlist, const struct page *page)
{
    if (watchlist->knows_cases) {
        watchlist->position = page->end.next_position;
        watchlist->follows = true;
        return;
    }
    // What changes while the cases are read comes again from the journal.
    if (watchlist->after_case.length == 0)
        watchlist->position = page->position;
    watchlist->after_case = page->next_case;
    watchlist->knows_cases = page->end.is_done;
}

static enum status
follow_page(struct watchlist *watchlist, struct ask *ask, int64_t since_ms,
            int64_t timeout_ms, bool *is_done)
{
    struct query query = next_question(watchlist, since_ms);
    struct page page = {0};

    enum status status = take_page(ask, &query, timeout_ms, &page);
    if (status == STATUS_OK) {
        bool was_journal = watchlist->knows_cases;
        struct alert_list *list =
            alert_list_merge(watchlist->newest, page.entries, page.count,
                             since_ms, page.position);
        status = list ? STATUS_OK : STATUS_SYSTEM;
        if (list) {
            alert_list_close(watchlist->newest);
            watchlist->newest = list;
            note_page(watchlist, &page);
            *is_done = was_journal && page.end.is_done;
        }
    }
    free(page.entries);
    return status;
}

enum status
watchlist_follow(struct watchlist *watchlist, struct ask *ask,
                 const struct store_facts *facts, int64_t since_ms,
                 size_t pages, int64_t timeout_ms, bool *is_done)
{
    enum status status = STATUS_OK;

    *is_done = false;
    if (!is_same(watchlist, facts))
        status = start_over(watchlist, facts);
    for (size_t i = 0; i < pages && !*is_done && status == STATUS_OK; i++)
        status = follow_page(watchlist, ask, since_ms, timeout_ms, is_done);
    return status;
}
