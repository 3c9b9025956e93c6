// SPDX-License-Identifier: Apache-2.0
#include "console/what_if.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client/render_gap.h"
#include "client/trace.h"
#include "client/what_if.h"
#include "common/config/programme.h"
#include "console/reading.h"

struct options {
    struct reading_options reading;
    const char *other;
    bool gaps;
    int64_t base;
};

static const struct argp_option option_list[] = {
    {"programme", 'r', "FILE", 0, "The other programme.yaml (needed)", 0},
    {"period", 'p', "P", 0,
     "2026-10, 2026-Q4, 2026, R4Q:2026-Q4 or 2026-01..2026-03; by default the "
     "newest month with data",
     0},
    {"gaps", 'g', NULL, 0,
     "Add what each dealer is short of to its next step by the other programme",
     0},
    {"base", 'b', "FEN", 0,
     "Every dealer's base, for what it costs; ten million yuan by default", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'r':
        options->other = argument;
        return 0;
    case 'g':
        options->gaps = true;
        return 0;
    case 'b':
        if (!trace_base_read(argument, &options->base))
            argp_error(state, "\"%s\" is not an amount in fen", argument);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    case ARGP_KEY_END:
        if (!options->other)
            argp_error(state, "--programme FILE is missing");
        return 0;
    default:
        return reading_option(&options->reading, key, argument);
    }
}

// Whether figures folded under one rulebook stand for the other, too.
static bool
fold_alike(const struct rulebook *one, const struct rulebook *two)
{
    struct rulebook other = *two;
    other.valid_from = one->valid_from;
    size_t length = rulebook_fold_bytes(one, NULL, 0);
    uint8_t *left = malloc(length), *right = malloc(length);
    bool alike = left && right &&
                 rulebook_fold_bytes(&other, NULL, 0) == length &&
                 rulebook_fold_bytes(one, left, length) == length &&
                 rulebook_fold_bytes(&other, right, length) == length &&
                 memcmp(left, right, length) == 0;

    free(left);
    free(right);
    return alike;
}

static void
put_score(const struct scores_row *row, struct buffer *text)
{
    char score[KPI_TEXT_MAX] = "-";

    if (row && row->outcome.score.has_value)
        kpi_text(row->outcome.score.score_micro, score);
    buffer_format(text, " %11s", score);
}

static void
put_rank(const struct scores_row *row, struct buffer *text)
{
    if (row && row->rank > 0)
        buffer_format(text, "%5" PRIu32, row->rank);
    else
        buffer_put(text, "    -");
}

static void
put_rate(const struct scores_row *row, struct buffer *text)
{
    if (row)
        buffer_format(text, " %9" PRId64, row->rate_ppm);
    else
        buffer_put(text, "         -");
}

static void
put_row(const struct scores_row *now, const struct scores_row *then,
        struct buffer *text)
{
    put_rank(now, text);
    put_rank(then, text);
    put_score(now, text);
    put_score(then, text);
    put_rate(now, text);
    put_rate(then, text);
    buffer_format(text, "  %s%s  ", then->dealer,
                  then->outcome.gates.insufficient ? " *" : "");
    buffer_plain(text, then->name);
    buffer_put(text, "\n");
}

static void
put_head(const struct reading *reading, const struct scores *now,
         const struct scores *then, const char *other, struct buffer *text)
{
    buffer_put(text, "# what if ");
    buffer_plain(text, other);
    buffer_format(text, ", %s%s, at position %" PRIu64 "\n",
                  reading->selection.period, then->open ? " (open)" : "",
                  then->position);
    buffer_put(text, "# rates in ppm of the base, all bases equal; * paid as "
                     "the peers are: too small a sample\n");
    if (!now)
        buffer_put(text, "# the published programme has no rebate\n");
    buffer_format(text, "%5s%5s %11s %11s %9s %9s  %s\n", "rank", "then",
                  "score", "then", "rate", "then", "dealer");
}

static void
put_end(const struct what_if *what_if, struct buffer *text)
{
    buffer_format(text, "# mean rate: %" PRId64 " then",
                  what_if->then->mean_rate_ppm);
    if (what_if->now)
        buffer_format(text,
                      ", %" PRId64 " now; %zu move up, %zu down; %zu are paid "
                      "more, %zu less",
                      what_if->now->mean_rate_ppm, what_if->up, what_if->down,
                      what_if->more, what_if->less);
    buffer_put(text, "\n");
}

