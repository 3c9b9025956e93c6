// SPDX-License-Identifier: Apache-2.0
//
// Comments through the ledger over a real data directory: sealed on disk, shown
// to who asks, erased without a trace in anything but themselves.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregator/comments.h"
#include "aggregator/data.h"
#include "aggregator/verify.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/domain/period.h"
#include "common/wire/event_code.h"
#include "tests/support/temp_dir.h"

enum { MAP = 64 << 20, ROOM = 1 << 16 };

static const int64_t NOW = 1790000000000; // in September 2026
static const uint8_t salt[SALT_SIZE] = {3, 1, 4};

struct fixture {
    char dir[TEMP_DIR_MAX], scratch[TEMP_DIR_MAX];
    char *programme, *dealers;
    size_t programme_length, dealers_length;
    struct problems problems;
    struct data data;
    struct data_report report;
    uint8_t bytes[ROOM];
    struct writer writer; // the batch at hand
    char shown[ROOM];     // one line per comment
};

static void
open_data(struct fixture *fixture)
{
    const struct data_options options = {
        .dir = fixture->dir,
        .journal_bytes = MAP,
        .state_bytes = MAP,
        .checkpoint_events = 50,
        .checkpoint_ms = 1000,
        .credit = 1000,
        .programme = span_of(fixture->programme, fixture->programme_length),
        .dealers = span_of(fixture->dealers, fixture->dealers_length),
        .now = NOW,
    };
    assert_int_equal(data_open(&fixture->data, &options, &fixture->report,
                               &fixture->problems),
                     STATUS_OK);
}

static int
set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    if (!fixture || crypto_start() != STATUS_OK ||
        temp_dir_make(fixture->dir) || temp_dir_make(fixture->scratch) ||
        file_take(SAMPLES_DIR "/ecsi/programme.yaml", ROOM, &fixture->programme,
                  &fixture->programme_length,
                  &fixture->problems) != STATUS_OK ||
        file_take(SAMPLES_DIR "/ecsi/dealers.csv", ROOM, &fixture->dealers,
                  &fixture->dealers_length, &fixture->problems) != STATUS_OK)
        return -1;
    open_data(fixture);
    return 0;
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

static void
begin(struct fixture *fixture)
{
    fixture->writer = writer_on(fixture->bytes, sizeof fixture->bytes);
    batch_begin(&fixture->writer, 7, 1);
    parcel_begin(&fixture->writer, span_text("terminal-1"), 99, NOW);
}

// say adds a response of dealer D0 with a comment; "" for none.
static void
say(struct fixture *fixture, uint8_t id, uint8_t value, int64_t at,
    const char *words)
{
    uint8_t body[EVENT_BODY_MAX], hash[WORDS_HASH_SIZE];
    struct delivery delivery = {.seq = id, .recorded_at_ms = NOW};
    struct event event = {
        .id.bytes = {1, id},
        .dealer_id = span_text("D0"),
        .occurred_at = at,
        .type = EVENT_SURVEY_RESPONSE,
        .survey = {.questionnaire = span_text("ecsi"),
                   .version = 1,
                   .answer_count = 24},
    };

    for (uint16_t i = 0; i < 24; i++)
        event.survey.answers[i] =
            (struct answer){.item = (uint16_t)(i + 1), .value = value};
    if (words[0] != '\0') {
        delivery.salt = span_of(salt, sizeof salt);
        delivery.comment = span_text(words);
        words_hash(delivery.salt, delivery.comment, hash);
        event.comment_hash = span_of(hash, sizeof hash);
    }
    delivery.body = span_of(body, event_write(&event, body, sizeof body));
    parcel_delivery_full(&fixture->writer, &delivery);
}

static void
take(struct fixture *fixture)
{
    struct envelope envelope;

    parcel_received(&fixture->writer, span_text("collector-1"), NOW);
    parcel_end(&fixture->writer);
    size_t length = batch_end(&fixture->writer);
    assert_true(length > 0);
    assert_int_equal(
        envelope_read(span_of(fixture->bytes, length), 1000, &envelope),
        CODE_NONE);
    ledger_begin(fixture->data.ledger, NOW);
    assert_int_equal(ledger_batch(fixture->data.ledger, &envelope.batch, NOW),
                     STATUS_OK);
}

static void
commit(struct fixture *fixture)
{
    struct journal_end end;
    struct span record;

    take(fixture);
    record = ledger_seal(fixture->data.ledger, &end);
    if (record.length == 0)
        return;
    assert_int_equal(data_append(&fixture->data, record, &end), STATUS_OK);
    assert_int_equal(ledger_committed(fixture->data.ledger), STATUS_OK);
}

