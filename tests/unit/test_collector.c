// SPDX-License-Identifier: Apache-2.0
//
// What a collector's core tells terminals, event by event.
#include "collector_rig.h"
#include "common/crypto/words.h"

static const struct peer terminal = {.length = 5, .id = {0, 1, 2, 3, 4}};

struct desk {
    struct rig *rig;
    uint64_t session;
};

// A collector that is up, and one HQ terminal "t1" (it may name any dealer).
static struct desk
desk_open(void)
{
    struct desk desk = {.rig = rig_open()};
    rig_up(desk.rig);
    desk.session = rig_join(desk.rig, &terminal, ROLE_HQ, "t1", NULL);
    return desk;
}

static void
expect_outcome(struct repeated *outcomes, uint32_t index,
               enum outcome_kind kind, enum code code)
{
    struct receipt_outcome outcome;
    assert_true(receipt_next_outcome(outcomes, &outcome));
    assert_int_equal(outcome.index, index);
    assert_int_equal(outcome.kind, kind);
    assert_int_equal(outcome.code, code);
}

static void
expect_no_more(struct repeated *outcomes)
{
    struct receipt_outcome outcome;
    assert_false(receipt_next_outcome(outcomes, &outcome));
}

static void
an_event_is_answered_only_after_the_aggregator(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    rig_send_right(desk.rig, &terminal, desk.session, 1, "t1", 1, 3);
    assert_null(rig_take(&desk.rig->to_peers));

    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(batch.number, 1);
    assert_int_equal(rig_count(&batch), 3);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    assert_int_equal(receipt.session, desk.session);
    assert_int_equal(receipt.batch, 1);
    assert_int_equal(receipt.events, 3);
    assert_int_equal(receipt.position, 12);
    assert_int_equal(receipt.backed_up_position, 6);
    assert_int_equal(receipt.server_time_ms, RIG_NOW_MS);
    assert_int_equal(receipt.credit, 4096);
    expect_no_more(&receipt.outcomes);
    rig_close(desk.rig);
}

static void
a_right_parcel_is_passed_on_whole_and_marked(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    struct event event = rig_event(5);
    uint8_t body[EVENT_BODY_MAX];
    size_t length = event_write(&event, body, sizeof body);
    rig_add(&made, 5, &event);
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(desk.rig);
    struct parcel parcel;
    struct delivery delivery;
    struct settled settled;
    assert_true(batch_next_parcel(&batch.parcels, &parcel));
    assert_true(span_equal(parcel.terminal, span_text("t1")));
    assert_int_equal(parcel.epoch, 9);
    assert_int_equal(parcel.sent_at_ms, RIG_NOW_MS);
    assert_true(span_equal(parcel.collector, span_text("collector-1")));
    assert_int_equal(parcel.received_at_ms, RIG_NOW_MS);
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_int_equal(delivery.seq, 5);
    assert_true(span_equal(delivery.body, span_of(body, length)));
    assert_false(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_false(parcel_next_settled(&parcel.settled, &settled));
    assert_false(batch_next_parcel(&batch.parcels, &parcel));
    rig_close(desk.rig);
}

static void
make_wrong(struct event *event, unsigned which)
{
    switch (which) {
    case 0:
        event->survey.answers[0].value = 11;
        return;
    case 1:
        event->survey.answers[1].item = 4;
        return;
    case 2:
        event->survey.version = 2;
        return;
    case 3:
        event->dealer_id = span_text("D9");
        return;
    case 4:
        event->occurred_at = RIG_NOW_MS + 2 * (int64_t)DAY_MS;
        return;
    case 5:
        event->occurred_at = RIG_NOW_MS - 1001 * (int64_t)DAY_MS;
        return;
    default:
        event->visit = span_text("V\xff");
        return;
    }
}

static void
each_wrong_event_has_its_code_and_spoils_no_other(void **state)
{
    (void)state;
    static const enum code codes[] = {
        CODE_OFF_SCALE,      CODE_UNKNOWN_ITEM, CODE_UNKNOWN_QUESTIONNAIRE,
        CODE_UNKNOWN_DEALER, CODE_FUTURE_TIME,  CODE_TOO_OLD,
        CODE_BAD_TEXT,
    };
    enum { WRONG = sizeof codes / sizeof codes[0] };
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    for (unsigned i = 0; i < WRONG; i++) { // wrong ones have odd indexes
        struct event right = rig_event(2 * i + 1), wrong = rig_event(2 * i + 2);
        make_wrong(&wrong, i);
        rig_add(&made, 2 * i + 1, &right);
        rig_add(&made, 2 * i + 2, &wrong);
    }
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(rig_count(&batch), WRONG);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    assert_int_equal(receipt.events, 2 * WRONG);
    for (unsigned i = 0; i < WRONG; i++)
        expect_outcome(&receipt.outcomes, 2 * i + 1,
                       outcome_of(codes[i], NULL).kind, codes[i]);
    expect_no_more(&receipt.outcomes);
    rig_close(desk.rig);
}

static void
bytes_that_are_no_event_are_rejected(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    uint8_t large[EVENT_BODY_MAX + 1] = {0};
    parcel_delivery(&made.writer, 1, 0, span_text("\x0a\xff garbage"));
    parcel_delivery(&made.writer, 2, 0, span_of(NULL, 0));
    parcel_delivery(&made.writer, 3, 0, span_of(large, sizeof large));
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(desk.rig);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    assert_int_equal(receipt.events, 3);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_REJECTED, CODE_MALFORMED);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_REJECTED, CODE_EMPTY_EVENT);
    expect_outcome(&receipt.outcomes, 2, OUTCOME_REJECTED, CODE_TOO_LARGE);
    expect_no_more(&receipt.outcomes);
    rig_close(desk.rig);
}

