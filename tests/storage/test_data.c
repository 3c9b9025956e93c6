// SPDX-License-Identifier: Apache-2.0
//
// The ledger over a real data directory: what is committed is counted once,
// whatever happens between the commit and the checkpoint.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aggregator/data.h"
#include "aggregator/verify.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/wire/event_code.h"
#include "tests/support/temp_dir.h"

enum { MAP = 64 << 20, ROOM = 1 << 16, CHECKPOINT_EVENTS = 50 };

static const int64_t NOW = 1790000000000; // in September 2026

struct fixture {
    char dir[TEMP_DIR_MAX], scratch[TEMP_DIR_MAX];
    char *programme, *dealers;
    size_t programme_length, dealers_length;
    struct problems problems;
    struct data data;
    struct data_report report;
    uint8_t bytes[ROOM]; // of the batch at hand
};

static int
read_files(struct fixture *fixture)
{
    if (file_take(SAMPLES_DIR "/ecsi/programme.yaml", ROOM, &fixture->programme,
                  &fixture->programme_length, &fixture->problems) != STATUS_OK)
        return -1;
    return file_take(SAMPLES_DIR "/ecsi/dealers.csv", ROOM, &fixture->dealers,
                     &fixture->dealers_length, &fixture->problems) == STATUS_OK
               ? 0
               : -1;
}

static enum status
open_data(struct fixture *fixture)
{
    const struct data_options options = {
        .dir = fixture->dir,
        .journal_bytes = MAP,
        .state_bytes = MAP,
        .checkpoint_events = CHECKPOINT_EVENTS,
        .checkpoint_ms = 1000,
        .credit = 1000,
        .programme = span_of(fixture->programme, fixture->programme_length),
        .dealers = span_of(fixture->dealers, fixture->dealers_length),
        .now = NOW,
    };
    return data_open(&fixture->data, &options, &fixture->report,
                     &fixture->problems);
}

static int
set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    if (!fixture || crypto_start() != STATUS_OK || read_files(fixture) ||
        temp_dir_make(fixture->dir) || temp_dir_make(fixture->scratch))
        return -1;
    return open_data(fixture) == STATUS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;

    data_close(&fixture->data);
    int failed =
        temp_dir_remove(fixture->dir) | temp_dir_remove(fixture->scratch);
    free(fixture->programme);
    free(fixture->dealers);
    free(fixture);
    return failed;
}

// response is a complete survey of dealer D0 whose answers all are `value`.
static struct event
response(uint8_t id, uint8_t value)
{
    struct event event = {
        .id.bytes = {1, id},
        .dealer_id = span_text("D0"),
        .occurred_at = NOW - 1000000 + id,
        .type = EVENT_SURVEY_RESPONSE,
        .survey = {.questionnaire = span_text("ecsi"),
                   .version = 1,
                   .answer_count = 24},
    };
    for (uint16_t i = 0; i < 24; i++)
        event.survey.answers[i] =
            (struct answer){.item = (uint16_t)(i + 1), .value = value};
    return event;
}

static void
add(struct writer *writer, uint64_t seq, const struct event *event)
{
    uint8_t body[EVENT_BODY_MAX];
    size_t length = event_write(event, body, sizeof body);

    assert_true(length > 0);
    parcel_delivery(writer, seq, NOW, span_of(body, length));
}

static struct writer
begin_batch(struct fixture *fixture)
{
    struct writer writer = writer_on(fixture->bytes, sizeof fixture->bytes);

    batch_begin(&writer, 7, 1);
    parcel_begin(&writer, span_text("terminal-1"), 99, NOW);
    return writer;
}

// take brings the batch to the ledger as one group.
static void
take(struct fixture *fixture, struct writer *writer)
{
    struct envelope envelope;

    parcel_received(writer, span_text("collector-1"), NOW);
    parcel_end(writer);
    size_t length = batch_end(writer);
    assert_true(length > 0);
    assert_int_equal(
        envelope_read(span_of(fixture->bytes, length), 1000, &envelope),
        CODE_NONE);
    ledger_begin(fixture->data.ledger, NOW);
    assert_int_equal(ledger_batch(fixture->data.ledger, &envelope.batch, NOW),
                     STATUS_OK);
}

