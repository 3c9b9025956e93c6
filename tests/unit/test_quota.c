// SPDX-License-Identifier: Apache-2.0
//
// A terminal sends what its quota allows, and the others do not notice it.
#include "collector/quota.h"
#include "collector_rig.h"

#include <stdio.h>

enum { SECOND = 1000 };

static void
a_bucket_fills_with_time_and_no_further_than_the_burst(void **state)
{
    (void)state;
    struct quota quota;
    uint32_t after_ms = 0;

    assert_true(quota_init(&quota, 100, 500, 1));
    uint64_t a = quota_name(&quota, span_text("till-a"));
    uint64_t b = quota_name(&quota, span_text("till-b"));
    assert_int_equal(quota_left(&quota, a, 0), 500);
    assert_true(quota_take(&quota, a, 450, 0, &after_ms));
    assert_int_equal(quota_left(&quota, a, 0), 50);
    assert_int_equal(quota_left(&quota, b, 0), 500);
    assert_int_equal(quota_left(&quota, a, SECOND), 150);
    assert_int_equal(quota_left(&quota, a, SECOND / 2), 100);
    assert_int_equal(quota_left(&quota, a, 1000 * SECOND), 500);
    assert_int_equal(quota_left(&quota, a, INT64_MAX / 4), 500);
    quota_fini(&quota);
}

static void
a_debt_is_bounded_and_told_when_it_is_paid(void **state)
{
    (void)state;
    struct quota quota;
    uint32_t after_ms = 0;

    assert_true(quota_init(&quota, 100, 500, 1));
    uint64_t a = quota_name(&quota, span_text("till-a"));
    assert_true(quota_take(&quota, a, 1000, 0, &after_ms)); // on credit
    assert_int_equal(quota_left(&quota, a, 0), 0);
    assert_false(quota_take(&quota, a, 1, 0, &after_ms));
    assert_int_equal(after_ms, 5 * SECOND);
    assert_true(quota_take(&quota, a, 1, SECOND, &after_ms));
    assert_int_equal(quota_left(&quota, a, 6 * SECOND), 99);
    quota_fini(&quota);
}

static void
over_any_time_no_more_than_burst_twice_and_rate_gets_in(void **state)
{
    (void)state;
    struct quota quota;
    uint32_t after_ms;
    uint64_t in = 0;
    int64_t now = 0;

    assert_true(quota_init(&quota, 1000, 2000, 7));
    uint64_t flood = quota_name(&quota, span_text("flood"));
    for (; now < 60 * SECOND; now += 3) // ten times the quota
        in += quota_take(&quota, flood, 30, now, &after_ms) ? 30 : 0;
    assert_true(in <= 60 * 1000 + 2 * 2000 + 30);
    assert_true(in >= 60 * 1000);
    quota_fini(&quota);
}

static void
many_names_share_the_table_and_a_debtor_is_not_forgotten(void **state)
{
    (void)state;
    struct quota quota;
    uint32_t after_ms;
    char name[32];

    assert_true(quota_init(&quota, 10, 100, 3));
    uint64_t debtor = quota_name(&quota, span_text("debtor"));
    assert_true(quota_take(&quota, debtor, 200, 0, &after_ms));
    for (int i = 0; i < 300000; i++) {
        snprintf(name, sizeof name, "till-%d", i);
        (void)quota_left(&quota, quota_name(&quota, span_text(name)), 1);
    }
    assert_int_equal(quota_left(&quota, debtor, 1), 0);
    quota_fini(&quota);
}

static void
without_a_quota_nothing_is_counted(void **state)
{
    (void)state;
    struct quota quota;
    uint32_t after_ms;

    assert_true(quota_init(&quota, 0, 0, 1));
    assert_null(quota.buckets);
    assert_true(quota_take(&quota, 1, UINT32_MAX, 0, &after_ms));
    assert_int_equal(quota_left(&quota, 1, 0), UINT32_MAX);
    quota_fini(&quota);
}

// --- In the collector --------------------------------------------------------

