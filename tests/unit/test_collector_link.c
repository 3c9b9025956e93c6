// SPDX-License-Identifier: Apache-2.0
//
// How a collector's core comes, goes and is lost.
#include "collector_rig.h"

static const struct peer terminal = {.length = 5, .id = {0, 1, 2, 3, 4}};

static enum code
refused(struct rig *rig)
{
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_WELCOME);
    assert_int_not_equal(envelope.welcome.refusal_text.length, 0);
    return envelope.welcome.refusal;
}

static void
terminals_are_refused_until_the_aggregator_is_reached(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_say_hello(rig, &terminal, ROLE_HQ, "t1", NULL);
    assert_int_equal(refused(rig), CODE_NO_AGGREGATOR);
    assert_int_equal(core_sessions(rig->core), 0);
    rig_up(rig);
    assert_int_not_equal(rig_join(rig, &terminal, ROLE_HQ, "t1", NULL), 0);
    assert_int_equal(core_sessions(rig->core), 1);
    rig_close(rig);
}

static void
terminals_are_refused_until_the_rulebook_is_known(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig->published.ready = false;
    rig_up(rig);
    rig_say_hello(rig, &terminal, ROLE_HQ, "t1", NULL);
    assert_int_equal(refused(rig), CODE_NO_AGGREGATOR);
    rig->published.ready = true;
    rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_close(rig);
}

static void
a_welcome_says_all_a_terminal_has_to_know(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    rig_say_hello(rig, &terminal, ROLE_DEALER, "t1", "D1");
    struct welcome welcome = rig_read(rig_take(&rig->to_peers)).welcome;
    struct span endpoint;
    assert_int_equal(welcome.refusal, CODE_NONE);
    assert_true(span_equal(welcome.store, span_of("the-only-store-1", 16)));
    assert_int_equal(welcome.incarnation, 1);
    assert_int_equal(welcome.server_time_ms, RIG_NOW_MS);
    assert_int_equal(welcome.credit, 4096);
    assert_int_equal(welcome.max_batch_events, BATCH_EVENTS_MAX);
    assert_int_equal(welcome.max_batch_bytes, FRAME_MAX);
    assert_int_equal(welcome.max_event_bytes, EVENT_BODY_MAX);
    assert_int_equal(welcome.backed_up_position, 5);
    assert_int_equal(welcome.programme_hash.length, HASH_SIZE);
    assert_true(welcome_next_collector(&welcome.collectors, &endpoint));
    assert_true(span_equal(endpoint, span_text("tcp://127.0.0.1:7070")));
    rig_close(rig);
}

static void
a_hello_that_says_too_little_or_too_much_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    rig_say_hello(rig, &terminal, ROLE_NONE, "t1", NULL);
    assert_int_equal(refused(rig), CODE_MISSING_FIELD);
    rig_say_hello(rig, &terminal, ROLE_DEALER, "t1", NULL);
    assert_int_equal(refused(rig), CODE_MISSING_FIELD);
    rig_say_hello(rig, &terminal, ROLE_DEALER, "t1", "HQ");
    assert_int_equal(refused(rig), CODE_NOT_PERMITTED);
    rig_say_hello(rig, &terminal, ROLE_COLLECTOR, "c2", NULL);
    assert_int_equal(refused(rig), CODE_NOT_PERMITTED);
    assert_int_equal(core_sessions(rig->core), 0);
    rig_close(rig);
}

static void
a_lost_aggregator_acknowledges_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 3);
    struct batch batch = rig_link_batch(rig);

    rig_pass(rig, LINK_SILENCE_MS + 1);
    struct goaway goaway = rig_sent_away(rig);
    assert_int_equal(goaway.code, CODE_NO_AGGREGATOR);
    assert_true(goaway.reconnect_after_ms > 0);
    assert_int_equal(core_sessions(rig->core), 0);
    assert_int_equal(core_counters(rig->core)->forgotten_total, 3);
    rig_accept(rig, &batch, NULL, 0); // too late: that session is over
    assert_null(rig_take(&rig->to_peers));
    rig_close(rig);
}

