// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include "client/render_gap.h"
#include "client/render_trace_parts.h"

static const int64_t fen_per_yuan = 100;

static void
put_micro(struct buffer *text, const char *before, int64_t micro)
{
    char value[KPI_TEXT_MAX];

    kpi_text(micro, value);
    buffer_format(text, "%s%s", before, value);
}

static void
put_yuan(struct buffer *text, const char *before, int64_t fen)
{
    int64_t size = fen < 0 ? -fen : fen;

    buffer_format(text, "%s%s%" PRId64 ".%02" PRId64, before,
                  fen < 0 ? "-" : "", size / fen_per_yuan, size % fen_per_yuan);
}

static void
put_hash(struct buffer *text, const uint8_t *bytes)
{
    for (size_t i = 0; i < TRACE_HASH_SIZE; i++)
        buffer_format(text, "%02x", bytes[i]);
    buffer_put(text, "\n");
}

// put_calendar says when the statement may still change, in local time.
static void
put_calendar(const struct trace *trace, struct buffer *text)
{
    const struct zone *zone = &trace->rulebook->zone;
    const struct close *close = &trace->close;
    char provisional[PERIOD_TEXT_MAX], review[PERIOD_TEXT_MAX];
    char decisions[PERIOD_TEXT_MAX], final[PERIOD_TEXT_MAX];

    moment_name(zone, close->provisional, provisional);
    moment_name(zone, close->review, review);
    moment_name(zone, close->decisions, decisions);
    moment_name(zone, close->final, final);
    buffer_format(text,
                  "# provisional from %s, review until %s, decisions until %s, "
                  "final from %s\n",
                  provisional, review, decisions, final);
}

static void
put_head(const struct trace *trace, struct buffer *text)
{
    const char *notes[TRACE_NOTES_MAX + 1];
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    month_name(trace->period.first, first);
    month_name(trace->period.last, last);
    buffer_format(text, "# %s statement of ",
                  close_state_name(trace_state(trace)));
    buffer_plain(text, trace->dealer);
    buffer_put(text, "  ");
    buffer_plain(text, trace->name[0] ? trace->name : "not listed");
    buffer_format(text, "  %s..%s\n", first, last);
    put_calendar(trace, text);
    trace_notes(trace, notes);
    for (size_t i = 0; notes[i]; i++)
        buffer_format(text, "# %s\n", notes[i]);
    buffer_format(text, "# figures at position %" PRIu64 "; %s\n",
                  trace->position, "dealerpulse " PROJECT_VERSION);
    buffer_format(text, "# programme %s version %" PRIu32 " ",
                  trace->rulebook->id, trace->rulebook->version);
    put_hash(text, trace->source.programme_hash);
    buffer_format(text, "# journal at position %" PRIu64 " ",
                  trace->source.journal_position);
    put_hash(text, trace->source.head);
}

// --- Figures -----------------------------------------------------------------

static void
put_parts(const struct trace_figure *figure, struct buffer *text)
{
    for (size_t i = 0; i < figure->part_count; i++) {
        const struct trace_part *part = &figure->parts[i];
        bool is_sum = strcmp(part->what, "sum") == 0;
        buffer_format(text, "      %-12s %-16s %" PRId64 " %s %" PRId64 "\n",
                      part->what, part->of, part->value,
                      is_sum ? "over n" : "of", part->n);
    }
}

static void
put_figure(const char *title, const struct trace_dimension *dimension,
           const struct trace_figure *figure, struct buffer *text)
{
    const struct kpi *kpi = &figure->kpi;
    const struct scheme_dimension *rule = dimension->rule;
    int64_t factor = points_factor(rule->form);

    buffer_format(text, "    %-12s", title);
    if (kpi->has_value) {
        buffer_format(text, "%" PRId64 "/%" PRId64, kpi->num, kpi->den);
        if (factor > 1)
            buffer_format(text, " x %" PRId64, factor);
        put_micro(text, " = ", kpi->value_micro);
        buffer_format(text, ", n %" PRId64, kpi->n);
    }
    if (figure->reason) {
        buffer_format(text, "%s%s: does not count\n",
                      kpi->has_value ? "; " : "", figure->reason);
        put_parts(figure, text);
        return;
    }
    if (rule->is_shrunken)
        put_micro(text, ", shrunken ", figure->value_micro);
    buffer_format(text, " -> %" PRId64 " ppm\n", figure->ppm);
    put_parts(figure, text);
}

static void
put_points(const struct points *points, struct buffer *text)
{
    if (points->points == POINTS_NONE) {
        buffer_put(text,
                   "    points      none: its weight goes to the others\n");
        return;
    }
    buffer_format(text, "    points      achievement %d", points->achievement);
    if (points->improvement == POINTS_NONE)
        buffer_put(text, ", improvement none (no baseline)");
    else
        buffer_format(text, ", improvement %d", points->improvement);
    buffer_format(text, ": %d of %d\n", points->points, POINTS_MAX);
}

