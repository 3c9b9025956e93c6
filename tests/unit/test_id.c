// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/spool_desk.h"

#include "client/id.h"

static void
ids_rise_also_when_the_clock_goes_back(void **state)
{
    struct event_id last = {{0}}, next;
    struct id_maker maker;
    uint8_t random[ID_RANDOM_SIZE] = {0};
    (void)state;

    id_maker_init(&maker, &last);
    for (int i = 0; i < 20000; i++) {
        random[0] = (uint8_t)i;
        int64_t now = 1767225600000 + (i < 10000 ? 0 : -3600000);
        next = id_make(&maker, now, random);
        assert_true(id_is_live(&next));
        assert_true(memcmp(&next, &last, sizeof next) > 0);
        last = next;
    }
    id_maker_init(&maker, &last); // a new process, the clock still behind
    next = id_make(&maker, 5, random);
    assert_true(memcmp(&next, &last, sizeof next) > 0);
}

static void
greatest_id_is_remembered_by_the_spool(void **state)
{
    struct desk *desk = *state;
    static const uint8_t random[ID_RANDOM_SIZE] = {9};
    struct event_id none = {{0}};
    struct id_maker maker;
    uint64_t seq;

    id_maker_init(&maker, &none);
    struct spool_entry live = {.id = id_make(&maker, 1767225600000, random),
                               .body = span_text("live")};
    struct spool_entry other = {.id = {{0xff}}, .body = span_text("other")};
    assert_int_equal(spool_append(desk->spool, &live, 1, NOW, &seq), STATUS_OK);
    assert_int_equal(spool_append(desk->spool, &other, 1, NOW, &seq),
                     STATUS_OK);
    settle(desk, 1, CODE_NONE, 0);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    struct spool_head told = head(desk);
    assert_memory_equal(&told.last_id, &live.id, sizeof live.id);
}

static struct import_key
some_key(void)
{
    return (struct import_key){.occurred_at = 1767225600123,
                               .dealer = span_text("D1"),
                               .event_type = 35,
                               .name_space = span_text("ecsi"),
                               .natural_key = span_text("17")};
}

static void
imported_id_depends_on_each_part_and_nothing_else(void **state)
{
    struct import_key key = some_key();
    struct event_id first = id_import(&key), other[6];
    (void)state;

    other[0] = id_import(&key);
    assert_memory_equal(&first, &other[0], sizeof first);
    assert_int_equal(first.bytes[6] >> 4, 8);
    assert_int_equal(first.bytes[8] >> 6, 2);
    uint64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | first.bytes[i];
    assert_int_equal(ms, 1767225600123);

    key = some_key(), key.dealer = span_text("D2"), other[1] = id_import(&key);
    key = some_key(), key.event_type = 36, other[2] = id_import(&key);
    key = some_key(), key.ordinal = 1, other[3] = id_import(&key);
    key = some_key(), key.natural_key = span_text("18");
    other[4] = id_import(&key);
    // the same bytes, cut elsewhere
    key = some_key(), key.dealer = span_text("D"),
    key.name_space = span_text("1ecsi"), other[5] = id_import(&key);
    for (int i = 1; i < 6; i++)
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(&other[i], &other[j], sizeof first);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_rise_also_when_the_clock_goes_back),
        WITH_DESK(greatest_id_is_remembered_by_the_spool),
        cmocka_unit_test(imported_id_depends_on_each_part_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
