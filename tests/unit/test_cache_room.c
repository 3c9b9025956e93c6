// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aggregator/cache.h"

static enum status
get(void *context, enum state_db db, struct span key, struct span *value)
{
    (void)context;
    (void)db;
    (void)key;
    (void)value;
    return STATUS_NOT_FOUND;
}

static enum status
last(void *context, enum state_db db, struct span *key)
{
    (void)context;
    (void)db;
    (void)key;
    return STATUS_NOT_FOUND;
}

static enum status
renew(void *context)
{
    (void)context;
    return STATUS_OK;
}

static void
put_number(struct cache *cache, uint32_t terminal)
{
    struct cache_key key =
        cache_key_of(cache, span_of(&terminal, sizeof terminal));
    uint8_t *room = cache_put(cache, STATE_SEQUENCE, &key, 1);

    assert_non_null(room);
    *room = 1;
}

// Terminals that name a new epoch with every parcel must not fill a generation:
// what is in the journal could then never be folded.
static void
a_generation_half_full_of_terminals_takes_no_group(void **state)
{
    enum { OTHERS = 64 };
    struct cache_limits limits = {.ids = 64,
                                  .entities = 256,
                                  .tallies = 1024,
                                  .others = OTHERS,
                                  .bytes = 1 << 20,
                                  .filter_bytes = 1 << 12};
    struct cache *cache;

    (void)state;
    assert_int_equal(
        cache_open(&cache, (struct store){NULL, get, last, renew}, &limits, 7),
        STATUS_OK);
    for (uint32_t i = 0; i < OTHERS / 2; i++)
        put_number(cache, i);
    assert_true(cache_has_room(cache, 1));
    put_number(cache, 0); // one it has already
    assert_true(cache_has_room(cache, 1));
    put_number(cache, OTHERS);
    assert_false(cache_has_room(cache, 1));
    cache_close(cache);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generation_half_full_of_terminals_takes_no_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