static void
expect_settled(struct repeated *list, uint64_t first, uint64_t last,
               enum code code, const struct event *events, size_t count)
{
    struct digest_run run;
    uint8_t expected[DIGEST_SIZE];
    struct settled settled;
    digest_begin(&run, sizeof expected);
    for (size_t i = 0; i < count; i++) {
        uint8_t body[EVENT_BODY_MAX];
        digest_add(&run,
                   span_of(body, event_write(&events[i], body, sizeof body)));
    }
    digest_end(&run, expected, sizeof expected);

    assert_true(parcel_next_settled(list, &settled));
    assert_int_equal(settled.first_seq, first);
    assert_int_equal(settled.last_seq, last);
    assert_int_equal(settled.code, code);
    assert_memory_equal(settled.digest, expected, sizeof expected);
}

// send_as sends two right events of a session whose spool has given no number
// yet, under an epoch and from a number on.
static void
send_as(struct desk *desk, uint64_t epoch, uint64_t seq)
{
    struct rig_batch made = {desk->rig, rig_writer(desk->rig)};

    batch_begin(&made.writer, desk->session, 1);
    parcel_begin(&made.writer, span_text("t1"), epoch, RIG_NOW_MS);
    for (uint64_t i = 0; i < 2; i++) {
        struct event event = rig_event(i + 1);
        rig_add(&made, seq + i, &event);
    }
    rig_send(&made, &terminal);
}

static void
events_of_another_spool_wait_for_another_hello(void **state)
{
    (void)state;
    struct desk desk = desk_open();

    send_as(&desk, 10, 1); // HELLO said 9
    assert_null(rig_take(&desk.rig->to_aggregator));
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_RETRY, CODE_SPOOL_MISMATCH);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_RETRY, CODE_SPOOL_MISMATCH);
    expect_no_more(&receipt.outcomes);
    rig_close(desk.rig);
}

static void
a_number_no_spool_can_have_reached_does_not_go_on(void **state)
{
    (void)state;
    struct desk desk = desk_open();

    send_as(&desk, 9, UINT64_C(1) << 32); // the last one that may, and one more
    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(rig_count(&batch), 1);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_RETRY, CODE_SPOOL_MISMATCH);
    expect_no_more(&receipt.outcomes);
    rig_close(desk.rig);
}

static void
rejections_go_on_as_ranges_with_a_digest(void **state)
{
    (void)state;
    // right, scale, scale, item, future (retry), scale, and a gap, scale
    static const int kinds[] = {-1, 0, 0, 1, 4, 0, 0};
    static const uint64_t seqs[] = {10, 11, 12, 13, 14, 15, 17};
    struct event events[7];
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    for (unsigned i = 0; i < 7; i++) {
        events[i] = rig_event(seqs[i]);
        if (kinds[i] >= 0)
            make_wrong(&events[i], (unsigned)kinds[i]);
        rig_add(&made, seqs[i], &events[i]);
    }
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(rig_count(&batch), 1);
    struct parcel parcel;
    struct settled settled;
    assert_true(batch_next_parcel(&batch.parcels, &parcel));
    expect_settled(&parcel.settled, 11, 12, CODE_OFF_SCALE, events + 1, 2);
    expect_settled(&parcel.settled, 13, 13, CODE_UNKNOWN_ITEM, events + 3, 1);
    expect_settled(&parcel.settled, 15, 15, CODE_OFF_SCALE, events + 5, 1);
    expect_settled(&parcel.settled, 17, 17, CODE_OFF_SCALE, events + 6, 1);
    assert_false(parcel_next_settled(&parcel.settled, &settled));
    rig_close(desk.rig);
}

