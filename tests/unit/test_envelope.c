// SPDX-License-Identifier: Apache-2.0
//
// The conversation: what is written is read back, also by protobuf-c, and what
// is not a frame of ours is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/envelope_rig.h"

static void
a_hello_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct span dealers[] = {span_text("D1"), span_text("D2")};
    const struct hello hello = {
        .role = ROLE_DEALER,
        .name = span_text("T-1"),
        .epoch = UINT64_MAX,
        .last_seq = 12,
        .previous_epoch = 3,
        .previous_last_seq = 4,
        .waiting = 5,
        .software = span_text("own 1.0"),
    };
    size_t length = hello_write(begin(&rig), &hello, dealers, 2);
    struct hello *read = &rig.envelope.hello;
    struct span dealer;

    read_fine(&rig, length, ENVELOPE_HELLO);
    assert_int_equal(read->role, ROLE_DEALER);
    assert_text(read->name, "T-1");
    assert_true(read->epoch == UINT64_MAX && read->last_seq == 12 &&
                read->previous_epoch == 3 && read->previous_last_seq == 4 &&
                read->waiting == 5);
    assert_text(read->software, "own 1.0");
    assert_true(hello_next_dealer(&read->dealers, &dealer));
    assert_text(dealer, "D1");
    assert_true(hello_next_dealer(&read->dealers, &dealer));
    assert_text(dealer, "D2");
    assert_false(hello_next_dealer(&read->dealers, &dealer));
    assert_false(hello_next_dealer(&read->dealers, &dealer));
}

static void
who_a_hello_is_from_is_left_to_the_receiver(void **state)
{
    (void)state;
    static struct rig rig;
    struct span dealer;

    begin_kind(&rig, ENVELOPE_HELLO);
    put_unsigned(&rig.out, 1, 100);
    put_bytes(&rig.out, 2, span_text("T 1"));
    put_bytes_always(&rig.out, 3, span_text(""));
    put_bytes_always(&rig.out, 3, span_text("经销商"));
    read_fine(&rig, put_closed(&rig.out), ENVELOPE_HELLO);
    struct hello *hello = &rig.envelope.hello;
    assert_int_equal(hello->role, 100);
    assert_text(hello->name, "T 1");
    assert_true(hello_next_dealer(&hello->dealers, &dealer));
    assert_int_equal(dealer.length, 0);
    assert_true(hello_next_dealer(&hello->dealers, &dealer));
    assert_text(dealer, "经销商");
    assert_false(hello_next_dealer(&hello->dealers, &dealer));
}

static void
a_hello_that_is_unreadable_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;

    put_bytes(begin_kind(&rig, ENVELOPE_HELLO), 3, span_text("\xff"));
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_kind(&rig, ENVELOPE_HELLO), 3, 1);
    refused(&rig, CODE_MALFORMED);
    put_bytes(begin_kind(&rig, ENVELOPE_HELLO), 2, span_of("T\0", 2));
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_kind(&rig, ENVELOPE_HELLO), 4, 1); // not fixed64
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_kind(&rig, ENVELOPE_HELLO), 10, 1);
    refused(&rig, CODE_MALFORMED);
}

static void
a_welcome_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct span collectors[] = {span_text("tcp://10.0.0.1:7070")};
    const struct welcome welcome = {
        .session = 77,
        .store = span_of(hash, 16),
        .incarnation = 2,
        .server_time_ms = -5,
        .credit = 1024,
        .max_event_bytes = 8192,
        .max_batch_events = 512,
        .max_batch_bytes = FRAME_MAX,
        .programme_hash = span_of(hash, HASH_SIZE),
        .dealers_hash = span_of(hash, HASH_SIZE),
        .backed_up_position = 9,
    };
    size_t length = welcome_write(begin(&rig), &welcome, collectors, 1);
    struct welcome *read = &rig.envelope.welcome;
    struct span collector;

    read_fine(&rig, length, ENVELOPE_WELCOME);
    assert_true(read->session == 77 && read->incarnation == 2 &&
                read->server_time_ms == -5 && read->credit == 1024);
    assert_true(span_equal(read->store, welcome.store));
    assert_true(span_equal(read->dealers_hash, welcome.dealers_hash));
    assert_int_equal(read->max_batch_bytes, FRAME_MAX);
    assert_int_equal(read->backed_up_position, 9);
    assert_int_equal(read->refusal, CODE_NONE);
    assert_true(welcome_next_collector(&read->collectors, &collector));
    assert_text(collector, "tcp://10.0.0.1:7070");
    assert_false(welcome_next_collector(&read->collectors, &collector));
}

