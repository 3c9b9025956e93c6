// SPDX-License-Identifier: Apache-2.0
//
// bench-figures: how long the read side takes over a fleet of made tallies:
//   bench-figures PROGRAMME DEALERS
// prints, in microseconds of one core, the quickest of five times
//   figures_us    adding up a quarter of every dealer's tallies
//   standings_us  that, and every KPI's shrinkage, ranks, intervals and bands
//   what_if_us    a year's rebate by two programmes, points to fen and ranks
// Its dealers have true values of their own, so that ranks and intervals are
// spread as real ones are.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "client/ranking.h"
#include "client/scores.h"
#include "common/config/programme.h"

enum {
    MONTHS = 25, // a year, the year before it, and the month behind
    FIRST_MONTH = 2024 * 12,
    TIMES = 5,
};

struct bench {
    struct rulebook *rulebook;
    struct directory directory;
    struct tally_table *table;
    uint64_t dices;
};

static int64_t
now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static uint32_t
dice(struct bench *bench, uint32_t sides)
{
    bench->dices = bench->dices * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((bench->dices >> 33) % sides);
}

static void
need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench-figures: %s\n", what);
    exit(EX_SOFTWARE);
}

static void
make_dealers(struct bench *bench, size_t count)
{
    struct dealer *dealers = calloc(count, sizeof *dealers);
    struct dealer_row *rows = calloc(count, sizeof *rows);
    uint32_t *order = calloc(count, sizeof *order);

    need(dealers && rows && order, "out of memory");
    for (size_t i = 0; i < count; i++) {
        rows[i].from = INT64_MIN;
        (void)snprintf(rows[i].name, sizeof rows[i].name, "Dealer %zu", i);
        (void)snprintf(rows[i].region, sizeof rows[i].region, "r%zu", i % 9);
        (void)snprintf(dealers[i].id, sizeof dealers[i].id, "D%06zu", i);
        dealers[i].row_count = 1;
        dealers[i].rows = &rows[i];
        order[i] = (uint32_t)i;
    }
    bench->directory = (struct directory){
        .dealer_count = count, .dealers = dealers, .by_id = order};
}

// Answers to one item: about the dealer's own mean, of 1 to 10 of the scale.
struct answers {
    int64_t count[SCALE_MAX + 1];
};

static void
answer(struct bench *bench, const struct item *item, uint32_t taste, uint32_t n,
       struct answers *answers)
{
    const int range = item->hi - item->lo;

    memset(answers, 0, sizeof *answers);
    for (uint32_t i = 0; i < n; i++) {
        int noise = (int)(dice(bench, 41) + dice(bench, 41)) - 40;
        int value = item->lo + (int)(taste * (uint32_t)range / 1000) +
                    noise * range / 100;
        value = value < item->lo   ? item->lo
                : value > item->hi ? item->hi
                                   : value;
        answers->count[value]++;
    }
}

static void
put(struct bench *bench, uint32_t number, int64_t value)
{
    need(value == 0 ||
             tally_table_put(bench->table, number, value) == STATUS_OK,
         "a counter does not ascend");
}

static void
put_counts(struct bench *bench, uint32_t n)
{
    for (uint32_t i = 0; i < COUNT_END; i++)
        put(bench, counter(COUNTER_COUNT, i, 0),
            i == COUNT_RESPONSES ? n : (int64_t)(n / (i + 2)));
}

// The moments of a set as if its items were answered alike.
static void
put_set(struct bench *bench, const struct item_set *set,
        const struct answers *answers, bool squares)
{
    int64_t n = 0, sum = 0, square = 0;

    for (int value = 0; value <= SCALE_MAX; value++) {
        n += answers->count[value];
        sum += answers->count[value] * value;
        square += answers->count[value] * value * value;
    }
    if (!squares) {
        put(bench, counter(COUNTER_SET, set->number, 0), n);
        for (uint32_t j = 0; j < set->item_count; j++)
            put(bench, counter(COUNTER_SET, set->number, 1 + j), sum);
        return;
    }
    for (uint32_t j = 0; j < set->item_count; j++)
        for (uint32_t k = j; k < set->item_count; k++)
            put(bench, counter(COUNTER_SQUARE, set->number, j * 8 + k), square);
}

