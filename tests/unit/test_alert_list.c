// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/alert_lines.h"

static struct alert_entry
entry_of(const char *key, enum alert_kind kind, int64_t at)
{
    struct alert_entry entry = {.alert = {.kind = kind, .at = at}};

    entry.key.length = (uint8_t)strlen(key);
    memcpy(entry.key.bytes, key, strlen(key));
    memcpy(entry.dealer, "D1", 3);
    return entry;
}

// holds tells whether a list has exactly these keys, in order.
static bool
holds(const struct alert_list *list, const char *keys)
{
    if (list->count != strlen(keys))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (list->entries[i].key.length != 1 ||
            list->entries[i].key.bytes[0] != (uint8_t)keys[i])
            return false;
    return true;
}

static void
the_last_word_about_a_key_holds(void **state)
{
    (void)state;
    const struct alert_entry first[] = {
        entry_of("c", ALERT_CASE, 1), entry_of("a", ALERT_CASE, 2),
        entry_of("b", ALERT_CASE, 3), entry_of("a", ALERT_CASE, 4)};
    const struct alert_entry then[] = {
        entry_of("b", ALERT_NONE, 0), entry_of("d", ALERT_CASE, 5),
        entry_of("d", ALERT_NONE, 0), entry_of("c", ALERT_NONE, 0),
        entry_of("c", ALERT_CASE, 6)};
    struct alert_list *list = alert_list_merge(NULL, first, 4, 0, 7);

    assert_true(list && holds(list, "abc"));
    assert_true(list->position == 7 && list->entries[0].alert.at == 4);
    struct alert_list *next = alert_list_merge(list, then, 5, 0, 8);
    alert_list_close(list);
    assert_true(next && holds(next, "ac"));
    assert_int_equal(next->entries[1].alert.at, 6);
    alert_list_close(next);
}

static void
old_detractors_leave_and_old_cases_stay(void **state)
{
    (void)state;
    const struct alert_entry entries[] = {entry_of("a", ALERT_DETRACTOR, 9),
                                          entry_of("b", ALERT_DETRACTOR, 10),
                                          entry_of("c", ALERT_CASE, 1)};
    struct alert_list *list = alert_list_merge(NULL, entries, 3, 0, 1);

    assert_true(list && holds(list, "abc"));
    struct alert_list *next = alert_list_merge(list, NULL, 0, 10, 2);
    alert_list_close(list);
    assert_true(next && holds(next, "bc"));
    alert_list_close(next);
}

static void
too_many_are_cut_and_that_is_told(void **state)
{
    (void)state;
    struct alert_entry *many =
        test_calloc((size_t)ALERTS_MAX + 1, sizeof *many);
    struct alert_list *list;

    for (size_t i = 0; i <= ALERTS_MAX; i++) {
        many[i] = entry_of("xxx", ALERT_CASE, 1);
        for (size_t j = 0; j < 3; j++)
            many[i].key.bytes[j] = (uint8_t)(i >> 8 * (2 - j));
    }
    list = alert_list_merge(NULL, many, ALERTS_MAX, 0, 1);
    assert_true(list && list->count == ALERTS_MAX && !list->is_cut);
    alert_list_close(list);
    list = alert_list_merge(NULL, many, (size_t)ALERTS_MAX + 1, 0, 1);
    assert_true(list && list->count == ALERTS_MAX && list->is_cut);
    many[0].alert.kind = ALERT_NONE;
    struct alert_list *next = alert_list_merge(list, many, 1, 0, 2);
    assert_true(next && next->count == ALERTS_MAX - 1 && next->is_cut);
    alert_list_close(next);
    alert_list_close(list);
    test_free(many);
}

static bool
is_second(void *context, const char *dealer)
{
    (void)context;
    return strcmp(dealer, "D2") == 0;
}

static void
lines_come_by_deadline_and_counts_are_of_what_is_admitted(void **state)
{
    (void)state;
    struct alert_entry entries[] = {entry_of("a", ALERT_CASE, 0),
                                    entry_of("b", ALERT_DETRACTOR, 100),
                                    entry_of("c", ALERT_CASE, 0)};
    struct alert_question question = {
        .now_ms = 1000, .contact_ms = 2000, .since_ms = 50};
    struct alert_lines lines;

    entries[0].alert.answer_due = 5000;
    entries[0].alert.updated_at = 100;
    entries[0].alert.update_due = 900;
    entries[2].alert.answer_due = 1100;
    memcpy(entries[2].dealer, "D2", 3);
    struct alert_list *list = alert_list_merge(NULL, entries, 3, 0, 1);
    assert_non_null(list);
    assert_int_equal(alert_lines_make(&lines, list, &question), STATUS_OK);
    assert_int_equal(lines.count, 4);
    assert_true(lines.lines[0].what == ALERT_WHAT_EMERGENCY &&
                lines.lines[0].state == ALERT_LATE);
    assert_true(lines.lines[1].due == 1100 &&
                lines.lines[1].state == ALERT_NEAR);
    assert_true(lines.lines[2].what == ALERT_WHAT_DETRACTOR &&
                lines.lines[2].due == 2100);
    assert_true(lines.counts[ALERT_LATE] == 1 &&
                lines.counts[ALERT_NEAR] == 1 && lines.counts[ALERT_OPEN] == 2);
    alert_lines_fini(&lines);

    question.admits = is_second;
    question.state = "late";
    assert_int_equal(alert_lines_make(&lines, list, &question), STATUS_OK);
    assert_int_equal(lines.count, 0);
    assert_true(lines.counts[ALERT_NEAR] == 1 && lines.counts[ALERT_LATE] == 0);
    alert_lines_fini(&lines);
    alert_list_close(list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_about_a_key_holds),
        cmocka_unit_test(old_detractors_leave_and_old_cases_stay),
        cmocka_unit_test(too_many_are_cut_and_that_is_told),
        cmocka_unit_test(
            lines_come_by_deadline_and_counts_are_of_what_is_admitted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
