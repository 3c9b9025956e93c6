// SPDX-License-Identifier: Apache-2.0
#include "common/domain/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SECOND_MS = 1000 };

static int64_t
top_of(int64_t seconds)
{
    return bucket_top(bucket_of(seconds * SECOND_MS));
}

static void
short_durations_are_told_to_the_second(void **state)
{
    (void)state;
    for (int64_t seconds = 0; seconds < 16; seconds++)
        assert_int_equal(top_of(seconds), seconds);
    assert_int_equal(top_of(16), 17);
    assert_int_equal(top_of(300), 319);     // 288..319, of eight to 256..511
    assert_int_equal(top_of(86400), 90111); // 24 h: at most 25 h 2 min
}

static void
a_begun_second_is_a_whole_one(void **state)
{
    (void)state;
    assert_int_equal(bucket_of(0), 0);
    assert_int_equal(bucket_of(1), 1);
    assert_int_equal(bucket_of(1000), 1);
    assert_int_equal(bucket_of(1001), 2);
    assert_int_equal(bucket_of(-1), 0);
    assert_int_equal(bucket_of(INT64_MIN), 0);
}

static void
buckets_join_without_a_gap(void **state)
{
    (void)state;
    for (int bucket = 0; bucket + 1 < BUCKET_COUNT; bucket++) {
        const int64_t top = bucket_top((uint8_t)bucket);

        assert_int_equal(bucket_of(top * SECOND_MS), bucket);
        assert_int_equal(bucket_of((top + 1) * SECOND_MS), bucket + 1);
        // From its first second to its last: at most an eighth more.
        const int64_t first =
            bucket > 0 ? bucket_top((uint8_t)(bucket - 1)) + 1 : 0;
        assert_true(8 * (top - first) <= first);
    }
}

static void
ages_beyond_all_measure_share_the_last_bucket(void **state)
{
    (void)state;
    assert_int_equal(bucket_of(INT64_MAX), BUCKET_COUNT - 1);
    assert_int_equal(bucket_top(BUCKET_COUNT - 1), UINT32_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_durations_are_told_to_the_second),
        cmocka_unit_test(a_begun_second_is_a_whole_one),
        cmocka_unit_test(buckets_join_without_a_gap),
        cmocka_unit_test(ages_beyond_all_measure_share_the_last_bucket),
    };
    return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
