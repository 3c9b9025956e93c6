// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "common/runtime/log.h"

// What was written to stderr between capture_begin and capture_end.
struct capture {
    int saved, ends[2];
    char text[4096];
};

static void
capture_begin(struct capture *capture)
{
    assert_int_equal(pipe(capture->ends), 0);
    capture->saved = dup(STDERR_FILENO);
    assert_int_equal(dup2(capture->ends[1], STDERR_FILENO), STDERR_FILENO);
}

static const char *
capture_end(struct capture *capture)
{
    dup2(capture->saved, STDERR_FILENO);
    close(capture->saved);
    close(capture->ends[1]);
    ssize_t length =
        read(capture->ends[0], capture->text, sizeof capture->text - 1);
    close(capture->ends[0]);
    assert_true(length >= 0);
    capture->text[length] = '\0';
    return capture->text;
}

static void
a_line_is_priority_event_and_pairs(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    log_info("link-up", "peer=%s after_ms=%d", "a", 7);
    log_warning("link-down", "%s", "");
    assert_string_equal(capture_end(&capture),
                        "<6>link-up peer=a after_ms=7\n<4>link-down \n");
}

static void
lines_above_the_threshold_are_dropped(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    log_line(LOG_LEVEL_DEBUG, "detail", "n=%d", 1);
    log_threshold(LOG_LEVEL_WARNING);
    log_info("news", "n=%d", 2);
    log_error("trouble", "n=%d", 3);
    log_threshold(LOG_LEVEL_INFO);
    assert_string_equal(capture_end(&capture), "<3>trouble n=3\n");
}

static void
no_value_can_start_a_line_of_its_own(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    log_info("odd", "text=%s", "a\n<0>forged\x1b[2J");
    assert_string_equal(capture_end(&capture), "<6>odd text=a?<0>forged?[2J\n");
}

static void
an_endless_line_is_cut_and_still_ends(void **state)
{
    (void)state;
    char huge[4000];
    memset(huge, 'x', sizeof huge);
    huge[sizeof huge - 1] = '\0';
    struct capture capture;
    capture_begin(&capture);
    log_info("long", "text=%s", huge);
    const char *line = capture_end(&capture);
    size_t length = strlen(line);
    assert_true(length > 1000 && length <= 2048);
    assert_ptr_equal(strchr(line, '\n'), line + length - 1);
}

static void
foreign_values_are_escaped(void **state)
{
    (void)state;
    char text[LOG_VALUE_MAX];
    assert_string_equal(log_value(text, span_text("plain-1")), "plain-1");
    assert_string_equal(log_value(text, span_text("two words")),
                        "\"two words\"");
    assert_string_equal(log_value(text, span_text("")), "\"\"");
    assert_string_equal(log_value(text, span_text("a\nb\"c\\")),
                        "a\\x0ab\\x22c\\x5c");
    assert_string_equal(log_value(text, span_text("\xe5\xba\x97")),
                        "\\xe5\\xba\\x97");
}

static void
a_long_value_is_cut_with_dots(void **state)
{
    (void)state;
    uint8_t bytes[1000];
    char text[LOG_VALUE_MAX];
    for (int fill = 0; fill < 2; fill++) { // all plain, then all escaped
        memset(bytes, fill == 0 ? 'y' : '\n', sizeof bytes);
        log_value(text, span_of(bytes, sizeof bytes));
        size_t length = strlen(text);
        assert_true(length < LOG_VALUE_MAX);
        assert_string_equal(text + length - 3, "...");
    }
    memset(bytes, ' ', sizeof bytes);
    log_value(text, span_of(bytes, sizeof bytes));
    assert_string_equal(text + strlen(text) - 4, "...\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_priority_event_and_pairs),
        cmocka_unit_test(lines_above_the_threshold_are_dropped),
        cmocka_unit_test(no_value_can_start_a_line_of_its_own),
        cmocka_unit_test(an_endless_line_is_cut_and_still_ends),
        cmocka_unit_test(foreign_values_are_escaped),
        cmocka_unit_test(a_long_value_is_cut_with_dots),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
