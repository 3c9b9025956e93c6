// SPDX-License-Identifier: Apache-2.0
//
// That what the benchmark sends is what it says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench/mill.h"
#include "common/wire/event_code.h"

enum { EVENTS = 20000 };

static struct mill_options
usual(void)
{
    return (struct mill_options){
        .terminals = 8,
        .dealers = 5000,
        .year_events = 8 * EVENTS,
        .year_start_ms = INT64_C(1760000000000),
        .duplicate_ppm = 10000,
    };
}

// mill_read makes the n-th event of terminal 3 and reads it.
static struct event
mill_read(struct mill *mill, uint64_t n)
{
    struct event event;
    struct span body = mill_event(mill, 3, n);
    assert_int_equal(body.length, 200);
    assert_int_equal(event_read(body, &event).code, CODE_NONE);
    return event;
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct event_id));
}

static void
events_are_surveys_of_two_hundred_bytes_and_ten_answers(void **state)
{
    (void)state;
    struct mill mill;
    struct mill_options options = usual();
    assert_true(mill_init(&mill, &options));
    for (uint64_t n = 0; n < EVENTS; n++) {
        struct event event = mill_read(&mill, n);
        assert_int_equal(event.type, EVENT_SURVEY_RESPONSE);
        assert_int_equal(event.survey.answer_count, MILL_ANSWERS);
        for (int i = 0; i < MILL_ANSWERS; i++)
            assert_in_range(event.survey.answers[i].value, 3, 10);
        assert_int_equal(event.dealer_id.length, MILL_DEALER_SIZE);
    }
    mill_fini(&mill);
}

static void
one_in_a_hundred_is_sent_again_and_no_other(void **state)
{
    (void)state;
    struct mill mill;
    struct mill_options options = usual();
    struct event_id *ids = calloc(EVENTS, sizeof *ids);
    assert_non_null(ids);
    assert_true(mill_init(&mill, &options));
    for (uint64_t n = 0; n < EVENTS; n++)
        ids[n] = mill_read(&mill, n).id;
    qsort(ids, EVENTS, sizeof *ids, by_id);
    unsigned repeats = 0;
    for (size_t i = 1; i < EVENTS; i++)
        repeats += event_id_equal(&ids[i - 1], &ids[i]);
    assert_in_range(repeats, EVENTS / 130, EVENTS / 75);
    free(ids);
    mill_fini(&mill);
}

static void
ids_come_in_time_order_unless_asked_otherwise(void **state)
{
    (void)state;
    for (int random = 0; random < 2; random++) {
        struct mill mill;
        struct mill_options options = usual();
        options.random_order = random == 1;
        options.duplicate_ppm = 0;
        assert_true(mill_init(&mill, &options));
        struct event_id last = {{0}};
        unsigned descents = 0;
        for (uint64_t n = 0; n < EVENTS; n++) {
            struct event_id id = mill_read(&mill, n).id;
            descents += n > 0 && by_id(&last, &id) > 0;
            last = id;
        }
        if (random == 0)
            assert_int_equal(descents, 0);
        else
            assert_in_range(descents, EVENTS * 2 / 5, EVENTS * 3 / 5);
        mill_fini(&mill);
    }
}

static void
a_customer_comes_four_times_a_year_to_one_dealer(void **state)
{
    (void)state;
    struct mill mill;
    struct mill_options options = usual();
    options.duplicate_ppm = 0;
    assert_true(mill_init(&mill, &options));
    for (uint64_t n = 0; n < 100; n++) {
        struct event first = mill_read(&mill, n);
        uint8_t customer[PERSON_KEY_MAX], dealer[MILL_DEALER_SIZE];
        memcpy(customer, first.customer.data, sizeof customer);
        memcpy(dealer, first.dealer_id.data, sizeof dealer);
        for (uint64_t visit = 1; visit < 4; visit++) {
            struct event next = mill_read(&mill, n + visit * mill.customers);
            assert_memory_equal(next.customer.data, customer, sizeof customer);
            assert_memory_equal(next.dealer_id.data, dealer, sizeof dealer);
            assert_true(next.occurred_at > first.occurred_at);
        }
    }
    mill_fini(&mill);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            events_are_surveys_of_two_hundred_bytes_and_ten_answers),
        cmocka_unit_test(one_in_a_hundred_is_sent_again_and_no_other),
        cmocka_unit_test(ids_come_in_time_order_unless_asked_otherwise),
        cmocka_unit_test(a_customer_comes_four_times_a_year_to_one_dealer),
    };
    return cmocka_run_group_tests_name("mill", tests, NULL, NULL);
}