// What everybody is paid of a base, in fen.
static int64_t
cost_of(const struct scores *scores, int64_t base)
{
    __int128 cost = 0;

    for (size_t i = 0; i < scores->count; i++)
        cost += (__int128)base * scores->rows[i].rate_ppm / 1000000;
    return cost > INT64_MAX ? INT64_MAX : (int64_t)cost;
}

static void
put_cost(const struct scores *now, const struct scores *then, int64_t base,
         struct buffer *text)
{
    int64_t after = cost_of(then, base);

    buffer_format(
        text, "# cost at a base of %" PRId64 " fen each: %" PRId64 " fen then",
        base, after);
    if (now)
        buffer_format(text, ", %" PRId64 " now, %+" PRId64, cost_of(now, base),
                      after - cost_of(now, base));
    buffer_put(text, "\n");
}

// Every dealer with a score and a step above it.
static void
put_gaps(const struct rulebook *rulebook, const struct scores *then,
         struct buffer *text)
{
    for (size_t i = 0; i < then->count; i++) {
        const struct scores_row *row = &then->rows[i];
        const struct payout_step *next = &row->outcome.next;
        struct kpi period[SCHEME_DIMENSIONS_MAX], before[SCHEME_DIMENSIONS_MAX];
        char score[KPI_TEXT_MAX];
        if (!row->outcome.score.has_value || !row->outcome.has_next)
            continue;
        scores_kpis(then, i, period, before);
        kpi_text(next->score_micro, score);
        buffer_format(text, "# %s to %s, %" PRId64 " ppm: ", row->dealer, score,
                      next->ratio_ppm);
        render_gaps(scheme_of(rulebook, then->period->dealers[i].row),
                    then->rules, period, before, next->score_micro, text);
        buffer_put(text, "\n");
    }
}

static int
show(const struct reading *reading, const struct options *options,
     const struct what_if *what_if, const struct rulebook *other)
{
    const struct scores *now = what_if->now, *then = what_if->then;
    struct buffer text = {0};

    put_head(reading, now, then, options->other, &text);
    // The same dealers over the same months, in the same order.
    for (size_t i = 0; i < then->count; i++)
        put_row(now ? &now->rows[i] : NULL, &then->rows[i], &text);
    put_end(what_if, &text);
    put_cost(now, then, options->base, &text);
    if (options->gaps)
        put_gaps(other, then, &text);
    return reading_print(reading, &text);
}

static int
compare(const struct reading *reading, const struct options *options,
        const struct rulebook *other)
{
    struct material material = reading_material(reading);
    struct what_if *what_if = NULL;

    if (!fold_alike(material.rulebook, other))
        fprintf(stderr,
                "dealerpulse what-if: items, questionnaires or clocks of %s "
                "differ from the published ones; the figures are those folded "
                "under the published ones\n",
                options->other);
    enum status status =
        what_if_open(&what_if, &material, other, reading->selection.first,
                     reading->selection.last);
    int code = status == STATUS_OK ? show(reading, options, what_if, other)
                                   : reading_complain(reading, status, "");
    what_if_close(what_if);
    return code;
}

static int
load_other(const char *path, struct rulebook **other)
{
    struct problems problems = {0};

    if (programme_load(path, other, &problems) == STATUS_OK &&
        !(*other)->scheme)
        problem_add(&problems, path, 0, "rebate",
                    "the section is missing: there is nothing to pay by");
    problems_print(&problems);
    return problems.count > 0 ? EX_CONFIG : 0;
}

int
what_if_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Applies the rebate of another programme to a period beside the "
               "published one: ranks, scores, and what each dealer is paid."};
    struct options options = {.reading.command = "what-if",
                              .base = SCORES_BASE};
    struct rulebook *other = NULL;
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = load_other(options.other, &other);
    if (code != 0) {
        programme_free(other);
        return code;
    }
    code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = reading_select(&reading, true);
    if (code == 0)
        code = compare(&reading, &options, other);
    reading_close(&reading);
    programme_free(other);
    return code;
}
