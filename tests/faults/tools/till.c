// SPDX-License-Identifier: Apache-2.0
//
// till: a dealership's program on libdealerpulse that keeps an account of what
// it was promised, for tests that kill it anywhere.
//
//   till OPTIONS < events        one event a line: its id and its body, in hex
//
//   --spool FILE --name NAME --dealer ID... --collector ENDPOINT...
//   --ledger FILE   appends and syncs `kept ID` once dealerpulse_submit has
//                   returned, `acked ID KIND` for each outcome
//   --pump          sends too, and ends once nothing waits any more; without
//                   it only stores, and ends with its input
//   --list          prints what is in the spool, `ID PLACE` a line (PLACE: a
//                   number of enum dealerpulse_place), then `left N`: how many
//                   still need an outcome; and ends
//   --pause MS      between events
//   --spool-bytes N
//
// Events the ledger already says are kept are skipped, so it can be started
// again after any death.  Exit: 0, or 64 + a dealerpulse_status.
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/dealerpulse.h"

enum { HEX_ID = 2 * DEALERPULSE_ID_SIZE, LINE_ROOM = 20000, NAMES_MAX = 64 };

struct till {
    struct dealerpulse *pulse;
    const char *ledger_path;
    int ledger;
    bool pump, list;
    int pause_ms;
    char (*ids)[HEX_ID + 1]; // by seq, of what was seen in this life
    uint64_t id_room;
    char *account; // the ledger of earlier lives
};

static void
say(struct till *till, const char *what, const char *id, const char *kind)
{
    char line[128];

    int length = snprintf(line, sizeof line, "%s %s%s%s\n", what, id,
                          *kind ? " " : "", kind);
    if (write(till->ledger, line, (size_t)length) != length ||
        fdatasync(till->ledger) != 0) {
        perror("till: ledger");
        exit(70);
    }
}

static void
remember(struct till *till, uint64_t seq, const char *id)
{
    if (seq >= till->id_room) {
        uint64_t room = 2 * seq + 64;
        till->ids = realloc(till->ids, room * sizeof *till->ids);
        if (!till->ids)
            abort();
        memset(till->ids + till->id_room, 0,
               (room - till->id_room) * sizeof *till->ids);
        till->id_room = room;
    }
    memcpy(till->ids[seq], id, HEX_ID);
    till->ids[seq][HEX_ID] = '\0';
}

static void
hear(void *context, const struct dealerpulse_outcome *outcome)
{
    static const char *const kinds[] = {"ACCEPTED", "DUPLICATE", "REJECTED",
                                        "RETRY"};
    struct till *till = context;

    if (outcome->kind != DEALERPULSE_RETRY && outcome->seq < till->id_room &&
        till->ids[outcome->seq][0])
        say(till, "acked", till->ids[outcome->seq], kinds[outcome->kind]);
}

static bool
take_entry(void *context, const struct dealerpulse_entry *entry)
{
    struct till *till = context;
    char id[HEX_ID + 1];

    for (int i = 0; i < DEALERPULSE_ID_SIZE; i++)
        snprintf(id + 2 * i, 3, "%02x", entry->id[i]);
    if (till->list)
        printf("%s %d\n", id, (int)entry->place);
    else
        remember(till, entry->seq, id);
    return true;
}

static void
check(struct till *till, enum dealerpulse_status status, const char *what)
{
    if (status == DEALERPULSE_OK || status == DEALERPULSE_AGAIN)
        return;
    fprintf(stderr, "till: %s: %s\n", what,
            till->pulse ? dealerpulse_error(till->pulse) : "");
    exit(64 + (int)status);
}

// unhex decodes in place; returns the number of bytes.
static size_t
unhex(char *text)
{
    size_t length = strlen(text) / 2;
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        text[i] = (char)strtoul(pair, NULL, 16);
    }
    return length;
}

