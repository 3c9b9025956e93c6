// SPDX-License-Identifier: Apache-2.0
//
// spool: what waits, what is to be tried again, what was rejected.
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "common/wire/event_code.h"
#include "terminal/commands.h"
#include "terminal/id_text.h"
#include "terminal/settings.h"

static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->input;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0 || strcmp(text, "ls") != 0)
            argp_error(state, "there is no command \"%s\"", text);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which one? ls");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "ls",
    .children = children,
    .doc = "ls lists the events in the spool, oldest first: number, state, "
           "id, when it was stored, type, dealer, and for those that were "
           "answered the code and what it means.",
};

static void
put_time(char text[32], int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

// printable writes a foreign text without what could steer a terminal.
static void
print_text(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

static const char *
place_name(enum dealerpulse_place place)
{
    switch (place) {
    case DEALERPULSE_WAITING:
        return "waiting";
    case DEALERPULSE_WAITING_RETRY:
        return "retry";
    case DEALERPULSE_DEAD_LETTER:
        return "rejected";
    case DEALERPULSE_KEPT:
        return "kept";
    }
    return "";
}

static bool
print_entry(void *context, const struct dealerpulse_entry *entry)
{
    char id[ID_TEXT_SIZE], stored[32];
    struct event event;
    size_t *count = context;

    if ((*count)++ == 0)
        printf("%8s  %-8s  %-36s  %-20s  %-17s  %-12s  %s\n", "seq", "state",
               "id", "stored", "type", "dealer", "code");
    id_text_put(id, entry->id);
    put_time(stored, entry->recorded_at_ms);
    struct outcome outcome =
        event_read(span_of(entry->body, entry->length), &event);
    bool readable = outcome.kind == OUTCOME_ACCEPTED;
    printf("%8llu  %-8s  %s  %s  %-17s  %-12.*s",
           (unsigned long long)entry->seq, place_name(entry->place), id, stored,
           readable ? event_type_name((uint32_t)event.type) : "unreadable",
           readable ? (int)event.dealer_id.length : 0,
           readable ? (const char *)event.dealer_id.data : "");
    if (entry->code == 0) {
        printf("  -");
    } else {
        printf("  %s", entry->code_name);
        if (entry->field[0]) {
            printf(" ");
            print_text(entry->field);
        }
        printf(": ");
        print_text(entry->text[0] ? entry->text : code_text(entry->code));
    }
    printf("\n");
    return true;
}

static void
print_summary(const struct dealerpulse_state *state)
{
    printf("waiting %llu  retry %llu  rejected %llu  bytes %llu  last_seq "
           "%llu\n",
           (unsigned long long)state->waiting, (unsigned long long)state->retry,
           (unsigned long long)state->rejected,
           (unsigned long long)state->bytes,
           (unsigned long long)state->last_seq);
}

int
spool_command(int argc, char **argv)
{
    struct settings settings = {0};
    struct dealerpulse *pulse = NULL;
    struct dealerpulse_state state;
    char error[512] = "";
    size_t count = 0;

    argp_parse(&argp, argc, argv, 0, NULL, &settings);
    int code = settings_load(&settings);
    if (code != 0)
        return code;
    struct dealerpulse_options options = settings_options(&settings, true);
    options.store_only = true;
    options.must_exist = true;
    options.error = error;
    options.error_size = sizeof error;

    enum dealerpulse_status status = dealerpulse_open(&pulse, &options);
    if (status == DEALERPULSE_OK) {
        status = dealerpulse_list(pulse, false, print_entry, &count);
        if (status == DEALERPULSE_OK)
            status = dealerpulse_state(pulse, &state);
        if (status == DEALERPULSE_OK)
            print_summary(&state);
        else
            snprintf(error, sizeof error, "%s", dealerpulse_error(pulse));
    }
    if (status != DEALERPULSE_OK)
        fprintf(stderr, "%s: %s\n", argv[0], error);
    dealerpulse_close(pulse);
    settings_free(&settings);
    return exit_code_of(status);
}
