// SPDX-License-Identifier: Apache-2.0
#include "console/comments.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "aggregator/comments.h"
#include "common/domain/period.h"
#include "common/runtime/log.h"
#include "console/offline.h"

struct arguments {
    struct offline_place place;
    const char *dealer, *event, *month, *verb;
    bool all;
};

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {"dealer", 'D', "ID", 0, "Comments about this dealer", 1},
    {"event", 'e', "ID", 0, "Only the comment of this event (32 hex digits)",
     1},
    {"month", 'm', "M", 0, "Only those of a month (2026-10)", 1},
    {"all", 'a', NULL, 0, "erase: every comment about the dealer", 1},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'D':
        arguments->dealer = value;
        return 0;
    case 'e':
        arguments->event = value;
        return 0;
    case 'm':
        arguments->month = value;
        return 0;
    case 'a':
        arguments->all = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->verb)
            argp_error(state, "one of show and erase is enough");
        arguments->verb = value;
        return 0;
    default:
        return offline_option(&arguments->place, key, value);
    }
}

// --- What is asked for -------------------------------------------------------

static bool
read_digit(char c, uint8_t *digit)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    if (!at)
        return false;
    *digit = (uint8_t)(at - digits < 16 ? at - digits : at - digits - 6);
    return true;
}

// read_id takes 32 hex digits, with or without dashes.
static bool
read_id(const char *text, struct event_id *id)
{
    size_t count = 0;
    uint8_t digit;

    for (; *text; text++) {
        if (*text == '-')
            continue;
        if (count == 2 * sizeof id->bytes || !read_digit(*text, &digit))
            return false;
        id->bytes[count / 2] = (uint8_t)(id->bytes[count / 2] << 4 | digit);
        count++;
    }
    return count == 2 * sizeof id->bytes;
}

static bool
read_wanted(const struct arguments *arguments, struct comments_wanted *wanted,
            struct event_id *id)
{
    uint32_t last;

    if (!arguments->dealer || strlen(arguments->dealer) > DEALER_ID_MAX) {
        fprintf(stderr, "dealerpulse comments: name a dealer: --dealer ID\n");
        return false;
    }
    wanted->dealer = span_text(arguments->dealer);
    if (arguments->event) {
        if (!read_id(arguments->event, id)) {
            fprintf(stderr,
                    "dealerpulse comments: --event %s: an event's id "
                    "is 32 hex digits\n",
                    arguments->event);
            return false;
        }
        wanted->event = id;
    }
    if (arguments->month &&
        (!period_window(arguments->month, &wanted->month, &last) ||
         wanted->month != last)) {
        fprintf(stderr,
                "dealerpulse comments: --month %s: a month is like "
                "2026-10\n",
                arguments->month);
        return false;
    }
    return true;
}

// --- Showing -----------------------------------------------------------------

// is_control: bytes that would do something to the reader's terminal: ASCII
// controls, and U+0080..U+009F (two bytes of UTF-8).
static bool
is_control(struct span text, uint32_t at)
{
    uint8_t byte = text.data[at];

    return byte < 0x20 || byte == 0x7f ||
           (byte == 0xc2 && at + 1 < text.length && text.data[at + 1] >= 0x80 &&
            text.data[at + 1] < 0xa0);
}

// print_text writes a JSON string.
static void
print_text(struct span text)
{
    putchar('"');
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t byte = text.data[i];
        if (is_control(text, i)) {
            printf("\\u%04x", byte == 0xc2 ? text.data[i + 1] : byte);
            i += byte == 0xc2;
        } else {
            if (byte == '"' || byte == '\\')
                putchar('\\');
            putchar(byte);
        }
    }
    putchar('"');
}

struct showing {
    struct span dealer;
    size_t count, damaged;
};

static void
print_entry(void *context, const struct comments_entry *entry)
{
    struct showing *showing = context;

    showing->count++;
    printf("{\"event\":\"");
    for (size_t i = 0; i < sizeof entry->id.bytes; i++)
        printf("%02x", entry->id.bytes[i]);
    printf("\",\"dealer\":");
    print_text(showing->dealer);
    printf(",\"occurred_at_ms\":%" PRId64 ",", entry->occurred_at);
    switch (entry->state) {
    case COMMENT_READ:
        printf("\"comment\":");
        print_text(entry->comment);
        break;
    case COMMENT_ERASED:
        printf("\"erased\":true");
        break;
    case COMMENT_DAMAGED:
        showing->damaged++;
        printf("\"damaged\":true");
        break;
    }
    printf("}\n");
}

