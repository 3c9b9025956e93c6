// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/session_play.h"

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

    session_learn(play->session, span_text("tcp://second:7070"));
    goaway(play, CODE_SHUTTING_DOWN, 7000);
    assert_int_equal(session_view(play->session).refusal, CODE_SHUTTING_DOWN);
    assert_int_equal(session_deadline(play->session) - play->now.steady_ms,
                     7000);
    pass(play, 6999);
    assert_int_equal(play->open_count, 1);
    pass(play, 1);
    assert_int_equal(play->close_count, 1);
    assert_int_equal(play->open_count, 2);
    assert_string_equal(play->opened, "tcp://second:7070");
}

static void
receipts_of_a_collector_that_stops_still_count(void **state)
{
    struct play *play = *state;

    give(play, 1, 3);
    goaway(play, CODE_SHUTTING_DOWN, 7000);
    goaway(play, CODE_SHUTTING_DOWN, 90000); // the first word counts
    forget_sent(play);
    give(play, 4, 6);
    pass(play, 1000);
    assert_int_equal(play->sent_count, 0); // it takes nothing more
    receipt(play, SESSION_ID, 1, 3);
    assert_int_equal(play->settled_count, 3);
    pass(play, 6000);
    assert_int_equal(play->open_count, 2);
    welcome(play, SESSION_ID + 1);
    assert_int_equal(events_of(play, play->sent_count - 1), 3);
    assert_int_equal(first_seq_of(play, play->sent_count - 1), 4);
}

static void
collector_that_stops_and_falls_silent_is_left_earlier(void **state)
{
    struct play *play = *state;

    goaway(play, CODE_NO_AGGREGATOR, 4000000000);
    pass(play, 15000);
    pass(play, 1000);
    assert_int_equal(play->open_count, 2);
}

static void
collector_that_names_years_is_left_after_a_minute(void **state)
{
    struct play *play = *state;

    goaway(play, CODE_SHUTTING_DOWN, UINT32_MAX);
    for (int i = 0; i < 12; i++) {
        pong(play, CREDIT); // and it does not fall silent
        pass(play, 5000);
    }
    pass(play, 1000);
    assert_int_equal(play->open_count, 2);
}

static void
terminal_of_an_old_version_comes_back_seldom(void **state)
{
    struct play *play = *state;
    int64_t longest = 0;

    for (uint64_t i = 0; i < 20; i++) {
        goaway(play, CODE_UNKNOWN_VERSION, 10);
        int64_t wait = session_deadline(play->session) - play->now.steady_ms;
        longest = wait > longest ? wait : longest;
        assert_in_range(wait, 0, 60000);
        pass(play, wait);
        welcome(play, SESSION_ID + 1 + i);
    }
    assert_true(longest > 30000); // after a first failure it is at most 1000
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

static void
collectors_are_learned_from_receipts(void **state)
{
    struct play *play = *state;
    struct span told = span_text("tcp://third:7070");
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct receipt answer = {.session = SESSION_ID, .batch = 1, .events = 1};

    give(play, 1, 1);
    receipt_begin(&writer, &answer);
    hear(play, &writer, receipt_end(&writer, &told, 1));
    pass(play, 15000);
    pass(play, 1000);
    assert_string_equal(play->opened, "tcp://third:7070");
}

static void
link_that_never_connects_is_made_anew(void **state)
{
    struct play *play = *state;

    // As after a refusal by libzmq's key check: it never says so, and never
    // tries again by itself.
    session_learn(play->session, span_text("tcp://second:7070"));
    play->link_is_full = true;
    run(play);
    for (int i = 0; i < 600; i++)
        pass(play, 100);
    assert_true(play->open_count >= 3);
    assert_in_range(play->close_count, play->open_count - 1, play->open_count);
    assert_int_equal(play->sent_count, 0);
    play->link_is_full = false; // admitted
    for (int i = 0; i < 700 && play->sent_count == 0; i++)
        pass(play, 100);
    assert_int_equal(play->sent[0].kind, ENVELOPE_HELLO);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        UP(batch_without_receipt_goes_again_after_10_20_40_s),
        UP(quiet_link_is_asked_every_5_s),
        UP(silent_link_is_given_up_for_the_next_collector),
        UP(stale_session_is_greeted_anew_once),
        UP(collector_that_stops_is_left_for_as_long_as_it_says),
        DOWN(waits_grow_up_to_a_minute_and_differ),
        UP(receipts_of_a_collector_that_stops_still_count),
        UP(collector_that_stops_and_falls_silent_is_left_earlier),
        UP(collector_that_names_years_is_left_after_a_minute),
        UP(terminal_of_an_old_version_comes_back_seldom),
        UP(collectors_are_learned_from_the_welcome),
        UP(collectors_are_learned_from_receipts),
        DOWN(link_that_never_connects_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