static enum code
outcome_at(struct fixture *fixture, uint32_t index)
{
    struct envelope envelope;
    struct receipt_outcome outcome;

    assert_int_equal(
        envelope_read(ledger_receipt(fixture->data.ledger, 0), 0, &envelope),
        CODE_NONE);
    while (receipt_next_outcome(&envelope.receipt.outcomes, &outcome))
        if (outcome.index == index)
            return outcome.code;
    return CODE_NONE;
}

// stands_in tells whether a file of the data directory shows the words.
static bool
stands_in(struct fixture *fixture, const char *file, const char *words)
{
    char path[TEMP_DIR_MAX + 64];
    static char bytes[8 << 20];

    snprintf(path, sizeof path, "%s/%s", fixture->dir, file);
    FILE *opened = fopen(path, "rb");
    assert_non_null(opened);
    size_t size = fread(bytes, 1, sizeof bytes, opened);
    assert_true(size > 0 && size < sizeof bytes);
    fclose(opened);
    return memmem(bytes, size, words, strlen(words)) != NULL;
}

static bool
stands_anywhere(struct fixture *fixture, const char *words)
{
    return stands_in(fixture, "journal/data.mdb", words) ||
           stands_in(fixture, "state/data.mdb", words) ||
           stands_in(fixture, "keys/data.mdb", words) ||
           stands_in(fixture, "keys/comments", words);
}

static void
write_down(void *context, const struct comments_entry *entry)
{
    struct fixture *fixture = context;
    size_t used = strlen(fixture->shown);

    snprintf(fixture->shown + used, ROOM - used, "%u %s%.*s\n",
             entry->id.bytes[1],
             entry->state == COMMENT_READ     ? ""
             : entry->state == COMMENT_ERASED ? "(erased)"
                                              : "(damaged)",
             (int)entry->comment.length, (const char *)entry->comment.data);
}

static const char *
show(struct fixture *fixture, const struct comments_wanted *wanted)
{
    struct comments *comments;

    data_close(&fixture->data); // LMDB: one environment in a process
    fixture->shown[0] = '\0';
    assert_int_equal(comments_open(&comments, fixture->dir, COMMENTS_SHOW, MAP,
                                   &fixture->problems),
                     STATUS_OK);
    assert_int_equal(comments_show(comments, wanted, write_down, fixture),
                     STATUS_OK);
    comments_close(comments);
    open_data(fixture);
    return fixture->shown;
}

static size_t
erase(struct fixture *fixture, const struct comments_wanted *wanted)
{
    struct comments *comments;
    size_t count, before;

    data_close(&fixture->data);
    assert_int_equal(comments_open(&comments, fixture->dir, COMMENTS_ERASE, MAP,
                                   &fixture->problems),
                     STATUS_OK);
    assert_int_equal(comments_erase(comments, wanted, &count, &before),
                     STATUS_OK);
    comments_close(comments);
    open_data(fixture);
    return count;
}

static void
verify(struct fixture *fixture)
{
    static struct verify_report report;
    const struct verify_options options = {
        .dir = fixture->dir, .scratch = fixture->scratch, .map_bytes = MAP};

    assert_int_equal(keeper_settle(fixture->data.keeper), STATUS_OK);
    data_close(&fixture->data);
    assert_int_equal(verify_run(&options, &report, &fixture->problems),
                     STATUS_OK);
    temp_dir_remove(fixture->scratch);
    assert_int_equal(temp_dir_make(fixture->scratch), 0);
    open_data(fixture);
}

static const struct comments_wanted of_d0 = {
    .dealer = {(const uint8_t *)"D0", 2}};

static void
words_are_on_disk_sealed_only(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    say(fixture, 1, 5, NOW, "the coffee was cold");
    say(fixture, 2, 6, NOW, "");
    say(fixture, 3, 7, NOW, "\xe5\x92\x96\xe5\x95\xa1\xe5\x86\xb7\xe4\xba\x86");
    commit(fixture);
    assert_int_equal(outcome_at(fixture, 0), CODE_NONE);
    assert_int_equal(outcome_at(fixture, 2), CODE_NONE);
    assert_false(stands_anywhere(fixture, "coffee"));
    assert_false(stands_anywhere(fixture, "\xe5\x92\x96\xe5\x95\xa1"));
    assert_true(stands_in(fixture, "journal/data.mdb", "terminal-1"));
    assert_string_equal(show(fixture, &of_d0),
                        "1 the coffee was cold\n"
                        "3 \xe5\x92\x96\xe5\x95\xa1\xe5\x86\xb7"
                        "\xe4\xba\x86\n"); // from the tail
    verify(fixture);
    assert_string_equal(
        show(fixture,
             &(struct comments_wanted){.dealer = span_text("D0"),
                                       .event = &(struct event_id){{1, 1}}}),
        "1 the coffee was cold\n"); // from the checkpoint
    assert_string_equal(
        show(fixture, &(struct comments_wanted){.dealer = span_text("D1")}),
        "");
}

