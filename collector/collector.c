// SPDX-License-Identifier: Apache-2.0
#include "collector/collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "collector/core.h"
#include "collector/doors.h"
#include "collector/fetch.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"
#include "common/runtime/files.h"
#include "common/runtime/log.h"
#include "common/runtime/stop.h"
#include "common/transport/inbox.h"

enum {
    TICK_MS = 100,
    FRAMES_AT_A_TIME = 64, // then what they brought is sent on
    DRAIN_MS = 5000,
    DRAIN_LEAST_MS = 300, // for what was sent before the GOAWAY was read
    LINGER_MS = 1000,     // for the last receipts
    COUNTERS_MS = 60000,
    FILES_MS = 500,
    EXHAUSTED_MS = 10000, // before it is told again
};

struct collector {
    const struct collector_config *config;
    int stop_fd;
    struct transport *transport;
    struct access *access;
    struct doors doors;
    const struct keyring *keyring; // as the core was told
    struct outbox *link;           // to the aggregator; NULL while closed
    struct core *core;
    struct fetch fetch;
    int64_t counted_at_ms;
    int64_t looked_at_ms;    // for descriptors
    int64_t exhausted_at_ms; // last told of
};

static struct instant
now(void)
{
    return (struct instant){.steady_ms = clock_steady_ms(),
                            .wall_ms = clock_wall_ms()};
}

static enum status
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct collector *collector = shell;
    return inbox_send(collector->doors.list[peer->door].inbox, peer, frame);
}

static bool
to_aggregator(void *shell, struct span frame)
{
    struct collector *collector = shell;
    return collector->link && outbox_send(collector->link, frame) == STATUS_OK;
}

// Without a socket the core sees silence and asks again.
static void
reset_link(void *shell)
{
    struct collector *collector = shell;
    const char *endpoint = collector->config->aggregator;

    outbox_close(collector->link);
    collector->link = NULL;
    enum status status =
        outbox_open_curve(&collector->link, collector->transport, endpoint,
                          LINK_FRAME_MAX, access_client(collector->access));
    if (status != STATUS_OK)
        log_error("link-open-failed", "endpoint=%s status=\"%s\"", endpoint,
                  status_text(status));
}

static void
notice(void *shell, enum core_notice what, enum code code)
{
    struct collector *collector = shell;
    const char *endpoint = collector->config->aggregator;
    switch (what) {
    case NOTICE_LINK_UP:
        log_notice("link-up", "aggregator=%s", endpoint);
        return;
    case NOTICE_LINK_LOST:
        log_warning("link-lost", "aggregator=%s code=%s", endpoint,
                    code_name((uint32_t)code));
        return;
    case NOTICE_LINK_REFUSED:
        log_warning("link-refused", "aggregator=%s code=%s", endpoint,
                    code_name((uint32_t)code));
        return;
    case NOTICE_OLDER_STORE:
        log_error("store-older", "aggregator=%s", endpoint);
        return;
    case NOTICE_BAD_RECEIPT:
        log_error("receipt-bad", "aggregator=%s", endpoint);
        return;
    }
}

static enum status
open_core(struct collector *collector)
{
    uint64_t seed;
    random_fill(&seed, sizeof seed);
    const struct collector_config *config = collector->config;
    struct core_options options = {
        .name = config->name,
        .endpoint = collector->doors.list[0].known_as,
        .credit = config->credit,
        .quota = config->quota,
        .burst = config->burst ? config->burst : 10 * config->quota,
        .seed = seed,
        .published = &collector->fetch.published,
        .sink = {collector, to_peer, to_aggregator, reset_link, notice},
    };
    for (size_t i = 1; i < collector->doors.count; i++)
        options.more_endpoints[i - 1] = collector->doors.list[i].known_as;
    collector->core = core_open(&options);
    return collector->core ? STATUS_OK : STATUS_SYSTEM;
}

