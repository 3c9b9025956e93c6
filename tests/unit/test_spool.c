// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/spool_desk.h"

#include <sys/stat.h>

// --- Keeping -----------------------------------------------------------------

static void
numbers_have_no_gap_and_survive_reopening(void **state)
{
    struct desk *desk = *state;

    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(append(desk, 2, "two"), 2);
    uint64_t epoch = head(desk).epoch;
    assert_int_not_equal(epoch, 0);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(append(desk, 3, "three"), 3);
    assert_int_equal(head(desk).epoch, epoch);
    assert_int_equal(waiting(desk, 0), 3);
    assert_string_equal(desk->text[0], "one");
    assert_int_equal(desk->seen[2].seq, 3);
    assert_int_equal(desk->seen[2].recorded_at_ms, NOW);
}

static void
numbers_are_not_used_again_after_everything_left(void **state)
{
    struct desk *desk = *state;

    for (uint8_t i = 1; i <= 3; i++)
        settle(desk, append(desk, i, "x"), CODE_NONE, 0);
    assert_int_equal(release(desk, 1), 3);
    assert_int_equal(head(desk).bytes, 0);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(append(desk, 4, "y"), 4);
}

static void
two_spools_have_different_epochs(void **state)
{
    struct desk *desk = *state;
    uint64_t epoch = head(desk).epoch;

    snprintf(desk->path, sizeof desk->path, "%s/second.db", desk->folder);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_not_equal(head(desk).epoch, epoch);
}

static void
walk_starts_behind_the_cursor(void **state)
{
    struct desk *desk = *state;

    for (uint8_t i = 1; i <= 5; i++)
        append(desk, i, "x");
    assert_int_equal(waiting(desk, 3), 2);
    assert_int_equal(desk->seen[0].seq, 4);
    assert_int_equal(waiting(desk, 5), 0);
}

static void
file_is_for_its_owner_alone(void **state)
{
    struct desk *desk = *state;
    struct stat told;

    assert_int_equal(stat(desk->path, &told), 0);
    assert_int_equal(told.st_mode & 0777, 0600);
}

// --- Outcomes ----------------------------------------------------------------

static void
accepted_and_duplicate_are_done(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    append(desk, 2, "two");
    settle(desk, 1, CODE_NONE, 0);
    settle(desk, 2, CODE_ALREADY_STORED, 0);
    settle(desk, 2, CODE_NONE, 0);           // once more changes nothing
    settle(desk, 1, CODE_UNKNOWN_DEALER, 0); // neither does something worse
    assert_int_equal(waiting(desk, 0), 0);
    assert_int_equal(due(desk, INT64_MAX), 0);
    assert_int_equal(all(desk, false), 0);
    assert_int_equal(head(desk).waiting, 0);
    assert_int_equal(head(desk).retry, 0);
    assert_int_equal(head(desk).kept, 2);
}

static void
rejected_stays_as_a_dead_letter_with_its_reason(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_OFF_SCALE, 0);
    assert_int_equal(waiting(desk, 0), 0);
    assert_int_equal(due(desk, INT64_MAX), 0);
    assert_int_equal(all(desk, true), 1);
    assert_int_equal(desk->seen[0].state, SPOOL_REJECTED);
    assert_int_equal(desk->seen[0].code, CODE_OFF_SCALE);
    assert_int_equal(head(desk).rejected, 1);
}

static void
retry_waits_for_its_time_and_counts_its_tries(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_UNKNOWN_DEALER, 60000);
    assert_int_equal(waiting(desk, 0), 0);
    assert_int_equal(due(desk, NOW + 59999), 0);
    assert_int_equal(due(desk, NOW + 60000), 1);
    assert_int_equal(desk->seen[0].tries, 1);
    assert_int_equal(desk->seen[0].code, CODE_UNKNOWN_DEALER);
    settle(desk, 1, CODE_UNKNOWN_DEALER, 0);
    assert_int_equal(due(desk, NOW + 999), 0); // never a busy loop
    assert_int_equal(due(desk, NOW + 1000), 1);
    assert_int_equal(desk->seen[0].tries, 2);
    assert_int_equal(head(desk).retry, 1);
    settle(desk, 1, CODE_NONE, 0);
    assert_int_equal(head(desk).retry, 0);
}

static void
clock_that_was_ahead_keeps_no_retry_waiting(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_FUTURE_TIME, 60000);
    assert_int_equal(due(desk, NOW - RETRY_MOST_MS + 60000), 0);
    assert_int_equal(due(desk, NOW - RETRY_MOST_MS + 59999), 1);
    settle(desk, 1, CODE_FUTURE_TIME, UINT32_MAX);
    assert_int_equal(due(desk, NOW + RETRY_MOST_MS), 1);
}

static void
same_event_again_is_kept_once(void **state)
{
    struct desk *desk = *state;

    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(append(desk, 1, "same id, other words"), 2);
    assert_int_equal(waiting(desk, 0), 2);
    assert_int_equal(head(desk).waiting, 2);
}

static void
dead_letter_given_again_is_sent_again(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_UNKNOWN_ITEM, 0);
    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(due(desk, NOW), 1);
    assert_int_equal(head(desk).rejected, 0);
    assert_int_equal(head(desk).retry, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(numbers_have_no_gap_and_survive_reopening),
        WITH_DESK(numbers_are_not_used_again_after_everything_left),
        WITH_DESK(two_spools_have_different_epochs),
        WITH_DESK(walk_starts_behind_the_cursor),
        WITH_DESK(file_is_for_its_owner_alone),
        WITH_DESK(accepted_and_duplicate_are_done),
        WITH_DESK(rejected_stays_as_a_dead_letter_with_its_reason),
        WITH_DESK(retry_waits_for_its_time_and_counts_its_tries),
        WITH_DESK(clock_that_was_ahead_keeps_no_retry_waiting),
        WITH_DESK(same_event_again_is_kept_once),
        WITH_DESK(dead_letter_given_again_is_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
