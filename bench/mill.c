// SPDX-License-Identifier: Apache-2.0
#include "bench/mill.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/wire/event_code.h"

enum {
    DRAWS = 65536,
    VISITS_A_YEAR = 4,
    VISIT_SIZE = 13,
    KEY_SIZE = 32,
    TIME_SIZE = 6, // of the varint, from 2004 to 2039
    DUPLICATE_REACH = 100000,
};
#define YEAR_MS (INT64_C(365) * DAY_MS)

// splitmix64's mixing step: enough to look random to a B-tree.
static uint64_t
mix(uint64_t z)
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t
find(const struct mill *mill, const void *mark, size_t length)
{
    const uint8_t *at = memmem(mill->body, mill->length, mark, length);
    assert(at);
    return (size_t)(at - mill->body);
}

static void
put_time(uint8_t *out, int64_t time_ms)
{
    uint64_t raw = (uint64_t)time_ms << 1; // zigzag of what is not negative
    for (int i = 0; i < TIME_SIZE - 1; i++, raw >>= 7)
        out[i] = (uint8_t)(raw | 0x80);
    out[TIME_SIZE - 1] = (uint8_t)(raw & 0x7f);
}

static void
make_template(struct mill *mill)
{
    uint8_t customer[KEY_SIZE], vehicle[KEY_SIZE], values[MILL_ANSWERS];
    uint8_t time[TIME_SIZE];
    struct event event = {
        .dealer_id = span_text("D#####"),
        .occurred_at = INT64_C(1700000000000),
        .type = EVENT_SURVEY_RESPONSE,
        .mode = 2,
        .channel = 6,
        .phase = 3,
        .touchpoint = 4,
        .visit = span_text("V############"),
        .invitation = span_text("campaign-autumn-01-after-first-service"),
        .customer = span_of(customer, sizeof customer),
        .vehicle = span_of(vehicle, sizeof vehicle),
        .survey = {.questionnaire = span_text("bench"),
                   .version = 1,
                   .answer_count = MILL_ANSWERS},
    };
    memset(event.id.bytes, 0xa1, sizeof event.id.bytes);
    memset(customer, 0xa2, sizeof customer);
    memset(vehicle, 0xa3, sizeof vehicle);
    memset(values, 20, sizeof values); // zigzag of 10
    put_time(time, event.occurred_at);
    for (uint16_t i = 0; i < MILL_ANSWERS; i++)
        event.survey.answers[i] = (struct answer){(uint16_t)(i + 1), 10};

    mill->length = event_write(&event, mill->body, sizeof mill->body);
    assert(mill->length > 0);
    mill->id = find(mill, event.id.bytes, sizeof event.id.bytes);
    mill->dealer = find(mill, "D#####", MILL_DEALER_SIZE);
    mill->time = find(mill, time, sizeof time);
    mill->visit = find(mill, "V############", VISIT_SIZE);
    mill->customer = find(mill, customer, sizeof customer);
    mill->vehicle = find(mill, vehicle, sizeof vehicle);
    mill->values = find(mill, values, sizeof values);
}

// The i-th dealer gets events in proportion to 1 / (i + 1)^0.8.
static bool
draw_zipf(struct mill *mill)
{
    double total = 0, sum = 0;
    uint32_t from = 0;

    mill->zipf = malloc(DRAWS * sizeof *mill->zipf);
    if (!mill->zipf)
        return false;
    for (uint32_t i = 0; i < mill->share; i++)
        total += pow(i + 1, -0.8);
    for (uint32_t i = 0; i < mill->share; i++) {
        sum += pow(i + 1, -0.8);
        uint32_t until = (uint32_t)(sum / total * DRAWS + 0.5);
        for (; from < until && from < DRAWS; from++)
            mill->zipf[from] = (uint16_t)i;
    }
    for (; from < DRAWS; from++)
        mill->zipf[from] = 0;
    return true;
}

