// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reporter/pantry.h"

static const struct viewer boss = {.reach = REACH_HQ, .name = "boss"};

static int
begin(void **state)
{
    *state = pantry_alloc();
    assert_non_null(*state);
    return 0;
}

static int
end(void **state)
{
    pantry_free(*state);
    return 0;
}

static void
put(struct pantry *pantry, const char *raw, const char *etag, size_t length,
    bool is_asked)
{
    struct response response = {.status = 200,
                                .type = "text/plain",
                                .length = length,
                                .body = calloc(1, length + 1)};

    assert_non_null(response.body);
    memset(response.body, 'x', length);
    snprintf(response.body, length, "%s", raw);
    snprintf(response.etag, sizeof response.etag, "%s", etag);
    pantry_put(pantry, raw, &boss, is_asked, &response);
    response_fini(&response);
}

static bool
has(struct pantry *pantry, const char *raw, const char *etag)
{
    struct response response = {0};

    bool is_there = pantry_take(pantry, raw, etag, &response);
    if (is_there)
        assert_string_equal(response.body, raw);
    response_fini(&response);
    return is_there;
}

static void
an_answer_is_only_for_its_address_and_its_etag(void **state)
{
    put(*state, "/a?x=1", "\"1.hq\"", 100, true);
    assert_true(has(*state, "/a?x=1", "\"1.hq\""));
    assert_true(has(*state, "/a?x=1", "\"1.hq\"")); // again: it was a copy
    assert_false(has(*state, "/a?x=1", "\"1.north\""));
    assert_false(has(*state, "/a", "\"1.hq\""));
    assert_false(
        pantry_take(NULL, "/a?x=1", "\"1.hq\"", &(struct response){0}));
}

static void
what_was_asked_for_longest_ago_goes_first(void **state)
{
    char raw[32];

    for (int i = 0; i < PANTRY_PORTIONS_MAX; i++) {
        snprintf(raw, sizeof raw, "/%d", i);
        put(*state, raw, "\"1\"", 100, true);
    }
    assert_true(has(*state, "/0", "\"1\""));
    put(*state, "/more", "\"1\"", 100, true);
    assert_true(has(*state, "/more", "\"1\""));
    assert_true(has(*state, "/0", "\"1\""));
    assert_false(has(*state, "/1", "\"1\""));
    assert_true(has(*state, "/2", "\"1\""));
}

static void
its_bytes_are_bounded(void **state)
{
    char raw[32];
    int kept = 0;

    put(*state, "/huge", "\"1\"", PANTRY_PORTION_BYTES + 1, true);
    assert_false(has(*state, "/huge", "\"1\""));
    for (int i = 0; i < 32; i++) {
        snprintf(raw, sizeof raw, "/%d", i);
        put(*state, raw, "\"1\"", PANTRY_PORTION_BYTES, true);
    }
    for (int i = 0; i < 32; i++) {
        snprintf(raw, sizeof raw, "/%d", i);
        kept += has(*state, raw, "\"1\"");
    }
    assert_int_equal(kept, PANTRY_BYTES / PANTRY_PORTION_BYTES);
    assert_true(has(*state, "/31", "\"1\""));
    // The same again takes no more room.
    for (int i = 0; i < 3; i++)
        put(*state, "/31", "\"1\"", PANTRY_PORTION_BYTES, true);
    assert_true(has(*state, "/30", "\"1\""));
}

static bool
note(void *context, const char *raw, const struct viewer *viewer)
{
    char *seen = context;

    assert_string_equal(viewer->name, "boss");
    strcat(seen, raw);
    return strcmp(raw, "/stop") != 0;
}

static void
only_what_somebody_asked_for_is_visited_the_latest_first(void **state)
{
    char seen[64] = "";

    put(*state, "/stop", "\"1\"", 100, true);
    put(*state, "/a", "\"1\"", 100, true);
    put(*state, "/ahead", "\"1\"", 100, false);
    put(*state, "/b", "\"1\"", 100, false);
    assert_true(has(*state, "/b", "\"1\"")); // asked for now
    assert_true(has(*state, "/a", "\"1\""));
    pantry_visit(*state, 10, note, seen);
    assert_string_equal(seen, "/a/b/stop");
    seen[0] = 0;
    pantry_visit(*state, 1, note, seen);
    assert_string_equal(seen, "/a");
    pantry_visit(NULL, 1, note, seen);
}

#define WITH(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(an_answer_is_only_for_its_address_and_its_etag),
        WITH(what_was_asked_for_longest_ago_goes_first),
        WITH(its_bytes_are_bounded),
        WITH(only_what_somebody_asked_for_is_visited_the_latest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
