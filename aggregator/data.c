// SPDX-License-Identifier: Apache-2.0
#include "aggregator/data.h"

#include "aggregator/backup.h"
#include "aggregator/base.h"
#include "aggregator/purge.h"
#include "aggregator/sealing.h"
#include "common/crypto/digest.h"

enum { RECORDS_PER_SNAPSHOT = 1024 };

static const char MOVE_STATE[] =
    "move state/ away or run `dealerpulse rebuild`: it is folded again from "
    "journal/";
// What was purged is folded in two places: state/ and the base.
static const char KEEP_STATE[] =
    "keep state/, it may be the only whole fold of what was purged; journal/ "
    "can only be restored; without the last change of the programme the start "
    "goes on from state/";

static enum status
store_get(void *context, enum state_db db, struct span key, struct span *value)
{
    return snapshot_get(context, db, key, value);
}

static enum status
store_last(void *context, enum state_db db, struct span *key)
{
    return snapshot_last(context, db, key);
}

static enum status
store_renew(void *context)
{
    return snapshot_renew(context);
}

struct store
store_of(struct snapshot *snapshot)
{
    return (struct store){.context = snapshot,
                          .get = store_get,
                          .last = store_last,
                          .renew = store_renew};
}

// replay_some folds up to RECORDS_PER_SNAPSHOT records.
static enum status
replay_some(struct journal *journal, struct ledger *ledger,
            struct keeper *keeper, uint64_t until)
{
    struct journal_reader *reader;
    struct span record;
    uint64_t position;

    enum status status =
        journal_reader_open(&reader, journal, ledger_position(ledger) + 1);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < RECORDS_PER_SNAPSHOT && status == STATUS_OK &&
                    ledger_position(ledger) < until;
         i++) {
        status = keeper_make_room(keeper);
        if (status == STATUS_OK)
            status = journal_reader_next(reader, &position, &record);
        if (status == STATUS_NOT_FOUND)
            status = STATUS_CORRUPT; // the end says there are more
        if (status == STATUS_OK)
            status = ledger_replay(ledger, record);
    }
    journal_reader_close(reader);
    return status;
}

enum status
data_replay(struct journal *journal, struct ledger *ledger,
            struct keeper *keeper, uint64_t until)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && ledger_position(ledger) < until)
        status = replay_some(journal, ledger, keeper, until);
    return status;
}

// open_keys makes a new store's identity; one that has records had it before
// the first of them.
static enum status
open_keys(struct data *data, const struct data_options *options,
          const struct journal_end *end, struct data_report *report)
{
    uint8_t fresh_id[STORE_ID_SIZE];

    report->step = "reading which store this is in keys/";
    random_fill(fresh_id, sizeof fresh_id);
    enum status status =
        end->position == 0
            ? keys_identity(options->dir, fresh_id, &data->identity)
            : keys_read(options->dir, &data->identity);
    if (status == STATUS_NOT_FOUND || status == STATUS_UNAVAILABLE)
        return STATUS_CORRUPT;
    if (status != STATUS_OK)
        return status;
    report->step = "opening keys/comments";
    return comment_keys_open(&data->comment_keys, options->dir,
                             COMMENT_KEYS_APPEND);
}

static enum status
open_stores(struct data *data, const struct data_options *options,
            struct data_report *report)
{
    struct journal_end end;

    report->step = "owning the data directory";
    enum status status = owner_take(&data->owner, options->dir);
    if (status != STATUS_OK)
        return status;
    report->step = "looking for a restore that was broken off";
    report->advice = "empty the directory and restore again";
    if (restore_is_unfinished(options->dir))
        return STATUS_CORRUPT;
    report->step = "removing what a broken off purge left";
    report->advice = "remove purge.partial/";
    status = purge_finish(options->dir);
    if (status != STATUS_OK)
        return status;
    report->step = "reading how far it is backed up";
    report->advice = "remove the file backed-up, or put it right";
    status = backup_mark_read(options->dir, &data->mark);
    if (status != STATUS_OK)
        return status == STATUS_MALFORMED ? STATUS_CORRUPT : status;
    report->advice = "keep the directory as it is; restore the newest backup";
    report->step = "opening journal/";
    status = journal_open(&data->journal, options->dir, options->journal_bytes,
                          false);
    if (status == STATUS_OK)
        status = journal_end_read(data->journal, &end);
    if (status == STATUS_OK)
        status = open_keys(data, options, &end, report);
    if (status != STATUS_OK)
        return status;
    report->step = "looking for what is backed up in journal/";
    report->advice = "journal/ ends before its newest backup: restore that";
    if (end.position < data->mark.position)
        return STATUS_CORRUPT;
    report->step = "opening state/";
    report->advice = MOVE_STATE;
    return state_open(&data->state, options->dir, options->state_bytes, false);
}

static enum status
publish(struct data *data, const struct data_options *options,
        struct data_report *report, struct problems *problems)
{
    report->step = "reading what was published";
    enum status status = history_open(&data->history);
    if (status == STATUS_OK)
        status = publication_recall(data->journal, data->history, problems);
    if (status != STATUS_OK)
        return status;
    report->step = "publishing the configured files";
    report->advice = KEEP_STATE; // they are held against the base
    status = publication_append(
        data->journal, data->history, PUBLICATION_PROGRAMME, options->programme,
        options->now, &report->published_programme, problems);
    if (status == STATUS_OK)
        status = publication_append(
            data->journal, data->history, PUBLICATION_DEALERS, options->dealers,
            options->now, &report->published_dealers, problems);
    return status;
}

