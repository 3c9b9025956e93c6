// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "aggregator/vetting.h"
#include "common/crypto/digest.h"
#include "common/crypto/sign.h"

#define KEY_A "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

// A keyring of up to two keys of "till", the first with a signing key.
struct scene {
    struct key_pair *signer;
    struct keyring *keyring;
    uint8_t signature[SIGNATURE_BYTES];
    struct event event;
    struct delivery delivery;
};

static struct scene
scene_of(const char *status, const char *second)
{
    static struct problems problems;
    struct scene scene = {.signer = key_pair_make(KEY_SIGN)};
    char sign[Z85_KEY_TEXT + 1], text[1024];

    z85_key_write(scene.signer->public_key, sign);
    (void)snprintf(text, sizeof text,
                   "key,role,name,dealers,from,until,status,sign\n"
                   "%s,dealer,till,A,,,%s,%s\n%s",
                   KEY_A, status, sign, second);
    assert_int_equal(
        keyring_read(span_text(text), "k", &scene.keyring, &problems),
        STATUS_OK);
    scene.event.type = EVENT_VISIT_OPENED;
    scene.event.dealer_id = span_text("A");
    scene.delivery.body = span_text("an event about A");
    return scene;
}

static void
sign(struct scene *scene)
{
    sign_make(scene->signer, scene->delivery.body, scene->signature);
    scene->delivery.signature = span_of(scene->signature, SIGNATURE_BYTES);
}

static enum code
judged(const struct scene *scene, const char *terminal)
{
    return vetting_judge(scene->keyring, 0, span_text(terminal), &scene->event,
                         &scene->delivery)
        .code;
}

static void
scene_end(struct scene *scene)
{
    key_pair_free(scene->signer);
    keyring_free(scene->keyring);
}

static void
only_the_terminals_own_signature_will_do(void **state)
{
    (void)state;
    struct scene scene = scene_of("active", "");

    assert_int_equal(judged(&scene, "till"), CODE_BAD_SIGNATURE);
    sign(&scene);
    assert_int_equal(judged(&scene, "till"), CODE_NONE);
    scene.signature[0] ^= 1;
    assert_int_equal(judged(&scene, "till"), CODE_BAD_SIGNATURE);
    scene.signature[0] ^= 1;
    scene.delivery.body = span_text("an event about B"); // replayed elsewhere
    assert_int_equal(judged(&scene, "till"), CODE_BAD_SIGNATURE);
    scene_end(&scene);
}

static void
a_signature_gives_no_more_rights_than_the_key(void **state)
{
    (void)state;
    struct scene scene = scene_of("active", "");

    sign(&scene);
    scene.event.dealer_id = span_text("B");
    assert_int_equal(judged(&scene, "till"), CODE_NOT_PERMITTED);
    scene.event.dealer_id = span_text("A");
    scene.event.type = EVENT_VOID;
    assert_int_equal(judged(&scene, "till"), CODE_NOT_PERMITTED);
    assert_int_equal(judged(&scene, "ghost"), CODE_NOT_PERMITTED);
    scene_end(&scene);
}

static void
a_revoked_keys_signature_is_worth_nothing(void **state)
{
    (void)state;
    struct scene scene = scene_of("revoked", "");

    sign(&scene);
    assert_int_equal(judged(&scene, "till"), CODE_NOT_PERMITTED);
    scene_end(&scene);
}

static void
while_another_good_key_does_not_sign_the_terminal_is_believed(void **state)
{
    (void)state;
    struct scene scene = scene_of("active", KEY_B ",dealer,till,A,,,active,\n");

    assert_int_equal(judged(&scene, "till"), CODE_NONE);
    scene_end(&scene);
    scene = scene_of("active", KEY_B ",dealer,till,A,,,revoked,\n");
    assert_int_equal(judged(&scene, "till"), CODE_BAD_SIGNATURE);
    scene_end(&scene);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_terminals_own_signature_will_do),
        cmocka_unit_test(a_signature_gives_no_more_rights_than_the_key),
        cmocka_unit_test(a_revoked_keys_signature_is_worth_nothing),
        cmocka_unit_test(
            while_another_good_key_does_not_sign_the_terminal_is_believed),
    };
    if (crypto_start() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
