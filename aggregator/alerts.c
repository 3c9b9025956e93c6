// SPDX-License-Identifier: Apache-2.0
#include "aggregator/alerts.h"

#include <stdlib.h>

#include "aggregator/answers_parts.h"
#include "aggregator/fold.h"
#include "common/domain/alert.h"

enum {
    LOOKS_PER_PAGE = 5000, // some milliseconds
    ROW_ROOM = 512,
    PAGE_ROOM = 256,
};

struct search {
    const struct answers *answers;
    struct snapshot *snapshot;
    struct writer *writer;
    struct entity set;
    size_t looked_at; // sets, or events of the journal
};

static enum status
write_row(struct search *search, const struct entity_key *key,
          const struct alert *alert)
{
    const struct roster *roster = history_roster(search->answers->history);

    if (!answers_reserve(search->writer, ROW_ROOM))
        return STATUS_FULL;
    answer_alert(
        search->writer,
        &(struct alert_row){.key = span_of(key->bytes, key->length),
                            .dealer = alert->kind == ALERT_NONE
                                          ? span_of(NULL, 0)
                                          : roster_id(roster, alert->dealer),
                            .alert = *alert});
    return STATUS_OK;
}

// judge writes what a stored set calls for.  A set of one event that calls for
// nothing never called for anything; of another the asker may know an alert
// that is over, when he follows.
static enum status
judge(struct search *search, const struct entity_key *key, struct span stored,
      bool follows)
{
    struct alert alert;

    enum status status =
        entity_decode(entity_kind_of(key), stored, &search->set);
    if (status != STATUS_OK)
        return status;
    alert_of(key, &search->set, history_rules(search->answers->history),
             &alert);
    if (alert.kind == ALERT_NONE && (!follows || search->set.count == 1))
        return STATUS_OK;
    return write_row(search, key, &alert);
}

// --- Through the cases -------------------------------------------------------

static bool
is_case(struct span key, struct entity_key *copy)
{
    if (key.length == 0 || key.length > ENTITY_KEY_MAX ||
        key.data[0] != ENTITY_CASE)
        return false;
    memcpy(copy->bytes, key.data, key.length);
    copy->length = (uint8_t)key.length;
    return true;
}

static enum status
walk_cases(struct search *search, struct scan *scan, const struct query *query)
{
    struct alert_page page = {.is_done = true};
    struct entity_key at = {0};
    struct span key, value;
    enum status status;

    while ((status = scan_next(scan, &key, &value)) == STATUS_OK) {
        struct entity_key next;
        if (!is_case(key, &next))
            break;
        if (span_equal(key, span_of(query->after_case.bytes,
                                    query->after_case.length)))
            continue;
        if (search->looked_at == LOOKS_PER_PAGE) {
            page =
                (struct alert_page){.next_case = span_of(at.bytes, at.length)};
            break;
        }
        at = next;
        search->looked_at += 1;
        status = judge(search, &at, value, false);
        if (status != STATUS_OK)
            return status;
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    if (!answers_reserve(search->writer, PAGE_ROOM))
        return STATUS_FULL;
    answer_alert_page(search->writer, &page);
    return STATUS_OK;
}

static enum status
through_cases(struct search *search, const struct query *query)
{
    static const uint8_t first[] = {ENTITY_CASE};
    struct scan *scan;

    struct span from =
        query->after_case.length > 0
            ? span_of(query->after_case.bytes, query->after_case.length)
            : span_of(first, sizeof first);
    enum status status = scan_open(&scan, search->snapshot, STATE_ENTITY, from);
    if (status != STATUS_OK)
        return status;
    status = walk_cases(search, scan, query);
    scan_close(scan);
    return status;
}

// --- Through the journal -----------------------------------------------------

static enum status
look_up(struct search *search, const struct entity_key *key)
{
    struct span stored;

    if (entity_kind_of(key) != ENTITY_CASE &&
        entity_kind_of(key) != ENTITY_SURVEY)
        return STATUS_OK;
    enum status status =
        snapshot_get(search->snapshot, STATE_ENTITY,
                     span_of(key->bytes, key->length), &stored);
    // Held back events make no set.
    return status == STATUS_NOT_FOUND ? STATUS_OK
           : status != STATUS_OK      ? status
                                      : judge(search, key, stored, true);
}

static enum status
look_at_body(struct search *search, struct span body)
{
    const struct history *history = search->answers->history;
    struct entity_key keys[ENTITY_KEYS_MAX];
    struct event event;
    enum status status = STATUS_OK;

    search->looked_at += 1;
    // What cannot be read is in no set; an outline has lost its names.
    if (fold_read(history, body, &event).kind != OUTCOME_ACCEPTED)
        return STATUS_OK;
    size_t count = entity_keys(&event, history_rules(history), keys);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = look_up(search, &keys[i]);
    return status;
}

static enum status
look_at_commit(struct search *search, const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    struct delivery delivery;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && batch_next_parcel(&parcels, &parcel)) {
        struct repeated deliveries = parcel.deliveries;
        while (status == STATUS_OK &&
               parcel_next_delivery(&deliveries, &delivery))
            status = look_at_body(search, delivery.body);
    }
    return status;
}

