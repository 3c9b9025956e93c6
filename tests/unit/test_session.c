// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/session_play.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