static void
erasing_takes_the_words_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    uint8_t head[HASH_SIZE];
    const struct event_id one = {{1, 1}};

    begin(fixture);
    say(fixture, 1, 5, NOW, "the coffee was cold");
    say(fixture, 2, 6, NOW, "too dear");
    commit(fixture);
    memcpy(head, ledger_end(fixture->data.ledger)->head, sizeof head);
    const struct comments_wanted wanted = {.dealer = span_text("D0"),
                                           .event = &one};
    assert_int_equal(erase(fixture, &wanted), 1);
    assert_int_equal(erase(fixture, &wanted), 0);
    assert_string_equal(show(fixture, &of_d0), "1 (erased)\n2 too dear\n");
    assert_memory_equal(ledger_end(fixture->data.ledger)->head, head,
                        sizeof head);
    verify(fixture);

    begin(fixture); // sent again: counted once, and the words stay gone
    say(fixture, 1, 5, NOW, "the coffee was cold");
    commit(fixture);
    assert_int_equal(outcome_at(fixture, 0), CODE_ALREADY_STORED);
    assert_string_equal(show(fixture, &of_d0), "1 (erased)\n2 too dear\n");
}

static void
a_month_is_the_programmes(void **state)
{
    struct fixture *fixture = *state;
    const int64_t august = 1788220799999; // the last ms of 2026-08, UTC
    struct comments_wanted wanted = {.dealer = span_text("D0"),
                                     .month = 2026 * 12 + 7};

    begin(fixture);
    say(fixture, 1, 5, august, "in August");
    say(fixture, 2, 6, august + 1, "in September");
    commit(fixture);
    assert_string_equal(show(fixture, &wanted), "1 in August\n");
    assert_int_equal(erase(fixture, &wanted), 1);
    assert_string_equal(show(fixture, &of_d0), "1 (erased)\n2 in September\n");
}

static void
what_does_not_belong_together_is_rejected(void **state)
{
    struct fixture *fixture = *state;
    uint8_t body[EVENT_BODY_MAX], hash[WORDS_HASH_SIZE] = {1};
    struct event event = {.id.bytes = {1, 9},
                          .dealer_id = span_text("D0"),
                          .occurred_at = NOW,
                          .comment_hash = span_of(hash, sizeof hash),
                          .visit = span_text("V1"),
                          .type = EVENT_VISIT_OPENED};
    struct delivery delivery = {.seq = 9,
                                .salt = span_of(salt, sizeof salt),
                                .comment = span_text("mine")};

    delivery.body = span_of(body, event_write(&event, body, sizeof body));
    begin(fixture);
    parcel_delivery_full(&fixture->writer, &delivery);
    delivery.salt = delivery.comment = (struct span){NULL, 0};
    delivery.sealed = span_text("not yours to give");
    parcel_delivery_full(&fixture->writer, &delivery);
    commit(fixture);
    assert_int_equal(outcome_at(fixture, 0), CODE_BAD_FIELD);
    assert_int_equal(outcome_at(fixture, 1), CODE_MALFORMED);
    assert_false(stands_in(fixture, "journal/data.mdb", "not yours"));
}

static void
a_conflict_is_kept_without_its_words(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    say(fixture, 1, 5, NOW, "first words");
    commit(fixture);
    begin(fixture);
    say(fixture, 1, 6, NOW, "second words");
    commit(fixture);
    assert_int_equal(outcome_at(fixture, 0), CODE_ID_CONFLICT);
    assert_false(stands_anywhere(fixture, "words"));
    assert_string_equal(show(fixture, &of_d0), "1 first words\n");
    verify(fixture);
}

static void
a_key_without_its_commit_is_no_comment(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    say(fixture, 1, 5, NOW, "said twice");
    take(fixture); // the power goes between key and record
    data_close(&fixture->data);
    open_data(fixture);
    assert_string_equal(show(fixture, &of_d0), "");
    begin(fixture);
    say(fixture, 1, 5, NOW, "said twice");
    commit(fixture);
    assert_string_equal(show(fixture, &of_d0), "1 said twice\n");
    assert_int_equal(erase(fixture, &of_d0), 2); // both keys
    assert_string_equal(show(fixture, &of_d0), "1 (erased)\n");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(words_are_on_disk_sealed_only),
        TEST(erasing_takes_the_words_and_nothing_else),
        TEST(a_month_is_the_programmes),
        TEST(what_does_not_belong_together_is_rejected),
        TEST(a_conflict_is_kept_without_its_words),
        TEST(a_key_without_its_commit_is_no_comment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