// commit stores and folds the group; true when there was something to store.
static bool
commit(struct fixture *fixture)
{
    struct journal_end end;
    struct span record = ledger_seal(fixture->data.ledger, &end);

    if (record.length == 0)
        return false;
    assert_int_equal(journal_append(fixture->data.journal, record, false, &end),
                     STATUS_OK);
    assert_int_equal(ledger_committed(fixture->data.ledger), STATUS_OK);
    return true;
}

// outcome_at reads what the receipt says of an event.
static struct receipt_outcome
outcome_at(struct fixture *fixture, uint32_t index)
{
    struct envelope envelope;
    struct receipt_outcome outcome;

    assert_int_equal(ledger_receipts(fixture->data.ledger), 1);
    assert_int_equal(
        envelope_read(ledger_receipt(fixture->data.ledger, 0), 0, &envelope),
        CODE_NONE);
    assert_int_equal(envelope.kind, ENVELOPE_RECEIPT);
    assert_int_equal(envelope.receipt.session, 7);
    while (receipt_next_outcome(&envelope.receipt.outcomes, &outcome))
        if (outcome.index == index)
            return outcome;
    return (struct receipt_outcome){.kind = OUTCOME_ACCEPTED};
}

// responses reads how many responses of D0 the checkpoint counts.
static int64_t
responses(struct fixture *fixture)
{
    struct snapshot *snapshot;
    struct scan *scan;
    struct span key, value;
    int64_t sum = 0;
    uint32_t count;

    assert_int_equal(keeper_settle(fixture->data.keeper), STATUS_OK);
    assert_int_equal(snapshot_open(&snapshot, fixture->data.state), STATUS_OK);
    assert_int_equal(scan_open(&scan, snapshot, STATE_TALLY, span_of(NULL, 0)),
                     STATUS_OK);
    while (scan_next(scan, &key, &value) == STATUS_OK) {
        struct tally tally;
        assert_int_equal(tally_count(value, &count), STATUS_OK);
        void *room = malloc(tally_bytes(count));
        tally_init(&tally, count, room);
        assert_int_equal(tally_decode(&tally, value), STATUS_OK);
        sum += tally_get(&tally, counter(COUNTER_COUNT, COUNT_RESPONSES, 0));
        free(room);
    }
    scan_close(scan);
    snapshot_close(snapshot);
    return sum;
}

static void
verify(struct fixture *fixture, enum status expected)
{
    struct verify_report report;
    const struct verify_options options = {
        .dir = fixture->dir, .scratch = fixture->scratch, .map_bytes = MAP};

    // A process opens an environment once: the owner's is closed meanwhile.
    data_close(&fixture->data);
    assert_int_equal(verify_run(&options, &report, &fixture->problems),
                     expected);
}

static void
send_three(struct fixture *fixture)
{
    struct event one = response(1, 5), two = response(2, 6),
                 three = response(3, 7);
    struct writer writer = begin_batch(fixture);

    add(&writer, 1, &one);
    add(&writer, 2, &two);
    add(&writer, 3, &three);
    take(fixture, &writer);
}

static void
committed_events_are_counted_and_a_repeat_is_a_duplicate(void **state)
{
    struct fixture *fixture = *state;

    send_three(fixture);
    assert_true(commit(fixture));
    assert_int_equal(outcome_at(fixture, 1).kind, OUTCOME_ACCEPTED);
    send_three(fixture);
    assert_false(commit(fixture)); // nothing new, nothing stored
    assert_int_equal(outcome_at(fixture, 0).kind, OUTCOME_DUPLICATE);
    assert_int_equal(outcome_at(fixture, 2).kind, OUTCOME_DUPLICATE);
    assert_int_equal(responses(fixture), 3);
    verify(fixture, STATUS_OK);
}

static void
a_repeat_under_a_new_number_is_no_gap(void **state)
{
    struct fixture *fixture = *state;
    struct event one = response(1, 5);

    send_three(fixture);
    assert_true(commit(fixture));
    struct writer writer = begin_batch(fixture);
    add(&writer, 4, &one);
    take(fixture, &writer);
    assert_true(commit(fixture)); // number 4 is settled in the journal
    assert_int_equal(outcome_at(fixture, 0).kind, OUTCOME_DUPLICATE);
    assert_int_equal(responses(fixture), 3);
    verify(fixture, STATUS_OK);
}

