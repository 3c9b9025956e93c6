// SPDX-License-Identifier: Apache-2.0
#include "aggregator/base.h"

#include <endian.h>

#include "aggregator/ledger.h"
#include "common/config/problem.h"
#include "common/crypto/digest.h"
#include "common/storage/copy.h"
#include "common/storage/files.h"

// Where a state grows before it takes the place of another one.
static const char PARTIAL[] = "seed.partial";

static void
add_sized(struct digest_run *run, struct span bytes)
{
    uint64_t length = htole64(bytes.length);

    digest_add(run, span_of(&length, sizeof length));
    digest_add(run, bytes);
}

static enum status
add_records(struct digest_run *run, struct journal *journal, uint64_t until)
{
    struct journal_reader *reader;
    struct span record;
    uint64_t position = 0;

    enum status status = journal_reader_open(&reader, journal, 1);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && position < until) {
        status = journal_reader_next(reader, &position, &record);
        if (status == STATUS_OK)
            add_sized(run, record);
    }
    journal_reader_close(reader);
    return status == STATUS_NOT_FOUND ? STATUS_CORRUPT : status;
}

static enum status
add_rows(struct digest_run *run, struct snapshot *snapshot, enum state_db db)
{
    struct scan *scan;
    struct span key, value;

    enum status status = scan_open(&scan, snapshot, db, span_of(NULL, 0));
    if (status != STATUS_OK)
        return status;
    add_sized(run, span_text(state_db_name(db)));
    while ((status = scan_next(scan, &key, &value)) == STATUS_OK) {
        add_sized(run, key);
        add_sized(run, value);
    }
    scan_close(scan);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status
base_digest(struct journal *journal, struct state *state, uint64_t position,
            uint8_t out[HASH_SIZE])
{
    struct snapshot *snapshot;
    struct digest_run run;

    enum status status = snapshot_open(&snapshot, state);
    if (status != STATUS_OK)
        return status;
    digest_begin(&run, HASH_SIZE);
    status = add_records(&run, journal, position);
    for (size_t db = 0; db < STATE_DB_COUNT && status == STATUS_OK; db++)
        status = add_rows(&run, snapshot, (enum state_db)db);
    digest_end(&run, out, HASH_SIZE);
    snapshot_close(snapshot);
    return status;
}

// read_note reads where a state stands.
static enum status
read_note(struct state *state, struct checkpoint_note *note)
{
    struct snapshot *snapshot;
    struct span value;

    enum status status = snapshot_open(&snapshot, state);
    if (status != STATUS_OK)
        return status;
    status = snapshot_get(snapshot, STATE_META, checkpoint_note_key(), &value);
    if (status == STATUS_OK)
        status = checkpoint_note_read(value, note);
    snapshot_close(snapshot);
    return status;
}

// check_state holds the state beside the journal against the journal's base.
static enum status
check_state(struct journal *journal, struct state *state,
            const struct journal_base *base)
{
    struct checkpoint_note note;
    uint8_t found[HASH_SIZE];

    enum status status = read_note(state, &note);
    if (status == STATUS_OK)
        status = base_digest(journal, state, base->position, found);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_CORRUPT : status;
    return note.position == base->position && note.events == base->events &&
                   note.horizon == base->horizon &&
                   memcmp(note.head, base->head, HASH_SIZE) == 0 &&
                   memcmp(found, base->digest, HASH_SIZE) == 0
               ? STATUS_OK
               : STATUS_CORRUPT;
}

enum status
base_check(const char *dir, struct journal *journal, size_t map_bytes)
{
    char place[FILES_PATH_MAX];
    struct journal_base base;
    struct state *state;

    enum status status = journal_base_read(journal, &base);
    if (status != STATUS_OK || base.position == 0)
        return status;
    if (!files_join(place, dir, "journal"))
        return STATUS_MALFORMED;
    status = state_open(&state, place, map_bytes, true);
    if (status != STATUS_OK)
        return status == STATUS_UNAVAILABLE ? STATUS_CORRUPT : status;
    status = check_state(journal, state, &base);
    state_close(state);
    return status;
}

enum status
base_allows(const struct journal_base *base, const struct history *history,
            struct problems *problems)
{
    uint8_t rules[HASH_SIZE];

    if (base->position == 0)
        return STATUS_OK;
    if (base->fold != FOLD_VERSION) {
        problem_add(problems, "journal", 0, "base",
                    "purged by a version that folds differently (%llu; this "
                    "one %d): go on with that version; the store is whole",
                    (unsigned long long)base->fold, FOLD_VERSION);
        return STATUS_MALFORMED;
    }
    enum status status =
        history_digest_to(history, base->horizon, base->position, rules);
    if (status != STATUS_OK || memcmp(rules, base->rules, HASH_SIZE) == 0)
        return status;
    problem_add(problems, "journal", 0, "base",
                "the events up to commit %llu were purged and cannot be folded "
                "again, but this changes the rules they were folded under",
                (unsigned long long)base->position);
    return STATUS_MALFORMED;
}

// adopt notes in a copy of the base that it stands under the rules of today:
// what is held back behind the base is part of their digest.
static enum status
adopt(struct state *state, const struct history *history)
{
    struct checkpoint *checkpoint;
    struct checkpoint_note note;
    uint8_t bytes[CHECKPOINT_NOTE_BYTES];

    enum status status = read_note(state, &note);
    if (status == STATUS_OK)
        status = history_digest(history, note.horizon, note.digest);
    if (status == STATUS_OK)
        status = checkpoint_begin(&checkpoint, state, CHECKPOINT_PLACED);
    if (status != STATUS_OK)
        return status;
    checkpoint_note_write(&note, bytes);
    status = checkpoint_put(checkpoint, STATE_META, checkpoint_note_key(),
                            span_of(bytes, sizeof bytes));
    if (status != STATUS_OK) {
        checkpoint_abort(checkpoint);
        return status;
    }
    return checkpoint_commit(checkpoint);
}

// make_copy makes partial/state.
static enum status
make_copy(const char *dir, const char *partial, size_t map_bytes,
          const struct history *history)
{
    char place[FILES_PATH_MAX];
    struct state *state;

    enum status status = files_remove(partial); // of one that was broken off
    if (status != STATUS_OK)
        return status;
    if (!files_join(place, dir, "journal"))
        return STATUS_MALFORMED;
    status = files_make_dir(partial);
    if (status == STATUS_OK)
        status = copy_environment(place, partial, "state", NULL);
    if (status == STATUS_OK)
        status = state_open(&state, partial, map_bytes, false);
    if (status != STATUS_OK)
        return status;
    status = adopt(state, history);
    state_close(state);
    return status;
}

enum status
base_seed(const char *dir, struct journal *journal,
          const struct history *history, const char *to, size_t map_bytes,
          struct problems *problems)
{
    char partial[FILES_PATH_MAX], fresh[FILES_PATH_MAX], place[FILES_PATH_MAX];
    struct journal_base base;

    if (!files_join(partial, to, PARTIAL) ||
        !files_join(fresh, partial, "state") || !files_join(place, to, "state"))
        return STATUS_MALFORMED;
    enum status status = journal_base_read(journal, &base);
    if (status == STATUS_OK)
        status = base_allows(&base, history, problems);
    if (status == STATUS_OK)
        status = base_check(dir, journal, map_bytes);
    if (status == STATUS_OK)
        status = make_copy(dir, partial, map_bytes, history);
    if (status == STATUS_OK)
        status = files_remove(place);
    if (status == STATUS_OK)
        status = files_move(fresh, place);
    enum status removed = files_remove(partial); // whole or not: make room
    return status == STATUS_OK ? removed : status;
}

static enum status
read_base(const char *dir, struct journal_base *base)
{
    struct journal *journal;

    enum status status = journal_open(&journal, dir, 0, true);
    if (status != STATUS_OK)
        return status;
    status = journal_base_read(journal, base);
    journal_close(journal);
    return status;
}

// check_same: a purge between the two copies would have put them together from
// two journals.
static enum status
check_same(const char *from, const char *to)
{
    struct journal_base source, target;

    enum status status = read_base(from, &source);
    if (status == STATUS_OK)
        status = read_base(to, &target);
    if (status != STATUS_OK)
        return status;
    return source.position == target.position &&
                   memcmp(source.digest, target.digest, HASH_SIZE) == 0
               ? STATUS_OK
               : STATUS_AGAIN;
}

enum status
base_copy(const char *from, const char *to, const struct copy_watch *watch)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX], state[FILES_PATH_MAX];

    enum status status = copy_environment(from, to, "journal", watch);
    if (status != STATUS_OK)
        return status;
    if (!files_join(source, from, "journal") ||
        !files_join(target, to, "journal") ||
        !files_join(state, source, "state"))
        return STATUS_MALFORMED;
    if (files_exists(state))
        status = copy_environment(source, target, "state", watch);
    return status == STATUS_OK ? check_same(from, to) : status;
}
