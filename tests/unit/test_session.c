// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "client/session.h"
#include "common/wire/envelope.h"

enum { SESSION_ID = 77, CREDIT = 1000 };

// A collector played by hand, and a clock that only we move.
struct play {
    struct session *session;
    struct instant now;
    bool link_is_full;
    size_t sent_count, settled_count, open_count, close_count;
    struct envelope sent[64]; // what the terminal said, oldest first
    uint8_t *frames[64];
    struct settlement settled[8192];
    char opened[128];
    uint8_t buffer[FRAME_MAX];
};

static const char *const dealers[] = {"D1", "D2"};

static void
take_send(struct play *play, struct span bytes)
{
    if (play->link_is_full) {
        session_blocked(play->session, play->now);
        return;
    }
    assert_true(play->sent_count < 64);
    size_t at = play->sent_count++;
    free(play->frames[at]);
    play->frames[at] = malloc(bytes.length);
    memcpy(play->frames[at], bytes.data, bytes.length);
    assert_int_equal(envelope_read(span_of(play->frames[at], bytes.length),
                                   BATCH_EVENTS_MAX, &play->sent[at]),
                     CODE_NONE);
}

// run takes the outputs until there are none.
static void
run(struct play *play)
{
    for (int i = 0; i < 10000; i++) {
        struct session_output output = session_next(play->session, play->now);
        switch (output.kind) {
        case SESSION_NONE:
            return;
        case SESSION_OPEN:
            play->open_count += 1;
            snprintf(play->opened, sizeof play->opened, "%s", output.endpoint);
            session_opened(play->session, play->now);
            break;
        case SESSION_CLOSE:
            play->close_count += 1;
            break;
        case SESSION_SEND:
            take_send(play, output.bytes);
            break;
        case SESSION_SETTLE:
            play->settled[play->settled_count++] = output.settlement;
            break;
        }
    }
    fail_msg("the session never comes to rest");
}

static void
pass(struct play *play, int64_t ms)
{
    play->now.steady_ms += ms;
    play->now.wall_ms += ms;
    session_tick(play->session, play->now);
    run(play);
}

static void
forget_sent(struct play *play)
{
    play->sent_count = 0;
    play->settled_count = 0;
}

static void
hear(struct play *play, struct writer *writer, size_t length)
{
    assert_true(length > 0);
    session_received(play->session, play->now, span_of(writer->data, length));
    run(play);
}

static void
welcome_with(struct play *play, struct welcome welcome,
             const struct span *collectors, size_t count)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    static const uint8_t store[16] = "0123456789abcde";

    welcome.store = span_of(store, sizeof store);
    hear(play, &writer, welcome_write(&writer, &welcome, collectors, count));
}

static struct welcome
usual_welcome(uint64_t session)
{
    return (struct welcome){.session = session,
                            .incarnation = 1,
                            .server_time_ms = 1,
                            .credit = CREDIT,
                            .max_event_bytes = 8192,
                            .max_batch_events = 100,
                            .max_batch_bytes = FRAME_MAX};
}

static void
welcome(struct play *play, uint64_t session)
{
    welcome_with(play, usual_welcome(session), NULL, 0);
}

// receipt answers a batch; `kind` and `code` are of event `index`, unless
// accepted.
static void
receipt_for(struct play *play, uint64_t session, uint64_t batch,
            uint32_t events, enum code code, uint32_t index)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct receipt receipt = {.session = session,
                              .batch = batch,
                              .events = events,
                              .credit = CREDIT,
                              .server_time_ms = 1};
    struct outcome outcome = outcome_of(code, "dealer");

    receipt_begin(&writer, &receipt);
    if (code != CODE_NONE)
        receipt_outcome(&writer, index, &outcome);
    hear(play, &writer, receipt_end(&writer, NULL, 0));
}

static void
receipt(struct play *play, uint64_t session, uint64_t batch, uint32_t events)
{
    receipt_for(play, session, batch, events, CODE_NONE, 0);
}

static void
goaway(struct play *play, enum code code, uint32_t after_ms)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct goaway goaway = {.reconnect_after_ms = after_ms, .code = code};

    hear(play, &writer, goaway_write(&writer, &goaway));
}

