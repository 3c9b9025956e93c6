// SPDX-License-Identifier: Apache-2.0
#include "console/quarantine.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "aggregator/fold.h"
#include "aggregator/quarantine.h"
#include "aggregator/rebuild.h"
#include "client/buffer.h"
#include "common/runtime/clock.h"
#include "console/offline.h"
#include "console/scratch.h"

enum { WORDS_MAX = 3 };

struct arguments {
    struct offline_place place;
    const char *reason;
    const char *words[WORDS_MAX]; // the verb, a position, an index
    int count;
    bool is_json;
    uint64_t position;
    uint32_t index;
};

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {"format", 'f', "FORMAT", 0, "ls: table (default) or json", 0},
    {"reason", 'r', "TEXT", 0, "add: why, for those who come after", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'r':
        arguments->reason = value;
        return 0;
    case 'f':
        arguments->is_json = strcmp(value, "json") == 0;
        if (!arguments->is_json && strcmp(value, "table") != 0)
            argp_error(state, "there is no format \"%s\"", value);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->count == WORDS_MAX)
            return ARGP_ERR_UNKNOWN;
        arguments->words[arguments->count++] = value;
        return 0;
    default:
        return offline_option(&arguments->place, key, value);
    }
}

// read_place takes POSITION and INDEX; false: they are not both there.
static bool
read_place(struct arguments *arguments)
{
    char *end, *other;

    if (arguments->count != WORDS_MAX)
        return false;
    arguments->position = strtoull(arguments->words[1], &end, 10);
    unsigned long index = strtoul(arguments->words[2], &other, 10);
    arguments->index = (uint32_t)index;
    return *end == 0 && *other == 0 && arguments->position > 0 &&
           index <= UINT32_MAX;
}

static const char *
reason_name(uint32_t reason)
{
    switch (reason) {
    case QUARANTINE_UNREADABLE:
        return "unreadable";
    case QUARANTINE_HELD_BACK:
        return "held-back";
    default:
        return "unknown";
    }
}

// print_field adds "name":"text" as JSON.
static void
print_field(const char *name, struct span text)
{
    char copy[512];
    struct buffer quoted = {0};

    if (text.length == 0)
        return;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)text.length,
                   (const char *)text.data);
    buffer_json(&quoted, copy);
    printf(",\"%s\":%.*s", name, (int)quoted.used, quoted.data);
    buffer_fini(&quoted);
}

struct listing {
    bool is_json;
    size_t count;
};

static void
print_one(void *context, const struct quarantined *one)
{
    struct listing *listing = context;

    listing->count++;
    if (!listing->is_json) {
        printf("%10" PRIu64 " %6" PRIu32 "  %-10s  %.*s\n", one->position,
               one->index, reason_name(one->reason), (int)one->text.length,
               (const char *)one->text.data);
        return;
    }
    printf("{\"position\":%" PRIu64 ",\"index\":%" PRIu32 ",\"reason\":\"%s\"",
           one->position, one->index, reason_name(one->reason));
    print_field("text", one->text);
    printf("}\n");
}

static int
list(const struct offline *offline, const struct arguments *arguments)
{
    struct listing listing = {.is_json = arguments->is_json};

    if (!listing.is_json)
        printf("%10s %6s  %-10s  %s\n", "position", "index", "reason", "text");
    enum status status =
        quarantine_list(offline->data, offline->config->aggregator.state_bytes,
                        print_one, &listing);
    if (status != STATUS_OK)
        return offline_fail(offline, "reading state/", status);
    if (!listing.is_json)
        printf("%zu events in quarantine\n", listing.count);
    return EX_OK;
}

static void
print_hex(const char *name, struct span bytes)
{
    printf(",\"%s\":\"", name);
    for (uint32_t i = 0; i < bytes.length; i++)
        printf("%02x", bytes.data[i]);
    printf("\"");
}

static void
print_answers(const struct survey *survey)
{
    print_field("questionnaire", survey->questionnaire);
    printf(",\"version\":%" PRIu32 ",\"answers\":{", survey->version);
    for (size_t i = 0; i < survey->answer_count; i++)
        printf("%s\"%u\":%u", i ? "," : "", (unsigned)survey->answers[i].item,
               (unsigned)survey->answers[i].value);
    printf("}");
}

