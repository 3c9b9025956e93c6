// SPDX-License-Identifier: Apache-2.0
#include "tests/transport/pump_shop.h"

#include <signal.h>
#include <sys/resource.h>

static void
submitted_event_gets_its_outcome_and_leaves(void **state)
{
    struct shop *shop = *state;

    assert_int_equal(submit(shop), 1);
    assert_int_equal(state_of(shop).waiting, 1);
    pump_until(shop, 1);
    assert_int_equal(shop->outcomes[0].seq, 1);
    assert_int_equal(shop->outcomes[0].kind, DEALERPULSE_ACCEPTED);
    struct dealerpulse_state told = state_of(shop);
    assert_int_equal(told.waiting, 0);
    assert_int_equal(told.accepted_total, 1);
    assert_int_equal(told.link, DEALERPULSE_LINK_UP);
    assert_string_equal(told.collector, inbox_endpoint(shop->inbox));
}

static void
thousands_of_events_arrive_once_each(void **state)
{
    struct shop *shop = *state;

    for (int i = 0; i < 3000; i++)
        submit(shop);
    pump_until(shop, 3000);
    assert_int_equal(shop->events, 3000);
    assert_true(shop->batches < 100);
    bool seen[3001] = {false};
    for (size_t i = 0; i < 3000; i++) {
        assert_in_range(shop->outcomes[i].seq, 1, 3000);
        assert_false(seen[shop->outcomes[i].seq]);
        seen[shop->outcomes[i].seq] = true;
    }
}

static bool
check_dead_letter(void *context, const struct dealerpulse_entry *entry)
{
    struct shop *shop = context;

    assert_int_equal(entry->place, DEALERPULSE_DEAD_LETTER);
    assert_string_equal(entry->code_name, "TOO_OLD");
    assert_string_equal(entry->field, "dealer");
    shop->events += 100;
    return true;
}

static void
rejected_event_stays_to_be_looked_at(void **state)
{
    struct shop *shop = *state;

    shop->answer = CODE_TOO_OLD;
    submit(shop);
    pump_until(shop, 1);
    assert_int_equal(shop->outcomes[0].kind, DEALERPULSE_REJECTED);
    assert_int_equal(shop->outcomes[0].code, CODE_TOO_OLD);
    assert_int_equal(state_of(shop).rejected, 1);
    assert_int_equal(
        dealerpulse_list(shop->pulse, false, check_dead_letter, shop),
        DEALERPULSE_OK);
    assert_int_equal(shop->events, 101);
}

static void
dead_letter_submitted_again_is_sent_again(void **state)
{
    struct shop *shop = *state;
    uint8_t body[512];
    uint64_t first, second;
    size_t length = make_visit(shop, body);

    shop->answer = CODE_UNKNOWN_ITEM;
    assert_int_equal(dealerpulse_submit(shop->pulse, body, length, &first),
                     DEALERPULSE_OK);
    pump_until(shop, 1);
    shop->answer = CODE_NONE;
    assert_int_equal(dealerpulse_submit(shop->pulse, body, length, &second),
                     DEALERPULSE_OK);
    assert_int_equal(first, second);
    pump_until(shop, 2);
    assert_int_equal(shop->outcomes[1].kind, DEALERPULSE_ACCEPTED);
    assert_int_equal(state_of(shop).rejected, 0);
}

static void
events_of_another_process_are_sent_too(void **state)
{
    struct shop *shop = *state;
    struct dealerpulse *agent = shop->pulse;

    pump_until(shop, 0);
    assert_int_equal(open_pulse(shop, false), DEALERPULSE_BUSY);
    assert_non_null(strstr(shop->error, "another program sends"));
    assert_int_equal(open_pulse(shop, true), DEALERPULSE_OK); // the till
    submit(shop);
    assert_int_equal(dealerpulse_pump(shop->pulse, 0, -1), DEALERPULSE_INVALID);
    dealerpulse_close(shop->pulse);
    shop->pulse = agent;
    pump_until(shop, 1);
}

static void
what_was_not_answered_goes_again_after_a_restart(void **state)
{
    struct shop *shop = *state;

    shop->is_mute = true;
    submit(shop);
    for (int i = 0; i < 20; i++) {
        assert_true(dealerpulse_pump(shop->pulse, 5, -1) != DEALERPULSE_SYSTEM);
        serve(shop);
    }
    dealerpulse_close(shop->pulse);
    shop->pulse = NULL;
    shop->is_mute = false;
    assert_int_equal(open_pulse(shop, false), DEALERPULSE_OK);
    assert_int_equal(submit(shop), 2);
    pump_until(shop, 2);
}

static void
bytes_that_are_no_event_are_refused_at_once(void **state)
{
    struct shop *shop = *state;
    static const uint8_t huge[DEALERPULSE_BODY_MAX + 1];

    assert_int_equal(dealerpulse_submit(shop->pulse, "rubbish", 7, NULL),
                     DEALERPULSE_INVALID);
    assert_true(dealerpulse_error(shop->pulse)[0] != '\0');
    assert_int_equal(dealerpulse_submit(shop->pulse, "", 0, NULL),
                     DEALERPULSE_INVALID);
    assert_int_equal(dealerpulse_submit(shop->pulse, huge, sizeof huge, NULL),
                     DEALERPULSE_INVALID);
    assert_int_equal(state_of(shop).last_seq, 0);
}