static void
rejections_alone_still_wait_for_the_journal(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    struct event event = rig_event(1);
    make_wrong(&event, 0);
    rig_add(&made, 1, &event);
    rig_send(&made, &terminal);

    assert_null(rig_take(&desk.rig->to_peers));
    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(rig_count(&batch), 0);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_REJECTED, CODE_OFF_SCALE);
    rig_close(desk.rig);
}

static void
rejections_the_store_has_no_room_for_are_judged_again(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    struct event event = rig_event(1);
    make_wrong(&event, 0);
    rig_add(&made, 1, &event);
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(desk.rig);
    rig_refuse(desk.rig, &batch);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_RETRY, CODE_STORE_FULL);
    rig_close(desk.rig);
}

static void
what_is_only_to_be_retried_is_answered_at_once(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    struct event event = rig_event(1);
    make_wrong(&event, 3);
    rig_add(&made, 1, &event);
    rig_send(&made, &terminal);

    assert_null(rig_take(&desk.rig->to_aggregator));
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    struct receipt_outcome outcome;
    assert_int_equal(receipt.events, 1);
    assert_true(receipt_next_outcome(&receipt.outcomes, &outcome));
    assert_int_equal(outcome.kind, OUTCOME_RETRY);
    assert_int_equal(outcome.code, CODE_UNKNOWN_DEALER);
    assert_true(outcome.after_ms > 0);
    rig_close(desk.rig);
}

static void
an_empty_batch_is_answered_at_once(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    rig_send_right(desk.rig, &terminal, desk.session, 4, "t1", 1, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    assert_int_equal(receipt.batch, 4);
    assert_int_equal(receipt.events, 0);
    assert_null(rig_take(&desk.rig->to_aggregator));
    rig_close(desk.rig);
}

// say writes an event with a comment_hash and its delivery's other fields.
static void
say(struct rig_batch *made, uint64_t seq, struct span hash,
    const struct delivery *words)
{
    static uint8_t body[EVENT_BODY_MAX];
    struct event event = rig_event((uint8_t)seq);
    struct delivery delivery = *words;

    event.comment_hash = hash;
    delivery.seq = seq;
    delivery.body = span_of(body, event_write(&event, body, sizeof body));
    parcel_delivery_full(&made->writer, &delivery);
}

static void
a_comment_belongs_to_its_event_or_is_rejected(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    static const uint8_t salt[SALT_SIZE] = {5}, zeros[WORDS_HASH_SIZE];
    uint8_t hash[WORDS_HASH_SIZE];
    const struct span none = {NULL, 0};
    const struct delivery fine = {.salt = span_of(salt, sizeof salt),
                                  .comment = span_text("the coffee was cold")};
    struct delivery saltless = fine, sealed = fine, latin = fine;

    words_hash(fine.salt, fine.comment, hash);
    saltless.salt = none;
    sealed.sealed = fine.comment;
    latin.comment = span_text("caf\xe9");
    struct span right = span_of(hash, sizeof hash);
    say(&made, 1, right, &fine);
    say(&made, 2, span_of(zeros, sizeof zeros), &fine);
    say(&made, 3, none, &fine);
    say(&made, 4, right, &(struct delivery){0});
    say(&made, 5, right, &saltless);
    say(&made, 6, right, &sealed);
    say(&made, 7, right, &latin);
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(rig_count(&batch), 1);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_REJECTED, CODE_BAD_FIELD);
    expect_outcome(&receipt.outcomes, 2, OUTCOME_REJECTED, CODE_MISSING_FIELD);
    expect_outcome(&receipt.outcomes, 3, OUTCOME_REJECTED, CODE_MISSING_FIELD);
    expect_outcome(&receipt.outcomes, 4, OUTCOME_REJECTED, CODE_MISSING_FIELD);
    expect_outcome(&receipt.outcomes, 5, OUTCOME_REJECTED, CODE_MALFORMED);
    expect_outcome(&receipt.outcomes, 6, OUTCOME_REJECTED, CODE_BAD_TEXT);
    expect_no_more(&receipt.outcomes);
    rig_close(desk.rig);
}

