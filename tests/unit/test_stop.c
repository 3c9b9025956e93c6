// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "common/runtime/stop.h"

static bool
readable(int fd)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll(&item, 1, 0) == 1;
}

static void
nothing_is_asked_at_first(void **state)
{
    (void)state;
    int fd = stop_open();
    assert_true(fd >= 0);
    assert_false(readable(fd));
    assert_false(stop_asked(fd));
    stop_close(fd);
}

static void
sigterm_and_sigint_ask_once_each(void **state)
{
    (void)state;
    const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < 2; i++) {
        int fd = stop_open();
        assert_int_equal(kill(getpid(), signals[i]), 0);
        assert_true(readable(fd));
        assert_true(stop_asked(fd));
        assert_false(stop_asked(fd));
        stop_close(fd);
    }
}

static void
a_broken_pipe_does_not_end_the_process(void **state)
{
    (void)state;
    int fd = stop_open();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
    stop_close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked_at_first),
        cmocka_unit_test(sigterm_and_sigint_ask_once_each),
        cmocka_unit_test(a_broken_pipe_does_not_end_the_process),
    };
    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