// open_links opens what the collector binds and what it will connect to.
static enum status
open_links(struct collector *collector, const struct config *config,
           int *exit_code)
{
    const struct collector_config *own = &config->collector;

    enum status status = access_open(&collector->access, collector->transport,
                                     config, CONFIG_COLLECTOR, exit_code);
    if (status != STATUS_OK)
        return status;
    if (!access_is_allowed(collector->access, own->aggregator) ||
        !access_is_allowed(collector->access, own->queries)) {
        *exit_code = EX_CONFIG;
        return STATUS_MALFORMED;
    }
    status = doors_open(&collector->doors, collector->access, own, exit_code);
    fetch_init(&collector->fetch, collector->transport, own->queries,
               access_client(collector->access));
    return status;
}

// look_at_keyring gives the core the newest one.
static void
look_at_keyring(struct collector *collector)
{
    const struct keyring *newest = access_keyring(collector->access);

    if (newest == collector->keyring)
        return;
    collector->keyring = newest;
    core_keyring(collector->core, now(), newest);
}

enum status
collector_open(struct collector **out, const struct config *whole, int stop_fd,
               int *exit_code)
{
    const struct collector_config *config = &whole->collector;

    struct collector *collector = calloc(1, sizeof *collector);
    if (!collector)
        return STATUS_SYSTEM;
    collector->config = config;
    collector->stop_fd = stop_fd;
    collector->counted_at_ms = clock_steady_ms();
    collector->exhausted_at_ms = collector->counted_at_ms - EXHAUSTED_MS;
    (void)files_raise();

    *exit_code = EX_OSERR;
    enum status status = transport_open(&collector->transport, 1);
    if (status == STATUS_OK)
        status = open_links(collector, whole, exit_code);
    if (status == STATUS_OK)
        status = open_core(collector);
    if (status != STATUS_OK) {
        collector_close(collector);
        return status;
    }
    look_at_keyring(collector);
    log_notice("collector-start", "name=%s listen=%s aggregator=%s keys=%s",
               config->name, inbox_endpoint(collector->doors.list[0].inbox),
               config->aggregator,
               access_has_keys(collector->access) ? "on" : "off");
    *out = collector;
    return STATUS_OK;
}

static void
take_from_door(struct collector *collector, size_t door)
{
    struct frame frame;
    struct peer peer;
    enum status status;

    frame_init(&frame);
    for (int i = 0; i < FRAMES_AT_A_TIME; i++) {
        status =
            inbox_receive(collector->doors.list[door].inbox, &peer, &frame);
        peer.door = (uint8_t)door;
        if (status == STATUS_OK)
            core_frame(collector->core, now(), &peer, frame_span(&frame));
        else if (status == STATUS_MALFORMED)
            core_dropped(collector->core);
        else
            break;
    }
    frame_close(&frame);
}

static void
take_from_terminals(struct collector *collector)
{
    look_at_keyring(collector);
    for (size_t i = 0; i < collector->doors.count; i++)
        take_from_door(collector, i);
}

static void
take_from_aggregator(struct collector *collector)
{
    struct frame frame;

    frame_init(&frame);
    for (int i = 0; i < FRAMES_AT_A_TIME && collector->link; i++) {
        enum status status = outbox_receive(collector->link, &frame);
        if (status == STATUS_OK)
            core_link_frame(collector->core, now(), frame_span(&frame));
        else if (status != STATUS_MALFORMED)
            break;
    }
    frame_close(&frame);
}

static void
log_counters(const struct collector *collector)
{
    const struct collector_counters *counters = core_counters(collector->core);
    const struct core_clocks clocks = core_clocks(collector->core);
    char line[2048];
    size_t used = (size_t)snprintf(
        line, sizeof line,
        "dealerpulse_collector_sessions=%u "
        "dealerpulse_collector_clocks_wrong=%u "
        "dealerpulse_collector_clock_skew_ms=%lld "
        "dealerpulse_collector_refused_links_total=%llu "
        "dealerpulse_collector_strangers_total=%llu",
        core_sessions(collector->core), clocks.wrong, (long long)clocks.most_ms,
        (unsigned long long)access_refusals(collector->access),
        (unsigned long long)doors_strangers(&collector->doors));
#define X(name, meaning)                                                       \
    used += (size_t)snprintf(line + used, sizeof line - used,                  \
                             " dealerpulse_collector_" #name "=%llu",          \
                             (unsigned long long)counters->name);
    COLLECTOR_COUNTER_MAP(X)
#undef X
    log_info("counters", "%s", line);
    if (clocks.wrong > 0)
        log_warning("terminal-clock", "terminals=%u most=%.*s skew_ms=%lld",
                    clocks.wrong, (int)clocks.most_wrong.length,
                    (const char *)clocks.most_wrong.data,
                    (long long)clocks.most_ms);
}