static void
put_dimension(const struct trace *trace, size_t index, struct buffer *text)
{
    const struct trace_dimension *dimension = &trace->dimensions[index];
    const struct scheme_dimension *rule = dimension->rule;
    const struct points_scale *scale = &rule->scale;

    buffer_format(text,
                  "  %s, weight %" PRIu32 " ppm, from %" PRIu32 " answers on",
                  rule->kpi, rule->weight_ppm, rule->min_n);
    if (rule->part < GATE_PARTS_MAX)
        buffer_format(text, ", part %s", trace->scheme->parts[rule->part]);
    buffer_put(text, "\n");
    put_figure("period", dimension, &dimension->period, text);
    put_figure("baseline", dimension, &dimension->baseline, text);
    if (rule->is_shrunken) {
        put_micro(text, "    shrinkage   mean ", rule->shrink.mean_micro);
        put_micro(text, ", strength ", rule->shrink.strength_micro);
        buffer_format(text, "%s\n", rule->shrink.is_flat ? ", flat" : "");
    }
    buffer_format(text,
                  "    thresholds  floor %" PRId64 ", threshold %" PRId64
                  ", benchmark %" PRId64 " ppm\n",
                  scale->floor, scale->threshold, scale->benchmark);
    put_points(&dimension->points, text);
}

// put_left_out tells what is in no figure of the period.
static void
put_left_out(const struct trace *trace, struct buffer *text)
{
    static const enum count counts[] = {COUNT_VOIDED, COUNT_CORRECTED,
                                        COUNT_HELD, COUNT_SURPLUS,
                                        COUNT_PARTIAL};

    buffer_put(text, "left out of the period\n");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        buffer_format(text, "  %-12s  %" PRId64 "  %s\n", count_name(counts[i]),
                      tally_get(trace->period.tally,
                                counter(COUNTER_COUNT, counts[i], 0)),
                      count_text(counts[i]));
    for (uint32_t class = CLASS_NONE; class < CLASS_COUNT; class ++)
        if (trace->period.unanswered[class] != 0)
            buffer_format(text,
                          "  %-12s  %" PRId64 "  cases without an answer, not "
                          "yet due\n",
                          trace_class_name(class),
                          trace->period.unanswered[class]);
}

// --- Score and payout --------------------------------------------------------

static void
explain_score(const struct trace *trace, struct buffer *text)
{
    const struct points_score *score = &trace->outcome.score;
    int consistency = trace->scheme->consistency;

    buffer_put(text, "score\n");
    if (!score->has_value) {
        buffer_put(text, "  none: no dimension has a performance\n");
        return;
    }
    buffer_format(text,
                  "  base         %d x sum of weight x points %" PRId64
                  " / (10 x sum of weights %" PRId64 ")",
                  100 - consistency, score->points_sum, score->weight_sum);
    put_micro(text, " = ", score->base_micro);
    buffer_format(text,
                  "\n  consistency  weakest is %s, %" PRId64 "/%" PRId64
                  " of the way from floor to threshold: %d of %d\n",
                  trace->dimensions[score->weakest].rule->kpi,
                  score->weakest_num, score->weakest_den, score->consistency,
                  consistency);
}

static void
put_question(const struct gate_question *question,
             const struct gate_figure *figure, enum gate_verdict verdict,
             struct buffer *text)
{
    buffer_format(text, "    %s %" PRId64, trace_figure_name(question->figure),
                  figure->num);
    if (question->form == GATE_AT_LEAST || question->form == GATE_AT_MOST ||
        question->form == GATE_NOT_BELOW)
        buffer_format(text, "/%" PRId64, figure->den);
    buffer_format(text, ", %s %" PRId64 ": %s\n",
                  trace_question_name(question->form), question->limit,
                  trace_verdict_name(verdict));
}

static void
explain_gates(const struct trace *trace, struct buffer *text)
{
    const struct gate_rules *rules = &trace->scheme->gates;

    for (size_t i = 0; i < rules->count; i++) {
        const struct gate *gate = &rules->gates[i];
        const struct gate_evidence *seen = &trace->outcome.gates.gates[i];
        buffer_format(text,
                      "  gate %s (%s): %s, ratio %" PRId64 " -> %" PRId64 "\n",
                      gate->id, trace_effect_name(gate->effect),
                      seen->failed ? "FAILED" : "passed", seen->before_ppm,
                      seen->after_ppm);
        for (size_t j = 0; j < gate->question_count; j++)
            put_question(&gate->questions[j],
                         &trace->gates.figures[gate->questions[j].figure],
                         seen->verdicts[j], text);
    }
}

