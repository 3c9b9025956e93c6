// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "aggregator/table.h"

enum { MANY = 20000, BYTES = 8 << 20 };

static const uint64_t SEED = 42;

static void *
put(struct table *table, const char *key, const char *value)
{
    struct span k = span_text(key);
    void *room =
        table_put(table, k, table_hash(SEED, k), (uint32_t)strlen(value));
    if (room)
        memcpy(room, value, strlen(value));
    return room;
}

static bool
has(const struct table *table, const char *key, const char *value)
{
    struct span k = span_text(key);
    uint32_t length;
    const void *found = table_find(table, k, table_hash(SEED, k), &length);

    return found && span_equal(span_of(found, length), span_text(value));
}

static void
a_key_has_the_value_put_last(void **state)
{
    struct table *table;
    (void)state;

    assert_int_equal(table_open(&table, 10, BYTES), STATUS_OK);
    assert_non_null(put(table, "a", "short"));
    assert_non_null(put(table, "b", "other"));
    assert_true(has(table, "a", "short"));
    assert_non_null(put(table, "a", "a value that needs another place"));
    assert_true(has(table, "a", "a value that needs another place"));
    assert_true(has(table, "b", "other"));
    assert_int_equal(table_used(table), 2);
    table_close(table);
}

static void
a_removed_key_is_gone_and_can_come_back(void **state)
{
    struct table *table;
    struct table_sorter sorter = {0};
    size_t count;
    struct span key = span_text("a");
    (void)state;

    assert_int_equal(table_open(&table, 10, BYTES), STATUS_OK);
    assert_non_null(put(table, "a", "1"));
    table_remove(table, key, table_hash(SEED, key));
    assert_false(has(table, "a", "1"));
    assert_int_equal(table_sort(table, &sorter, &count), STATUS_OK);
    assert_int_equal(count, 0);
    table_sorter_fini(&sorter);
    assert_non_null(put(table, "a", "2"));
    assert_true(has(table, "a", "2"));
    table_close(table);
}

static void
a_full_table_refuses_new_keys_and_keeps_the_old(void **state)
{
    struct table *table;
    (void)state;

    assert_int_equal(table_open(&table, 2, BYTES), STATUS_OK);
    assert_non_null(put(table, "a", "1"));
    assert_true(table_room(table, 1, 100));
    assert_non_null(put(table, "b", "2"));
    assert_false(table_room(table, 1, 100));
    assert_null(put(table, "c", "3"));
    assert_non_null(put(table, "a", "4"));
    assert_true(has(table, "a", "4"));
    table_close(table);
}

// Keys that share their first bytes in every way: one byte long, eight,
// sixteen, longer, one the beginning of another.
static void
name_key(char key[32], unsigned i)
{
    static const char *const prefixes[] = {"", "k", "12345678",
                                           "1234567890123456"};
    (void)snprintf(key, 32, "%s%u", prefixes[i % 4], i * 2654435761u % MANY);
}

static int
compare_keys(const struct table_entry *a, const struct table_entry *b)
{
    uint32_t shorter =
        a->key.length < b->key.length ? a->key.length : b->key.length;
    int difference = memcmp(a->key.data, b->key.data, shorter);

    return difference ? difference : (int)a->key.length - (int)b->key.length;
}

static void
entries_come_sorted_by_key_whatever_they_share(void **state)
{
    struct table *table;
    struct table_sorter sorter = {0};
    struct table_entry before = {0};
    size_t count;
    char key[32];
    (void)state;

    assert_int_equal(table_open(&table, MANY, BYTES), STATUS_OK);
    for (unsigned i = 0; i < MANY; i++) {
        name_key(key, i);
        assert_non_null(put(table, key, key));
    }
    assert_int_equal(table_sort(table, &sorter, &count), STATUS_OK);
    assert_int_equal(count, table_used(table));
    for (size_t i = 0; i < count; i++) {
        const struct table_entry entry = table_sorted(&sorter, i);
        assert_true(span_equal(entry.key, span_of(entry.value, entry.length)));
        if (i > 0)
            assert_true(compare_keys(&before, &entry) < 0);
        before = entry;
    }
    table_sorter_fini(&sorter);
    table_close(table);
}

static void
a_reset_table_is_empty_and_usable(void **state)
{
    struct table *table;
    (void)state;

    assert_int_equal(table_open(&table, MANY, BYTES), STATUS_OK);
    for (unsigned round = 0; round < 3; round++) {
        char key[32];
        unsigned puts = round == 1 ? 5 : MANY; // little and much is cleared
        for (unsigned i = 0; i < puts; i++) {
            name_key(key, i);
            assert_non_null(put(table, key, "x"));
        }
        name_key(key, 0);
        assert_true(has(table, key, "x"));
        table_reset(table);
        assert_int_equal(table_used(table), 0);
        assert_false(has(table, key, "x"));
    }
    table_close(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_the_value_put_last),
        cmocka_unit_test(a_removed_key_is_gone_and_can_come_back),
        cmocka_unit_test(a_full_table_refuses_new_keys_and_keeps_the_old),
        cmocka_unit_test(entries_come_sorted_by_key_whatever_they_share),
        cmocka_unit_test(a_reset_table_is_empty_and_usable),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
