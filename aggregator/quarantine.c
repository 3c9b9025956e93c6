// SPDX-License-Identifier: Apache-2.0
#include "aggregator/quarantine.h"

#include <endian.h>
#include <stdlib.h>

#include "aggregator/publication.h"
#include "aggregator/purge.h"
#include "common/storage/files.h"
#include "common/storage/owner.h"
#include "common/storage/state.h"
#include "common/wire/event_code.h"

static enum status
visit_all(struct snapshot *snapshot,
          void (*visit)(void *context, const struct quarantined *one),
          void *context)
{
    struct span key, value;
    struct scan *scan;

    enum status status =
        scan_open(&scan, snapshot, STATE_QUARANTINE, span_of(NULL, 0));
    if (status != STATUS_OK)
        return status;
    while ((status = scan_next(scan, &key, &value)) == STATUS_OK) {
        uint64_t position;
        uint32_t index;
        if (key.length != sizeof position + sizeof index || value.length < 1) {
            status = STATUS_CORRUPT;
            break;
        }
        memcpy(&position, key.data, sizeof position);
        memcpy(&index, key.data + sizeof position, sizeof index);
        const struct quarantined one = {
            .position = be64toh(position),
            .index = be32toh(index),
            .reason = value.data[0],
            .text = span_of(value.data + 1, value.length - 1u)};
        visit(context, &one);
    }
    scan_close(scan);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status
quarantine_list(const char *dir, size_t map_bytes,
                void (*visit)(void *context, const struct quarantined *one),
                void *context)
{
    struct snapshot *snapshot;
    struct state *state;

    enum status status = state_open(&state, dir, map_bytes, true);
    if (status != STATUS_OK)
        return status;
    status = snapshot_open(&snapshot, state);
    if (status == STATUS_OK) {
        status = visit_all(snapshot, visit, context);
        snapshot_close(snapshot);
    }
    state_close(state);
    return status;
}

// find_in finds the event of an index in a record.
static enum status
find_in(struct stored_event *stored, struct span record, uint32_t index)
{
    struct commit commit;

    enum status status = commit_read(record, &commit);
    if (status != STATUS_OK)
        return status;
    stored->committed_at_ms = commit.committed_at_ms;
    while (batch_next_parcel(&commit.parcels, &stored->parcel)) {
        struct repeated list = stored->parcel.deliveries;
        while (parcel_next_delivery(&list, &stored->delivery))
            if (index-- == 0) {
                stored->outcome =
                    event_read(stored->delivery.body, &stored->event);
                return STATUS_OK;
            }
    }
    return STATUS_NOT_FOUND;
}

enum status
quarantine_find(struct stored_event *stored, const char *dir, size_t map_bytes,
                uint64_t position, uint32_t index)
{
    struct journal_base base;
    struct span record;
    uint64_t read;

    *stored = (struct stored_event){0};
    enum status status = journal_open(&stored->journal, dir, map_bytes, true);
    if (status == STATUS_OK)
        status =
            journal_reader_open(&stored->reader, stored->journal, position);
    if (status == STATUS_OK)
        status = journal_reader_next(stored->reader, &read, &record);
    if (status == STATUS_OK)
        status = find_in(stored, record, index);
    if (status == STATUS_OK)
        status = journal_base_read(stored->journal, &base);
    if (status == STATUS_OK)
        stored->is_purged =
            position <= base.position &&
            stored->outcome.kind != OUTCOME_ACCEPTED &&
            event_outline_read(stored->delivery.body, &stored->event);
    if (status != STATUS_OK)
        quarantine_free(stored);
    return status;
}

void
quarantine_free(struct stored_event *stored)
{
    journal_reader_close(stored->reader);
    journal_close(stored->journal);
    *stored = (struct stored_event){0};
}

// copy_list copies what is held back now.
static enum status
copy_list(const struct history *history, struct held_back *held)
{
    return held_back_read(
        history_newest(history, PUBLICATION_QUARANTINE)->content, held);
}

static enum status
change_list(struct held_back *held, uint64_t purged, uint64_t position,
            uint32_t index, const char *reason, struct problems *problems)
{
    if (position > 0 && position <= purged) {
        problem_add(problems, "journal", 0, "base",
                    "commit %llu was purged: what it contributes, or not, is "
                    "final",
                    (unsigned long long)position);
        return STATUS_NOT_FOUND;
    }
    if (reason)
        return held_back_add(held, position, index, reason);
    if (position)
        return held_back_remove(held, position, index);
    while (held->count > 0 && held->list[held->count - 1].position > purged)
        held->count--;
    return STATUS_OK;
}

static enum status
publish_list(struct journal *journal, struct history *history,
             const struct held_back *held, int64_t now,
             struct problems *problems)
{
    char *text;
    size_t length;
    bool is_new;

    enum status status = held_back_write(held, &text, &length);
    if (status != STATUS_OK)
        return status;
    status = publication_append(journal, history, PUBLICATION_QUARANTINE,
                                span_of(text, length), now, &is_new, problems);
    free(text);
    return status;
}

static enum status
change(struct journal *journal, struct history *history, uint64_t position,
       uint32_t index, const char *reason, int64_t now,
       struct problems *problems)
{
    struct held_back held = {0};
    struct journal_base base = {0};

    enum status status = publication_recall(journal, history, problems);
    if (status == STATUS_OK)
        status = journal_base_read(journal, &base);
    if (status == STATUS_OK)
        status = copy_list(history, &held);
    bool was_empty = held.count == 0;
    if (status == STATUS_OK)
        status = change_list(&held, base.position, position, index, reason,
                             problems);
    if (status == STATUS_OK && !(was_empty && held.count == 0))
        status = publish_list(journal, history, &held, now, problems);
    held_back_free(&held);
    return status;
}

enum status
quarantine_change(const char *dir, size_t map_bytes, uint64_t position,
                  uint32_t index, const char *reason, int64_t now,
                  const char **step, struct problems *problems)
{
    struct stored_event stored;
    struct owner *owner;
    struct journal *journal = NULL;
    struct history *history = NULL;

    char place[FILES_PATH_MAX];

    *step = "looking for the event in journal/";
    enum status status = STATUS_OK;
    if (!files_join(place, dir, "journal"))
        return STATUS_MALFORMED;
    if (!files_exists(place))
        return STATUS_UNAVAILABLE; // to open it would make an empty one
    if (reason) {
        status = quarantine_find(&stored, dir, map_bytes, position, index);
        if (status == STATUS_OK)
            quarantine_free(&stored);
    }
    if (status == STATUS_OK) {
        *step = "owning the data directory";
        status = owner_take(&owner, dir);
    }
    if (status != STATUS_OK)
        return status;
    *step = "removing what a broken off purge left";
    status = purge_finish(dir);
    if (status == STATUS_OK) {
        *step = "publishing what is held back";
        status = journal_open(&journal, dir, map_bytes, false);
    }
    if (status == STATUS_OK)
        status = history_open(&history);
    if (status == STATUS_OK)
        status =
            change(journal, history, position, index, reason, now, problems);
    history_close(history);
    journal_close(journal);
    owner_release(owner);
    return status;
}
