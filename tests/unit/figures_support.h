// SPDX-License-Identifier: Apache-2.0
//
// figures_support: a small programme, four dealers and tallies to read, for
// the tests of the read side.
#pragma once

#include <stdio.h>
#include <string.h>

#include "client/tally_table.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"

enum {
    AUGUST = 2026 * 12 + 7,
    SEPTEMBER = AUGUST + 1,
    OCTOBER = AUGUST + 2,
    ITEM_OVERALL = 1,
    ITEM_RECOMMEND = 2,
};

// 2026-11-05T00:00Z: October is still open for five more days, September not.
static const int64_t NOVEMBER_5 = 1793836800000;

static const struct item sample_items[] = {
    {.number = ITEM_OVERALL, .lo = 1, .hi = 10, .id = "overall"},
    {.number = ITEM_RECOMMEND, .lo = 0, .hi = 10, .id = "recommend"},
};
static const struct kpi_rule sample_kpis[] = {
    {.id = "topbox",
     .form = KPI_SHARE,
     .item_count = 1,
     .items = {ITEM_OVERALL},
     .cut = 9,
     .min_n = 3,
     .name_en = "Top box",
     .name_zh = "\xe6\x9c\x80\xe9\xab\x98"},
    {.id = "loyalty",
     .form = KPI_SHARE,
     .item_count = 1,
     .items = {ITEM_RECOMMEND},
     .cut = 8,
     .min_n = 1,
     .flag_ppm = 600000,
     .name_en = "Loyalty"},
    {.id = "complaint_sla",
     .form = KPI_SLA,
     .class_mask = 1u << CLASS_GENERAL,
     .min_n = 1,
     .name_en = "Complaints in time"},
};
static const struct rulebook sample_rules = {
    .id = "sample",
    .version = 3,
    .valid_from = INT64_MIN,
    .close_days = 10,
    .item_count = 2,
    .items = sample_items,
    .kpi_count = 3,
    .kpis = sample_kpis,
};

static const struct dealer_row rows_a[] = {
    {.from = INT64_MIN, .name = "Alpha", .region = "north", .brand = "X"},
    {.from = 1790812800000, // 2026-10-01
     .name = "Alpha, \"moved\"",
     .region = "south",
     .brand = "X"}};
static const struct dealer_row rows_b[] = {
    {.from = INT64_MIN, .name = "=1+1", .region = "north", .brand = "X"}};
static const struct dealer_row rows_c[] = {
    {.from = INT64_MIN, .name = "<b>Gamma</b>", .region = "north"}};
static const struct dealer_row rows_d[] = {
    {.from = INT64_MIN, .name = "", .region = "south"}};
static const struct dealer sample_dealers[] = {
    {.id = "D", .row_count = 1, .rows = rows_d},
    {.id = "A", .row_count = 2, .rows = rows_a},
    {.id = "B", .row_count = 1, .rows = rows_b},
    {.id = "C", .row_count = 1, .rows = rows_c},
};
static const uint32_t sample_order[] = {1, 2, 3, 0};
static const struct directory sample_directory = {
    .dealer_count = 4, .dealers = sample_dealers, .by_id = sample_order};

// A table built from literals: a row, then its counters ascending.
static inline void
row(struct tally_table *table, const char *dealer, uint32_t month)
{
    assert_int_equal(
        tally_table_begin_row(table, month, span_text(dealer), SLICE_ALL),
        STATUS_OK);
}

static inline void
put(struct tally_table *table, uint32_t counter, int64_t value)
{
    assert_int_equal(tally_table_put(table, counter, value), STATUS_OK);
}

static inline void
answers(struct tally_table *table, uint32_t item, uint32_t value, int64_t count)
{
    put(table, counter(COUNTER_ANSWER, item, value), count);
}

static inline void
cases(struct tally_table *table, int64_t met, int64_t late, int64_t unanswered)
{
    put(table, counter(COUNTER_SLA, CLASS_GENERAL, SLA_MET), met);
    put(table, counter(COUNTER_SLA, CLASS_GENERAL, SLA_LATE), late);
    put(table, counter(COUNTER_SLA, CLASS_GENERAL, SLA_UNANSWERED), unanswered);
}

// arrived: so many events came that many days after the end of their month.
static inline void
arrived(struct tally_table *table, const char *dealer, uint32_t month,
        uint32_t days, int64_t events)
{
    assert_int_equal(
        tally_table_begin_row(table, month, span_text(dealer), SLICE_ARRIVED),
        STATUS_OK);
    put(table, counter(COUNTER_ARRIVAL, days, 0), events);
}

// Of "topbox" in October: A 3 of 4, B 3 of 4, C 1 of 2 (too few), D nothing.
// Of "complaint_sla": A in September and October.  E is not listed any more.
static inline struct tally_table *
sample_table(void)
{
    struct tally_table *table = tally_table_alloc();

    assert_non_null(table);
    table->position = 42;
    row(table, "B", OCTOBER);
    answers(table, ITEM_OVERALL, 5, 1);
    answers(table, ITEM_OVERALL, 9, 3);
    row(table, "A", OCTOBER);
    answers(table, ITEM_OVERALL, 8, 1);
    answers(table, ITEM_OVERALL, 10, 3);
    answers(table, ITEM_RECOMMEND, 7, 1);
    answers(table, ITEM_RECOMMEND, 8, 2);
    cases(table, 1, 1, 2);
    row(table, "A", SEPTEMBER);
    answers(table, ITEM_OVERALL, 1, 2);
    cases(table, 2, 1, 1);
    row(table, "C", OCTOBER);
    answers(table, ITEM_OVERALL, 1, 1);
    answers(table, ITEM_OVERALL, 10, 1);
    answers(table, ITEM_RECOMMEND, 8, 1000);
    row(table, "E", OCTOBER);
    answers(table, ITEM_OVERALL, 10, 7);
    row(table, "HQ", OCTOBER);
    answers(table, ITEM_OVERALL, 10, 1000);
    assert_int_equal(
        tally_table_begin_row(table, OCTOBER, span_text("D"), SLICE_HELD),
        STATUS_OK);
    answers(table, ITEM_OVERALL, 10, 1000);
    arrived(table, "A", SEPTEMBER, 11, 2);
    arrived(table, "A", OCTOBER, 10, 5);
    put(table, counter(COUNTER_ARRIVAL, 12, 0), 3);
    arrived(table, "B", OCTOBER, 99, 7);
    tally_table_seal(table);
    return table;
}