static void
a_refusal_says_why(void **state)
{
    (void)state;
    static struct rig rig;
    const struct welcome welcome = {.refusal = CODE_NOT_PERMITTED,
                                    .refusal_text = span_text("not here")};
    size_t length = welcome_write(begin(&rig), &welcome, NULL, 0);

    read_fine(&rig, length, ENVELOPE_WELCOME);
    assert_int_equal(rig.envelope.welcome.refusal, CODE_NOT_PERMITTED);
    assert_text(rig.envelope.welcome.refusal_text, "not here");
    put_bytes_always(begin_kind(&rig, ENVELOPE_WELCOME), 14, span_text(""));
    refused(&rig, CODE_MALFORMED);
}

static void
a_welcome_asks_to_resend(void **state)
{
    (void)state;
    static struct rig rig;
    struct writer *out = begin_kind(&rig, ENVELOPE_WELCOME);
    uint64_t epoch, seq;

    for (uint64_t i = 1; i <= 2; i++) {
        put_open(out, 10);
        put_fixed64(out, 1, 100 * i);
        put_unsigned(out, 2, i);
        put_close(out);
    }
    read_fine(&rig, put_closed(out), ENVELOPE_WELCOME);
    struct repeated *list = &rig.envelope.welcome.resend_from;
    assert_true(welcome_next_resend(list, &epoch, &seq));
    assert_true(epoch == 100 && seq == 1);
    assert_true(welcome_next_resend(list, &epoch, &seq));
    assert_true(epoch == 200 && seq == 2);
    assert_false(welcome_next_resend(list, &epoch, &seq));
}

static void
a_receipt_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct receipt receipt = {.session = 77,
                                    .batch = 8,
                                    .events = 10,
                                    .credit = 500,
                                    .server_time_ms = 1000,
                                    .position = 4,
                                    .backed_up_position = 3};
    const struct span collectors[] = {span_text("tcp://[::1]:7070")};
    const struct outcome rejected = outcome_of(CODE_OFF_SCALE, "values");
    const struct outcome again = outcome_of(CODE_UNKNOWN_DEALER, NULL);
    struct receipt_outcome outcome;

    receipt_begin(begin(&rig), &receipt);
    receipt_outcome(&rig.out, 0, &rejected);
    receipt_outcome(&rig.out, 9, &again);
    read_fine(&rig, receipt_end(&rig.out, collectors, 1), ENVELOPE_RECEIPT);
    struct receipt *read = &rig.envelope.receipt;
    assert_true(read->session == 77 && read->batch == 8 && read->events == 10 &&
                read->credit == 500 && read->position == 4 &&
                read->backed_up_position == 3);
    assert_true(receipt_next_outcome(&read->outcomes, &outcome));
    assert_true(outcome.index == 0 && outcome.kind == OUTCOME_REJECTED &&
                outcome.code == CODE_OFF_SCALE && outcome.after_ms == 0);
    assert_text(outcome.field, "values");
    assert_text(outcome.text, code_text(CODE_OFF_SCALE));
    assert_true(receipt_next_outcome(&read->outcomes, &outcome));
    assert_true(outcome.index == 9 && outcome.kind == OUTCOME_RETRY &&
                outcome.after_ms == again.after_ms);
    assert_false(receipt_next_outcome(&read->outcomes, &outcome));
    struct span collector;
    assert_true(welcome_next_collector(&read->collectors, &collector));
    assert_text(collector, "tcp://[::1]:7070");
}

static void
an_outcome_is_passed_on_under_another_index(void **state)
{
    (void)state;
    static struct rig rig;
    const struct receipt receipt = {.events = 100};
    const struct receipt_outcome from = {.index = 3,
                                         .kind = OUTCOME_RETRY,
                                         .code =
                                             (enum code)120, // of a newer one
                                         .field = span_text("f"),
                                         .text = span_text("t"),
                                         .after_ms = 9};
    struct receipt_outcome outcome;

    receipt_begin(begin(&rig), &receipt);
    receipt_outcome_copy(&rig.out, 42, &from);
    read_fine(&rig, receipt_end(&rig.out, NULL, 0), ENVELOPE_RECEIPT);
    assert_true(receipt_next_outcome(&rig.envelope.receipt.outcomes, &outcome));
    assert_true(outcome.index == 42 && outcome.kind == OUTCOME_RETRY &&
                (int)outcome.code == 120 && outcome.after_ms == 9);
    assert_text(outcome.field, "f");
    assert_text(outcome.text, "t");
}

