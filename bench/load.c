// SPDX-License-Identifier: Apache-2.0
#include "bench/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/runtime/clock.h"

enum { READY_WITHIN_MS = 60000, STUCK_MS = 60000, GREET_MS = 50 };

struct load {
    const struct load_options *options;
    struct transport *transport;
    struct mill mill;
    struct lane *lanes;
    uint32_t lane_count;
    struct waitable waits[LOAD_TERMINALS_MAX];
    struct totals totals;
    uint64_t sent;
    size_t mark; // the next one
    int64_t began_us, mark_us[LOAD_MARKS_MAX];
    double began_cpu_s;
};

static uint64_t
answered(const struct load *load)
{
    const struct totals *totals = &load->totals;
    return totals->accepted + totals->duplicates + totals->rejected +
           totals->retried;
}

static double
own_cpu_s(void)
{
    struct rusage own;
    getrusage(RUSAGE_SELF, &own);
    return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
           (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
}

static void
print_watches(const struct load *load)
{
    struct usage usage;
    for (size_t i = 0; i < load->options->watch_count; i++) {
        const struct watch *watch = &load->options->watches[i];
        if (watch_read(watch, &usage))
            printf("watch %s %llu %.2f %llu %llu\n", watch->name,
                   (unsigned long long)answered(load), usage.cpu_s,
                   (unsigned long long)usage.anonymous_kib,
                   (unsigned long long)usage.mapped_kib);
    }
    fflush(stdout);
}

static bool
open_lane(struct load *load, uint32_t i)
{
    uint64_t first = load->options->first_event / load->lane_count;
    struct bench_link_keys keys;
    char name[32];

    (void)snprintf(name, sizeof name, "%.9s-%u", load->options->name, i);
    if (!bench_keys_load(&keys, &load->options->keys, name))
        return false;
    enum status status =
        lane_open(&load->lanes[i], load->transport, load->options->collector,
                  bench_keys_client(&keys), &load->mill, i, first);
    bench_keys_free(&keys); // libzmq has its own copy
    load->lanes[i].name = load->options->name;
    load->lanes[i].flood = load->options->flood;
    return status == STATUS_OK;
}

// get_ready greets until every lane is welcome: the collector may still be
// looking for its aggregator.
static bool
get_ready(struct load *load)
{
    int64_t until = clock_steady_ms() + READY_WITHIN_MS;
    bool greeted[LOAD_TERMINALS_MAX] = {false};
    uint32_t ready = 0;

    while (ready < load->lane_count) {
        if (clock_steady_ms() > until) {
            fprintf(stderr, "bench: the collector admits nobody\n");
            return false;
        }
        for (uint32_t i = 0; i < load->lane_count; i++) {
            struct lane *lane = &load->lanes[i];
            if (lane->ready)
                continue;
            if (!greeted[i])
                greeted[i] = lane_greet(lane);
            if (!lane_receive(lane, 0, &load->totals)) {
                lane_close(lane);
                greeted[i] = false;
                if (!open_lane(load, i))
                    return false;
            }
            ready += lane->ready;
        }
        if (ready < load->lane_count)
            (void)!wait_any(NULL, 0, GREET_MS);
    }
    return true;
}

static bool
receive_all(struct load *load, int64_t timeout_ms)
{
    for (uint32_t i = 0; i < load->lane_count; i++)
        load->waits[i] = outbox_waitable(load->lanes[i].outbox);
    (void)!wait_any(load->waits, load->lane_count, timeout_ms);

    int64_t now = clock_steady_us();
    for (uint32_t i = 0; i < load->lane_count; i++)
        if (!lane_receive(&load->lanes[i], now, &load->totals)) {
            fprintf(stderr, "bench: a session was lost after %llu events\n",
                    (unsigned long long)answered(load));
            return false;
        }
    while (load->mark < load->options->mark_count &&
           answered(load) >= load->options->marks[load->mark]) {
        load->mark_us[load->mark++] = now;
        print_watches(load);
    }
    return true;
}

static void
send_all_it_takes(struct load *load)
{
    const struct load_options *options = load->options;
    bool moved = true;

    while (moved && load->sent < options->events) {
        moved = false;
        for (uint32_t i = 0; i < load->lane_count; i++) {
            uint64_t left = options->events - load->sent;
            uint32_t events =
                left < options->batch ? (uint32_t)left : options->batch;
            if (events == 0 ||
                !lane_may_send(&load->lanes[i], events, options->window) ||
                !lane_send(&load->lanes[i], events, clock_steady_us()))
                continue;
            load->sent += events;
            moved = true;
        }
    }
}

// send_what_is_due keeps to the schedule.  What credit holds back is measured
// from when it should have gone.
static void
send_what_is_due(struct load *load)
{
    const struct load_options *options = load->options;
    int64_t now = clock_steady_us();

    while (load->sent < options->events) {
        int64_t due = load->began_us +
                      (int64_t)(load->sent * UINT64_C(1000000) / options->rate);
        if (due > now)
            return;
        struct lane *lane = &load->lanes[load->sent % load->lane_count];
        bool late = now - due > 2000;
        if (!lane_may_send(lane, 1, options->window) ||
            !lane_send(lane, 1, late ? due : clock_steady_us()))
            return;
        load->sent++;
    }
}

static bool
drive(struct load *load)
{
    uint64_t last = 0;
    int64_t moved_ms = clock_steady_ms();

    load->began_us = clock_steady_us();
    load->began_cpu_s = own_cpu_s();
    print_watches(load);
    while (answered(load) < load->options->events) {
        if (load->options->rate)
            send_what_is_due(load);
        else
            send_all_it_takes(load);
        if (!receive_all(load, load->options->rate ? 1 : 100))
            return false;
        if (answered(load) != last) {
            last = answered(load);
            moved_ms = clock_steady_ms();
        } else if (clock_steady_ms() - moved_ms > STUCK_MS) {
            fprintf(stderr, "bench: no receipt for a minute\n");
            return false;
        }
    }
    return true;
}

static void
print_rate(const char *what, uint64_t from, uint64_t to, int64_t us)
{
    double seconds = us > 0 ? (double)us / 1e6 : 1e-6;
    printf("%s %llu %llu %.0f\n", what, (unsigned long long)from,
           (unsigned long long)to, (double)(to - from) / seconds);
}

static void
report(struct load *load, int64_t took_us)
{
    struct totals *totals = &load->totals;
    uint64_t from = 0;
    int64_t from_us = load->began_us;

    print_watches(load);
    latency_sort(&totals->latency);
    for (size_t i = 0; i < load->mark; i++) {
        uint64_t to = load->options->marks[i];
        print_rate("range", from, to, load->mark_us[i] - from_us);
        from = to;
        from_us = load->mark_us[i];
    }
    print_rate("rate", 0, answered(load), took_us);
    printf("accepted %llu\nduplicates %llu\nrejected %llu\nretried %llu\n",
           (unsigned long long)totals->accepted,
           (unsigned long long)totals->duplicates,
           (unsigned long long)totals->rejected,
           (unsigned long long)totals->retried);
    printf("seconds %.3f\ncpu_s %.2f\nbody_bytes %zu\n", (double)took_us / 1e6,
           own_cpu_s() - load->began_cpu_s, load->mill.length);
    printf("p50_us %u\np99_us %u\np999_us %u\nmax_us %u\n",
           latency_at(&totals->latency, 500), latency_at(&totals->latency, 990),
           latency_at(&totals->latency, 999),
           latency_at(&totals->latency, 1000));
}

static bool
open_all(struct load *load)
{
    load->lane_count = load->options->mill.terminals;
    load->lanes = calloc(load->lane_count, sizeof *load->lanes);
    if (!load->lanes || !mill_init(&load->mill, &load->options->mill) ||
        transport_open(&load->transport, 1) != STATUS_OK)
        return false;
    for (uint32_t i = 0; i < load->lane_count; i++)
        if (!open_lane(load, i))
            return false;
    return true;
}

static void
close_all(struct load *load)
{
    for (uint32_t i = 0; load->lanes && i < load->lane_count; i++)
        lane_close(&load->lanes[i]);
    transport_close(load->transport);
    mill_fini(&load->mill);
    latency_fini(&load->totals.latency);
    free(load->lanes);
}

bool
load_run(const struct load_options *options)
{
    struct load load = {.options = options};
    bool fine = open_all(&load) && get_ready(&load) && drive(&load);
    if (fine)
        report(&load, clock_steady_us() - load.began_us);
    close_all(&load);
    return fine;
}