static void
make_month(struct bench *bench, const char *dealer, uint32_t month,
           uint32_t taste, uint32_t n)
{
    const struct rulebook *rulebook = bench->rulebook;
    struct answers answers = {0};

    need(tally_table_begin_row(bench->table, month, span_text(dealer),
                               SLICE_ALL) == STATUS_OK,
         "out of memory");
    put_counts(bench, n);
    for (size_t i = 0; i < rulebook->item_count; i++) {
        const struct item *item = &rulebook->items[i];
        answer(bench, item, taste, n, &answers);
        for (uint32_t value = 0; value <= item->hi; value++)
            put(bench, counter(COUNTER_ANSWER, item->number, value),
                answers.count[value]);
    }
    for (int squares = 0; squares < 2; squares++)
        for (size_t i = 0; i < rulebook->set_count; i++)
            put_set(bench, &rulebook->sets[i], &answers, squares == 1);
    for (size_t i = 0; i < rulebook->pair_count; i++)
        for (uint32_t gap = 0; gap < 5; gap++)
            put(bench,
                counter(COUNTER_GAP, rulebook->pairs[i].number, 126 + gap),
                n / 5 + 1);
    for (uint32_t class = CLASS_GENERAL; class < CLASS_COUNT; class ++) {
        put(bench, counter(COUNTER_SLA, class, SLA_MET), n / 4 + taste / 200);
        put(bench, counter(COUNTER_SLA, class, SLA_LATE), 1 + dice(bench, 3));
    }
}

static void
make_tallies(struct bench *bench)
{
    static const uint32_t sizes[] = {10, 15, 20, 30, 50, 70, 130};

    bench->table = tally_table_alloc();
    need(bench->table, "out of memory");
    for (size_t i = 0; i < bench->directory.dealer_count; i++) {
        uint32_t taste = 600 + dice(bench, 300);
        for (uint32_t month = 0; month < MONTHS; month++)
            make_month(bench, bench->directory.dealers[i].id,
                       FIRST_MONTH + month, taste, sizes[i % 7]);
    }
    tally_table_seal(bench->table);
}

static int64_t
add_up(const struct bench *bench, struct figures **figures)
{
    int64_t begin = now_us();

    need(figures_open(figures, bench->rulebook, &bench->directory, bench->table,
                      FIRST_MONTH + 21, FIRST_MONTH + 23,
                      INT64_MAX) == STATUS_OK,
         "the figures do not open");
    return now_us() - begin;
}

static int64_t
stand_all(const struct bench *bench, const struct figures *figures)
{
    int64_t begin = now_us();

    for (size_t i = 0; i < bench->rulebook->kpi_count; i++) {
        struct ranking *ranking;
        int64_t one = now_us();
        need(ranking_open(&ranking, figures, &bench->rulebook->kpis[i],
                          "nation", "bench") == STATUS_OK,
             "a ranking does not open");
        ranking_close(ranking);
        if (getenv("BENCH_FIGURES_EACH"))
            fprintf(stderr, "%s %" PRId64 " us\n", bench->rulebook->kpis[i].id,
                    now_us() - one);
    }
    return now_us() - begin;
}

static int64_t
try_year(const struct bench *bench)
{
    const struct material material = {.rulebook = bench->rulebook,
                                      .directory = &bench->directory,
                                      .table = bench->table,
                                      .now_ms = INT64_MAX};
    int64_t begin = now_us();

    struct scores *now, *then;
    need(scores_open(&now, &material, FIRST_MONTH + 12, FIRST_MONTH + 23) ==
             STATUS_OK,
         "the scores do not open");
    need(scores_open_beside(&then, &material, now) == STATUS_OK,
         "the other scores do not open");
    scores_close(then);
    scores_close(now);
    return now_us() - begin;
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int
main(int argc, char **argv)
{
    static struct problems problems;
    struct bench bench = {.dices = 7};
    int64_t sums = INT64_MAX, standings = INT64_MAX, what_if = INT64_MAX;

    if (argc != 3) {
        fprintf(stderr, "usage: bench-figures PROGRAMME DEALERS\n");
        return EX_USAGE;
    }
    if (programme_load(argv[1], &bench.rulebook, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    make_dealers(&bench, strtoul(argv[2], NULL, 10));
    make_tallies(&bench);
    for (int i = 0; i < TIMES; i++) {
        struct figures *figures;
        int64_t took = add_up(&bench, &figures);
        sums = least(sums, took);
        standings = least(standings, took + stand_all(&bench, figures));
        figures_close(figures);
        if (bench.rulebook->scheme)
            what_if = least(what_if, try_year(&bench));
    }
    printf("figures_us %" PRId64 "\nstandings_us %" PRId64 "\n", sums,
           standings);
    if (bench.rulebook->scheme)
        printf("what_if_us %" PRId64 "\n", what_if);
    return 0;
}
