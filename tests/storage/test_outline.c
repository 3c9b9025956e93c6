// SPDX-License-Identifier: Apache-2.0
//
// What a purge leaves of a record, and the journal it writes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aggregator/outline.h"
#include "common/crypto/digest.h"
#include "common/storage/journal.h"
#include "common/wire/commit.h"
#include "common/wire/event_code.h"
#include "tests/support/temp_dir.h"

enum { MAP = 16 << 20, ROOM = 1 << 14, RECORDS = 2500, OLD = 1300 };

static const int64_t NOW = 1790000000000;
static const uint8_t HEAD[HASH_SIZE] = {1, 2, 3};

static struct event
response(uint8_t id)
{
    struct event event = {
        .id.bytes = {1, id},
        .dealer_id = span_text("D0"),
        .occurred_at = NOW - 1000 * id,
        .type = EVENT_SURVEY_RESPONSE,
        .visit = span_text("V1"),
        .customer = span_text("12345678"),
        .survey = {.questionnaire = span_text("ecsi"),
                   .version = 1,
                   .answer_count = 2,
                   .answers = {{1, 7}, {2, 8}}},
    };
    return event;
}

static struct event
voiding(uint8_t id, uint8_t target)
{
    struct event event = {
        .id.bytes = {1, id},
        .dealer_id = span_text("D0"),
        .occurred_at = NOW,
        .type = EVENT_VOID,
        .visit = span_text("V1"),
        .control = {.target.bytes = {1, target},
                    .target_type = EVENT_SURVEY_RESPONSE,
                    .target_occurred_at = NOW - 1000 * target},
    };
    return event;
}

static void
put(struct writer *writer, uint64_t seq, const struct event *event,
    struct span sealed)
{
    uint8_t body[EVENT_BODY_MAX];
    size_t length = event_write(event, body, sizeof body);
    const struct delivery delivery = {.seq = seq,
                                      .recorded_at_ms = NOW + 1,
                                      .body = span_of(body, length),
                                      .signature = span_text("signature"),
                                      .sealed = sealed};

    assert_true(length > 0);
    parcel_delivery_full(writer, &delivery);
}

// record_of writes a commit of a response, its VOID, something unreadable and
// two settled numbers.
static struct span
record_of(uint64_t position, uint8_t *room)
{
    struct writer writer = writer_on(room, ROOM);
    const struct event one = response(1), two = voiding(2, 1);
    const struct settled settled = {4, 5, CODE_ALREADY_STORED, {9}};

    commit_begin(&writer, position, HEAD, NOW + (int64_t)position);
    parcel_begin(&writer, span_text("shop"), 99, NOW);
    put(&writer, 1, &one, span_text("a sealed comment"));
    put(&writer, 2, &two, span_of(NULL, 0));
    parcel_delivery(&writer, 3, NOW, span_text("unreadable"));
    parcel_settled(&writer, &settled);
    parcel_received(&writer, span_text("collector"), NOW + 2);
    parcel_told(&writer, 17);
    parcel_end(&writer);
    size_t length = commit_end(&writer);
    assert_true(length > 0);
    return span_of(room, length);
}

static void
demand_named(struct span body, uint8_t id, enum event_type type)
{
    struct event event;

    assert_true(event_outline_read(body, &event));
    assert_int_equal(event.id.bytes[1], id);
    assert_true(span_equal(event.dealer_id, span_text("D0")));
    assert_int_equal(event.type, type);
}

static void
an_outline_keeps_who_when_and_which_and_drops_what(void **state)
{
    struct outliner outliner = {0};
    struct span outline;
    struct commit commit;
    struct parcel parcel;
    struct delivery delivery;
    struct settled settled;
    struct event event;
    uint8_t room[ROOM];
    struct span record = record_of(7, room);

    (void)state;
    assert_int_equal(outline_record(&outliner, record, &outline), STATUS_OK);
    assert_true(outline.length < record.length);
    assert_null(memmem(outline.data, outline.length, "ecsi", 4));
    assert_null(memmem(outline.data, outline.length, "12345678", 8));
    assert_null(memmem(outline.data, outline.length, "sealed", 6));
    assert_null(memmem(outline.data, outline.length, "signature", 9));
    assert_int_equal(commit_read(outline, &commit), STATUS_OK);
    assert_int_equal(commit.position, 7);
    assert_int_equal(commit.committed_at_ms, NOW + 7);
    assert_memory_equal(commit.previous.data, HEAD, HASH_SIZE);
    assert_true(batch_next_parcel(&commit.parcels, &parcel));
    assert_true(span_equal(parcel.terminal, span_text("shop")));
    assert_true(span_equal(parcel.collector, span_text("collector")));
    assert_int_equal(parcel.epoch, 99);
    assert_int_equal(parcel.sent_at_ms, NOW);
    assert_int_equal(parcel.received_at_ms, NOW + 2);
    assert_int_equal(parcel.told_seq, 17);
    assert_int_equal(parcel.delivery_count, 3);
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_int_equal(delivery.seq, 1);
    assert_int_equal(delivery.recorded_at_ms, NOW + 1);
    demand_named(delivery.body, 1, EVENT_NONE);
    assert_true(event_outline_read(delivery.body, &event));
    assert_int_equal(event.occurred_at, NOW - 1000);
    // Nobody takes an outline for an event.
    assert_int_equal(event_read(delivery.body, &event).kind, OUTCOME_REJECTED);
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    demand_named(delivery.body, 2, EVENT_VOID);
    assert_int_equal(event_read(delivery.body, &event).kind, OUTCOME_ACCEPTED);
    assert_int_equal(event.control.target.bytes[1], 1);
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_true(span_equal(delivery.body, span_text("unreadable")));
    assert_false(event_outline_read(delivery.body, &event));
    assert_true(parcel_next_settled(&parcel.settled, &settled));
    assert_int_equal(settled.last_seq, 5);
    outliner_free(&outliner);
}