// serve waits once, and handles whatever is there.
static enum status
serve(struct collector *collector, int64_t timeout_ms)
{
    struct waitable items[3 + LISTENERS_MAX] = {{.fd = collector->stop_fd}};
    size_t count = 1;
    for (size_t i = 0; i < collector->doors.count; i++)
        items[count++] = inbox_waitable(collector->doors.list[i].inbox);
    if (collector->link)
        items[count++] = outbox_waitable(collector->link);
    if (collector->fetch.link)
        items[count++] = outbox_waitable(collector->fetch.link);

    enum status status = wait_any(items, count, timeout_ms);
    if (status != STATUS_OK && status != STATUS_AGAIN)
        return status;
    take_from_aggregator(collector); // first: it makes room
    take_from_terminals(collector);
    core_flush(collector->core, now());
    fetch_go(&collector->fetch);
    return STATUS_OK;
}

// look_at_files tells when nobody can connect any more: mute connections have
// two seconds (the handshake's limit), so it passes once they stop coming.
static void
look_at_files(struct collector *collector, int64_t at)
{
    if (at - collector->looked_at_ms < FILES_MS)
        return;
    collector->looked_at_ms = at;
    if (files_left(collector->stop_fd) ||
        at - collector->exhausted_at_ms < EXHAUSTED_MS)
        return;
    collector->exhausted_at_ms = at;
    log_error("descriptors-exhausted",
              "limit=%llu sessions=%u do=\"raise LimitNOFILE; see who "
              "connects\"",
              (unsigned long long)files_raise(),
              core_sessions(collector->core));
}

static void
tend(struct collector *collector, int64_t *ticked_at_ms)
{
    int64_t at = clock_steady_ms();
    if (at - *ticked_at_ms >= TICK_MS) {
        core_tick(collector->core, now());
        *ticked_at_ms = at;
    }
    look_at_files(collector, at);
    if (at - collector->counted_at_ms >= COUNTERS_MS) {
        log_counters(collector);
        collector->counted_at_ms = at;
    }
}

// drain says goodbye and answers what is on the way.
static enum status
drain(struct collector *collector, int64_t *ticked_at_ms)
{
    int64_t began_ms = clock_steady_ms(), past_ms = 0;
    enum status status = STATUS_OK;

    core_drain(collector->core, now());
    while (status == STATUS_OK && past_ms < DRAIN_MS &&
           (past_ms < DRAIN_LEAST_MS || !core_is_idle(collector->core))) {
        tend(collector, ticked_at_ms);
        status = serve(collector, 10);
        past_ms = clock_steady_ms() - began_ms;
    }
    return status;
}

enum status
collector_run(struct collector *collector)
{
    int64_t ticked_at_ms = INT64_MIN / 2;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !stop_asked(collector->stop_fd)) {
        tend(collector, &ticked_at_ms);
        status = serve(collector, TICK_MS);
    }

    if (status == STATUS_OK)
        status = drain(collector, &ticked_at_ms);
    log_counters(collector);
    log_notice("collector-stop", "unanswered=%d status=\"%s\"",
               !core_is_idle(collector->core), status_text(status));
    return status;
}

void
collector_close(struct collector *collector)
{
    if (!collector)
        return;
    core_close(collector->core);
    outbox_close(collector->link);
    fetch_fini(&collector->fetch);
    doors_close(&collector->doors, LINGER_MS);
    access_close(collector->access);
    transport_close(collector->transport);
    free(collector);
}