static void
wake_descriptor_ends_a_pump_early(void **state)
{
    struct shop *shop = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    int64_t before = clock_steady_ms();
    while (dealerpulse_pump(shop->pulse, PATIENCE_MS, ends[0]) !=
           DEALERPULSE_AGAIN)
        serve(shop);
    assert_true(clock_steady_ms() - before < PATIENCE_MS);
    close(ends[0]);
    close(ends[1]);
}

static void
wrong_options_are_told_in_words(void **state)
{
    struct shop *shop = *state;
    struct dealerpulse *pulse = NULL;
    const char *dealer = "D1", *collector = "tcp://127.0.0.1:7070";
    const char *nowhere = "nowhere";
    char error[512] = "";
    const struct dealerpulse_options good = {.spool = shop->path,
                                             .name = "till",
                                             .role = DEALERPULSE_DEALER,
                                             .dealers = &dealer,
                                             .dealer_count = 1,
                                             .collectors = &collector,
                                             .collector_count = 1,
                                             .error = error,
                                             .error_size = sizeof error};
    struct dealerpulse_options bad[6] = {good, good, good, good, good, good};

    bad[0].spool = NULL;
    bad[1].name = "a name of far more than thirty-two bytes";
    bad[2].role = (enum dealerpulse_role)7;
    bad[3].dealer_count = 0;
    bad[4].collector_count = 0;
    bad[5].collectors = &nowhere;
    dealerpulse_close(shop->pulse); // the lock is not what is tested
    shop->pulse = NULL;
    for (size_t i = 0; i < 6; i++) {
        error[0] = '\0';
        assert_int_equal(dealerpulse_open(&pulse, &bad[i]),
                         DEALERPULSE_INVALID);
        assert_null(pulse);
        assert_true(error[0] != '\0');
    }
}

static void
restored_store_gets_accepted_events_again(void **state)
{
    struct shop *shop = *state;
    struct writer writer = writer_on(shop->buffer, sizeof shop->buffer);
    struct goaway stale = {.code = CODE_STALE_SESSION};

    shop->incarnation = 1;
    for (int i = 0; i < 10; i++)
        submit(shop);
    pump_until(shop, 10);
    assert_int_equal(state_of(shop).kept, 10);
    shop->incarnation = 2; // HELLO again shows it
    answer(shop, &writer, goaway_write(&writer, &stale));
    pump_until(shop, 20);
    assert_int_equal(shop->events, 20);
    assert_int_equal(state_of(shop).resent_total, 10);
    assert_int_equal(state_of(shop).kept, 10);
    assert_int_equal(state_of(shop).incarnation, 2);

    // What it knows of the store outlasts the process.
    dealerpulse_close(shop->pulse);
    assert_int_equal(open_pulse(shop, false), DEALERPULSE_OK);
    submit(shop);
    pump_until(shop, 21);
    assert_int_equal(state_of(shop).resent_total, 0);
}

static void
receipt_that_cannot_be_written_down_is_not_forgotten(void **state)
{
    struct shop *shop = *state;
    struct rlimit whole, small;
    enum dealerpulse_status status = DEALERPULSE_OK;
    int64_t until = clock_steady_ms() + PATIENCE_MS;

    signal(SIGXFSZ, SIG_IGN);
    submit(shop); // the link is up, the store known
    pump_until(shop, 1);
    for (int i = 0; i < 40; i++)
        submit(shop);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    small = whole;
    small.rlim_cur = 4096; // no file grows any more
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    while (status != DEALERPULSE_FULL && clock_steady_ms() < until) {
        status = dealerpulse_pump(shop->pulse, 5, -1);
        serve(shop);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
    assert_int_equal(status, DEALERPULSE_FULL);
    assert_non_null(strstr(dealerpulse_error(shop->pulse), "nothing is lost"));
    uint64_t batches = shop->batches;
    assert_true(batches > 1);
    assert_int_equal(shop->outcome_count, 1);
    pump_until(shop, 41);
    assert_int_equal(shop->batches, batches); // without being sent again
    assert_int_equal(state_of(shop).kept, 41);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SHOP(submitted_event_gets_its_outcome_and_leaves),
        WITH_SHOP(thousands_of_events_arrive_once_each),
        WITH_SHOP(rejected_event_stays_to_be_looked_at),
        WITH_SHOP(dead_letter_submitted_again_is_sent_again),
        WITH_SHOP(events_of_another_process_are_sent_too),
        WITH_SHOP(what_was_not_answered_goes_again_after_a_restart),
        WITH_SHOP(bytes_that_are_no_event_are_refused_at_once),
        WITH_SHOP(wake_descriptor_ends_a_pump_early),
        WITH_SHOP(wrong_options_are_told_in_words),
        WITH_SHOP(restored_store_gets_accepted_events_again),
        WITH_SHOP(receipt_that_cannot_be_written_down_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