static void
the_outline_of_an_outline_is_the_same_and_files_stay_whole(void **state)
{
    struct outliner first = {0}, second = {0};
    struct span once, twice;
    uint8_t room[ROOM], hash[HASH_SIZE];
    struct span content = span_text("id,name\nD0,one\n");
    struct writer writer = writer_on(room, sizeof room);

    (void)state;
    assert_int_equal(outline_record(&first, record_of(3, room), &once),
                     STATUS_OK);
    assert_int_equal(outline_record(&second, once, &twice), STATUS_OK);
    assert_true(span_equal(once, twice));

    digest(content, hash, HASH_SIZE);
    const struct publication file = {PUBLICATION_DEALERS,
                                     span_of(hash, HASH_SIZE), content};
    commit_begin(&writer, 1, HEAD, NOW);
    commit_publication(&writer, &file);
    struct span record = span_of(room, commit_end(&writer));
    assert_int_equal(outline_record(&first, record, &once), STATUS_OK);
    assert_true(span_equal(once, record));
    assert_int_equal(outline_record(&first, span_text("no record"), &once),
                     STATUS_CORRUPT);
    outliner_free(&first);
    outliner_free(&second);
}

static struct journal *
open_journal(const char *dir)
{
    struct journal *journal;

    assert_int_equal(journal_open(&journal, dir, MAP, false), STATUS_OK);
    return journal;
}

static enum status
reduce(void *context, uint64_t position, struct span record, struct span *out)
{
    if (position <= OLD)
        return outline_record(context, record, out);
    *out = record;
    return STATUS_OK;
}

static enum status
demand_position(void *context, uint64_t position, struct span record)
{
    (void)record;
    assert_int_equal(position, *(uint64_t *)context);
    *(uint64_t *)context += 1000;
    return STATUS_OK;
}

static void
demand_copy(struct journal *copy)
{
    struct journal_reader *reader;
    struct span record;
    uint64_t position;
    uint8_t room[ROOM];

    assert_int_equal(journal_reader_open(&reader, copy, 1), STATUS_OK);
    for (uint64_t i = 1; i <= RECORDS; i++) {
        assert_int_equal(journal_reader_next(reader, &position, &record),
                         STATUS_OK);
        assert_int_equal(position, i);
        assert_int_equal(span_equal(record, record_of(i, room)), i > OLD);
    }
    assert_int_equal(journal_reader_next(reader, &position, &record),
                     STATUS_NOT_FOUND);
    journal_reader_close(reader);
}

static void
a_copied_journal_has_outlines_then_whole_records_and_the_same_end(void **state)
{
    char from_dir[TEMP_DIR_MAX], to_dir[TEMP_DIR_MAX];
    struct outliner outliner = {0};
    struct journal_end end = {0}, copied;
    struct journal_base base,
        written = {.position = OLD, .horizon = -5, .fold = 258};
    uint8_t room[ROOM];
    uint64_t expected = 1000;

    (void)state;
    assert_int_equal(temp_dir_make(from_dir), 0);
    assert_int_equal(temp_dir_make(to_dir), 0);
    struct journal *from = open_journal(from_dir), *to = open_journal(to_dir);
    for (end.position = 1; end.position <= RECORDS; end.position++) {
        end.events = 3 * end.position;
        assert_int_equal(journal_append(from, record_of(end.position, room),
                                        end.position % 1000 == 0, &end),
                         STATUS_OK);
    }
    end.position = RECORDS;
    assert_int_equal(journal_base_read(from, &base), STATUS_OK);
    assert_int_equal(base.position, 0);
    assert_int_equal(journal_copy(from, to, reduce, &outliner), STATUS_OK);
    assert_int_equal(journal_end_read(to, &copied), STATUS_OK);
    assert_memory_equal(&copied, &end, sizeof end);
    demand_copy(to);
    assert_int_equal(journal_publications(to, demand_position, &expected),
                     STATUS_OK);
    assert_int_equal(expected, 3000);
    memset(written.digest, 0xab, sizeof written.digest);
    assert_int_equal(journal_base_write(to, &written), STATUS_OK);
    journal_close(to);
    to = open_journal(to_dir);
    assert_int_equal(journal_base_read(to, &base), STATUS_OK);
    assert_memory_equal(&base, &written, sizeof base);
    journal_close(to);
    journal_close(from);
    outliner_free(&outliner);
    assert_int_equal(temp_dir_remove(from_dir) | temp_dir_remove(to_dir), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outline_keeps_who_when_and_which_and_drops_what),
        cmocka_unit_test(
            the_outline_of_an_outline_is_the_same_and_files_stay_whole),
        cmocka_unit_test(
            a_copied_journal_has_outlines_then_whole_records_and_the_same_end),
    };
    return crypto_start() == STATUS_OK
               ? cmocka_run_group_tests(tests, NULL, NULL)
               : 1;
}