static void
pong(struct play *play, uint32_t credit)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct pong pong = {.sent_at_ms = 1, .server_time_ms = 1, .credit = credit};

    hear(play, &writer, pong_write(&writer, &pong));
}

static void
give(struct play *play, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++)
        assert_int_equal(
            session_give(play->session, seq, 5, span_text("an event's bytes")),
            STATUS_OK);
    run(play);
}

static uint32_t
events_of(const struct play *play, size_t index)
{
    struct repeated parcels = play->sent[index].batch.parcels;
    struct parcel parcel;

    assert_int_equal(play->sent[index].kind, ENVELOPE_BATCH);
    assert_true(batch_next_parcel(&parcels, &parcel));
    return parcel.delivery_count;
}

static uint64_t
first_seq_of(const struct play *play, size_t index)
{
    struct repeated parcels = play->sent[index].batch.parcels;
    struct parcel parcel;
    struct delivery delivery;

    assert_true(batch_next_parcel(&parcels, &parcel));
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    return delivery.seq;
}

static int
open_play(void **state)
{
    static const struct session_options options = {
        .name = "till-3",
        .role = ROLE_DEALER,
        .dealers = dealers,
        .dealer_count = 2,
        .software = "test 1",
        .epoch = 4711,
        .seed = 1,
    };
    struct play *play = calloc(1, sizeof *play);

    if (!play || session_open(&play->session, &options) != STATUS_OK)
        return -1;
    play->now =
        (struct instant){.steady_ms = 1000000, .wall_ms = 1767225600000};
    session_learn(play->session, span_text("tcp://first:7070"));
    *state = play;
    return 0;
}

static int
close_play(void **state)
{
    struct play *play = *state;

    session_close(play->session);
    for (size_t i = 0; i < 64; i++)
        free(play->frames[i]);
    free(play);
    return 0;
}

// A session that is up, with nothing said yet that matters.
static int
open_play_up(void **state)
{
    if (open_play(state) != 0)
        return -1;
    struct play *play = *state;
    run(play);
    welcome(play, SESSION_ID);
    forget_sent(play);
    return session_view(play->session).phase == SESSION_UP ? 0 : -1;
}

// --- Greeting ----------------------------------------------------------------

static void
first_thing_said_is_who_speaks(void **state)
{
    struct play *play = *state;
    struct span dealer;

    session_tell(play->session, 42, 7);
    run(play);
    assert_int_equal(play->open_count, 1);
    assert_string_equal(play->opened, "tcp://first:7070");
    assert_int_equal(play->sent_count, 1);
    struct hello hello = play->sent[0].hello;
    assert_int_equal(play->sent[0].kind, ENVELOPE_HELLO);
    assert_true(span_equal(hello.name, span_text("till-3")));
    assert_int_equal(hello.role, ROLE_DEALER);
    assert_int_equal(hello.epoch, 4711);
    assert_int_equal(hello.last_seq, 42);
    assert_int_equal(hello.waiting, 7);
    assert_true(hello_next_dealer(&hello.dealers, &dealer));
    assert_true(span_equal(dealer, span_text("D1")));
    assert_true(hello_next_dealer(&hello.dealers, &dealer));
    assert_false(hello_next_dealer(&hello.dealers, &dealer));
}

static void
no_event_leaves_before_the_welcome(void **state)
{
    struct play *play = *state;

    give(play, 1, 5);
    assert_int_equal(play->sent_count, 1); // the HELLO
    welcome(play, SESSION_ID);
    assert_int_equal(play->sent_count, 2);
    assert_int_equal(events_of(play, 1), 5);
    assert_int_equal(play->sent[1].batch.session, SESSION_ID);
    assert_int_equal(play->sent[1].batch.number, 1);
}

static void
link_not_yet_connected_gets_the_hello_later(void **state)
{
    struct play *play = *state;

    play->link_is_full = true;
    run(play);
    assert_int_equal(play->sent_count, 0);
    play->link_is_full = false;
    pass(play, 60);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(play->sent[0].kind, ENVELOPE_HELLO);
    assert_int_equal(play->open_count, 1);
}

