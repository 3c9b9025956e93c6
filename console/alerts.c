// SPDX-License-Identifier: Apache-2.0
#include "console/alerts.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "client/alert_lines.h"
#include "client/watchlist.h"
#include "common/domain/period.h"
#include "console/reading.h"

enum { PAGE_TIMEOUT_MS = 30000 };

struct options {
    struct reading_options reading;
    const char *dealer, *what, *state;
    bool json;
};

static const struct argp_option option_list[] = {
    {"dealer", 'D', "ID", 0, "Only this dealer's", 0},
    {"what", 'w', "WHAT", 0, "Only detractor, complaint or emergency", 0},
    {"state", 's', "STATE", 0, "Only open, near or late", 0},
    {"format", 'f', "FORMAT", 0, "table (default) or json", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static bool
is_what(const char *text)
{
    for (int i = 0; i < ALERT_WHAT_COUNT; i++)
        if (strcmp(text, alert_what_name((enum alert_what)i)) == 0)
            return true;
    return false;
}

static bool
is_state(const char *text)
{
    for (int i = 0; i < ALERT_STATE_COUNT; i++)
        if (strcmp(text, alert_state_name((enum alert_state)i)) == 0)
            return true;
    return false;
}

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'D':
        options->dealer = argument;
        return 0;
    case 'w':
        options->what = argument;
        if (!is_what(argument))
            argp_error(state,
                       "it is detractor, complaint or emergency, not "
                       "\"%s\"",
                       argument);
        return 0;
    case 's':
        options->state = argument;
        if (!is_state(argument))
            argp_error(state, "a state is open, near or late, not \"%s\"",
                       argument);
        return 0;
    case 'f':
        options->json = strcmp(argument, "json") == 0;
        if (!options->json && strcmp(argument, "table") != 0)
            argp_error(state, "the format is table or json, not \"%s\"",
                       argument);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "there is nothing to say beside options");
        return 0;
    default:
        return reading_option(&options->reading, key, argument);
    }
}

// --- Writing -----------------------------------------------------------------

// left_text writes how long something has, "3h 20m", or how long it is late,
// "-2d 4h".
static void
left_text(struct buffer *text, int64_t left_ms)
{
    uint64_t minutes =
        (left_ms < 0 ? -(uint64_t)left_ms : (uint64_t)left_ms) / 60000;
    uint64_t days = minutes / 1440, hours = minutes / 60 % 24;

    buffer_put(text, left_ms < 0 ? "-" : "");
    if (days > 0)
        buffer_format(text, "%" PRIu64 "d%" PRIu64 "h", days, hours);
    else
        buffer_format(text, "%" PRIu64 "h%02" PRIu64 "m", hours, minutes % 60);
}

static void
write_table(const struct alert_lines *lines, const struct reading *reading,
            struct buffer *text)
{
    buffer_format(text, "# late=%zu near=%zu open=%zu\n",
                  lines->counts[ALERT_LATE], lines->counts[ALERT_NEAR],
                  lines->counts[ALERT_OPEN]);
    buffer_put(text, "state what       left      dealer           name\n");
    for (size_t i = 0; i < lines->count; i++) {
        const struct alert_line *line = &lines->lines[i];
        const struct dealer *dealer = directory_find(
            reading->book->directory, span_text(line->entry->dealer));
        struct buffer left = {0};

        left_text(&left, line->due - reading->now_ms);
        buffer_format(text, "%-5s %-10s %-9s %-16s ",
                      alert_state_name(line->state),
                      alert_what_name(line->what), left.data ? left.data : "",
                      line->entry->dealer);
        buffer_plain(text,
                     dealer ? dealer_at(dealer, reading->now_ms)->name : "-");
        buffer_put(text, "\n");
        buffer_fini(&left);
    }
}

static int
show(const struct reading *reading, const struct options *options,
     const struct alert_list *list)
{
    const struct alerts_config *config = &reading->config.alerts;
    const struct alert_question question = {
        .now_ms = reading->now_ms,
        .contact_ms = (int64_t)config->contact_ms,
        .since_ms = reading->now_ms - (int64_t)config->window_ms,
        .dealer = options->dealer,
        .what = options->what,
        .state = options->state};
    struct alert_lines lines;
    struct buffer text = {0};

    if (alert_lines_make(&lines, list, &question) != STATUS_OK)
        return reading_complain(reading, STATUS_SYSTEM, "");
    if (options->json) {
        buffer_format(
            &text,
            "{\"position\":%" PRIu64 ",\"now_ms\":%" PRId64 ",\"complete\":%s,",
            list->position, reading->now_ms, list->is_cut ? "false" : "true");
        alert_lines_json(&lines, 0, SIZE_MAX, reading->book->directory,
                         reading->book->rulebook, reading->now_ms, &text);
        buffer_put(&text, "}\n");
    } else {
        write_table(&lines, reading, &text);
    }
    alert_lines_fini(&lines);
    return reading_print(reading, &text);
}

static int
ask_and_show(const struct reading *reading, const struct options *options)
{
    struct watchlist watchlist = {0};
    int64_t since_ms =
        reading->now_ms - (int64_t)reading->config.alerts.window_ms;
    bool is_done;

    enum status status =
        watchlist_follow(&watchlist, reading->ask, &reading->facts, since_ms,
                         SIZE_MAX, PAGE_TIMEOUT_MS, &is_done);
    int code =
        status == STATUS_OK
            ? show(reading, options, watchlist.newest)
            : reading_complain(reading, status, ask_problem(reading->ask));
    watchlist_fini(&watchlist);
    return code;
}

int
alerts_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Lists what somebody should look at, the one due first first: "
               "customers who were not content, complaints without an answer, "
               "emergencies that wait for the next update."};
    struct options options = {.reading.command = "alerts"};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = ask_and_show(&reading, &options);
    reading_close(&reading);
    return code;
}
