// SPDX-License-Identifier: Apache-2.0
#include "aggregator/comments.h"

#include <stdlib.h>

#include "aggregator/dedupe.h"
#include "aggregator/ledger.h"
#include "aggregator/publication.h"
#include "aggregator/sealing.h"
#include "common/domain/period.h"
#include "common/storage/state.h"
#include "common/wire/event_code.h"

struct comments {
    struct comment_keys *keys;
    struct journal *journal;
    struct state *state;
    struct history *history;
};

enum status
comments_open(struct comments **out, const char *dir, enum comments_use use,
              size_t map_bytes, struct problems *problems)
{
    struct comments *comments = calloc(1, sizeof *comments);
    if (!comments)
        return STATUS_SYSTEM;
    enum status status = comment_keys_open(
        &comments->keys, dir,
        use == COMMENTS_ERASE ? COMMENT_KEYS_ERASE : COMMENT_KEYS_READ);
    if (status == STATUS_OK)
        status = journal_open(&comments->journal, dir, map_bytes, true);
    if (status == STATUS_OK)
        status = state_open(&comments->state, dir, map_bytes, true);
    if (status == STATUS_OK)
        status = history_open(&comments->history);
    if (status == STATUS_OK)
        status =
            publication_recall(comments->journal, comments->history, problems);
    if (status != STATUS_OK) {
        comments_close(comments);
        return status;
    }
    *out = comments;
    return STATUS_OK;
}

void
comments_close(struct comments *comments)
{
    if (!comments)
        return;
    history_close(comments->history);
    state_close(comments->state);
    journal_close(comments->journal);
    comment_keys_close(comments->keys);
    free(comments);
}

// is_wanted tells whether the slot's event is one of those asked for.
static bool
is_wanted(const struct comments *comments, const struct comments_wanted *wanted,
          const struct comment_key *key)
{
    if (!span_equal(key->dealer, wanted->dealer) ||
        (wanted->event && !event_id_equal(&key->id, wanted->event)))
        return false;
    if (wanted->month == MONTH_NONE)
        return true;
    const struct rulebook *rulebook =
        rulebook_at(history_rules(comments->history), key->occurred_at);
    return rulebook &&
           month_of(&rulebook->zone, key->occurred_at) == wanted->month;
}

// --- Finding an event in the journal -----------------------------------------

struct search {
    const struct comment_key *key;
    uint64_t slot;
    struct comments *comments;
    struct said said;
    enum status result; // of opening; STATUS_AGAIN: not found yet
};

// look_into opens the delivery if it is the one whose words lie in the slot.
static void
look_into(struct search *search, const struct delivery *delivery)
{
    struct event event;

    if (delivery->sealed.length == 0 ||
        sealing_slot(delivery->sealed) != search->slot ||
        event_read(delivery->body, &event).kind == OUTCOME_REJECTED ||
        !event_id_equal(&event.id, &search->key->id) ||
        !span_equal(event.dealer_id, search->key->dealer))
        return;
    search->result = sealing_open(search->comments->keys, event.dealer_id,
                                  &event.id, delivery->sealed, &search->said);
    if (search->result == STATUS_OK &&
        words_judge(search->said.salt, search->said.comment, event.comment_hash)
                .code != CODE_NONE)
        search->result = STATUS_CORRUPT;
}

static enum status
look_into_record(struct search *search, struct span record)
{
    struct commit commit;
    struct parcel parcel;
    struct delivery delivery;

    enum status status = commit_read(record, &commit);
    while (status == STATUS_OK && batch_next_parcel(&commit.parcels, &parcel))
        while (search->result == STATUS_AGAIN &&
               parcel_next_delivery(&parcel.deliveries, &delivery))
            look_into(search, &delivery);
    return status;
}

