// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/deliveries.h"
#include "common/crypto/hmac.h"
#include "common/crypto/token.h"
#include "tests/support/temp_dir.h"

struct seen {
    size_t count;
    struct delivery_line last;
    char body[DELIVERY_BODY_MAX], problem[64];
};

static void
see(void *context, const struct delivery_line *line)
{
    struct seen *seen = context;

    seen->count++;
    seen->last = *line;
    (void)snprintf(seen->body, sizeof seen->body, "%s", line->body);
    (void)snprintf(seen->problem, sizeof seen->problem, "%s",
                   line->problem ? line->problem : "");
}

static const struct delivery_line given = {
    .at = "2026-11-02T08:00:00Z",
    .id = "0123456789abcdef0123456789abcdef",
    .result = DELIVERY_FAILED,
    .http = 503,
    .problem = "a \"word\"",
    .body = "{\"alert\":{\"name\":\"\xe5\x8c\x97\"}}"};

static void
add_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void
what_is_appended_is_read_once(void **state)
{
    struct seen seen = {0};
    char path[512];
    long offset = 0;

    (void)snprintf(path, sizeof path, "%s/log", (const char *)*state);
    (void)remove(path);
    assert_int_equal(deliveries_read(path, &offset, see, &seen),
                     STATUS_NOT_FOUND);
    for (size_t i = 1; i <= 3; i++) {
        assert_true(deliveries_append(path, &given));
        assert_int_equal(deliveries_read(path, &offset, see, &seen), STATUS_OK);
        assert_int_equal(seen.count, i);
    }
    assert_string_equal(seen.last.at, given.at);
    assert_string_equal(seen.last.id, given.id);
    assert_true(seen.last.result == given.result && seen.last.http == 503);
    assert_string_equal(seen.problem, given.problem);
    assert_string_equal(seen.body, given.body);
}

static void
a_line_cut_short_does_not_swallow_the_next(void **state)
{
    struct seen seen = {0};
    char path[512];
    long offset = 0;

    (void)snprintf(path, sizeof path, "%s/cut", (const char *)*state);
    (void)remove(path);
    assert_true(deliveries_append(path, &given));
    add_text(path, "{\"at\":\"2026");
    assert_int_equal(deliveries_read(path, &offset, see, &seen), STATUS_OK);
    assert_int_equal(seen.count, 1); // the other is being written, perhaps
    assert_true(deliveries_append(path, &given));
    assert_int_equal(deliveries_read(path, &offset, see, &seen), STATUS_OK);
    assert_int_equal(seen.count, 2);
}

// RFC 4231, test cases 1, 2 and 6.
static void
the_signature_is_hmac_sha256(void **state)
{
    (void)state;
    uint8_t mac[HMAC_BYTES], key[131];
    char hex[2 * HMAC_BYTES + 1];

    memset(key, 0x0b, 20);
    hmac_sha256(span_of(key, 20), span_text("Hi There"), mac);
    hex_write(span_of(mac, sizeof mac), hex);
    assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b"
                             "881dc200c9833da726e9376c2e32cff7");
    hmac_sha256(span_text("Jefe"), span_text("what do ya want for nothing?"),
                mac);
    hex_write(span_of(mac, sizeof mac), hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c7"
                             "5a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    hmac_sha256(span_of(key, sizeof key),
                span_text("Test Using Larger Than Block-Size Key - Hash Key "
                          "First"),
                mac);
    hex_write(span_of(mac, sizeof mac), hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f"
                             "8e0bc6213728c5140546040f0ee37f54");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_appended_is_read_once),
        cmocka_unit_test(a_line_cut_short_does_not_swallow_the_next),
        cmocka_unit_test(the_signature_is_hmac_sha256),
    };

    return cmocka_run_group_tests(tests, temp_dir_setup, temp_dir_teardown);
}
