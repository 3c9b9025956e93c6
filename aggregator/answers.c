// SPDX-License-Identifier: Apache-2.0
#include "aggregator/answers.h"

#include <endian.h>
#include <stdlib.h>

#include "aggregator/alerts.h"
#include "aggregator/answers_parts.h"
#include "aggregator/ledger.h"
#include "common/runtime/clock.h"
#include "common/storage/mark.h"

enum {
    FIRST_ROOM = 64 << 10,
    ROW_MARGIN = 4096, // an answer row is never larger than its stored bytes
                       // times four and this
    COUNTERS_MAX = 1 << 16,
    QUARANTINE_MAX = 10000,
    MONTHS_MAX = 4096,
};

bool
answers_reserve(struct writer *writer, size_t more)
{
    size_t capacity = writer->capacity;

    while (capacity - writer->used < more) {
        if (capacity >= ANSWER_FRAME_MAX)
            return false;
        capacity *= 2;
    }
    if (capacity == writer->capacity)
        return true;
    uint8_t *larger = realloc(writer->data, capacity);
    if (!larger)
        return false;
    writer->data = larger;
    writer->capacity = capacity;
    return true;
}

static enum status
read_note(struct snapshot *snapshot, struct checkpoint_note *note)
{
    struct span value;

    enum status status =
        snapshot_get(snapshot, STATE_META, checkpoint_note_key(), &value);
    if (status == STATUS_NOT_FOUND) {
        *note = (struct checkpoint_note){0};
        return STATUS_OK;
    }
    return status == STATUS_OK ? checkpoint_note_read(value, note) : status;
}

enum status
answers_position(const struct answers *answers, uint64_t *position)
{
    struct snapshot *snapshot;
    struct checkpoint_note note;

    enum status status = snapshot_open(&snapshot, answers->state);
    if (status != STATUS_OK)
        return status;
    status = read_note(snapshot, &note);
    snapshot_close(snapshot);
    if (status == STATUS_OK)
        *position = note.position;
    return status;
}

// list_months finds the months with tallies by jumping from one to the next.
static enum status
list_months(struct snapshot *snapshot, uint32_t *months, size_t *count)
{
    struct tally_key from = {0};
    uint8_t room[TALLY_KEY_SIZE];
    struct span key, value;
    struct scan *scan;

    for (*count = 0; *count < MONTHS_MAX;) {
        tally_key_write(&from, room);
        enum status status =
            scan_open(&scan, snapshot, STATE_TALLY, span_of(room, sizeof room));
        if (status != STATUS_OK)
            return status;
        status = scan_next(scan, &key, &value);
        if (status == STATUS_OK && key.length == TALLY_KEY_SIZE)
            tally_key_read(&from, key.data);
        scan_close(scan);
        if (status == STATUS_NOT_FOUND)
            return STATUS_OK;
        if (status != STATUS_OK)
            return status;
        if (from.month != MONTH_NONE)
            months[(*count)++] = from.month;
        from = (struct tally_key){.month = from.month + 1};
    }
    return STATUS_OK;
}

// unfolded_ms is how long ago the first commit was made that the checkpoint at
// `position` lacks; 0 when it has all.
static uint64_t
unfolded_ms(const struct answers *answers, uint64_t position)
{
    struct journal_reader *reader;
    struct span record;
    struct commit commit;
    int64_t age = 0;

    if (journal_reader_open(&reader, answers->journal, position + 1) !=
        STATUS_OK)
        return 0;
    if (journal_reader_next(reader, &position, &record) == STATUS_OK &&
        commit_read(record, &commit) == STATUS_OK)
        age = clock_wall_ms() - commit.committed_at_ms;
    journal_reader_close(reader);
    return age > 0 ? (uint64_t)age : 0;
}

static enum status
answer_the_status(const struct answers *answers, struct snapshot *snapshot,
                  uint64_t position, struct writer *writer)
{
    struct journal_end end;
    struct backup_mark mark;
    uint32_t *months = malloc(MONTHS_MAX * sizeof *months);
    size_t count = 0;

    enum status status = months ? STATUS_OK : STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = journal_end_read(answers->journal, &end);
    if (backup_mark_read(answers->dir, &mark) != STATUS_OK)
        mark.position = 0; // the log says so
    if (status == STATUS_OK)
        status = list_months(snapshot, months, &count);
    if (status == STATUS_OK && !answers_reserve(writer, ROW_MARGIN + count * 5))
        status = STATUS_FULL;
    if (status == STATUS_OK) {
        const struct store_status report = {
            .store = span_of(answers->identity.id, STORE_ID_SIZE),
            .incarnation = answers->identity.incarnation,
            .journal_position = end.position,
            .head = span_of(end.head, CHAIN_SIZE),
            .events = end.events,
            .last_commit_at_ms = end.committed_at_ms,
            .programme_hash =
                history_newest(answers->history, PUBLICATION_PROGRAMME)->hash,
            .dealers_hash =
                history_newest(answers->history, PUBLICATION_DEALERS)->hash,
            .fold_version = FOLD_VERSION,
            .backed_up_position = mark.position,
            .unfolded_ms = unfolded_ms(answers, position),
            .intake_held = atomic_load(&answers->health->intake_held),
            .reader_pid = atomic_load(&answers->health->reader_pid),
            .reader_ms = (uint64_t)atomic_load(&answers->health->reader_ms),
        };
        answer_status(writer, &report, months, count);
    }
    free(months);
    return status;
}