static void
a_dealer_may_only_name_the_dealers_it_declared(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_DEALER, "t1", "D2");
    struct rig_batch made = rig_batch(rig, session, 1, "t1");
    struct event own = rig_event(1), other = rig_event(2);
    own.dealer_id = span_text("D2");
    other.dealer_id = span_text("D1");
    rig_add(&made, 1, &own);
    rig_add(&made, 2, &other);
    rig_send(&made, &terminal);

    struct batch batch = rig_link_batch(rig);
    assert_int_equal(rig_count(&batch), 1);
    rig_accept(rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(rig, &terminal);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_RETRY, CODE_NOT_PERMITTED);
    expect_no_more(&receipt.outcomes);
    rig_close(rig);
}

static void
only_hq_may_void(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t session = rig_join(rig, &terminal, ROLE_DEALER, "t1", "D1");
    struct event event = rig_event(1);
    event.type = EVENT_VOID;
    event.control = (struct control){.target = {{7}},
                                     .target_type = EVENT_SURVEY_RESPONSE,
                                     .target_occurred_at = RIG_NOW_MS};
    struct rig_batch made = rig_batch(rig, session, 1, "t1");
    rig_add(&made, 1, &event);
    rig_send(&made, &terminal);
    struct receipt receipt = rig_receive(rig, &terminal);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_RETRY, CODE_NOT_PERMITTED);
    rig_close(rig);
}

static void
a_parcel_in_another_name_is_rejected_and_kept_out_of_the_journal(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    rig_send_right(desk.rig, &terminal, desk.session, 1, "t2", 1, 2);
    assert_null(rig_take(&desk.rig->to_aggregator));
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_REJECTED,
                   CODE_DEALER_MISMATCH);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_REJECTED,
                   CODE_DEALER_MISMATCH);
    rig_close(desk.rig);
}

static void
a_terminal_cannot_say_what_the_collector_says(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    struct rig_batch made = rig_batch(desk.rig, desk.session, 1, "t1");
    struct event event = rig_event(1);
    rig_add(&made, 1, &event);
    parcel_received(&made.writer, span_text("me"), RIG_NOW_MS);
    rig_send(&made, &terminal);
    struct batch batch = rig_link_batch(desk.rig);
    assert_int_equal(rig_count(&batch), 0);
    rig_accept(desk.rig, &batch, NULL, 0);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 0, OUTCOME_REJECTED, CODE_MALFORMED);
    rig_close(desk.rig);
}

static void
the_aggregators_outcomes_are_passed_on(void **state)
{
    (void)state;
    struct desk desk = desk_open();
    rig_send_right(desk.rig, &terminal, desk.session, 1, "t1", 1, 4);
    struct batch batch = rig_link_batch(desk.rig);
    const struct receipt_outcome told[] = {
        {.index = 1, .kind = OUTCOME_DUPLICATE, .code = CODE_ALREADY_STORED},
        {.index = 3,
         .kind = OUTCOME_REJECTED,
         .code = CODE_ID_CONFLICT,
         .field = span_text("id"),
         .text = span_text("taken")},
    };
    rig_accept(desk.rig, &batch, told, 2);
    struct receipt receipt = rig_receive(desk.rig, &terminal);
    expect_outcome(&receipt.outcomes, 1, OUTCOME_DUPLICATE,
                   CODE_ALREADY_STORED);
    struct receipt_outcome conflict;
    assert_true(receipt_next_outcome(&receipt.outcomes, &conflict));
    assert_int_equal(conflict.index, 3);
    assert_true(span_equal(conflict.field, span_text("id")));
    assert_true(span_equal(conflict.text, span_text("taken")));
    rig_close(desk.rig);
}

// What the made-up aggregator says of an event, and the terminal must hear.
static enum outcome_kind
fate(uint64_t seq)
{
    return (enum outcome_kind)((seq * 2654435761u >> 7) % 4);
}

static bool
is_wrong(uint64_t seq)
{
    return (seq * 40503u >> 3) % 3 == 0;
}

static void
answer_by_fate(struct rig *rig, struct batch batch)
{
    static struct receipt_outcome told[LINK_BATCH_EVENTS_MAX];
    struct repeated parcels = batch.parcels;
    struct parcel parcel;
    struct delivery delivery;
    uint32_t index = 0;
    size_t count = 0;
    while (batch_next_parcel(&parcels, &parcel))
        for (; parcel_next_delivery(&parcel.deliveries, &delivery); index++) {
            assert_false(is_wrong(delivery.seq));
            if (fate(delivery.seq) != OUTCOME_ACCEPTED)
                told[count++] = (struct receipt_outcome){
                    .index = index, .kind = fate(delivery.seq), .code = 40};
        }
    rig_accept(rig, &batch, told, count);
}