static void
a_lost_link_is_opened_anew_and_serves_again(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    assert_int_equal(rig->resets, 1);
    rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_pass(rig, LINK_SILENCE_MS + 1);
    rig_clear(&rig->to_aggregator);
    rig_clear(&rig->to_peers);
    assert_int_equal(rig->notices[NOTICE_LINK_LOST], 1);

    rig_pass(rig, 10000);
    assert_int_equal(rig->resets, 2);
    assert_int_equal(rig_read(rig_take(&rig->to_aggregator)).kind,
                     ENVELOPE_HELLO);
    rig_welcome(rig, RIG_SESSION, 1, 1000);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 3);
    struct batch batch = rig_link_batch(rig);
    assert_int_equal(batch.number, 1); // a session counts from 1
    rig_accept(rig, &batch, NULL, 0);
    assert_int_equal(rig_receive(rig, &terminal).events, 3);
    rig_close(rig);
}

static void
a_goaway_from_the_aggregator_ends_the_link_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    struct writer writer = rig_writer(rig);
    struct goaway goaway = {.code = CODE_STALE_SESSION};
    rig_from_aggregator(rig, goaway_write(&writer, &goaway));
    assert_int_equal(rig_sent_away(rig).code, CODE_NO_AGGREGATOR);
    rig_close(rig);
}

static void
an_unanswered_greeting_is_repeated_on_a_new_link(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig->link_blocked = true;
    rig_pass(rig, 0);
    rig->link_blocked = false;
    rig_pass(rig, 200); // as soon as the link takes it
    assert_int_equal(rig_read(rig_take(&rig->to_aggregator)).kind,
                     ENVELOPE_HELLO);
    rig_pass(rig, 200);
    assert_null(rig_take(&rig->to_aggregator)); // once per link
    rig_pass(rig, LINK_GREETING_MS);
    rig_pass(rig, 5000);
    assert_int_equal(rig->resets, 2);
    assert_int_equal(rig_read(rig_take(&rig->to_aggregator)).kind,
                     ENVELOPE_HELLO);
    assert_int_equal(rig->notices[NOTICE_LINK_LOST], 0); // never was there
    rig_close(rig);
}

static void
a_quiet_link_is_pinged_and_lives_while_answered(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    for (int i = 0; i < 60; i++) {
        rig_pass(rig, LINK_PING_MS);
        assert_int_equal(rig_read(rig_take(&rig->to_aggregator)).kind,
                         ENVELOPE_PING);
        struct writer writer = rig_writer(rig);
        struct pong pong = {.credit = 100};
        rig_from_aggregator(rig, pong_write(&writer, &pong));
    }
    assert_int_equal(rig->notices[NOTICE_LINK_LOST], 0);
    rig_close(rig);
}

static void
a_link_that_takes_no_ping_is_lost(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 3);
    rig->link_blocked = true;
    rig_pass(rig, LINK_PING_MS);
    assert_int_equal(rig_sent_away(rig).code, CODE_NO_AGGREGATOR);
    assert_int_equal(core_counters(rig->core)->forgotten_total, 3);
    rig_close(rig);
}

static void
a_receipt_that_fits_no_batch_ends_the_link(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 3);
    rig_link_batch(rig);
    struct writer writer = rig_writer(rig);
    struct receipt wrong = {.session = RIG_SESSION, .batch = 1, .events = 2};
    receipt_begin(&writer, &wrong);
    rig_from_aggregator(rig, receipt_end(&writer, NULL, 0));
    assert_int_equal(rig->notices[NOTICE_BAD_RECEIPT], 1);
    assert_int_equal(rig_sent_away(rig).code, CODE_NO_AGGREGATOR);
    assert_null(rig_take(&rig->to_peers));
    rig_close(rig);
}

static void
a_store_older_than_seen_is_not_used(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_pass(rig, 0);
    rig_welcome(rig, RIG_SESSION, 3, 1000);
    rig_pass(rig, LINK_SILENCE_MS + 1);
    rig_pass(rig, 10000);
    rig_welcome(rig, RIG_SESSION, 2, 1000);
    assert_int_equal(rig->notices[NOTICE_OLDER_STORE], 1);
    rig_say_hello(rig, &terminal, ROLE_HQ, "t1", NULL);
    assert_int_equal(refused(rig), CODE_NO_AGGREGATOR);
    rig_close(rig);
}