bool
mill_init(struct mill *mill, const struct mill_options *options)
{
    *mill = (struct mill){.options = *options};
    mill->share = options->dealers / options->terminals;
    mill->customers =
        options->year_events / VISITS_A_YEAR / options->terminals + 1;
    make_template(mill);
    return draw_zipf(mill);
}

void
mill_fini(struct mill *mill)
{
    free(mill->zipf);
}

static void
put_decimal(uint8_t *out, size_t digits, uint64_t value)
{
    while (digits > 0) {
        out[--digits] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

static uint32_t
dealer_number(const struct mill *mill, uint32_t terminal, uint32_t which)
{
    return terminal + mill->options.terminals * which;
}

void
mill_dealer(const struct mill *mill, uint32_t terminal, uint32_t which,
            char id[MILL_DEALER_SIZE + 1])
{
    snprintf(id, MILL_DEALER_SIZE + 1, "D%05u",
             dealer_number(mill, terminal, which) % 100000);
}

static bool
is_repeat(const struct mill *mill, uint64_t random, uint64_t n)
{
    return n > 0 &&
           (uint32_t)(random >> 32) % 1000000 < mill->options.duplicate_ppm;
}

static uint64_t
seed_of(uint32_t terminal, uint64_t n)
{
    return mix(n * 4096 + terminal);
}

// original walks back to the event the n-th one repeats, or n itself.
static uint64_t
original(const struct mill *mill, uint32_t terminal, uint64_t n)
{
    uint64_t random = seed_of(terminal, n);
    if (!is_repeat(mill, random, n))
        return n;
    n -= 1 + random % (n < DUPLICATE_REACH ? n : DUPLICATE_REACH);
    while (is_repeat(mill, seed_of(terminal, n), n))
        n--;
    return n;
}

static void
put_id(uint8_t *out, bool random_order, int64_t time_ms, uint64_t a, uint64_t b)
{
    memcpy(out, &a, 8);
    memcpy(out + 8, &b, 8);
    if (!random_order) // UUIDv7: the time first
        for (int i = 0; i < 6; i++)
            out[i] = (uint8_t)((uint64_t)time_ms >> (40 - 8 * i));
    out[6] = (uint8_t)(0x70 | (out[6] & 0x0f));
    out[8] = (uint8_t)(0x80 | (out[8] & 0x3f));
}

static void
put_key(uint8_t *out, uint64_t seed)
{
    for (size_t i = 0; i < KEY_SIZE / 8; i++) {
        seed = mix(seed);
        memcpy(out + 8 * i, &seed, 8);
    }
}

struct span
mill_event(struct mill *mill, uint32_t terminal, uint64_t n)
{
    const struct mill_options *options = &mill->options;
    n = original(mill, terminal, n);
    uint64_t random = seed_of(terminal, n), other = mix(random);
    uint64_t all = n * options->terminals + terminal;
    uint64_t customer = (n % mill->customers) * options->terminals + terminal;
    uint64_t customer_seed = mix(~customer);
    uint64_t at = options->random_order ? random % options->year_events : all;
    int64_t time_ms =
        options->year_start_ms +
        (int64_t)((double)at * (double)YEAR_MS / (double)options->year_events);
    uint32_t which = mill->zipf[customer_seed % DRAWS];

    uint8_t *body = mill->body;
    put_id(body + mill->id, options->random_order, time_ms, random, other);
    put_decimal(body + mill->dealer + 1, MILL_DEALER_SIZE - 1,
                dealer_number(mill, terminal, which));
    put_time(body + mill->time, time_ms);
    put_decimal(body + mill->visit + 1, VISIT_SIZE - 1,
                options->random_order ? other : all);
    put_key(body + mill->customer, customer_seed);
    put_key(body + mill->vehicle, customer_seed + 1);
    for (size_t i = 0; i < MILL_ANSWERS; i++) { // 3 to 10, the high ones often
        uint64_t low = other >> (6 * i) & 7, cap = other >> (6 * i + 3) & 7;
        body[mill->values + i] = (uint8_t)(2 * (3 + (low > cap ? low : cap)));
    }
    return span_of(body, mill->length);
}
