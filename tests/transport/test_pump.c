// SPDX-License-Identifier: Apache-2.0
//
// libdealerpulse through its public header, against a collector played by hand
// over a real socket.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "client/dealerpulse.h"
#include "common/runtime/clock.h"
#include "common/transport/inbox.h"
#include "common/wire/envelope.h"
#include "common/wire/event_code.h"
#include "tests/support/temp_dir.h"

enum { PATIENCE_MS = 30000, SESSION_ID = 5, OUTCOMES_MAX = 4096 };

struct shop {
    char folder[TEMP_DIR_MAX], path[TEMP_DIR_MAX + 16];
    struct transport *transport;
    struct inbox *inbox;
    struct dealerpulse *pulse;
    struct peer peer;
    struct frame frame;
    uint64_t hellos, batches, events;
    enum code answer; // to every event
    bool is_mute;
    size_t outcome_count;
    struct dealerpulse_outcome outcomes[OUTCOMES_MAX];
    char error[512];
    uint8_t buffer[FRAME_MAX];
};

static void
remember(void *context, const struct dealerpulse_outcome *outcome)
{
    struct shop *shop = context;
    assert_true(shop->outcome_count < OUTCOMES_MAX);
    shop->outcomes[shop->outcome_count++] = *outcome;
}

static enum dealerpulse_status
open_pulse(struct shop *shop, bool store_only)
{
    const char *dealer = "D1";
    const char *collector = inbox_endpoint(shop->inbox);
    struct dealerpulse_options options = {
        .spool = shop->path,
        .store_only = store_only,
        .name = "till-3",
        .role = DEALERPULSE_DEALER,
        .dealers = &dealer,
        .dealer_count = 1,
        .collectors = &collector,
        .collector_count = 1,
        .on_outcome = remember,
        .context = shop,
        .error = shop->error,
        .error_size = sizeof shop->error,
    };
    return dealerpulse_open(&shop->pulse, &options);
}

static int
open_shop(void **state)
{
    struct shop *shop = calloc(1, sizeof *shop);
    if (!shop || temp_dir_make(shop->folder) != 0 ||
        transport_open(&shop->transport, 1) != STATUS_OK ||
        inbox_open(&shop->inbox, shop->transport, "tcp://127.0.0.1:0",
                   FRAME_MAX) != STATUS_OK)
        return -1;
    snprintf(shop->path, sizeof shop->path, "%s/spool.db", shop->folder);
    frame_init(&shop->frame);
    *state = shop;
    return open_pulse(shop, false) == DEALERPULSE_OK ? 0 : -1;
}

static int
close_shop(void **state)
{
    struct shop *shop = *state;

    dealerpulse_close(shop->pulse);
    frame_close(&shop->frame);
    inbox_close(shop->inbox);
    transport_close(shop->transport);
    int removed = temp_dir_remove(shop->folder);
    free(shop);
    return removed;
}

// --- The collector -----------------------------------------------------------

static void
answer(struct shop *shop, struct writer *writer, size_t length)
{
    assert_true(length > 0);
    enum status status =
        inbox_send(shop->inbox, &shop->peer, span_of(writer->data, length));
    assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
}

static void
answer_hello(struct shop *shop)
{
    struct writer writer = writer_on(shop->buffer, sizeof shop->buffer);
    struct welcome welcome = {.session = SESSION_ID,
                              .server_time_ms = 1,
                              .credit = 1000,
                              .max_event_bytes = 8192,
                              .max_batch_events = 256,
                              .max_batch_bytes = FRAME_MAX};

    welcome.store = span_text("sixteen bytes ok");
    shop->hellos += 1;
    answer(shop, &writer, welcome_write(&writer, &welcome, NULL, 0));
}

static void
answer_batch(struct shop *shop, const struct batch *batch)
{
    struct writer writer = writer_on(shop->buffer, sizeof shop->buffer);
    struct outcome outcome = outcome_of(shop->answer, "dealer");
    struct repeated parcels = batch->parcels;
    struct parcel parcel;

    assert_int_equal(batch->session, SESSION_ID);
    assert_true(batch_next_parcel(&parcels, &parcel));
    shop->batches += 1;
    shop->events += parcel.delivery_count;
    struct receipt receipt = {.session = SESSION_ID,
                              .batch = batch->number,
                              .events = parcel.delivery_count,
                              .credit = 1000,
                              .server_time_ms = 1};
    receipt_begin(&writer, &receipt);
    for (uint32_t i = 0; shop->answer && i < parcel.delivery_count; i++)
        receipt_outcome(&writer, i, &outcome);
    answer(shop, &writer, receipt_end(&writer, NULL, 0));
}

static void
serve(struct shop *shop)
{
    struct envelope envelope;

    while (inbox_receive(shop->inbox, &shop->peer, &shop->frame) == STATUS_OK) {
        if (shop->is_mute)
            continue;
        assert_int_equal(envelope_read(frame_span(&shop->frame),
                                       BATCH_EVENTS_MAX, &envelope),
                         CODE_NONE);
        if (envelope.kind == ENVELOPE_HELLO)
            answer_hello(shop);
        else if (envelope.kind == ENVELOPE_BATCH)
            answer_batch(shop, &envelope.batch);
    }
}

// pump_until lets both sides work until `count` outcomes are told.
static void
pump_until(struct shop *shop, size_t count)
{
    int64_t until = clock_steady_ms() + PATIENCE_MS;

    while (shop->outcome_count < count && clock_steady_ms() < until) {
        enum dealerpulse_status status = dealerpulse_pump(shop->pulse, 5, -1);
        assert_true(status == DEALERPULSE_OK || status == DEALERPULSE_AGAIN);
        serve(shop);
    }
    assert_int_equal(shop->outcome_count, count);
}

static struct dealerpulse_state
state_of(struct shop *shop)
{
    struct dealerpulse_state state;
    assert_int_equal(dealerpulse_state(shop->pulse, &state), DEALERPULSE_OK);
    return state;
}

static size_t
make_visit(struct shop *shop, uint8_t *body)
{
    struct event event = {.type = EVENT_VISIT_OPENED,
                          .dealer_id = span_text("D1"),
                          .occurred_at = 1769817600000,
                          .visit = span_text("v")};
    dealerpulse_new_id(shop->pulse, event.id.bytes);
    return event_write(&event, body, 512);
}

static uint64_t
submit(struct shop *shop)
{
    uint8_t body[512];
    uint64_t seq = 0;
    size_t length = make_visit(shop, body);

    assert_int_equal(dealerpulse_submit(shop->pulse, body, length, &seq),
                     DEALERPULSE_OK);
    return seq;
}

// --- What it promises --------------------------------------------------------

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
    assert_int_equal(dealerpulse_list(shop->pulse, check_dead_letter, shop),
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

#define WITH_SHOP(f) cmocka_unit_test_setup_teardown(f, open_shop, close_shop)

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
