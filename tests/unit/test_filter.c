// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aggregator/filter.h"

enum { KEYS = 50000, BYTES = 128 << 10 };

// hash_of spreads small numbers like table_hash does keys.
static uint64_t
hash_of(uint64_t i)
{
    unsigned __int128 product =
        (unsigned __int128)(i + 1) * 0xa0761d6478bd642f * 0xe7037ed1a0b428db;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static struct filter *
filter_with_even_keys(void)
{
    struct filter *filter;

    assert_int_equal(filter_open(&filter, BYTES), STATUS_OK);
    for (uint64_t i = 0; i < KEYS; i++)
        filter_add(filter, hash_of(2 * i));
    return filter;
}

static void
an_incomplete_filter_rules_nothing_out(void **state)
{
    struct filter *filter = filter_with_even_keys();
    (void)state;

    for (uint64_t i = 0; i < 1000; i++)
        assert_true(filter_may_have(filter, hash_of(2 * i + 1)));
    filter_close(filter);
}

static void
a_key_that_was_added_is_never_ruled_out(void **state)
{
    struct filter *filter = filter_with_even_keys();
    (void)state;

    filter_complete(filter);
    for (uint64_t i = 0; i < KEYS; i++)
        assert_true(filter_may_have(filter, hash_of(2 * i)));
    filter_close(filter);
}

static void
nearly_every_other_key_is_ruled_out(void **state)
{
    struct filter *filter = filter_with_even_keys();
    unsigned taken_for_there = 0;
    (void)state;

    filter_complete(filter);
    for (uint64_t i = 0; i < KEYS; i++)
        taken_for_there += filter_may_have(filter, hash_of(2 * i + 1));
    assert_true(taken_for_there < KEYS / 100); // at 21 bits per key
    filter_close(filter);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incomplete_filter_rules_nothing_out),
        cmocka_unit_test(a_key_that_was_added_is_never_ruled_out),
        cmocka_unit_test(nearly_every_other_key_is_ruled_out),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