static void
refused_terminal_says_why_and_is_admitted_later(void **state)
{
    struct play *play = *state;
    struct welcome refusal = {.refusal = CODE_NOT_PERMITTED,
                              .refusal_text = span_text("who are you?")};

    give(play, 1, 3);
    welcome_with(play, refusal, NULL, 0);
    struct session_view view = session_view(play->session);
    assert_int_equal(view.phase, SESSION_DOWN);
    assert_int_equal(view.refusal, CODE_NOT_PERMITTED);
    assert_string_equal(view.refusal_text, "who are you?");
    assert_int_equal(view.held, 3); // nothing is lost by it
    assert_int_equal(play->close_count, 1);

    pass(play, 1000); // the longest first wait
    assert_int_equal(play->open_count, 2);
    welcome(play, SESSION_ID);
    assert_int_equal(session_view(play->session).refusal, CODE_NONE);
    assert_int_equal(events_of(play, play->sent_count - 1), 3);
}

// --- Receipts ----------------------------------------------------------------

static void
receipt_settles_every_event_of_its_batch(void **state)
{
    struct play *play = *state;

    give(play, 1, 4);
    receipt_for(play, SESSION_ID, 1, 4, CODE_OFF_SCALE, 2);
    assert_int_equal(play->settled_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(play->settled[i].seq, i + 1);
    assert_int_equal(play->settled[0].kind, OUTCOME_ACCEPTED);
    assert_int_equal(play->settled[2].kind, OUTCOME_REJECTED);
    assert_int_equal(play->settled[2].code, CODE_OFF_SCALE);
    assert_true(span_equal(play->settled[2].field, span_text("dealer")));
    assert_int_equal(session_view(play->session).held, 0);
    assert_int_equal(session_view(play->session).in_flight, 0);
}

static void
receipt_that_comes_twice_counts_once(void **state)
{
    struct play *play = *state;

    give(play, 1, 2);
    receipt(play, SESSION_ID, 1, 2);
    receipt(play, SESSION_ID, 1, 2);
    assert_int_equal(play->settled_count, 2);
    assert_int_equal(session_view(play->session).ignored, 1);
}

static void
receipt_of_another_session_or_batch_is_ignored(void **state)
{
    struct play *play = *state;

    give(play, 1, 2);
    receipt(play, SESSION_ID + 1, 1, 2);
    receipt(play, SESSION_ID, 9, 2);
    receipt(play, SESSION_ID, 1, 3); // answers more than was asked
    assert_int_equal(play->settled_count, 0);
    assert_int_equal(session_view(play->session).ignored, 3);
    assert_int_equal(session_view(play->session).held, 2);
}

static void
garbage_is_ignored_and_is_no_sign_of_life(void **state)
{
    struct play *play = *state;

    for (int i = 0; i < 15; i++) {
        pass(play, 999);
        session_received(play->session, play->now, span_text("\xff\xff what"));
        run(play);
    }
    assert_int_equal(session_view(play->session).phase, SESSION_UP);
    pass(play, 1000);
    assert_int_equal(session_view(play->session).phase, SESSION_DOWN);
}

// --- Credit and sizes --------------------------------------------------------

static void
no_more_is_under_way_than_credit_allows(void **state)
{
    struct play *play = *state;

    give(play, 1, 3000);
    assert_int_equal(session_view(play->session).in_flight, CREDIT);
    assert_int_equal(play->sent_count, 10); // of 100 events each
    receipt(play, SESSION_ID, 1, 100);
    assert_int_equal(session_view(play->session).in_flight, CREDIT);
    assert_int_equal(play->sent_count, 11);
    assert_int_equal(first_seq_of(play, 10), 1001);
}

static void
without_credit_it_asks_for_some(void **state)
{
    struct play *play = *state;

    pong(play, 0);
    give(play, 1, 3);
    assert_int_equal(play->sent_count, 0);
    pass(play, 1000);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(play->sent[0].kind, ENVELOPE_PING);
    pong(play, 2);
    assert_int_equal(play->sent_count, 2);
    assert_int_equal(events_of(play, 1), 2);
}

static void
batch_stays_within_the_bytes_told(void **state)
{
    struct play *play = *state;
    static const uint8_t body[1000];
    struct welcome small = usual_welcome(SESSION_ID + 1);

    small.max_batch_bytes = 4096;
    welcome_with(play, small, NULL, 0);
    for (uint64_t seq = 1; seq <= 10; seq++)
        assert_int_equal(
            session_give(play->session, seq, 5, span_of(body, sizeof body)),
            STATUS_OK);
    run(play);
    assert_int_equal(play->sent_count, 4);
    assert_int_equal(events_of(play, 0), 3);
    assert_int_equal(events_of(play, 3), 1);
}

static void
event_larger_than_they_take_is_rejected_and_blocks_nobody(void **state)
{
    struct play *play = *state;
    static const uint8_t body[500];
    struct welcome small = usual_welcome(SESSION_ID + 1);

    small.max_event_bytes = 400;
    welcome_with(play, small, NULL, 0);
    assert_int_equal(
        session_give(play->session, 1, 5, span_of(body, sizeof body)),
        STATUS_OK);
    give(play, 2, 2);
    assert_int_equal(play->settled_count, 1);
    assert_int_equal(play->settled[0].seq, 1);
    assert_int_equal(play->settled[0].code, CODE_TOO_LARGE);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(first_seq_of(play, 0), 2);
}

static void
full_link_is_tried_again_without_loss(void **state)
{
    struct play *play = *state;

    play->link_is_full = true;
    give(play, 1, 3);
    assert_int_equal(session_view(play->session).in_flight, 0);
    play->link_is_full = false;
    pass(play, 20);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(events_of(play, 0), 3);
    assert_int_equal(play->sent[0].batch.number, 1);
}

static void
event_it_has_already_is_told_so(void **state)
{
    struct play *play = *state;

    give(play, 5, 9);
    assert_int_equal(
        session_give(play->session, 7, 5, span_text("the same again")),
        STATUS_BUSY);
    give(play, 2, 2); // an older one that is due again
    assert_int_equal(first_seq_of(play, 1), 2);
    assert_int_equal(session_view(play->session).held, 6);
}

// --- Loss --------------------------------------------------------------------

static void
batch_without_receipt_goes_again_after_10_20_40_s(void **state)
{
    struct play *play = *state;

    give(play, 1, 3);
    for (int i = 0; i < 10; i++) {
        pass(play, 999);
        pong(play, CREDIT); // the link lives
    }
    assert_int_equal(events_of(play, 0), 3);
    size_t before = play->sent_count;
    pass(play, 10);
    assert_int_equal(play->sent_count, before + 1);
    assert_int_equal(play->sent[before].kind, ENVELOPE_BATCH);
    assert_int_equal(play->sent[before].batch.number, 1);
    assert_int_equal(events_of(play, before), 3);

    before = play->sent_count;
    for (int i = 0; i < 19; i++) {
        pass(play, 1000);
        pong(play, CREDIT);
    }
    for (size_t i = before; i < play->sent_count; i++)
        assert_int_not_equal(play->sent[i].kind, ENVELOPE_BATCH);
    pass(play, 1000);
    assert_int_equal(play->sent[play->sent_count - 1].kind, ENVELOPE_BATCH);
    receipt(play, SESSION_ID, 1, 3);
    assert_int_equal(play->settled_count, 3);
}

static void
quiet_link_is_asked_every_5_s(void **state)
{
    struct play *play = *state;

    pass(play, 4999);
    assert_int_equal(play->sent_count, 0);
    pass(play, 1);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(play->sent[0].kind, ENVELOPE_PING);
    pass(play, 4999);
    assert_int_equal(play->sent_count, 1);
    pass(play, 1);
    assert_int_equal(play->sent_count, 2);
}

static void
silent_link_is_given_up_for_the_next_collector(void **state)
{
    struct play *play = *state;

    session_learn(play->session, span_text("tcp://second:7070"));
    give(play, 1, 3);
    pass(play, 14999);
    assert_int_equal(session_view(play->session).phase, SESSION_UP);
    pass(play, 1);
    assert_int_equal(session_view(play->session).phase, SESSION_DOWN);
    assert_int_equal(play->close_count, 1);
    pass(play, 1000);
    assert_int_equal(play->open_count, 2);
    assert_string_equal(play->opened, "tcp://second:7070");

    forget_sent(play);
    welcome(play, SESSION_ID + 1);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(events_of(play, 0), 3);
    assert_int_equal(play->sent[0].batch.session, SESSION_ID + 1);
    assert_int_equal(play->sent[0].batch.number, 1);
    receipt(play, SESSION_ID, 1, 3); // of the first collector, too late
    assert_int_equal(play->settled_count, 0);
    receipt(play, SESSION_ID + 1, 1, 3);
    assert_int_equal(play->settled_count, 3);
}

static void
stale_session_is_greeted_anew_once(void **state)
{
    struct play *play = *state;

    give(play, 1, 300); // three batches
    forget_sent(play);
    goaway(play, CODE_STALE_SESSION, 0);
    goaway(play, CODE_STALE_SESSION, 0);
    goaway(play, CODE_STALE_SESSION, 0);
    assert_int_equal(play->sent_count, 1);
    assert_int_equal(play->sent[0].kind, ENVELOPE_HELLO);
    assert_int_equal(play->close_count, 0); // the link is good
    welcome(play, SESSION_ID + 1);
    assert_int_equal(play->sent_count, 4);
    assert_int_equal(first_seq_of(play, 1), 1);
}

static void
collector_that_stops_is_left_for_as_long_as_it_says(void **state)
{
    struct play *play = *state;

    goaway(play, CODE_SHUTTING_DOWN, 7000);
    assert_int_equal(session_view(play->session).phase, SESSION_DOWN);
    assert_int_equal(session_view(play->session).refusal, CODE_SHUTTING_DOWN);
    pass(play, 6999);
    assert_int_equal(play->open_count, 1);
    pass(play, 1);
    assert_int_equal(play->open_count, 2);
}

static void
waits_grow_up_to_a_minute_and_differ(void **state)
{
    struct play *play = *state;
    int64_t longest = 0, sum = 0;

    run(play);
    for (int i = 0; i < 40; i++) {
        session_failed(play->session, play->now);
        run(play);
        int64_t wait = session_deadline(play->session) - play->now.steady_ms;
        assert_in_range(wait, 0, 60000);
        if (i == 0)
            assert_in_range(wait, 0, 1000);
        longest = wait > longest ? wait : longest;
        sum += wait;
        pass(play, wait);
    }
    assert_true(longest > 30000);
    assert_true(sum < 40 * longest);
}

static void
collectors_are_learned_from_the_welcome(void **state)
{
    struct play *play = *state;
    struct span told[] = {span_text("tcp://first:7070"),
                          span_text("tcp://second:7070"),
                          span_text("nonsense")};

    welcome_with(play, usual_welcome(SESSION_ID + 1), told, 3);
    pass(play, 15000);
    pass(play, 1000);
    assert_string_equal(play->opened, "tcp://second:7070");
    pass(play, 15000);
    pass(play, 2000);
    assert_string_equal(play->opened, "tcp://first:7070");
}

#define DOWN(f) cmocka_unit_test_setup_teardown(f, open_play, close_play)
#define UP(f)   cmocka_unit_test_setup_teardown(f, open_play_up, close_play)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DOWN(first_thing_said_is_who_speaks),
        DOWN(no_event_leaves_before_the_welcome),
        DOWN(link_not_yet_connected_gets_the_hello_later),
        DOWN(refused_terminal_says_why_and_is_admitted_later),
        UP(receipt_settles_every_event_of_its_batch),
        UP(receipt_that_comes_twice_counts_once),
        UP(receipt_of_another_session_or_batch_is_ignored),
        UP(garbage_is_ignored_and_is_no_sign_of_life),
        UP(no_more_is_under_way_than_credit_allows),
        UP(without_credit_it_asks_for_some),
        UP(batch_stays_within_the_bytes_told),
        UP(event_larger_than_they_take_is_rejected_and_blocks_nobody),
        UP(full_link_is_tried_again_without_loss),
        UP(event_it_has_already_is_told_so),
        UP(batch_without_receipt_goes_again_after_10_20_40_s),
        UP(quiet_link_is_asked_every_5_s),
        UP(silent_link_is_given_up_for_the_next_collector),
        UP(stale_session_is_greeted_anew_once),
        UP(collector_that_stops_is_left_for_as_long_as_it_says),
        DOWN(waits_grow_up_to_a_minute_and_differ),
        UP(collectors_are_learned_from_the_welcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