// asked_from is the number a spool of epoch 9 is asked to send again from, 0
// when it is not asked.
static uint64_t
asked_from(struct rig *rig)
{
    uint64_t epoch, seq;

    rig_say_hello(rig, &terminal, ROLE_HQ, "t1", NULL);
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_WELCOME);
    assert_int_equal(envelope.welcome.refusal, CODE_NONE);
    struct repeated list = envelope.welcome.resend_from;
    if (!welcome_next_resend(&list, &epoch, &seq))
        return 0;
    assert_int_equal(epoch, 9);
    assert_false(welcome_next_resend(&list, &epoch, &seq));
    return seq;
}

static void
after_a_restore_a_spool_is_asked_for_what_the_store_lacks(void **state)
{
    (void)state;
    static const uint8_t store[STORE_SIZE] = "the-only-store-1";
    const struct resend_from known[] = {{3, 30}, {9, 90}, {12, 120}};
    struct rig *rig = rig_open();
    rig_up(rig);
    assert_int_equal(asked_from(rig), 0);

    rig_pass(rig, LINK_SILENCE_MS + 1);
    (void)rig_sent_away(rig);
    for (size_t count = 0; count <= 3; count++) {
        rig_pass(rig, 10000);
        struct writer writer = rig_writer(rig);
        const struct welcome welcome = {.session = RIG_SESSION + count,
                                        .store = span_of(store, sizeof store),
                                        .incarnation = 2,
                                        .credit = 1000,
                                        .resend = known,
                                        .resend_count = count};
        rig_from_aggregator(rig, welcome_write(&writer, &welcome, NULL, 0));
        // One the store does not know sends everything.
        assert_int_equal(asked_from(rig), count >= 2 ? 90 : 1);
        assert_int_equal(asked_from(rig), 0); // once is enough
        rig_pass(rig, LINK_SILENCE_MS + 1);
        (void)rig_sent_away(rig);
    }
    rig_close(rig);
}

static void
only_a_window_of_batches_is_on_the_way(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    for (uint64_t i = 0; i < 20; i++)
        rig_send_right(rig, &terminal, session, i + 1, "t1", 1 + i, 1);
    struct batch first = rig_link_batch(rig);
    for (int i = 1; i < LINK_WINDOW; i++)
        assert_int_equal(
            rig_count(&(struct batch){.parcels = rig_link_batch(rig).parcels}),
            1);
    assert_null(rig_take(&rig->to_aggregator));

    rig_accept(rig, &first, NULL, 0);
    core_flush(rig->core, rig->now);
    struct batch rest = rig_link_batch(rig); // all that had to wait, in one
    assert_int_equal(rig_count(&rest), 20 - LINK_WINDOW);
    rig_close(rig);
}

static void
without_credit_nothing_is_sent(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_pass(rig, 0);
    rig_take(&rig->to_aggregator);
    rig_welcome(rig, RIG_SESSION, 1, 0);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 3);
    assert_null(rig_take(&rig->to_aggregator));
    struct writer writer = rig_writer(rig);
    rig_from_aggregator(rig, pong_write(&writer, &(struct pong){.credit = 1}));
    core_flush(rig->core, rig->now);
    struct batch batch = rig_link_batch(rig);
    assert_int_equal(rig_count(&batch), 3);
    rig_close(rig);
}

static void
more_than_there_is_room_for_is_told_to_wait(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig->link_blocked = true;
    uint64_t sent = 0;
    for (uint64_t i = 1; rig->to_peers.count == rig->to_peers.first; i++) {
        rig_send_right(rig, &terminal, session, i, "t1", 1, 512);
        sent += 512;
        assert_true(sent <= 4 * 4096);
    }
    assert_true(sent >= 2 * 4096);
    struct receipt receipt = rig_receive(rig, &terminal);
    struct receipt_outcome outcome;
    for (uint32_t i = 0; i < 512; i++) {
        assert_true(receipt_next_outcome(&receipt.outcomes, &outcome));
        assert_int_equal(outcome.kind, OUTCOME_RETRY);
        assert_int_equal(outcome.code, CODE_OVER_QUOTA);
        assert_true(outcome.after_ms > 0);
    }
    rig_close(rig);
}

static void
a_batch_without_a_session_is_told_so(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    rig_send_right(rig, &terminal, 4711, 1, "t1", 1, 1);
    assert_int_equal(rig_sent_away(rig).code, CODE_STALE_SESSION);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session + 1, 1, "t1", 1, 1);
    assert_int_equal(rig_sent_away(rig).code, CODE_STALE_SESSION);
    assert_null(rig_take(&rig->to_aggregator));
    rig_close(rig);
}