static void
an_outcome_is_of_an_event_of_the_receipt(void **state)
{
    (void)state;
    static struct rig rig;
    const struct receipt receipt = {.events = 3};
    const struct outcome rejected = outcome_of(CODE_BAD_ID, "id");

    receipt_begin(begin(&rig), &receipt);
    receipt_outcome(&rig.out, 3, &rejected);
    refused(&rig, CODE_MALFORMED);
}

static void
signs_of_life_are_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct ping ping = {.sent_at_ms = 1790000000000};
    const struct pong pong = {
        .sent_at_ms = 1, .server_time_ms = -2, .credit = 3};
    const struct goaway goaway = {.reconnect_after_ms = 4000,
                                  .code = CODE_SHUTTING_DOWN,
                                  .text = span_text("bye")};

    read_fine(&rig, ping_write(begin(&rig), &ping), ENVELOPE_PING);
    assert_true(rig.envelope.ping.sent_at_ms == ping.sent_at_ms);
    read_fine(&rig, pong_write(begin(&rig), &pong), ENVELOPE_PONG);
    assert_true(rig.envelope.pong.sent_at_ms == 1 &&
                rig.envelope.pong.server_time_ms == -2 &&
                rig.envelope.pong.credit == 3);
    read_fine(&rig, goaway_write(begin(&rig), &goaway), ENVELOPE_GOAWAY);
    assert_int_equal(rig.envelope.goaway.reconnect_after_ms, 4000);
    assert_int_equal(rig.envelope.goaway.code, CODE_SHUTTING_DOWN);
    assert_text(rig.envelope.goaway.text, "bye");
}

static void
another_version_is_told_from_garbage(void **state)
{
    (void)state;
    static struct rig rig;

    put_unsigned(begin(&rig), 1, 2);
    refused(&rig, CODE_UNKNOWN_VERSION);
    put_unsigned(begin(&rig), 1, 2);
    put_unsigned(&rig.out, 900, 1); // whatever version 2 may hold
    refused(&rig, CODE_UNKNOWN_VERSION);
    put_unsigned_always(begin(&rig), 1, 0);
    put_bytes_always(&rig.out, ENVELOPE_PING, (struct span){NULL, 0});
    refused(&rig, CODE_UNKNOWN_VERSION);
}

static void
garbage_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;

    begin(&rig); // an empty frame
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin(&rig), 1, 1); // no kind
    refused(&rig, CODE_MALFORMED);
    put_bytes_always(begin(&rig), ENVELOPE_PING, (struct span){NULL, 0});
    refused(&rig, CODE_MALFORMED); // no version
    begin_kind(&rig, ENVELOPE_PING);
    put_close(&rig.out);
    put_bytes_always(&rig.out, ENVELOPE_PONG, (struct span){NULL, 0});
    refused(&rig, CODE_MALFORMED); // two kinds
    begin_kind(&rig, ENVELOPE_GOAWAY);
    put_bytes(&rig.out, 3, span_text("\xff"));
    refused(&rig, CODE_MALFORMED);
    begin_kind(&rig, (enum envelope_kind)9);
    refused(&rig, CODE_MALFORMED);
    begin_kind(&rig, ENVELOPE_PING);
    put_unsigned(&rig.out, 2, 1); // unknown
    refused(&rig, CODE_MALFORMED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_is_read_back),
        cmocka_unit_test(who_a_hello_is_from_is_left_to_the_receiver),
        cmocka_unit_test(a_hello_that_is_unreadable_is_malformed),
        cmocka_unit_test(a_welcome_is_read_back),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(a_welcome_asks_to_resend),
        cmocka_unit_test(a_receipt_is_read_back),
        cmocka_unit_test(an_outcome_is_passed_on_under_another_index),
        cmocka_unit_test(an_outcome_is_of_an_event_of_the_receipt),
        cmocka_unit_test(signs_of_life_are_read_back),
        cmocka_unit_test(another_version_is_told_from_garbage),
        cmocka_unit_test(garbage_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