static const struct peer flooder = {.length = 5, .id = {0, 9, 9, 9, 9}};

static uint32_t
pong_credit(struct rig *rig, const struct peer *peer)
{
    struct writer writer = rig_writer(rig);
    struct ping ping = {.sent_at_ms = 1};
    rig_from_peer(rig, peer, ping_write(&writer, &ping));
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_PONG);
    return envelope.pong.credit;
}

// accept_all answers everything that went to the aggregator and drops the
// receipts.
static void
accept_all(struct rig *rig)
{
    while (rig->to_aggregator.first < rig->to_aggregator.count) {
        struct batch batch = rig_link_batch(rig);
        rig_accept(rig, &batch, NULL, 0);
        core_flush(rig->core, rig->now);
    }
    while (rig_take(&rig->to_peers))
        ;
}

static void
terminals_that_send_share_the_credit(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    char name[32];
    uint64_t session = 0;

    for (uint8_t i = 0; i < 100; i++) {
        struct peer peer = rig_peer(i);
        snprintf(name, sizeof name, "t%u", i);
        session = rig_join(rig, &peer, ROLE_HQ, name, NULL);
        if (i == 0)
            assert_int_equal(pong_credit(rig, &peer), 4096);
        rig_send_right(rig, &peer, session, 1, name, 1 + i, 1);
        accept_all(rig);
    }
    struct peer last = rig_peer(99);
    uint32_t share = pong_credit(rig, &last);
    assert_true(share < 200 && share >= 64);
    for (int i = 0; i < 3; i++) {
        rig_pass(rig, SECOND); // nobody sends any more
        rig->to_aggregator.first = rig->to_aggregator.count;
    }
    assert_int_equal(pong_credit(rig, &last), 4096);
    rig_close(rig);
}

static void
who_heeds_no_credit_is_put_off_and_the_others_get_through(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    struct peer normal = rig_peer(1);
    uint64_t hers = rig_join(rig, &normal, ROLE_HQ, "normal", NULL);
    uint64_t his = rig_join(rig, &flooder, ROLE_HQ, "flood", NULL);
    uint64_t taken = 0, put_off = 0;

    for (uint64_t i = 1; i <= 40; i++) // no receipt in between
        rig_send_right(rig, &flooder, his, i, "flood", 1 + 512 * i, 512);
    for (const struct rig_frame *frame; (frame = rig_take(&rig->to_peers));) {
        struct envelope envelope = rig_read(frame);
        struct receipt_outcome outcome;
        assert_true(receipt_next_outcome(&envelope.receipt.outcomes, &outcome));
        assert_int_equal(outcome.code, CODE_OVER_QUOTA);
        assert_true(outcome.after_ms >= 1000);
        put_off++;
    }
    taken = 40 - put_off;
    assert_int_equal(taken, 2 * 4096 / 512);
    assert_int_equal(core_counters(rig->core)->over_quota_total, put_off * 512);

    rig_send_right(rig, &normal, hers, 1, "normal", 1, 3);
    accept_all(rig);
    assert_int_equal(core_counters(rig->core)->accepted_total, taken * 512 + 3);
    rig_close(rig);
}

static void
a_quota_follows_the_name_over_links_and_shrinks_its_credit(void **state)
{
    (void)state;
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    rig->now = (struct instant){.steady_ms = 1000, .wall_ms = RIG_NOW_MS};
    rig_publish(&rig->published);
    rig->core = core_open(&(struct core_options){
        .name = "collector-1",
        .endpoint = "tcp://127.0.0.1:7070",
        .credit = 4096,
        .quota = 100,
        .burst = 300,
        .seed = 42,
        .published = &rig->published,
        .sink = {rig, rig_to_peer, rig_send_aggregator, rig_reset, rig_notice},
    });
    rig_up(rig);
    struct peer one = rig_peer(1), two = rig_peer(2), other = rig_peer(3);
    uint64_t first = rig_join(rig, &one, ROLE_HQ, "till", NULL);

    assert_int_equal(pong_credit(rig, &one), 300);
    rig_send_right(rig, &one, first, 1, "till", 1, 300);
    assert_int_equal(pong_credit(rig, &one), 300); // all of it unanswered
    accept_all(rig);
    assert_int_equal(pong_credit(rig, &one), 0);
    rig_join(rig, &two, ROLE_HQ, "till", NULL); // another link, one name
    assert_int_equal(pong_credit(rig, &two), 0);
    rig_join(rig, &other, ROLE_HQ, "neighbour", NULL);
    assert_int_equal(pong_credit(rig, &other), 300);
    rig_pass(rig, SECOND);
    rig->to_aggregator.first = rig->to_aggregator.count;
    assert_int_equal(pong_credit(rig, &two), 100);
    rig_close(rig);
}

