// SPDX-License-Identifier: Apache-2.0
#include "aggregator/ledger.h"

#include <endian.h>
#include <stdlib.h>

#include "common/crypto/digest.h"

struct ledger {
    struct cache *cache;
    struct fold *fold;
    struct intake *intake;
    const struct history *history;
    struct receipt_terms terms;
    uint32_t most_credit;
    struct journal_end end;    // after the last record folded
    struct journal_end sealed; // after the record at hand
    struct span record;        // the record at hand
    int64_t begun_at;          // its committed_at_ms
    // The cache knows a group that is neither on disk nor undone, or folded
    // only in part: no checkpoint may say so.
    bool is_ahead;
};

struct cache_limits
ledger_limits(size_t checkpoint_events)
{
    // While one generation is written the next one fills; what is larger than
    // it must be only costs caches.  Past it the intake waits for the writing.
    size_t events =
        checkpoint_events + checkpoint_events / 4 + 2 * GROUP_EVENTS_MAX;
    return (struct cache_limits){
        .ids = events,
        .entities = 2 * events + 4 * (size_t)GROUP_EVENTS_MAX,
        .tallies = (size_t)1 << 18,
        // Half of it is kept for one group's parcels, of some 50 bytes each.
        .others = (size_t)1 << 18,
        .bytes = (size_t)4 << 30,
        .filter_bytes = (size_t)64 << 20,
    };
}

// The stored note, by field, little endian.
struct note_bytes {
    uint64_t position, events;
    int64_t horizon;
    uint8_t digest[HASH_SIZE], head[HASH_SIZE];
};

static const uint8_t NOTE_KEY[] = "checkpoint";

struct span
checkpoint_note_key(void)
{
    return span_of(NOTE_KEY, sizeof NOTE_KEY - 1);
}

enum status
checkpoint_note_read(struct span value, struct checkpoint_note *note)
{
    struct note_bytes bytes;

    if (value.length != sizeof bytes)
        return STATUS_CORRUPT;
    memcpy(&bytes, value.data, sizeof bytes);
    note->position = le64toh(bytes.position);
    note->events = le64toh(bytes.events);
    note->horizon = (int64_t)le64toh((uint64_t)bytes.horizon);
    memcpy(note->digest, bytes.digest, HASH_SIZE);
    memcpy(note->head, bytes.head, HASH_SIZE);
    return STATUS_OK;
}

void
checkpoint_note_write(const struct checkpoint_note *note,
                      uint8_t out[CHECKPOINT_NOTE_BYTES])
{
    struct note_bytes bytes = {
        .position = htole64(note->position),
        .events = htole64(note->events),
        .horizon = (int64_t)htole64((uint64_t)note->horizon),
    };
    _Static_assert(sizeof bytes == CHECKPOINT_NOTE_BYTES, "no padding");
    memcpy(bytes.digest, note->digest, HASH_SIZE);
    memcpy(bytes.head, note->head, HASH_SIZE);
    memcpy(out, &bytes, sizeof bytes);
}

static enum status
put_note(struct ledger *ledger)
{
    struct checkpoint_note note = {
        .position = ledger->end.position,
        .events = ledger->end.events,
        .horizon = fold_horizon(ledger->fold),
    };
    memcpy(note.head, ledger->end.head, HASH_SIZE);
    enum status status =
        history_digest(ledger->history, note.horizon, note.digest);
    if (status != STATUS_OK)
        return status;
    const struct cache_key key =
        cache_key_of(ledger->cache, checkpoint_note_key());
    void *room =
        cache_put(ledger->cache, STATE_META, &key, CHECKPOINT_NOTE_BYTES);
    if (!room)
        return STATUS_FULL;
    checkpoint_note_write(&note, room);
    return STATUS_OK;
}

// start_from takes up the checkpoint in the store, if it was folded under the
// rules as they stand.
static enum status
start_from(struct ledger *ledger)
{
    struct span value;
    struct checkpoint_note note;
    uint8_t rules[HASH_SIZE];

    const struct cache_key key =
        cache_key_of(ledger->cache, checkpoint_note_key());
    enum status status = cache_get(ledger->cache, STATE_META, &key, &value);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK; // empty: from the journal's start
    if (status == STATUS_OK)
        status = checkpoint_note_read(value, &note);
    if (status == STATUS_OK)
        status = history_digest(ledger->history, note.horizon, rules);
    if (status != STATUS_OK)
        return status;
    if (memcmp(rules, note.digest, HASH_SIZE) != 0)
        return STATUS_MALFORMED;
    ledger->end.position = note.position;
    ledger->end.events = note.events;
    memcpy(ledger->end.head, note.head, HASH_SIZE);
    fold_horizon_set(ledger->fold, note.horizon);
    return STATUS_OK;
}

enum status
ledger_open(struct ledger **out, struct store store,
            const struct history *history, const struct ledger_options *options)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return STATUS_SYSTEM;
    ledger->history = history;
    ledger->terms.credit = ledger->most_credit = options->credit;
    enum status status =
        cache_open(&ledger->cache, store, &options->limits, options->hash_seed);
    if (status == STATUS_OK)
        status = fold_open(&ledger->fold, ledger->cache, history);
    if (status == STATUS_OK)
        status = intake_open(&ledger->intake, ledger->cache, history,
                             &options->sealer);
    if (status == STATUS_OK)
        status = start_from(ledger);
    if (status != STATUS_OK) {
        ledger_close(ledger);
        return status;
    }
    *out = ledger;
    return STATUS_OK;
}

void
ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return;
    intake_close(ledger->intake);
    fold_close(ledger->fold);
    cache_close(ledger->cache);
    free(ledger);
}

