// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/storage/keys.h"
#include "common/storage/owner.h"
#include "common/storage/state.h"
#include "tests/support/temp_dir.h"

enum { SMALL_MAP = 4 << 20 };

struct fixture {
    char dir[TEMP_DIR_MAX];
    struct state *state;
};

static int
open_empty(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    if (!fixture || temp_dir_make(fixture->dir))
        return -1;
    return state_open(&fixture->state, fixture->dir, SMALL_MAP, false) ==
                   STATUS_OK
               ? 0
               : -1;
}

static int
close_and_remove(void **state)
{
    struct fixture *fixture = *state;

    state_close(fixture->state);
    int failed = temp_dir_remove(fixture->dir);
    free(fixture);
    return failed;
}

static void
put_one(struct fixture *fixture, const char *key, const char *value,
        bool commit)
{
    struct checkpoint *checkpoint;

    assert_int_equal(
        checkpoint_begin(&checkpoint, fixture->state, CHECKPOINT_PLACED),
        STATUS_OK);
    assert_int_equal(checkpoint_put(checkpoint, STATE_TALLY, span_text(key),
                                    span_text(value)),
                     STATUS_OK);
    if (commit)
        assert_int_equal(checkpoint_commit(checkpoint), STATUS_OK);
    else
        checkpoint_abort(checkpoint);
}

static enum status
get_one(struct snapshot *snapshot, const char *key, struct span *value)
{
    return snapshot_get(snapshot, STATE_TALLY, span_text(key), value);
}

static void
a_snapshot_shows_one_checkpoint_until_it_is_renewed(void **state)
{
    struct fixture *fixture = *state;
    struct snapshot *snapshot;
    struct span value;

    put_one(fixture, "key", "before", true);
    assert_int_equal(snapshot_open(&snapshot, fixture->state), STATUS_OK);
    put_one(fixture, "key", "after", true);
    assert_int_equal(get_one(snapshot, "key", &value), STATUS_OK);
    assert_true(span_equal(value, span_text("before")));
    assert_int_equal(snapshot_renew(snapshot), STATUS_OK);
    assert_int_equal(get_one(snapshot, "key", &value), STATUS_OK);
    assert_true(span_equal(value, span_text("after")));
    snapshot_close(snapshot);
}

static void
an_aborted_checkpoint_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct snapshot *snapshot;
    struct span value;

    put_one(fixture, "key", "never", false);
    assert_int_equal(snapshot_open(&snapshot, fixture->state), STATUS_OK);
    assert_int_equal(get_one(snapshot, "key", &value), STATUS_NOT_FOUND);
    snapshot_close(snapshot);
}

static void
a_walk_is_in_key_order_from_where_it_starts(void **state)
{
    struct fixture *fixture = *state;
    static const char *const expected[] = {"b", "bb", "c"};
    struct snapshot *snapshot;
    struct scan *scan;
    struct span key, value;

    put_one(fixture, "c", "3", true);
    put_one(fixture, "a", "1", true);
    put_one(fixture, "bb", "2", true);
    put_one(fixture, "b", "", true);
    assert_int_equal(snapshot_open(&snapshot, fixture->state), STATUS_OK);
    assert_int_equal(scan_open(&scan, snapshot, STATE_TALLY, span_text("aa")),
                     STATUS_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(scan_next(scan, &key, &value), STATUS_OK);
        assert_true(span_equal(key, span_text(expected[i])));
    }
    assert_int_equal(scan_next(scan, &key, &value), STATUS_NOT_FOUND);
    scan_close(scan);
    assert_int_equal(snapshot_last(snapshot, STATE_TALLY, &key), STATUS_OK);
    assert_true(span_equal(key, span_text("c")));
    assert_int_equal(snapshot_last(snapshot, STATE_ID, &key), STATUS_NOT_FOUND);
    snapshot_close(snapshot);
}

static void
emptying_takes_everything(void **state)
{
    struct fixture *fixture = *state;
    struct checkpoint *checkpoint;
    struct snapshot *snapshot;
    struct span value;

    put_one(fixture, "key", "value", true);
    assert_int_equal(
        checkpoint_begin(&checkpoint, fixture->state, CHECKPOINT_PLACED),
        STATUS_OK);
    assert_int_equal(checkpoint_empty(checkpoint), STATUS_OK);
    assert_int_equal(checkpoint_commit(checkpoint), STATUS_OK);
    assert_int_equal(snapshot_open(&snapshot, fixture->state), STATUS_OK);
    assert_int_equal(get_one(snapshot, "key", &value), STATUS_NOT_FOUND);
    snapshot_close(snapshot);
}

static void
a_store_keeps_its_identity(void **state)
{
    struct fixture *fixture = *state;
    struct store_identity first, again;
    const uint8_t one[STORE_ID_SIZE] = {1}, two[STORE_ID_SIZE] = {2};

    assert_int_equal(keys_identity(fixture->dir, one, &first), STATUS_OK);
    assert_int_equal(keys_identity(fixture->dir, two, &again), STATUS_OK);
    assert_int_equal(first.id[0], 1);
    assert_int_equal(first.incarnation, 1);
    assert_memory_equal(&first, &again, sizeof first);
}

static void
only_one_owner_at_a_time(void **state)
{
    struct fixture *fixture = *state;
    struct owner *first, *second = NULL;

    assert_int_equal(owner_take(&first, fixture->dir), STATUS_OK);
    assert_int_equal(owner_take(&second, fixture->dir), STATUS_BUSY);
    owner_release(first);
    assert_int_equal(owner_take(&second, fixture->dir), STATUS_OK);
    owner_release(second);
}

#define IN_A_FRESH_STATE(test)                                                 \
    cmocka_unit_test_setup_teardown(test, open_empty, close_and_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FRESH_STATE(a_snapshot_shows_one_checkpoint_until_it_is_renewed),
        IN_A_FRESH_STATE(an_aborted_checkpoint_leaves_nothing),
        IN_A_FRESH_STATE(a_walk_is_in_key_order_from_where_it_starts),
        IN_A_FRESH_STATE(emptying_takes_everything),
        IN_A_FRESH_STATE(a_store_keeps_its_identity),
        IN_A_FRESH_STATE(only_one_owner_at_a_time),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
