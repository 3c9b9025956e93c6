// SPDX-License-Identifier: Apache-2.0
//
// What a terminal makes of the store behind its collector, and of its clock.
#include "tests/unit/session_play.h"

enum { EPOCH = 4711 }; // of session_play

// A WELCOME with resend_from has to be put together by hand: our own collector
// writes it elsewhere.
static void
welcome_from(struct play *play, uint32_t incarnation, uint64_t backed_up,
             uint64_t epoch, uint64_t seq)
{
    struct welcome welcome = usual_welcome(SESSION_ID + incarnation);
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    static const uint8_t store[16] = "0123456789abcde";
    uint8_t more[16], *at = more;

    welcome.incarnation = incarnation;
    welcome.backed_up_position = backed_up;
    welcome.store = span_of(store, sizeof store);
    size_t length = welcome_write(&writer, &welcome, NULL, 0);
    assert_true(length > 0);
    if (epoch == 0) {
        hear(play, &writer, length);
        return;
    }
    *at++ = 10 << 3 | 2; // resend_from
    *at++ = 11;
    *at++ = 1 << 3 | 1; // epoch, fixed64
    memcpy(at, &epoch, sizeof epoch);
    at += sizeof epoch;
    *at++ = 2 << 3; // seq
    *at++ = (uint8_t)seq;
    memcpy(play->buffer + length, more, 13);
    // The WELCOME is the envelope's last field; its length grows with it.
    size_t mark = 2; // version and its number
    assert_int_equal(play->buffer[mark], 3 << 3 | 2);
    size_t inner = 0, shift = 0, digit = mark + 1;
    for (;; shift += 7) {
        inner |= (size_t)(play->buffer[digit] & 0x7f) << shift;
        if (!(play->buffer[digit++] & 0x80))
            break;
    }
    inner += 13;
    for (size_t i = mark + 1; i < digit; i++, inner >>= 7)
        play->buffer[i] =
            (uint8_t)((inner & 0x7f) | (i + 1 < digit ? 0x80 : 0));
    assert_int_equal(inner, 0);
    hear(play, &writer, length + 13);
}

static void
first_store_is_remembered_and_asks_for_nothing(void **state)
{
    struct play *play = *state;

    run(play);
    welcome_from(play, 3, 0, 0, 0);
    assert_int_equal(session_view(play->session).phase, SESSION_UP);
    assert_int_equal(play->store_count, 1);
    assert_int_equal(play->store.incarnation, 3);
    assert_int_equal(play->resend_from, 0);
    welcome_from(play, 3, 0, 0, 0);
    assert_int_equal(play->store_count, 1); // nothing new
}

static void
restored_store_gets_kept_events_from_where_it_says(void **state)
{
    struct play *play = *state;

    run(play);
    welcome_from(play, 3, 50, 0, 0);
    assert_int_equal(play->released_to, 50);
    welcome_from(play, 4, 20, EPOCH, 100);
    assert_int_equal(play->store_count, 2);
    assert_int_equal(play->store.incarnation, 4);
    assert_int_equal(play->resend_from, 100);
    assert_int_equal(play->released_to, 20); // positions begin anew
}

static void
restored_store_that_does_not_know_this_spool_gets_everything(void **state)
{
    struct play *play = *state;

    run(play);
    welcome_from(play, 3, 0, 0, 0);
    welcome_from(play, 4, 0, EPOCH + 1, 100); // of another terminal
    assert_int_equal(play->resend_from, 1);
}

static void
restored_store_asks_once(void **state)
{
    struct play *play = *state;

    run(play);
    welcome_from(play, 3, 0, 0, 0);
    welcome_from(play, 4, 0, EPOCH, 7);
    welcome_from(play, 4, 0, EPOCH, 7); // it says so in every WELCOME
    assert_int_equal(play->store_count, 2);
    assert_int_equal(play->resend_from, 7);
}

static void
old_copy_of_the_store_gets_nothing(void **state)
{
    struct play *play = *state;

    session_learn(play->session, span_text("tcp://second:7070"));
    run(play);
    welcome_from(play, 4, 0, 0, 0);
    pass(play, 15000); // the link is lost
    pass(play, 1000);
    give(play, 1, 3);
    forget_sent(play);
    welcome_from(play, 3, 0, 0, 0);
    assert_int_equal(session_view(play->session).phase, SESSION_DOWN);
    assert_int_equal(play->sent_count, 0);
    assert_non_null(
        strstr(session_view(play->session).refusal_text, "old copy"));
    pass(play, 2000);
    assert_string_equal(play->opened, "tcp://first:7070");
    welcome_from(play, 4, 0, 0, 0);
    assert_int_equal(events_of(play, play->sent_count - 1), 3);
}

static void
settlement_names_the_commit_and_the_backup_is_followed(void **state)
{
    struct play *play = *state;
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct receipt answer = {.session = SESSION_ID,
                             .batch = 1,
                             .events = 2,
                             .credit = CREDIT,
                             .position = 17,
                             .backed_up_position = 12};

    give(play, 1, 2);
    receipt_begin(&writer, &answer);
    hear(play, &writer, receipt_end(&writer, NULL, 0));
    assert_int_equal(play->settled_count, 2);
    assert_int_equal(play->settled[1].position, 17);
    assert_int_equal(play->released_to, 12);
    assert_int_equal(session_view(play->session).backed_up_position, 12);
}

static void
clock_is_compared_with_every_word_that_tells_the_time(void **state)
{
    struct play *play = *state;
    struct welcome told = usual_welcome(SESSION_ID);
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct pong answer = {.credit = CREDIT};

    run(play);
    assert_false(session_view(play->session).has_clock);
    told.server_time_ms = play->now.wall_ms + 3600000;
    welcome_with(play, told, NULL, 0);
    assert_true(session_view(play->session).has_clock);
    assert_int_equal(session_view(play->session).clock_offset_ms, 3600000);
    answer.server_time_ms = play->now.wall_ms - 1000;
    hear(play, &writer, pong_write(&writer, &answer));
    assert_int_equal(session_view(play->session).clock_offset_ms, -1000);
}

static void
clock_that_jumps_moves_no_timer(void **state)
{
    struct play *play = *state;

    give(play, 1, 1);
    play->now.wall_ms -= 86400000;
    pass(play, 4999);
    assert_int_equal(play->sent_count, 1);
    play->now.wall_ms += 10 * INT64_C(86400000);
    pass(play, 1);
    assert_int_equal(play->sent_count, 2);
    assert_int_equal(play->sent[1].kind, ENVELOPE_PING);
    assert_int_equal(session_view(play->session).phase, SESSION_UP);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DOWN(first_store_is_remembered_and_asks_for_nothing),
        DOWN(restored_store_gets_kept_events_from_where_it_says),
        DOWN(restored_store_that_does_not_know_this_spool_gets_everything),
        DOWN(restored_store_asks_once),
        DOWN(old_copy_of_the_store_gets_nothing),
        UP(settlement_names_the_commit_and_the_backup_is_followed),
        DOWN(clock_is_compared_with_every_word_that_tells_the_time),
        UP(clock_that_jumps_moves_no_timer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