// follow works out where the journal stands after a record.
static void
follow(const struct ledger *ledger, struct span record, int64_t now,
       size_t accepted, struct journal_end *end)
{
    end->position = ledger->end.position + 1;
    end->events = ledger->end.events + accepted;
    end->committed_at_ms = now;
    digest(record, end->head, CHAIN_SIZE); // the record names the head before
}

static size_t
count_deliveries(const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    size_t count = 0;

    while (batch_next_parcel(&parcels, &parcel))
        count += parcel.delivery_count;
    return count;
}

// known_of lends the events of the record at hand, as the intake read them.
static struct known_events
known_of(const struct ledger *ledger)
{
    return (struct known_events){.count = intake_accepted(ledger->intake),
                                 .list = intake_events(ledger->intake)};
}

enum status
ledger_replay(struct ledger *ledger, struct span record)
{
    struct commit commit;
    bool all;

    enum status status = commit_read(record, &commit);
    if (status != STATUS_OK)
        return status;
    ledger->is_ahead = true;
    if (commit.position != ledger->end.position + 1 ||
        !span_equal(commit.previous, span_of(ledger->end.head, HASH_SIZE)))
        return STATUS_CORRUPT;
    status = intake_restore(ledger->intake, &commit, &all);
    const struct known_events known = known_of(ledger);
    if (status == STATUS_OK)
        status = fold_commit(ledger->fold, &commit, all ? &known : NULL);
    if (status != STATUS_OK)
        return status;
    follow(ledger, record, commit.committed_at_ms, count_deliveries(&commit),
           &ledger->end);
    ledger->is_ahead = false;
    return STATUS_OK;
}

uint64_t
ledger_position(const struct ledger *ledger)
{
    return ledger->end.position;
}

const struct journal_end *
ledger_end(const struct ledger *ledger)
{
    return &ledger->end;
}

bool
ledger_has_room(const struct ledger *ledger)
{
    return cache_has_room(ledger->cache, GROUP_EVENTS_MAX);
}

void
ledger_backed_up(struct ledger *ledger, uint64_t position)
{
    ledger->terms.backed_up_position = position;
}

void
ledger_grant(struct ledger *ledger, uint32_t credit)
{
    ledger->terms.credit = credit;
}

uint32_t
ledger_credit(const struct ledger *ledger, size_t collectors)
{
    const uint32_t steps[] = {ledger->most_credit, LINK_BATCH_EVENTS_MAX};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (cache_has_room(ledger->cache,
                           GROUP_EVENTS_MAX + collectors * steps[i]))
            return steps[i];
    // However many they are, and some may be gone without a word: an empty
    // cache must not wait for ever.
    if (collectors > 0 && cache_has_room(ledger->cache, GROUP_EVENTS_MAX))
        return (uint32_t)(LINK_BATCH_EVENTS_MAX / collectors) + 1;
    return 0;
}

void
ledger_vet(struct ledger *ledger, const struct vetter *vetter)
{
    intake_vet(ledger->intake, vetter);
}

void
ledger_begin(struct ledger *ledger, int64_t now)
{
    ledger->begun_at = now;
    intake_begin(ledger->intake, ledger->end.position + 1, ledger->end.head,
                 now);
}

bool
ledger_fits(const struct ledger *ledger, size_t bytes)
{
    return intake_fits(ledger->intake, bytes);
}

enum status
ledger_batch(struct ledger *ledger, const struct batch *batch, int64_t now)
{
    ledger->terms.now = now;
    ledger->is_ahead = true;
    return intake_batch(ledger->intake, batch, &ledger->terms);
}

enum status
ledger_put_off(struct ledger *ledger, const struct batch *batch, enum code code,
               int64_t now)
{
    ledger->terms.now = now;
    return intake_put_off(ledger->intake, batch, code, &ledger->terms);
}

struct span
ledger_seal(struct ledger *ledger, struct journal_end *end)
{
    ledger->record = intake_seal(ledger->intake);
    if (ledger->record.length) {
        follow(ledger, ledger->record, ledger->begun_at,
               intake_accepted(ledger->intake), &ledger->sealed);
        *end = ledger->sealed;
    } else {
        ledger->is_ahead = false; // nothing of it is new
    }
    return ledger->record;
}

enum status
ledger_committed(struct ledger *ledger)
{
    struct commit commit;
    const struct known_events known = known_of(ledger);

    enum status status = commit_read(ledger->record, &commit);
    if (status == STATUS_OK)
        status = fold_commit(ledger->fold, &commit, &known);
    if (status != STATUS_OK)
        return status;
    ledger->end = ledger->sealed;
    ledger->is_ahead = false;
    return STATUS_OK;
}

void
ledger_refused(struct ledger *ledger, enum code code, int64_t now)
{
    ledger->terms.now = now;
    intake_undo(ledger->intake, code, &ledger->terms);
    ledger->is_ahead = false;
}

size_t
ledger_receipts(const struct ledger *ledger)
{
    return intake_batches(ledger->intake);
}

struct span
ledger_receipt(const struct ledger *ledger, size_t i)
{
    return intake_receipt(ledger->intake, i);
}

enum status
ledger_freeze(struct ledger *ledger)
{
    if (cache_is_frozen(ledger->cache))
        return STATUS_AGAIN;
    if (ledger->is_ahead)
        return STATUS_BUSY;
    enum status status = put_note(ledger);
    if (status == STATUS_OK)
        cache_freeze(ledger->cache);
    return status;
}

enum status
ledger_flushed(struct ledger *ledger)
{
    return cache_flushed(ledger->cache);
}

struct cache *
ledger_cache(struct ledger *ledger)
{
    return ledger->cache;
}