static void
read_account(struct till *till)
{
    int fd =
        open(till->ledger_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    till->account = size < 0 ? NULL : calloc(1, (size_t)size + 1);
    if (!till->account ||
        pread(fd, till->account, (size_t)size, 0) != (ssize_t)size) {
        perror(till->ledger_path);
        exit(70);
    }
    till->ledger = fd;
}

static void
sell(struct till *till, char *line)
{
    char word[HEX_ID + 8];
    uint64_t seq = 0;

    line[strcspn(line, "\n")] = '\0';
    if (strlen(line) < HEX_ID + 2)
        return;
    line[HEX_ID] = '\0';
    snprintf(word, sizeof word, "kept %.*s", HEX_ID, line);
    if (strstr(till->account, word))
        return;
    size_t length = unhex(line + HEX_ID + 1);
    say(till, "attempt", line, "");
    check(till,
          dealerpulse_submit(till->pulse, line + HEX_ID + 1, length, &seq),
          "submit");
    remember(till, seq, line);
    say(till, "kept", line, "");
    if (till->pump)
        check(till, dealerpulse_pump(till->pulse, till->pause_ms, -1), "pump");
    else if (till->pause_ms)
        usleep((unsigned)till->pause_ms * 1000);
}

static void
tell_left(struct till *till)
{
    struct dealerpulse_state state;

    check(till, dealerpulse_state(till->pulse, &state), "state");
    printf("left %llu\n", (unsigned long long)(state.waiting + state.retry));
}

static void
drain(struct till *till)
{
    struct dealerpulse_state state;

    do {
        check(till, dealerpulse_pump(till->pulse, 1000, -1), "pump");
        check(till, dealerpulse_state(till->pulse, &state), "state");
    } while (state.waiting + state.retry > 0);
}

static void
parse(int argc, char **argv, struct till *till,
      struct dealerpulse_options *options)
{
    static const char *dealers[NAMES_MAX], *collectors[NAMES_MAX];
    static const struct option longs[] = {
        {"spool", 1, NULL, 's'},       {"name", 1, NULL, 'n'},
        {"dealer", 1, NULL, 'd'},      {"collector", 1, NULL, 'c'},
        {"ledger", 1, NULL, 'l'},      {"pump", 0, NULL, 'p'},
        {"list", 0, NULL, 'L'},        {"pause", 1, NULL, 'w'},
        {"spool-bytes", 1, NULL, 'b'}, {0}};
    int key;

    options->dealers = dealers;
    options->collectors = collectors;
    while ((key = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        switch (key) {
        case 's':
            options->spool = optarg;
            break;
        case 'n':
            options->name = optarg;
            break;
        case 'd':
            dealers[options->dealer_count++ % NAMES_MAX] = optarg;
            break;
        case 'c':
            collectors[options->collector_count++ % NAMES_MAX] = optarg;
            break;
        case 'l':
            till->ledger_path = optarg;
            break;
        case 'p':
            till->pump = true;
            break;
        case 'L':
            till->list = true;
            break;
        case 'w':
            till->pause_ms = atoi(optarg);
            break;
        case 'b':
            options->spool_bytes = strtoull(optarg, NULL, 10);
            break;
        default:
            exit(64);
        }
    }
}

int
main(int argc, char **argv)
{
    static char line[LINE_ROOM], error[512];
    struct till till = {.pause_ms = 1};
    struct dealerpulse_options options = {.role = DEALERPULSE_DEALER,
                                          .on_outcome = hear,
                                          .context = &till,
                                          .error = error,
                                          .error_size = sizeof error};

    parse(argc, argv, &till, &options);
    options.store_only = !till.pump;
    options.must_exist = till.list;
    if (!till.list)
        read_account(&till);
    enum dealerpulse_status status = dealerpulse_open(&till.pulse, &options);
    if (status != DEALERPULSE_OK) {
        fprintf(stderr, "till: %s\n", error);
        return 64 + (int)status;
    }
    check(&till, dealerpulse_list(till.pulse, true, take_entry, &till), "list");
    if (till.list) {
        tell_left(&till);
    } else {
        while (fgets(line, sizeof line, stdin))
            sell(&till, line);
        if (till.pump)
            drain(&till);
    }
    dealerpulse_close(till.pulse);
    free(till.ids);
    free(till.account);
    return 0;
}