static void
print_event(const struct event *event)
{
    printf(",\"type\":\"%s\"", event_type_name((uint32_t)event->type));
    print_hex("id", span_of(event->id.bytes, EVENT_ID_SIZE));
    print_field("dealer", event->dealer_id);
    printf(",\"occurred_at_ms\":%" PRId64, event->occurred_at);
    print_field("visit", event->visit);
    print_field("invitation", event->invitation);
    print_field("complaint", event->complaint_id);
    if (event_type_has_answers(event->type))
        print_answers(&event->survey);
}

static int
show(const struct offline *offline, const struct arguments *arguments)
{
    struct stored_event stored;

    enum status status = quarantine_find(
        &stored, offline->data, offline->config->aggregator.journal_bytes,
        arguments->position, arguments->index);
    if (status != STATUS_OK)
        return offline_fail(offline, "looking for the event in journal/",
                            status);
    printf("{\"position\":%" PRIu64 ",\"index\":%" PRIu32
           ",\"committed_at_ms\":%" PRId64,
           arguments->position, arguments->index, stored.committed_at_ms);
    print_field("terminal", stored.parcel.terminal);
    printf(",\"epoch\":\"%016" PRIx64 "\",\"seq\":%" PRIu64,
           stored.parcel.epoch, stored.delivery.seq);
    print_field("collector", stored.parcel.collector);
    if (stored.outcome.kind == OUTCOME_ACCEPTED)
        print_event(&stored.event);
    else if (stored.is_purged)
        printf(",\"purged\":true");
    else
        printf(",\"unreadable\":\"%s\"",
               code_name((uint32_t)stored.outcome.code));
    print_hex("body", stored.delivery.body);
    printf("}\n");
    quarantine_free(&stored);
    return EX_OK;
}

static int
change(const struct offline *offline, const struct arguments *arguments,
       const char *reason)
{
    const char *step;

    if (reason && !held_back_reason_fits(reason)) {
        (void)fprintf(stderr, "%s: a reason has 1 to %d bytes, in one line\n",
                      offline->title, HELD_BACK_REASON_MAX);
        return EX_USAGE;
    }
    enum status status = quarantine_change(
        offline->data, offline->config->aggregator.journal_bytes,
        arguments->position, arguments->index, reason, clock_wall_ms(), &step,
        offline->problems);
    return status == STATUS_OK ? EX_OK : offline_fail(offline, step, status);
}

static int
add(const struct offline *offline, const struct arguments *arguments)
{
    int exit_code = change(offline, arguments, arguments->reason);

    if (exit_code == EX_OK)
        printf("held back from the next start on, which folds everything "
               "again\n");
    return exit_code;
}

// replay takes events off the list, one or all, and folds everything again.
static int
replay(const struct offline *offline, const struct arguments *arguments)
{
    const struct refold_watch watch = {progress_wanted() ? progress_fold : NULL,
                                       NULL};
    struct rebuild_report report;

    int exit_code = change(offline, arguments, NULL);
    if (exit_code != EX_OK)
        return exit_code;
    enum status status =
        rebuild_run(offline->data, offline->config->aggregator.state_bytes,
                    &watch, &report, offline->problems);
    if (status != STATUS_OK)
        return offline_fail(offline, report.step, status);
    return list(offline, arguments);
}

static int
work(const struct offline *offline, struct arguments *arguments)
{
    const char *verb = arguments->count ? arguments->words[0] : "";
    bool has_place = read_place(arguments);

    if (strcmp(verb, "ls") == 0 && arguments->count == 1)
        return list(offline, arguments);
    if (strcmp(verb, "show") == 0 && has_place)
        return show(offline, arguments);
    if (strcmp(verb, "add") == 0 && has_place && arguments->reason)
        return add(offline, arguments);
    if (strcmp(verb, "replay") == 0 && (has_place || arguments->count == 1))
        return replay(offline, arguments);
    (void)fprintf(stderr,
                  "Usage: dealerpulse quarantine ls\n"
                  "       dealerpulse quarantine show POSITION INDEX\n"
                  "       dealerpulse quarantine add POSITION INDEX --reason "
                  "TEXT\n"
                  "       dealerpulse quarantine replay [POSITION INDEX]\n");
    return EX_USAGE;
}

int
quarantine_command(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .args_doc = "ls|show|add|replay [POSITION INDEX]",
        .doc = "The events that are kept but contribute nothing: list them, "
               "show one, put one there, fold them again.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code =
        offline_open(&offline, "dealerpulse quarantine", &arguments.place);
    if (exit_code == EX_OK)
        exit_code = work(&offline, &arguments);
    offline_close(&offline);
    return exit_code;
}
