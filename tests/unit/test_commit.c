// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/wire/commit.h"
#include "common/wire/put.h"
#include "ledger.pb-c.h"

struct rig {
    uint8_t room[4096];
    struct writer out;
    struct commit commit;
};

static const uint8_t hash[HASH_SIZE] = {1, 2, 3};
static const uint8_t body[] = {0x0a, 0x00, 0x12, 0x00};

static struct writer *
begin(struct rig *rig)
{
    rig->out = writer_on(rig->room, sizeof rig->room);
    return &rig->out;
}

static enum status
read_back(struct rig *rig)
{
    size_t length = commit_end(&rig->out);

    return commit_read(span_of(rig->room, length), &rig->commit);
}

static void
parcel_write(struct writer *out, const char *terminal)
{
    const struct settled settled = {.first_seq = 2, .last_seq = 2};

    parcel_begin(out, span_text(terminal), 99, 1000);
    parcel_delivery(out, 1, 500, span_of(body, sizeof body));
    parcel_settled(out, &settled);
    parcel_end(out);
}

static void
a_commit_is_read_back(void **state)
{
    (void)state;
    struct rig rig;
    struct parcel parcel;
    struct delivery delivery;

    commit_begin(begin(&rig), 7, hash, 1790000000000);
    parcel_write(&rig.out, "T-1");
    parcel_write(&rig.out, "T-2");
    assert_int_equal(read_back(&rig), STATUS_OK);
    assert_true(rig.commit.position == 7 &&
                rig.commit.committed_at_ms == 1790000000000);
    assert_true(span_equal(rig.commit.previous, span_of(hash, HASH_SIZE)));
    assert_false(rig.commit.has_publication);
    for (const char *name = "1"; *name; name = *name == '1' ? "2" : "") {
        assert_true(batch_next_parcel(&rig.commit.parcels, &parcel));
        assert_int_equal(parcel.terminal.data[2], *name);
        assert_int_equal(parcel.delivery_count, 1);
        assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
        assert_true(span_equal(delivery.body, span_of(body, sizeof body)));
    }
    assert_false(batch_next_parcel(&rig.commit.parcels, &parcel));
}

static void
a_parcel_goes_from_batch_to_commit_unchanged(void **state)
{
    (void)state;
    struct rig from, to;
    struct envelope envelope;
    struct parcel parcel, copy;

    batch_begin(begin(&from), 1, 1);
    parcel_write(&from.out, "T-1");
    size_t length = batch_end(&from.out);
    assert_int_equal(envelope_read(span_of(from.room, length), 10, &envelope),
                     CODE_NONE);
    assert_true(batch_next_parcel(&envelope.batch.parcels, &parcel));
    commit_begin(begin(&to), 1, hash, 0);
    parcel_copy(&to.out, parcel.bytes);
    assert_int_equal(read_back(&to), STATUS_OK);
    assert_true(batch_next_parcel(&to.commit.parcels, &copy));
    assert_true(span_equal(copy.bytes, parcel.bytes));
}

static void
conflicts_and_publications_are_read_back(void **state)
{
    (void)state;
    struct rig rig;
    struct conflict conflict;
    static const uint8_t unreadable[] = {0xff};
    const struct delivery delivery = {
        .seq = 5, .body = span_of(unreadable, sizeof unreadable)};
    const struct publication publication = {PUBLICATION_PROGRAMME,
                                            span_of(hash, HASH_SIZE),
                                            span_text("items: []\n")};

    commit_begin(begin(&rig), 1, hash, 0);
    commit_conflict(&rig.out, span_text("T-1"), 99, &delivery);
    commit_publication(&rig.out, &publication);
    assert_int_equal(read_back(&rig), STATUS_OK);
    assert_true(commit_next_conflict(&rig.commit.conflicts, &conflict));
    assert_true(span_equal(conflict.terminal, span_text("T-1")));
    assert_true(conflict.epoch == 99 && conflict.delivery.seq == 5 &&
                conflict.delivery.body.length == 1);
    assert_false(commit_next_conflict(&rig.commit.conflicts, &conflict));
    assert_true(rig.commit.has_publication);
    assert_int_equal(rig.commit.publication.kind, PUBLICATION_PROGRAMME);
    assert_true(
        span_equal(rig.commit.publication.content, publication.content));
}

static void
protobuf_c_reads_a_commit_alike(void **state)
{
    (void)state;
    struct rig rig;

    commit_begin(begin(&rig), 7, hash, -1);
    parcel_write(&rig.out, "T-1");
    size_t length = commit_end(&rig.out);
    Dealerpulse__Commit *mirror =
        dealerpulse__commit__unpack(NULL, length, rig.room);
    assert_non_null(mirror);
    assert_true(mirror->position == 7 && mirror->committed_at_ms == -1);
    assert_int_equal(mirror->n_parcels, 1);
    assert_int_equal(mirror->parcels[0]->n_deliveries, 1);
    assert_int_equal(mirror->parcels[0]->settled[0]->last_seq, 2);
    dealerpulse__commit__free_unpacked(mirror, NULL);
}

static void
what_is_no_commit_is_corrupt(void **state)
{
    (void)state;
    struct rig rig;

    begin(&rig); // nothing
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
    commit_begin(begin(&rig), 0, hash, 0); // position 0
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
    put_unsigned(begin(&rig), 1, 1); // no chain
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
    commit_begin(begin(&rig), 1, hash, 0);
    put_unsigned(&rig.out, 7, 1); // unknown
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
    commit_begin(begin(&rig), 1, hash, 0);
    commit_conflict(&rig.out, span_text("T-1"), 1, &(struct delivery){0});
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
    commit_begin(begin(&rig), 1, hash, 0);
    commit_publication(&rig.out, &(struct publication){0});
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
    commit_begin(begin(&rig), 1, hash, 0);
    parcel_copy(&rig.out, span_text("not a parcel"));
    assert_int_equal(read_back(&rig), STATUS_CORRUPT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_is_read_back),
        cmocka_unit_test(a_parcel_goes_from_batch_to_commit_unchanged),
        cmocka_unit_test(conflicts_and_publications_are_read_back),
        cmocka_unit_test(protobuf_c_reads_a_commit_alike),
        cmocka_unit_test(what_is_no_commit_is_corrupt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
