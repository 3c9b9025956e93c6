// SPDX-License-Identifier: Apache-2.0
//
// A collector's core with a keyring: asked for every frame, swapped live.
#include "tests/unit/collector_rig.h"

#include <stdio.h>

#define KEY_A  "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B  "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define HEADER "key,role,name,dealers,from,until,status\n"

static struct keyring *
keyring_of(const char *rows)
{
    static struct problems problems;
    char text[1024];
    struct keyring *keyring = NULL;

    (void)snprintf(text, sizeof text, HEADER "%s", rows);
    assert_int_equal(keyring_read(span_text(text), "k", &keyring, &problems),
                     STATUS_OK);
    return keyring;
}

static struct peer
peer_with(const char *key)
{
    struct peer peer = {.length = 1, .id = {7}};
    peer.has_key = key && z85_key_read(span_text(key), peer.key);
    return peer;
}

static struct rig *
rig_with(struct keyring *keyring)
{
    struct rig *rig = rig_open();
    rig_up(rig);
    core_keyring(rig->core, rig->now, keyring);
    return rig;
}

static void
expect_goaway(struct rig *rig, enum code code)
{
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_GOAWAY);
    assert_int_equal(envelope.goaway.code, code);
}

static enum code
refusal(struct rig *rig, const struct peer *peer, enum role role,
        const char *name, const char *dealer)
{
    rig_say_hello(rig, peer, role, name, dealer);
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_WELCOME);
    return envelope.welcome.refusal;
}

static void
hello_agrees_with_the_key_or_is_refused(void **state)
{
    (void)state;
    struct keyring *keyring = keyring_of(KEY_A ",dealer,till,D1 D2,,,active\n");
    struct rig *rig = rig_with(keyring);
    const struct peer peer = peer_with(KEY_A);

    assert_int_equal(refusal(rig, &peer, ROLE_HQ, "till", NULL),
                     CODE_NOT_PERMITTED);
    assert_int_equal(refusal(rig, &peer, ROLE_DEALER, "other", "D1"),
                     CODE_NOT_PERMITTED);
    assert_int_equal(refusal(rig, &peer, ROLE_DEALER, "till", "D3"),
                     CODE_NOT_PERMITTED);
    assert_int_equal(refusal(rig, &peer, ROLE_DEALER, "till", "D2"), CODE_NONE);
    rig_close(rig);
    keyring_free(keyring);
}

static void
a_key_that_is_not_admitted_is_sent_away_whatever_it_says(void **state)
{
    (void)state;
    struct keyring *keyring = keyring_of(KEY_A ",hq,head,,,,revoked\n");
    struct rig *rig = rig_with(keyring);
    const struct peer peers[] = {peer_with(KEY_A), peer_with(KEY_B),
                                 peer_with(NULL)};

    for (size_t i = 0; i < 3; i++) {
        rig_say_hello(rig, &peers[i], ROLE_HQ, "head", NULL);
        expect_goaway(rig, CODE_NOT_PERMITTED);
        rig_send_right(rig, &peers[i], 1, 1, "head", 1, 1);
        expect_goaway(rig, CODE_NOT_PERMITTED);
    }
    assert_int_equal(core_counters(rig->core)->unauthorised_total, 6);
    assert_int_equal(core_sessions(rig->core), 0);
    rig_close(rig);
    keyring_free(keyring);
}

static void
a_swapped_keyring_parts_from_the_revoked_at_once(void **state)
{
    (void)state;
    struct keyring *good = keyring_of(KEY_A ",hq,head,,,,active\n");
    struct keyring *bad = keyring_of(KEY_A ",hq,head,,,,revoked\n");
    struct rig *rig = rig_with(good);
    const struct peer peer = peer_with(KEY_A);

    uint64_t session = rig_join(rig, &peer, ROLE_HQ, "head", NULL);
    core_keyring(rig->core, rig->now, good);
    assert_null(rig_take(&rig->to_peers)); // nothing has changed
    core_keyring(rig->core, rig->now, bad);
    expect_goaway(rig, CODE_NOT_PERMITTED);
    rig_send_right(rig, &peer, session, 1, "head", 1, 1);
    expect_goaway(rig, CODE_NOT_PERMITTED);
    assert_null(rig_take(&rig->to_aggregator)); // none of it went on
    core_keyring(rig->core, rig->now, good);
    (void)rig_join(rig, &peer, ROLE_HQ, "head", NULL);
    rig_close(rig);
    keyring_free(good);
    keyring_free(bad);
}

static void
a_key_that_lost_a_dealer_has_to_say_hello_again(void **state)
{
    (void)state;
    struct keyring *more = keyring_of(KEY_A ",dealer,till,D1 D2,,,active\n");
    struct keyring *less = keyring_of(KEY_A ",dealer,till,D2,,,active\n");
    struct rig *rig = rig_with(more);
    const struct peer peer = peer_with(KEY_A);

    (void)rig_join(rig, &peer, ROLE_DEALER, "till", "D1");
    core_keyring(rig->core, rig->now, less);
    expect_goaway(rig, CODE_STALE_SESSION);
    assert_int_equal(refusal(rig, &peer, ROLE_DEALER, "till", "D1"),
                     CODE_NOT_PERMITTED);
    (void)rig_join(rig, &peer, ROLE_DEALER, "till", "D2");
    core_keyring(rig->core, rig->now, more); // more rights part from nobody
    assert_null(rig_take(&rig->to_peers));
    rig_close(rig);
    keyring_free(more);
    keyring_free(less);
}

static void
a_key_that_expires_ends_a_quiet_session_too(void **state)
{
    (void)state;
    // 3 s after the rig's now, 2025-10-09T08:53:20Z.
    struct keyring *keyring =
        keyring_of(KEY_A ",hq,head,,,2025-10-09T08:53:23Z,active\n");
    struct rig *rig = rig_with(keyring);
    const struct peer peer = peer_with(KEY_A);
    struct envelope envelope = {0};

    (void)rig_join(rig, &peer, ROLE_HQ, "head", NULL);
    for (int i = 0; i < 12; i++) {
        const struct rig_frame *frame;
        rig_pass(rig, 1000);
        while ((frame = rig_take(&rig->to_peers)))
            envelope = rig_read(frame);
    }
    assert_int_equal(envelope.kind, ENVELOPE_GOAWAY);
    assert_int_equal(envelope.goaway.code, CODE_NOT_PERMITTED);
    rig_close(rig);
    keyring_free(keyring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_agrees_with_the_key_or_is_refused),
        cmocka_unit_test(
            a_key_that_is_not_admitted_is_sent_away_whatever_it_says),
        cmocka_unit_test(a_swapped_keyring_parts_from_the_revoked_at_once),
        cmocka_unit_test(a_key_that_lost_a_dealer_has_to_say_hello_again),
        cmocka_unit_test(a_key_that_expires_ends_a_quiet_session_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