static void
a_repeat_within_one_group_counts_once(void **state)
{
    struct fixture *fixture = *state;
    struct event one = response(1, 5);
    struct writer writer = begin_batch(fixture);

    add(&writer, 1, &one);
    add(&writer, 2, &one);
    take(fixture, &writer);
    assert_true(commit(fixture));
    assert_int_equal(outcome_at(fixture, 0).kind, OUTCOME_ACCEPTED);
    assert_int_equal(outcome_at(fixture, 1).kind, OUTCOME_DUPLICATE);
    assert_int_equal(responses(fixture), 1);
}

static void
the_same_id_with_other_content_is_a_conflict_and_kept(void **state)
{
    struct fixture *fixture = *state;
    struct event liar = response(1, 10);

    send_three(fixture);
    assert_true(commit(fixture));
    struct writer writer = begin_batch(fixture);
    add(&writer, 4, &liar);
    take(fixture, &writer);
    assert_true(commit(fixture));
    assert_int_equal(outcome_at(fixture, 0).kind, OUTCOME_REJECTED);
    assert_int_equal(outcome_at(fixture, 0).code, CODE_ID_CONFLICT);

    struct journal_reader *reader;
    struct span record;
    struct commit stored;
    struct conflict conflict;
    uint64_t position;
    assert_int_equal(journal_reader_open(&reader, fixture->data.journal,
                                         ledger_position(fixture->data.ledger)),
                     STATUS_OK);
    assert_int_equal(journal_reader_next(reader, &position, &record),
                     STATUS_OK);
    assert_int_equal(commit_read(record, &stored), STATUS_OK);
    assert_true(commit_next_conflict(&stored.conflicts, &conflict));
    assert_int_equal(conflict.delivery.seq, 4);
    journal_reader_close(reader);
    assert_int_equal(responses(fixture), 3);
    verify(fixture, STATUS_OK);
}

static void
two_dealers_may_use_the_same_id(void **state)
{
    struct fixture *fixture = *state;
    struct event mine = response(1, 5), theirs = response(1, 5);
    struct writer writer = begin_batch(fixture);

    theirs.dealer_id = span_text("D1");
    add(&writer, 1, &mine);
    add(&writer, 2, &theirs);
    take(fixture, &writer);
    assert_true(commit(fixture));
    assert_int_equal(outcome_at(fixture, 1).kind, OUTCOME_ACCEPTED);
    assert_int_equal(responses(fixture), 2);
}

static void
an_unknown_dealer_is_to_be_tried_again(void **state)
{
    struct fixture *fixture = *state;
    struct event stranger = response(1, 5);
    struct writer writer = begin_batch(fixture);

    stranger.dealer_id = span_text("nobody");
    add(&writer, 1, &stranger);
    take(fixture, &writer);
    assert_false(commit(fixture));
    assert_int_equal(outcome_at(fixture, 0).kind, OUTCOME_RETRY);
    assert_int_equal(outcome_at(fixture, 0).code, CODE_UNKNOWN_DEALER);
}

static void
what_no_room_was_found_for_is_accepted_later(void **state)
{
    struct fixture *fixture = *state;
    struct journal_end end;

    send_three(fixture);
    assert_true(ledger_seal(fixture->data.ledger, &end).length > 0);
    ledger_refused(fixture->data.ledger, CODE_STORE_FULL, NOW);
    assert_int_equal(outcome_at(fixture, 1).kind, OUTCOME_RETRY);
    assert_int_equal(outcome_at(fixture, 1).code, CODE_STORE_FULL);
    send_three(fixture);
    assert_true(commit(fixture));
    assert_int_equal(outcome_at(fixture, 1).kind, OUTCOME_ACCEPTED);
    assert_int_equal(responses(fixture), 3);
    verify(fixture, STATUS_OK);
}

static void
the_tail_behind_the_checkpoint_is_folded_after_a_crash(void **state)
{
    struct fixture *fixture = *state;
    struct event four = response(4, 8);

    send_three(fixture);
    assert_true(commit(fixture));
    assert_int_equal(responses(fixture), 3); // settles a checkpoint
    struct writer writer = begin_batch(fixture);
    add(&writer, 4, &four);
    take(fixture, &writer);
    assert_true(commit(fixture));
    data_close(&fixture->data); // without a checkpoint, as a kill would
    assert_int_equal(open_data(fixture), STATUS_OK);
    assert_int_equal(fixture->report.replayed, 1);
    assert_int_equal(responses(fixture), 4);
    send_three(fixture);
    assert_false(commit(fixture));
    assert_int_equal(outcome_at(fixture, 2).kind, OUTCOME_DUPLICATE);
    verify(fixture, STATUS_OK);
}

