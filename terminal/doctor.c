// SPDX-License-Identifier: Apache-2.0
//
// doctor: checks settings, spool, clock and collectors, and says what to do.
#include <argp.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/runtime/clock.h"
#include "common/runtime/stop.h"
#include "terminal/clock_skew.h"
#include "terminal/commands.h"
#include "terminal/doctor_parts.h"
#include "terminal/settings.h"

enum { ADMISSION_MS = 20000, PUMP_MS = 200 };

static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    (void)text;
    if (key == ARGP_KEY_INIT)
        state->child_inputs[0] = state->input;
    return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
    .parser = parse,
    .children = children,
    .doc = "Check settings, spool, clock and collectors, and say what to do.\v"
           "Exit status: 0 all is well, 65 the spool is damaged, 69 no "
           "collector takes this terminal, 78 the settings are wrong.",
};

__attribute__((format(printf, 3, 4))) void
doctor_bad(struct examination *on, int code, const char *format, ...)
{
    va_list arguments;

    printf("BAD   ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    if (on->code == 0)
        on->code = code;
}

// --- The spool ---------------------------------------------------------------

static void
look_at_file(struct examination *on)
{
    struct stat told;
    struct statvfs room;
    const char *path = on->options.spool;

    if (stat(path, &told) != 0) {
        printf("note  there is no spool %s yet; the first event makes it\n",
               path);
        return;
    }
    if ((told.st_mode & 077) != 0)
        doctor_bad(
            on, EX_NOPERM,
            "others may read the spool (customers' words are in it): chmod "
            "600 %s",
            path);
    if (access(path, R_OK | W_OK) != 0)
        doctor_bad(on, EX_NOPERM, "this user may not write %s: chown it", path);
    if (statvfs(path, &room) == 0) {
        uint64_t free_mib = (uint64_t)room.f_bavail * room.f_frsize >> 20;
        if (free_mib < 100)
            doctor_bad(on, EX_CANTCREAT,
                       "only %" PRIu64
                       " MiB are free on the spool's disk: make room",
                       free_mib);
        else
            printf("ok    %" PRIu64 " MiB are free on the spool's disk\n",
                   free_mib);
    }
}

static void
print_fault(void *context, const char *sentence)
{
    doctor_bad(context, EX_DATAERR, "%s", sentence);
}

static void
look_at_counts(struct examination *on, const struct dealerpulse_state *state)
{
    uint64_t bound = on->options.spool_bytes;

    printf("ok    %" PRIu64 " events wait, %" PRIu64 " are to be tried again, "
           "%" PRIu64 " rejected, %" PRIu64 " kept for a restore\n",
           state->waiting, state->retry, state->rejected, state->kept);
    if (state->rejected > 0)
        printf("note  rejected events need a person: spool ls, then spool "
               "retry SEQ or let them be\n");
    if (state->lost > 0)
        printf("note  %" PRIu64 " events were lost to damage of the disk; "
               "%s.damaged-*.txt names them\n",
               state->lost, on->options.spool);
    if (bound > 0 && state->bytes - state->kept_bytes > bound / 10 * 9)
        doctor_bad(
            on, EX_CANTCREAT,
            "the spool is nearly full with events that wait: see to the link, "
            "or raise terminal.spool_bytes");
}

static void
look_at_clock(struct examination *on, const struct dealerpulse_state *state)
{
    char text[CLOCK_SKEW_TEXT_MAX];

    if (!state->has_clock)
        printf("note  no collector has told its time yet\n");
    else if (clock_skew_text(state->clock_offset_ms, text))
        doctor_bad(on, EX_CONFIG, "%s", text);
    else
        printf("ok    the clock is right within five minutes\n");
}

static void
look_into_spool(struct examination *on)
{
    struct dealerpulse_options options = on->options;
    struct dealerpulse_state state;
    struct dealerpulse *pulse = NULL;
    char error[512] = "";
    uint64_t faults = 0;

    options.store_only = options.must_exist = true;
    options.error = error;
    options.error_size = sizeof error;
    enum dealerpulse_status status = dealerpulse_open(&pulse, &options);
    if (status == DEALERPULSE_NOT_FOUND)
        return;
    if (status == DEALERPULSE_OK)
        status = dealerpulse_verify(pulse, print_fault, on, &faults);
    if (status == DEALERPULSE_OK && faults == 0)
        printf("ok    every event in the spool is what was stored\n");
    else if (status == DEALERPULSE_OK)
        printf("      do: dealerpulse-terminal spool repair\n");
    if (status == DEALERPULSE_OK)
        status = dealerpulse_state(pulse, &state);
    if (status == DEALERPULSE_OK) {
        look_at_counts(on, &state);
        look_at_clock(on, &state);
    } else {
        doctor_bad(on, exit_code_of(status), "%s",
                   pulse ? dealerpulse_error(pulse) : error);
    }
    dealerpulse_close(pulse);
}

// --- The collectors ----------------------------------------------------------

static void
tell_admission(struct examination *on, const struct dealerpulse_state *state)
{
    char text[CLOCK_SKEW_TEXT_MAX];

    if (state->link == DEALERPULSE_LINK_UP) {
        printf("ok    %s takes this terminal\n", state->collector);
        if (state->has_clock && clock_skew_text(state->clock_offset_ms, text))
            doctor_bad(on, EX_CONFIG, "%s", text);
    } else if (state->refusal) {
        doctor_bad(on, EX_UNAVAILABLE, "a collector refuses this terminal: %s",
                   state->refusal_text);
    } else {
        doctor_bad(on, EX_UNAVAILABLE,
                   "no collector answers: it may be down, or not know this "
                   "terminal's key");
    }
}

// seek_admission says HELLO, unless the agent is at it.  Events that wait may
// leave meanwhile.
static void
seek_admission(struct examination *on, int stop_fd)
{
    struct dealerpulse_state state = {0};
    struct dealerpulse *pulse = NULL;
    char error[512] = "";
    int64_t until = clock_steady_ms() + ADMISSION_MS;

    on->options.error = error;
    on->options.error_size = sizeof error;
    on->options.must_exist = false;
    enum dealerpulse_status status = dealerpulse_open(&pulse, &on->options);
    if (status == DEALERPULSE_BUSY) {
        printf("ok    an agent sends from this spool; its log says to whom\n");
        return;
    }
    while (status == DEALERPULSE_OK && state.link != DEALERPULSE_LINK_UP &&
           !state.refusal && clock_steady_ms() < until &&
           !stop_asked(stop_fd)) {
        status = dealerpulse_pump(pulse, PUMP_MS, stop_fd);
        if (status == DEALERPULSE_OK || status == DEALERPULSE_AGAIN)
            status = dealerpulse_state(pulse, &state);
    }
    if (status == DEALERPULSE_OK)
        tell_admission(on, &state);
    else
        doctor_bad(on, exit_code_of(status), "%s",
                   pulse ? dealerpulse_error(pulse) : error);
    dealerpulse_close(pulse);
}

int
doctor_command(int argc, char **argv)
{
    struct settings settings = {0};

    argp_parse(&argp, argc, argv, 0, NULL, &settings);
    int code = settings_load(&settings);
    if (code != 0)
        return code; // it said what is wrong
    int stop_fd = stop_open();
    struct examination on = {.options = settings_options(&settings, true)};
    printf("ok    the settings are readable; this is terminal %s\n",
           on.options.name);
    look_at_file(&on);
    look_into_spool(&on);
    for (size_t i = 0; i < on.options.collector_count; i++)
        doctor_try_collector(&on, on.options.collectors[i]);
    if (on.code != EX_DATAERR)
        seek_admission(&on, stop_fd);
    stop_close(stop_fd);
    settings_free(&settings);
    return on.code;
}