static enum status
open_ledger(struct data *data, const struct data_options *options)
{
    struct ledger_options ledger = {
        .limits = ledger_limits(options->checkpoint_events),
        .credit = options->credit,
        .sealer = sealing_of(data->comment_keys),
    };
    random_fill(&ledger.hash_seed, sizeof ledger.hash_seed);
    return ledger_open(&data->ledger, store_of(data->snapshot), data->history,
                       &ledger);
}

static enum status
empty_state(struct data *data)
{
    struct checkpoint *checkpoint;

    enum status status =
        checkpoint_begin(&checkpoint, data->state, CHECKPOINT_PLACED);
    if (status != STATUS_OK)
        return status;
    status = checkpoint_empty(checkpoint);
    if (status != STATUS_OK) {
        checkpoint_abort(checkpoint);
        return status;
    }
    status = checkpoint_commit(checkpoint);
    return status == STATUS_OK ? snapshot_renew(data->snapshot) : status;
}

// start_over makes the state what the journal's whole records are folded onto:
// nothing, or the base a purge left.
static enum status
start_over(struct data *data, const struct data_options *options,
           const struct journal_base *base, struct data_report *report,
           struct problems *problems)
{
    if (base->position == 0)
        return empty_state(data);
    report->step = "starting again from the base in journal/";
    report->advice = KEEP_STATE;
    snapshot_close(data->snapshot);
    state_close(data->state);
    data->snapshot = NULL;
    data->state = NULL;
    enum status status =
        base_seed(options->dir, data->journal, data->history, options->dir,
                  options->state_bytes, problems);
    if (status == STATUS_OK)
        status =
            state_open(&data->state, options->dir, options->state_bytes, false);
    return status == STATUS_OK ? snapshot_open(&data->snapshot, data->state)
                               : status;
}

// take_up opens the ledger on the checkpoint, if it can be gone on from.
static enum status
take_up(struct data *data, const struct data_options *options,
        struct data_report *report, struct problems *problems)
{
    struct journal_base base;

    report->advice = KEEP_STATE;
    enum status status = journal_base_read(data->journal, &base);
    if (status != STATUS_OK)
        return status;
    report->advice = MOVE_STATE;
    status = snapshot_open(&data->snapshot, data->state);
    if (status == STATUS_OK)
        status = open_ledger(data, options);
    report->refolded = status == STATUS_MALFORMED;
    if (status == STATUS_OK && ledger_position(data->ledger) < base.position) {
        // It lacks records that cannot be folded any more.
        ledger_close(data->ledger);
        data->ledger = NULL;
        status = STATUS_MALFORMED;
    }
    if (status != STATUS_MALFORMED)
        return status;
    status = start_over(data, options, &base, report, problems);
    return status == STATUS_OK ? open_ledger(data, options) : status;
}

// recover takes up the checkpoint and folds what the journal has beyond it.
static enum status
recover(struct data *data, const struct data_options *options,
        struct data_report *report, struct problems *problems)
{
    struct journal_end end;
    struct keeper_options keeper = {
        .dirty_events = options->checkpoint_events,
        .idle_ms = options->checkpoint_ms,
    };

    report->step = "taking up the checkpoint";
    enum status status = take_up(data, options, report, problems);
    if (status == STATUS_OK)
        status = keeper_open(&data->keeper, data->ledger, data->state, &keeper);
    if (status == STATUS_OK)
        status = warmup_start(&data->warmup, data->state,
                              ledger_cache(data->ledger));
    if (status == STATUS_OK)
        status = journal_end_read(data->journal, &end);
    if (status != STATUS_OK)
        return status;
    report->step = "folding the journal behind the checkpoint";
    report->advice = "see `dealerpulse verify`; state/ can be folded again "
                     "(`dealerpulse rebuild`), journal/ only be restored";
    if (end.position < ledger_position(data->ledger))
        return STATUS_CORRUPT; // a checkpoint of another journal
    report->replayed = end.position - ledger_position(data->ledger);
    status =
        data_replay(data->journal, data->ledger, data->keeper, end.position);
    if (status != STATUS_OK)
        return status;
    report->step = "comparing the chain's head with the journal's end";
    const struct journal_end *folded = ledger_end(data->ledger);
    return memcmp(folded->head, end.head, CHAIN_SIZE) == 0 &&
                   folded->events == end.events
               ? STATUS_OK
               : STATUS_CORRUPT;
}

enum status
data_open(struct data *data, const struct data_options *options,
          struct data_report *report, struct problems *problems)
{
    *data = (struct data){0};
    *report = (struct data_report){0};

    enum status status = open_stores(data, options, report);
    if (status == STATUS_OK)
        status = publish(data, options, report, problems);
    if (status == STATUS_OK)
        status = recover(data, options, report, problems);
    if (status != STATUS_OK)
        data_close(data);
    return status;
}

void
data_close(struct data *data)
{
    warmup_stop(data->warmup); // first: threads that read the others
    keeper_close(data->keeper);
    ledger_close(data->ledger);
    snapshot_close(data->snapshot);
    history_close(data->history);
    state_close(data->state);
    journal_close(data->journal);
    comment_keys_close(data->comment_keys);
    owner_release(data->owner);
    *data = (struct data){0};
}

enum status
data_append(struct data *data, struct span record,
            const struct journal_end *end)
{
    enum status status = comment_keys_commit(data->comment_keys);
    return status == STATUS_OK
               ? journal_append(data->journal, record, false, end)
               : status;
}