static void
explain_ladder(const struct trace *trace, struct buffer *text)
{
    const struct payout_ladder *ladder = &trace->scheme->ladder;

    buffer_format(text, "ratio (%s)\n", trace_payout_name(trace->scheme));
    for (size_t i = 0; i < ladder->count; i++) {
        put_micro(text, "  from score ", ladder->steps[i].score_micro);
        buffer_format(text, "  %" PRId64 " ppm\n", ladder->steps[i].ratio_ppm);
    }
    buffer_format(text, "  of the score  %" PRId64 " ppm\n",
                  trace->outcome.ratio_ppm);
    if (trace->outcome.gates.insufficient)
        buffer_format(text, "  of the peers  %" PRId64 " ppm\n",
                      trace->gates.peer_ppm);
    explain_gates(trace, text);
    buffer_format(text,
                  "money\n  base %" PRId64 " fen x max_rate %" PRId64
                  " ppm x ratio %" PRId64 " ppm = %" PRId64
                  " fen, residue %" PRId64 " x 10^-12 fen\n",
                  trace->base, trace->scheme->max_rate_ppm,
                  trace->outcome.gates.ratio_ppm, trace->outcome.gross.fen,
                  trace->outcome.gross.residue);
}

static void
explain_exchange(const struct trace *trace, struct buffer *text)
{
    const struct trace_exchange *exchange = &trace->exchange;

    buffer_format(text,
                  "money (exchange)\n  base %" PRId64 " fen x %" PRId64
                  " ppm = %" PRId64 " fen put in; pot of %zu dealers %" PRId64
                  " fen; paid back by base x score %" PRId64 " fen\n",
                  trace->base, trace->scheme->withhold_ppm, exchange->withheld,
                  trace->scores->count, exchange->price.pot, exchange->paid);
}

// What alone would bring the next step.
static void
put_gaps(const struct trace *trace, struct buffer *text)
{
    struct kpi_rule rules[SCHEME_DIMENSIONS_MAX];
    struct kpi period[SCHEME_DIMENSIONS_MAX], before[SCHEME_DIMENSIONS_MAX];

    for (size_t i = 0; i < trace->dimension_count; i++) {
        rules[i] = trace->dimensions[i].kpi;
        period[i] = trace->dimensions[i].period.kpi;
        before[i] = trace->dimensions[i].baseline.kpi;
    }
    buffer_put(text, "short of ");
    render_gaps(trace->scheme, rules, period, before,
                trace->outcome.next.score_micro, text);
    buffer_put(text, "\n");
}

static void
put_outcome(const struct trace *trace, struct buffer *text)
{
    const struct scheme_outcome *outcome = &trace->outcome;

    if (outcome->score.has_value)
        put_micro(text, "score    ", outcome->score.score_micro);
    else
        buffer_put(text, "score    no data");
    if (trace->row->rank > 0)
        buffer_format(text, "  rank %" PRIu32, trace->row->rank);
    else
        buffer_put(text, "  not ranked");
    buffer_format(text, " of %zu dealers\n", trace->scores->count);
    put_yuan(text, "base     ", trace->base);
    buffer_put(text, " yuan\n");
    if (trace->scheme->payout == SCHEME_EXCHANGE) {
        put_yuan(text, "put in   ", trace->exchange.withheld);
        put_yuan(text, " yuan\npaid     ", trace->exchange.paid);
        buffer_put(text, " yuan\n");
        return;
    }
    buffer_format(text, "ratio    %" PRId64 " ppm%s\n",
                  outcome->gates.ratio_ppm,
                  outcome->gates.insufficient
                      ? "  (insufficient sample: as the peers are)"
                      : "");
    put_yuan(text, "earned   ", outcome->gross.fen);
    buffer_put(text, " yuan\n");
    if (outcome->score.has_value && outcome->has_next) {
        put_micro(text, "next     score ", outcome->next.score_micro);
        buffer_format(text, " earns %" PRId64 " ppm\n",
                      outcome->next.ratio_ppm);
        put_gaps(trace, text);
    }
    if (outcome->gates.review)
        buffer_put(text, "review   headquarters should look at this dealer\n");
}

void
render_trace_text(const struct trace *trace, bool explained,
                  struct buffer *text)
{
    put_head(trace, text);
    if (explained) {
        buffer_put(text, "dimensions\n");
        for (size_t i = 0; i < trace->dimension_count; i++)
            put_dimension(trace, i, text);
        put_left_out(trace, text);
        explain_score(trace, text);
        if (trace->scheme->payout == SCHEME_EXCHANGE)
            explain_exchange(trace, text);
        else
            explain_ladder(trace, text);
        buffer_put(text, "result\n");
    }
    put_outcome(trace, text);
}