static enum status
answer_the_publication(const struct answers *answers, const struct query *query,
                       struct writer *writer)
{
    const struct publication *found =
        query->hash.length ? history_find(answers->history, query->hash)
                           : history_newest(answers->history, query->kind);

    if (!found || found->kind == PUBLICATION_NONE) {
        answer_error(writer, CODE_BAD_FIELD, "there is no such publication");
        return STATUS_OK;
    }
    if (!answers_reserve(writer, found->content.length + (size_t)ROW_MARGIN))
        return STATUS_FULL;
    answer_publication(writer, found);
    return STATUS_OK;
}

static enum status
answer_one_tally(const struct answers *answers, const struct tally_key *key,
                 struct span value, struct tally *tally, struct writer *writer)
{
    uint32_t count;

    enum status status = tally_count(value, &count);
    if (status == STATUS_OK && count > tally->capacity)
        status = STATUS_CORRUPT;
    if (status == STATUS_OK)
        status = tally_decode(tally, value);
    if (status != STATUS_OK)
        return status;
    if (!answers_reserve(writer, 16 * (size_t)count + ROW_MARGIN))
        return STATUS_FULL;
    answer_tally(writer, key->month,
                 roster_id(history_roster(answers->history), key->dealer),
                 key->slice, tally->counters, tally->values, tally->used);
    return STATUS_OK;
}

static enum status
scan_tallies(const struct answers *answers, struct snapshot *snapshot,
             const struct query *query, struct tally *tally,
             struct writer *writer)
{
    struct tally_key from = {.month = query->first_month}, at;
    uint8_t room[TALLY_KEY_SIZE];
    struct span key, value;
    struct scan *scan;

    tally_key_write(&from, room);
    enum status status =
        scan_open(&scan, snapshot, STATE_TALLY, span_of(room, sizeof room));
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK &&
           (status = scan_next(scan, &key, &value)) == STATUS_OK) {
        if (key.length != TALLY_KEY_SIZE) {
            status = STATUS_CORRUPT;
            break;
        }
        tally_key_read(&at, key.data);
        if (at.month > query->last_month)
            break;
        status = answer_one_tally(answers, &at, value, tally, writer);
    }
    scan_close(scan);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
answer_the_tallies(const struct answers *answers, struct snapshot *snapshot,
                   const struct query *query, struct writer *writer)
{
    struct tally tally;
    void *room = malloc(tally_bytes(COUNTERS_MAX));

    if (!room)
        return STATUS_SYSTEM;
    tally_init(&tally, COUNTERS_MAX, room);
    enum status status = scan_tallies(answers, snapshot, query, &tally, writer);
    free(room);
    return status;
}

static enum status
answer_the_quarantine(struct snapshot *snapshot, const struct query *query,
                      struct writer *writer)
{
    struct span key, value;
    struct scan *scan;
    uint32_t left = query->limit ? query->limit : 100;

    if (left > QUARANTINE_MAX)
        left = QUARANTINE_MAX;
    enum status status =
        scan_open(&scan, snapshot, STATE_QUARANTINE, span_of(NULL, 0));
    if (status != STATUS_OK)
        return status;
    for (; left > 0 && (status = scan_next(scan, &key, &value)) == STATUS_OK;
         left--) {
        uint64_t position;
        uint32_t index;
        if (key.length != sizeof position + sizeof index || value.length < 1 ||
            !answers_reserve(writer, value.length + (size_t)ROW_MARGIN)) {
            status = STATUS_CORRUPT;
            break;
        }
        memcpy(&position, key.data, sizeof position);
        memcpy(&index, key.data + sizeof position, sizeof index);
        const struct quarantine_row row = {
            .position = be64toh(position),
            .index = be32toh(index),
            .reason = value.data[0],
            .text = span_of(value.data + 1, value.length - 1u)};
        answer_quarantine(writer, &row);
    }
    scan_close(scan);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
answer_question(const struct answers *answers, struct snapshot *snapshot,
                const struct query *query, uint64_t position,
                struct writer *writer)
{
    switch (query->question) {
    case QUESTION_STATUS:
        return answer_the_status(answers, snapshot, position, writer);
    case QUESTION_PUBLICATION:
        return answer_the_publication(answers, query, writer);
    case QUESTION_TALLIES:
        return answer_the_tallies(answers, snapshot, query, writer);
    case QUESTION_QUARANTINE:
        return answer_the_quarantine(snapshot, query, writer);
    case QUESTION_ALERTS:
        return alerts_answer(answers, snapshot, query, position, writer);
    }
    answer_error(writer, CODE_UNKNOWN_TYPE, "this question is not known here");
    return STATUS_OK;
}

enum status
answers_make(const struct answers *answers, const struct query *query,
             void **bytes, size_t *length)
{
    struct snapshot *snapshot;
    struct checkpoint_note note;
    void *room = malloc(FIRST_ROOM);

    if (!room)
        return STATUS_SYSTEM;
    struct writer writer = writer_on(room, FIRST_ROOM);
    enum status status = snapshot_open(&snapshot, answers->state);
    if (status == STATUS_OK) {
        status = read_note(snapshot, &note);
        answer_begin(&writer, query->number, note.position);
        if (status == STATUS_OK)
            status = answer_question(answers, snapshot, query, note.position,
                                     &writer);
        snapshot_close(snapshot);
    }
    *length = status == STATUS_OK ? answer_end(&writer) : 0;
    if (*length == 0) {
        free(writer.data);
        return status == STATUS_OK ? STATUS_FULL : status;
    }
    *bytes = writer.data;
    return STATUS_OK;
}