static void
a_second_hello_ends_the_first_session(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t first = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, first, 1, "t1", 1, 1);
    struct batch batch = rig_link_batch(rig);
    uint64_t second = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    assert_true(first != second);
    rig_accept(rig, &batch, NULL, 0);
    assert_null(rig_take(&rig->to_peers)); // its receipt has nobody to go to
    assert_int_equal(core_counters(rig->core)->receipts_lost_total, 1);
    rig_close(rig);
}

static void
a_ping_is_answered_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    struct writer writer = rig_writer(rig);
    struct ping ping = {.sent_at_ms = 99};
    rig_from_peer(rig, &terminal, ping_write(&writer, &ping));
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_PONG);
    assert_int_equal(envelope.pong.sent_at_ms, 99);
    assert_int_equal(envelope.pong.server_time_ms, RIG_NOW_MS);
    assert_int_equal(envelope.pong.credit, 4096);
    rig_close(rig);
}

static void
a_silent_terminal_loses_its_place(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    for (int i = 0; i < 13; i++) {
        struct writer writer = rig_writer(rig);
        rig_from_aggregator(rig,
                            pong_write(&writer, &(struct pong){.credit = 1}));
        rig_pass(rig, 5000);
    }
    assert_int_equal(core_sessions(rig->core), 0);
    rig_close(rig);
}

static void
a_terminal_that_is_gone_is_forgotten(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 1);
    struct batch batch = rig_link_batch(rig);
    rig->peers_gone = true;
    rig_accept(rig, &batch, NULL, 0);
    assert_int_equal(core_sessions(rig->core), 0);
    rig_close(rig);
}

static void
ping_from(struct rig *rig, uint8_t number, int64_t sent_at_ms)
{
    const struct peer peer = rig_peer(number);
    struct writer writer = rig_writer(rig);
    struct ping ping = {.sent_at_ms = sent_at_ms};

    rig_from_peer(rig, &peer, ping_write(&writer, &ping));
    rig_clear(&rig->to_peers);
}

static void
clocks_that_are_wrong_are_counted_and_the_worst_is_named(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    const struct peer right = rig_peer(2), behind = rig_peer(3);

    rig_up(rig);
    assert_int_equal(core_clocks(rig->core).most_wrong.length, 0);
    rig_join(rig, &right, ROLE_DEALER, "right", "D1");
    rig_join(rig, &behind, ROLE_DEALER, "behind", "D1");
    assert_int_equal(core_clocks(rig->core).most_wrong.length, 0);
    ping_from(rig, 2, RIG_NOW_MS + 1000);
    assert_int_equal(core_clocks(rig->core).wrong, 0);
    ping_from(rig, 3, RIG_NOW_MS - 3600000);
    ping_from(rig, 3, INT64_MIN); // no clock, but what anybody may send
    struct core_clocks clocks = core_clocks(rig->core);
    assert_int_equal(clocks.wrong, 1);
    assert_int_equal(clocks.most_ms, -3600000);
    assert_true(span_equal(clocks.most_wrong, span_text("behind")));

    // A batch tells as well, and a terminal that goes is not counted.
    struct rig_batch made = rig_batch(
        rig, rig_join(rig, &right, ROLE_DEALER, "right", "D1"), 1, "right");
    struct event event = rig_event(1);
    rig_add(&made, 1, &event);
    rig_send(&made, &right);
    assert_int_equal(core_clocks(rig->core).wrong, 1);
    struct writer writer = rig_writer(rig);
    struct goaway goaway = {.code = CODE_NONE};
    rig_from_peer(rig, &behind, goaway_write(&writer, &goaway));
    clocks = core_clocks(rig->core);
    assert_int_equal(clocks.wrong, 0);
    assert_true(span_equal(clocks.most_wrong, span_text("right")));
    assert_int_equal(clocks.most_ms, 0);
    rig_close(rig);
}