static enum status
read_at(struct journal *journal, uint64_t position, int64_t *committed_at)
{
    struct journal_reader *reader;
    struct span record;
    struct commit commit;

    enum status status = journal_reader_open(&reader, journal, position);
    if (status != STATUS_OK)
        return status;
    status = journal_reader_next(reader, &position, &record);
    if (status == STATUS_OK)
        status = commit_read(record, &commit);
    if (status == STATUS_OK)
        *committed_at = commit.committed_at_ms;
    journal_reader_close(reader);
    return status;
}

// last_before finds the last commit before a time, up to `position`; 0: none.
// Commits ascend in time but for a clock that was set back, which then shows a
// little more or less than asked for.
static enum status
last_before(struct journal *journal, uint64_t position, int64_t since_ms,
            uint64_t *before)
{
    uint64_t low = 0, high = position;

    while (low < high) {
        uint64_t middle = high - (high - low) / 2;
        int64_t at;
        enum status status = read_at(journal, middle, &at);
        if (status != STATUS_OK)
            return status;
        if (at < since_ms)
            low = middle;
        else
            high = middle - 1;
    }
    *before = low;
    return STATUS_OK;
}

static enum status
walk_journal(struct search *search, struct journal_reader *reader,
             uint64_t position, uint64_t *at)
{
    struct span record;
    struct commit commit;
    uint64_t read;

    while (*at < position && search->looked_at < LOOKS_PER_PAGE) {
        enum status status = journal_reader_next(reader, &read, &record);
        if (status == STATUS_OK)
            status = commit_read(record, &commit);
        if (status == STATUS_OK)
            status = look_at_commit(search, &commit);
        if (status != STATUS_OK)
            return status;
        *at = read;
    }
    return STATUS_OK;
}

static enum status
through_journal(struct search *search, const struct query *query,
                uint64_t position)
{
    struct journal *journal = search->answers->journal;
    struct journal_reader *reader;
    uint64_t at =
        query->after_position < position ? query->after_position : position;
    uint64_t since = at;

    enum status status =
        query->since_ms != 0
            ? last_before(journal, position, query->since_ms, &since)
            : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    at = since < at ? since : at;
    status = journal_reader_open(&reader, journal, at + 1);
    if (status != STATUS_OK)
        return status;
    status = walk_journal(search, reader, position, &at);
    journal_reader_close(reader);
    if (status != STATUS_OK)
        return status;
    if (!answers_reserve(search->writer, PAGE_ROOM))
        return STATUS_FULL;
    answer_alert_page(
        search->writer,
        &(struct alert_page){.next_position = at, .is_done = at == position});
    return STATUS_OK;
}

enum status
alerts_answer(const struct answers *answers, struct snapshot *snapshot,
              const struct query *query, uint64_t position,
              struct writer *writer)
{
    struct search search = {
        .answers = answers, .snapshot = snapshot, .writer = writer};

    search.set.members =
        malloc(ENTITY_MEMBERS_MAX * sizeof *search.set.members);
    if (!search.set.members)
        return STATUS_SYSTEM;
    enum status status = query->through_cases
                             ? through_cases(&search, query)
                             : through_journal(&search, query, position);
    free(search.set.members);
    return status;
}