// look_from looks through at most `count` records.
static enum status
look_from(struct search *search, uint64_t position, uint64_t count)
{
    struct journal_reader *reader;
    struct span record;

    enum status status =
        journal_reader_open(&reader, search->comments->journal, position);
    if (status != STATUS_OK)
        return status;
    while (count-- > 0 && status == STATUS_OK &&
           search->result == STATUS_AGAIN) {
        status = journal_reader_next(reader, &position, &record);
        if (status == STATUS_OK)
            status = look_into_record(search, record);
    }
    journal_reader_close(reader);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

// where tells the record that holds an event, or the first one the checkpoint
// does not cover yet.
static enum status
where(const struct comments *comments, const struct comment_key *key,
      uint64_t *position, uint64_t *count)
{
    uint8_t name[DEDUPE_KEY_SIZE];
    struct checkpoint_note note = {0};
    struct snapshot *snapshot;
    struct span value;
    uint32_t number;

    *count = 1;
    if (!roster_find(history_roster(comments->history), key->dealer, &number))
        return STATUS_NOT_FOUND;
    dedupe_name(&key->id, number, name);
    enum status status = snapshot_open(&snapshot, comments->state);
    if (status != STATUS_OK)
        return status;
    status =
        snapshot_get(snapshot, STATE_ID, span_of(name, sizeof name), &value);
    if (status == STATUS_OK)
        status = dedupe_position(value, position);
    else if (status == STATUS_NOT_FOUND) {
        *count = UINT64_MAX;
        status =
            snapshot_get(snapshot, STATE_META, checkpoint_note_key(), &value);
        if (status == STATUS_OK)
            status = checkpoint_note_read(value, &note);
        *position = note.position + 1;
        status = status == STATUS_NOT_FOUND ? STATUS_OK : status;
    }
    snapshot_close(snapshot);
    return status;
}

// --- Showing and erasing -----------------------------------------------------

struct showing {
    struct comments *comments;
    const struct comments_wanted *wanted;
    void (*visit)(void *context, const struct comments_entry *entry);
    void *context;
    enum status status;
};

static enum status
show_one(struct showing *showing, uint64_t slot, const struct comment_key *key)
{
    struct search search = {.key = key,
                            .slot = slot,
                            .comments = showing->comments,
                            .result = STATUS_AGAIN};
    struct comments_entry entry = {.id = key->id,
                                   .occurred_at = key->occurred_at};
    uint64_t position, count;

    enum status status = where(showing->comments, key, &position, &count);
    if (status == STATUS_OK)
        status = look_from(&search, position, count);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    if (search.result == STATUS_AGAIN)
        return STATUS_OK; // its commit never came; the event has another slot
    entry.state = search.result == STATUS_OK          ? COMMENT_READ
                  : search.result == STATUS_NOT_FOUND ? COMMENT_ERASED
                                                      : COMMENT_DAMAGED;
    if (entry.state == COMMENT_READ)
        entry.comment = search.said.comment;
    showing->visit(showing->context, &entry);
    explicit_bzero(&search.said, sizeof search.said);
    return STATUS_OK;
}

static bool
show_slot(void *context, uint64_t slot, const struct comment_key *key)
{
    struct showing *showing = context;

    if (showing->status == STATUS_OK &&
        is_wanted(showing->comments, showing->wanted, key))
        showing->status = show_one(showing, slot, key);
    return false; // keep it
}

enum status
comments_show(struct comments *comments, const struct comments_wanted *wanted,
              void (*visit)(void *context, const struct comments_entry *entry),
              void *context)
{
    struct showing showing = {comments, wanted, visit, context, STATUS_OK};

    enum status status = comment_keys_walk(comments->keys, show_slot, &showing);
    return status == STATUS_OK ? showing.status : status;
}

struct erasing {
    const struct comments *comments;
    const struct comments_wanted *wanted;
    size_t count, before;
};

static bool
erase_slot(void *context, uint64_t slot, const struct comment_key *key)
{
    struct erasing *erasing = context;

    (void)slot;
    if (!is_wanted(erasing->comments, erasing->wanted, key))
        return false;
    erasing->before += key->erased;
    erasing->count += !key->erased;
    return true;
}

enum status
comments_erase(struct comments *comments, const struct comments_wanted *wanted,
               size_t *count, size_t *before)
{
    struct erasing erasing = {.comments = comments, .wanted = wanted};

    enum status status =
        comment_keys_walk(comments->keys, erase_slot, &erasing);
    *count = erasing.count;
    *before = erasing.before;
    return status;
}