static void
stopping_says_goodbye_and_still_answers(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    rig_send_right(rig, &terminal, session, 1, "t1", 1, 1);
    struct batch batch = rig_link_batch(rig);
    core_drain(rig->core, rig->now);
    assert_int_equal(rig_sent_away(rig).code, CODE_SHUTTING_DOWN);
    assert_false(core_is_idle(rig->core));

    // Sent before the GOAWAY was read.
    rig_send_right(rig, &terminal, session, 2, "t1", 2, 1);
    rig_accept(rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(rig, &terminal);
    assert_int_equal(receipt.events, 1);
    assert_int_equal(receipt.credit, 0);
    assert_false(core_is_idle(rig->core));
    batch = rig_link_batch(rig);
    rig_accept(rig, &batch, NULL, 0);
    assert_int_equal(rig_receive(rig, &terminal).batch, 2);
    assert_true(core_is_idle(rig->core));
    rig_close(rig);
}

static void
garbage_is_counted_and_answered_and_harms_nobody(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_HQ, "t1", NULL);
    struct peer stranger = rig_peer(200);
    struct rig_batch made = rig_batch(rig, session, 1, "t1");
    struct event event = rig_event(1);
    rig_add(&made, 1, &event);
    parcel_end(&made.writer);
    size_t length = batch_end(&made.writer);
    uint8_t *copy = malloc(length);
    assert_non_null(copy);
    uint32_t random = 1;
    for (int i = 0; i < 50000; i++) {
        memcpy(copy, rig->frame, length);
        random = random * 1664525u + 1013904223u;
        size_t cut = i % 3 == 0 ? random % length : length;
        for (int flips = 0; flips < 1 + i % 4; flips++) {
            random = random * 1664525u + 1013904223u;
            copy[random % length] ^= (uint8_t)(random >> 24);
        }
        core_frame(rig->core, rig->now, i % 2 ? &stranger : &terminal,
                   span_of(copy, cut));
        if (i % 1000 == 0) {
            core_flush(rig->core, rig->now);
            rig_clear(&rig->to_aggregator);
        }
        rig_clear(&rig->to_peers);
    }
    free(copy);
    assert_true(core_counters(rig->core)->garbage_total > 1000);
    assert_int_equal(rig->notices[NOTICE_LINK_LOST], 0);
    rig_close(rig);
}

static void
a_frame_of_another_protocol_version_is_told_so(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    static const uint8_t frame[] = {0x08, 0x02, 0x12, 0x00};
    core_frame(rig->core, rig->now, &terminal, span_of(frame, sizeof frame));
    assert_int_equal(rig_sent_away(rig).code, CODE_UNKNOWN_VERSION);
    rig_close(rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminals_are_refused_until_the_aggregator_is_reached),
        cmocka_unit_test(terminals_are_refused_until_the_rulebook_is_known),
        cmocka_unit_test(a_welcome_says_all_a_terminal_has_to_know),
        cmocka_unit_test(a_hello_that_says_too_little_or_too_much_is_refused),
        cmocka_unit_test(a_lost_aggregator_acknowledges_nothing),
        cmocka_unit_test(a_lost_link_is_opened_anew_and_serves_again),
        cmocka_unit_test(a_goaway_from_the_aggregator_ends_the_link_at_once),
        cmocka_unit_test(an_unanswered_greeting_is_repeated_on_a_new_link),
        cmocka_unit_test(a_quiet_link_is_pinged_and_lives_while_answered),
        cmocka_unit_test(a_link_that_takes_no_ping_is_lost),
        cmocka_unit_test(a_receipt_that_fits_no_batch_ends_the_link),
        cmocka_unit_test(a_store_older_than_seen_is_not_used),
        cmocka_unit_test(
            after_a_restore_a_spool_is_asked_for_what_the_store_lacks),
        cmocka_unit_test(only_a_window_of_batches_is_on_the_way),
        cmocka_unit_test(without_credit_nothing_is_sent),
        cmocka_unit_test(more_than_there_is_room_for_is_told_to_wait),
        cmocka_unit_test(a_batch_without_a_session_is_told_so),
        cmocka_unit_test(a_second_hello_ends_the_first_session),
        cmocka_unit_test(a_ping_is_answered_at_once),
        cmocka_unit_test(a_silent_terminal_loses_its_place),
        cmocka_unit_test(a_terminal_that_is_gone_is_forgotten),
        cmocka_unit_test(
            clocks_that_are_wrong_are_counted_and_the_worst_is_named),
        cmocka_unit_test(stopping_says_goodbye_and_still_answers),
        cmocka_unit_test(garbage_is_counted_and_answered_and_harms_nobody),
        cmocka_unit_test(a_frame_of_another_protocol_version_is_told_so),
    };
    return cmocka_run_group_tests_name("collector_link", tests, NULL, NULL);
}