// --- The two verbs -----------------------------------------------------------

// tell leaves a line for who looks after the log; never the words.
static void
tell(const char *what, const struct arguments *arguments, size_t count)
{
    char dealer[LOG_VALUE_MAX], event[LOG_VALUE_MAX], month[LOG_VALUE_MAX];

    log_notice(what, "dealer=%s event=%s month=%s count=%zu",
               log_value(dealer, span_text(arguments->dealer)),
               log_value(event, span_text(arguments->event ? arguments->event
                                                           : "any")),
               log_value(month, span_text(arguments->month ? arguments->month
                                                           : "any")),
               count);
}

static enum status
show(struct comments *comments, const struct arguments *arguments,
     const struct comments_wanted *wanted, int *exit_code)
{
    struct showing showing = {.dealer = wanted->dealer};

    enum status status = comments_show(comments, wanted, print_entry, &showing);
    if (status == STATUS_OK)
        tell("comments-shown", arguments, showing.count);
    *exit_code = showing.damaged > 0 || showing.count == 0 ? EX_DATAERR : EX_OK;
    return status;
}

static enum status
erase(struct comments *comments, const struct arguments *arguments,
      const struct comments_wanted *wanted, int *exit_code)
{
    size_t count, before;

    enum status status = comments_erase(comments, wanted, &count, &before);
    if (status != STATUS_OK)
        return status;
    tell("comments-erased", arguments, count);
    printf("%zu erased, %zu erased before\n", count, before);
    *exit_code = count + before > 0 ? EX_OK : EX_DATAERR;
    return STATUS_OK;
}

static int
exit_code_of(enum status status, const char *data, int exit_code)
{
    switch (status) {
    case STATUS_OK:
        if (exit_code == EX_DATAERR)
            fprintf(stderr, "dealerpulse comments: none found, or damaged\n");
        return exit_code;
    case STATUS_UNAVAILABLE:
        fprintf(stderr,
                "dealerpulse comments: %s: no data there, or no comment was "
                "ever kept in it\n",
                data);
        return EX_UNAVAILABLE;
    case STATUS_CORRUPT:
        fprintf(stderr,
                "dealerpulse comments: %s: damaged; see `dealerpulse "
                "verify`\n",
                data);
        return EX_DATAERR;
    case STATUS_AGAIN:
    case STATUS_NOT_FOUND:
    case STATUS_STOPPED:
    case STATUS_MALFORMED:
    case STATUS_FULL:
    case STATUS_BUSY:
    case STATUS_SYSTEM:
        break;
    }
    fprintf(stderr, "dealerpulse comments: %s: %s\n", data,
            status_text(status));
    return EX_OSERR;
}

static int
work(const struct offline *offline, const struct arguments *arguments)
{
    bool erasing = strcmp(arguments->verb, "erase") == 0;
    struct comments_wanted wanted = {.month = MONTH_NONE};
    struct event_id id = {0};
    struct comments *comments = NULL;
    int exit_code = EX_OK;

    if (!read_wanted(arguments, &wanted, &id))
        return EX_USAGE;
    if (erasing && !arguments->event && !arguments->month && !arguments->all) {
        fprintf(stderr, "dealerpulse comments erase: say which: --event, "
                        "--month or --all\n");
        return EX_USAGE;
    }
    enum status status = comments_open(
        &comments, offline->data, erasing ? COMMENTS_ERASE : COMMENTS_SHOW,
        offline->config->aggregator.journal_bytes, offline->problems);
    if (status == STATUS_OK)
        status = erasing ? erase(comments, arguments, &wanted, &exit_code)
                         : show(comments, arguments, &wanted, &exit_code);
    else
        problems_print(offline->problems);
    comments_close(comments);
    return exit_code_of(status, offline->data, exit_code);
}

int
comments_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .args_doc = "show|erase",
        .doc = "Show what customers said about a dealer, or erase it for good. "
               "Needs the data directory; the aggregator may run. Both leave a "
               "line on stderr for the log."};
    struct arguments arguments = {0};
    struct offline offline;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (!arguments.verb || (strcmp(arguments.verb, "show") != 0 &&
                            strcmp(arguments.verb, "erase") != 0)) {
        fprintf(stderr, "dealerpulse comments: show or erase?\n");
        return EX_USAGE;
    }
    int exit_code =
        offline_open(&offline, "dealerpulse comments", &arguments.place);
    if (exit_code == EX_OK)
        exit_code = work(&offline, &arguments);
    offline_close(&offline);
    return exit_code;
}
