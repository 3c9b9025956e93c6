// SPDX-License-Identifier: Apache-2.0
//
// Whatever is pending or already in its place, readers see the same: random
// checkpoints of both kinds, settled a little at a time, against a plain array.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/storage/state.h"
#include "tests/support/dice.h"
#include "tests/support/temp_dir.h"

enum { MAP = 16 << 20, KEYS = 300, DATABASES = 3, ROUNDS = 300, CHANGES = 40 };

static const enum state_db DB[DATABASES] = {STATE_ID, STATE_TALLY, STATE_META};

struct fixture {
    char dir[TEMP_DIR_MAX];
    struct state *state;
    struct snapshot *snapshot;
    uint32_t model[DATABASES][KEYS]; // 0: no such key
    struct dice dice;
};

// Keys of one to four bytes, prefixes of each other among them, in order.
static struct span
key_of(uint32_t number, char room[8])
{
    int length = snprintf(room, 8, "%03u%s", number / 2, number % 2 ? "x" : "");
    return span_of(room, (size_t)length);
}

static void
change(struct fixture *f, struct checkpoint *checkpoint)
{
    uint32_t db = dice_below(&f->dice, DATABASES);
    uint32_t number = dice_below(&f->dice, KEYS);
    char room[8];

    if (dice_below(&f->dice, 4) == 0) {
        f->model[db][number] = 0;
        assert_int_equal(
            checkpoint_remove(checkpoint, DB[db], key_of(number, room)),
            STATUS_OK);
        return;
    }
    uint32_t value = 1 + dice_below(&f->dice, 1u << 30);
    f->model[db][number] = value;
    assert_int_equal(checkpoint_put(checkpoint, DB[db], key_of(number, room),
                                    span_of(&value, sizeof value)),
                     STATUS_OK);
}

static void
write_some(struct fixture *f)
{
    struct checkpoint *checkpoint;
    enum checkpoint_kind kind =
        dice_below(&f->dice, 3) ? CHECKPOINT_PENDING : CHECKPOINT_PLACED;

    assert_int_equal(checkpoint_begin(&checkpoint, f->state, kind), STATUS_OK);
    if (dice_below(&f->dice, 100) == 0) {
        assert_int_equal(checkpoint_empty(checkpoint), STATUS_OK);
        memset(f->model, 0, sizeof f->model);
    }
    for (uint32_t i = dice_below(&f->dice, CHANGES); i > 0; i--)
        change(f, checkpoint);
    assert_int_equal(checkpoint_commit(checkpoint), STATUS_OK);
}

static void
check_gets(struct fixture *f, uint32_t db)
{
    char room[8];
    struct span value;

    for (uint32_t number = 0; number < KEYS; number++) {
        enum status status =
            snapshot_get(f->snapshot, DB[db], key_of(number, room), &value);
        if (f->model[db][number] == 0) {
            assert_int_equal(status, STATUS_NOT_FOUND);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_true(span_equal(
            value, span_of(&f->model[db][number], sizeof(uint32_t))));
    }
}

static void
check_scan(struct fixture *f, uint32_t db, uint32_t from)
{
    struct scan *scan;
    struct span key, value;
    char room[8], other[8];

    assert_int_equal(scan_open(&scan, f->snapshot, DB[db],
                               from ? key_of(from, other) : span_of(NULL, 0)),
                     STATUS_OK);
    for (uint32_t number = from; number < KEYS; number++) {
        if (f->model[db][number] == 0)
            continue;
        assert_int_equal(scan_next(scan, &key, &value), STATUS_OK);
        assert_true(span_equal(key, key_of(number, room)));
        assert_true(span_equal(
            value, span_of(&f->model[db][number], sizeof(uint32_t))));
    }
    assert_int_equal(scan_next(scan, &key, &value), STATUS_NOT_FOUND);
    scan_close(scan);
}

static void
check_last(struct fixture *f, uint32_t db)
{
    struct span key;
    char room[8];
    uint32_t number = KEYS;

    while (number > 0 && f->model[db][number - 1] == 0)
        number--;
    enum status status = snapshot_last(f->snapshot, DB[db], &key);
    assert_int_equal(status, number ? STATUS_OK : STATUS_NOT_FOUND);
    if (number)
        assert_true(span_equal(key, key_of(number - 1, room)));
}

static void
check(struct fixture *f)
{
    assert_int_equal(snapshot_renew(f->snapshot), STATUS_OK);
    for (uint32_t db = 0; db < DATABASES; db++) {
        check_gets(f, db);
        check_scan(f, db, 0);
        check_scan(f, db, dice_below(&f->dice, KEYS));
        check_last(f, db);
    }
}

static void
open_it(struct fixture *f)
{
    assert_int_equal(state_open(&f->state, f->dir, MAP, false), STATUS_OK);
    assert_int_equal(snapshot_open(&f->snapshot, f->state), STATUS_OK);
}

static void
close_it(struct fixture *f)
{
    snapshot_close(f->snapshot);
    state_close(f->state);
}

static void
readers_see_the_same_whatever_is_pending(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    bool is_done;
    (void)state;

    assert_non_null(f);
    assert_int_equal(temp_dir_make(f->dir), 0);
    f->dice.state = 7;
    open_it(f);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        write_some(f);
        check(f);
        while (dice_below(&f->dice, 3)) {
            assert_int_equal(
                state_settle(f->state, 1 + dice_below(&f->dice, 20), &is_done),
                STATUS_OK);
            check(f);
        }
        if (dice_below(&f->dice, 20) == 0) { // as after a restart
            close_it(f);
            open_it(f);
        }
    }
    close_it(f);
    assert_int_equal(temp_dir_remove(f->dir), 0);
    free(f);
}

static void
settling_ends_and_leaves_nothing_pending(void **state)
{
    char dir[TEMP_DIR_MAX], room[8];
    struct state *store;
    struct checkpoint *checkpoint;
    bool is_done = false;
    uint32_t steps = 0;
    (void)state;

    assert_int_equal(temp_dir_make(dir), 0);
    assert_int_equal(state_open(&store, dir, MAP, false), STATUS_OK);
    assert_int_equal(checkpoint_begin(&checkpoint, store, CHECKPOINT_PENDING),
                     STATUS_OK);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(checkpoint_put(checkpoint, STATE_ID, key_of(i, room),
                                        span_text("value")),
                         STATUS_OK);
    assert_int_equal(checkpoint_commit(checkpoint), STATUS_OK);
    for (; !is_done; steps++)
        assert_int_equal(state_settle(store, 30, &is_done), STATUS_OK);
    assert_int_equal(steps, 4);
    assert_int_equal(state_settle(store, 30, &is_done), STATUS_OK);
    assert_true(is_done);
    state_close(store);
    assert_int_equal(temp_dir_remove(dir), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_see_the_same_whatever_is_pending),
        cmocka_unit_test(settling_ends_and_leaves_nothing_pending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