static void
a_void_takes_back_every_trace(void **state)
{
    struct fixture *fixture = *state;
    struct event take_back = {
        .id.bytes = {2, 1},
        .dealer_id = span_text("D0"),
        .occurred_at = NOW,
        .type = EVENT_VOID,
        .control = {.target.bytes = {1, 2},
                    .target_type = EVENT_SURVEY_RESPONSE,
                    .target_occurred_at = NOW - 1000000 + 2},
    };

    send_three(fixture);
    assert_true(commit(fixture));
    struct writer writer = begin_batch(fixture);
    add(&writer, 4, &take_back);
    take(fixture, &writer);
    assert_true(commit(fixture));
    assert_int_equal(responses(fixture), 2);
    verify(fixture, STATUS_OK);
}

// The rules of the fold change (another valid_from): all is folded again.
static void
other_rules_of_the_fold_fold_everything_again(void **state)
{
    struct fixture *fixture = *state;

    send_three(fixture);
    assert_true(commit(fixture));
    assert_int_equal(responses(fixture), 3);
    data_close(&fixture->data);
    char *date = strstr(fixture->programme, "2000-01-01");
    assert_non_null(date);
    memcpy(date, "2000-01-02", 10);
    assert_int_equal(open_data(fixture), STATUS_OK);
    assert_true(fixture->report.published_programme);
    assert_true(fixture->report.refolded);
    assert_int_equal(responses(fixture), 3);
    verify(fixture, STATUS_OK);
}

static void
the_same_files_are_not_published_twice(void **state)
{
    struct fixture *fixture = *state;

    assert_true(fixture->report.published_programme);
    assert_true(fixture->report.published_dealers);
    data_close(&fixture->data);
    assert_int_equal(open_data(fixture), STATUS_OK);
    assert_false(fixture->report.published_programme);
    assert_false(fixture->report.published_dealers);
}

// The negative control: a figure changed behind the journal's back.
static void
a_figure_changed_by_hand_does_not_verify(void **state)
{
    struct fixture *fixture = *state;
    struct checkpoint *checkpoint;
    uint8_t key[TALLY_KEY_SIZE];
    const struct tally_key forged = {.month = 24320, .dealer = 1};

    send_three(fixture);
    assert_true(commit(fixture));
    assert_int_equal(keeper_settle(fixture->data.keeper), STATUS_OK);
    tally_key_write(&forged, key);
    assert_int_equal(
        checkpoint_begin(&checkpoint, fixture->data.state, CHECKPOINT_PLACED),
        STATUS_OK);
    assert_int_equal(checkpoint_put(checkpoint, STATE_TALLY,
                                    span_of(key, sizeof key),
                                    span_of("\1\2", 2)),
                     STATUS_OK);
    assert_int_equal(checkpoint_commit(checkpoint), STATUS_OK);
    verify(fixture, STATUS_CORRUPT);
}

#define IN_A_FRESH_STORE(test)                                                 \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FRESH_STORE(
            committed_events_are_counted_and_a_repeat_is_a_duplicate),
        IN_A_FRESH_STORE(a_repeat_under_a_new_number_is_no_gap),
        IN_A_FRESH_STORE(a_repeat_within_one_group_counts_once),
        IN_A_FRESH_STORE(the_same_id_with_other_content_is_a_conflict_and_kept),
        IN_A_FRESH_STORE(two_dealers_may_use_the_same_id),
        IN_A_FRESH_STORE(an_unknown_dealer_is_to_be_tried_again),
        IN_A_FRESH_STORE(what_no_room_was_found_for_is_accepted_later),
        IN_A_FRESH_STORE(
            the_tail_behind_the_checkpoint_is_folded_after_a_crash),
        IN_A_FRESH_STORE(a_void_takes_back_every_trace),
        IN_A_FRESH_STORE(other_rules_of_the_fold_fold_everything_again),
        IN_A_FRESH_STORE(the_same_files_are_not_published_twice),
        IN_A_FRESH_STORE(a_figure_changed_by_hand_does_not_verify),
    };
    return cmocka_run_group_tests_name("data", tests, NULL, NULL);
}