static void
check_fate(struct receipt receipt, uint64_t first_seq)
{
    struct receipt_outcome outcome = {0};
    bool more = receipt_next_outcome(&receipt.outcomes, &outcome);
    for (uint32_t i = 0; i < receipt.events; i++) {
        enum outcome_kind kind = OUTCOME_ACCEPTED;
        if (more && outcome.index == i) {
            kind = outcome.kind;
            assert_int_equal(outcome.code == CODE_OFF_SCALE,
                             is_wrong(first_seq + i));
            more = receipt_next_outcome(&receipt.outcomes, &outcome);
        }
        assert_int_equal(kind, is_wrong(first_seq + i) ? OUTCOME_REJECTED
                                                       : fate(first_seq + i));
    }
    assert_false(more);
}

static void
outcomes_find_their_event_across_terminals_sharing_a_batch(void **state)
{
    (void)state;
    enum { TERMINALS = 5, BATCHES = 40 };
    struct rig *rig = rig_open();
    uint64_t sessions[TERMINALS];
    char names[TERMINALS][3];
    rig_up(rig);
    for (uint8_t i = 0; i < TERMINALS; i++) {
        struct peer peer = rig_peer(i);
        memcpy(names[i], "t0", 3);
        names[i][1] = (char)('0' + i);
        sessions[i] = rig_join(rig, &peer, ROLE_HQ, names[i], NULL);
    }
    rig->link_blocked = true; // so that batches share a bundle
    for (uint64_t i = 0; i < BATCHES; i++) {
        struct peer peer = rig_peer((uint8_t)(i % TERMINALS));
        struct rig_batch made = rig_batch(rig, sessions[i % TERMINALS], i + 1,
                                          names[i % TERMINALS]);
        for (uint64_t seq = 100 * i + 1; seq < 101 * i + 2; seq++) {
            struct event event = rig_event(seq);
            if (is_wrong(seq))
                make_wrong(&event, 0);
            rig_add(&made, seq, &event);
        }
        rig_send(&made, &peer);
    }
    rig->link_blocked = false;
    for (unsigned answered = 0; answered < BATCHES;) {
        rig_pass(rig, 1);
        answer_by_fate(rig, rig_link_batch(rig));
        const struct rig_frame *frame;
        while ((frame = rig_take(&rig->to_peers)) != NULL) {
            struct envelope envelope = rig_read(frame);
            assert_int_equal(envelope.kind, ENVELOPE_RECEIPT);
            uint64_t i = envelope.receipt.batch - 1;
            struct peer peer = rig_peer((uint8_t)(i % TERMINALS));
            assert_true(peer_equal(&frame->peer, &peer));
            assert_int_equal(envelope.receipt.events, i + 1);
            check_fate(envelope.receipt, 100 * i + 1);
            answered++;
        }
    }
    assert_null(rig_take(&rig->to_aggregator));
    rig_close(rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_answered_only_after_the_aggregator),
        cmocka_unit_test(a_right_parcel_is_passed_on_whole_and_marked),
        cmocka_unit_test(each_wrong_event_has_its_code_and_spoils_no_other),
        cmocka_unit_test(bytes_that_are_no_event_are_rejected),
        cmocka_unit_test(events_of_another_spool_wait_for_another_hello),
        cmocka_unit_test(a_number_no_spool_can_have_reached_does_not_go_on),
        cmocka_unit_test(rejections_go_on_as_ranges_with_a_digest),
        cmocka_unit_test(rejections_alone_still_wait_for_the_journal),
        cmocka_unit_test(rejections_the_store_has_no_room_for_are_judged_again),
        cmocka_unit_test(what_is_only_to_be_retried_is_answered_at_once),
        cmocka_unit_test(an_empty_batch_is_answered_at_once),
        cmocka_unit_test(a_comment_belongs_to_its_event_or_is_rejected),
        cmocka_unit_test(a_dealer_may_only_name_the_dealers_it_declared),
        cmocka_unit_test(only_hq_may_void),
        cmocka_unit_test(
            a_parcel_in_another_name_is_rejected_and_kept_out_of_the_journal),
        cmocka_unit_test(a_terminal_cannot_say_what_the_collector_says),
        cmocka_unit_test(the_aggregators_outcomes_are_passed_on),
        cmocka_unit_test(
            outcomes_find_their_event_across_terminals_sharing_a_batch),
    };
    return cmocka_run_group_tests_name("collector", tests, NULL, NULL);
}