static void
who_never_heeds_credit_is_sent_away(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t his = rig_join(rig, &flooder, ROLE_HQ, "flood", NULL);
    struct envelope envelope = {.kind = ENVELOPE_RECEIPT};
    uint64_t number = 0;

    while (envelope.kind == ENVELOPE_RECEIPT && number < 64) {
        number++;
        rig_send_right(rig, &flooder, his, number, "flood", 1 + 512 * number,
                       512);
        const struct rig_frame *frame = rig_take(&rig->to_peers);
        if (frame)
            envelope = rig_read(frame);
    }
    assert_int_equal(envelope.kind, ENVELOPE_GOAWAY);
    assert_int_equal(envelope.goaway.code, CODE_OVER_QUOTA);
    assert_true(envelope.goaway.reconnect_after_ms >= 1000);
    rig_send_right(rig, &flooder, his, number + 1, "flood", 1, 1);
    envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.goaway.code, CODE_STALE_SESSION);
    rig_close(rig);
}

static void
a_link_that_takes_nothing_means_credit_zero(void **state)
{
    (void)state;
    struct rig *rig = rig_open();
    rig_up(rig);
    uint64_t sessions[32];
    char name[32];

    for (uint8_t i = 0; i < 32; i++) {
        struct peer peer = rig_peer(i);
        snprintf(name, sizeof name, "t%u", i);
        sessions[i] = rig_join(rig, &peer, ROLE_HQ, name, NULL);
    }
    rig->link_blocked = true; // the store is behind
    for (uint64_t number = 1; number <= 8; number++)
        for (uint8_t i = 0; i < (number < 8 ? 32 : 29); i++) {
            struct peer peer = rig_peer(i);
            snprintf(name, sizeof name, "t%u", i);
            rig_send_right(rig, &peer, sessions[i], number, name, 512 * number,
                           512);
        }
    assert_null(rig_take(&rig->to_peers)); // all of it waits, none is refused
    struct peer one = rig_peer(1);
    assert_int_equal(pong_credit(rig, &one), 0);
    rig->link_blocked = false;
    core_flush(rig->core, rig->now);
    accept_all(rig);
    assert_true(pong_credit(rig, &one) > 0);
    assert_int_equal(core_counters(rig->core)->accepted_total,
                     (32 * 7 + 29) * 512);
    rig_close(rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_bucket_fills_with_time_and_no_further_than_the_burst),
        cmocka_unit_test(a_debt_is_bounded_and_told_when_it_is_paid),
        cmocka_unit_test(
            over_any_time_no_more_than_burst_twice_and_rate_gets_in),
        cmocka_unit_test(
            many_names_share_the_table_and_a_debtor_is_not_forgotten),
        cmocka_unit_test(without_a_quota_nothing_is_counted),
        cmocka_unit_test(terminals_that_send_share_the_credit),
        cmocka_unit_test(
            who_heeds_no_credit_is_put_off_and_the_others_get_through),
        cmocka_unit_test(who_never_heeds_credit_is_sent_away),
        cmocka_unit_test(a_link_that_takes_nothing_means_credit_zero),
        cmocka_unit_test(
            a_quota_follows_the_name_over_links_and_shrinks_its_credit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
