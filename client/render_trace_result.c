// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "client/render_trace_parts.h"

const char *
trace_verdict_name(enum gate_verdict verdict)
{
    static const char *const names[] = {[GATE_PASSED] = "passed",
                                        [GATE_FAILED] = "failed",
                                        [GATE_NO_DATA] = "no data",
                                        [GATE_NOT_JUDGED] = "not judged"};
    return names[verdict];
}

static void
put_figure(const char *key, const struct trace_figure *figure,
           struct buffer *text)
{
    const struct kpi *kpi = &figure->kpi;
    bool counts = !figure->reason;

    buffer_put(text, key);
    trace_perhaps(text, "{\"counted_micro\":", counts, figure->value_micro);
    trace_perhaps(text, ",\"den\":", kpi->has_value, kpi->den);
    trace_number(text, ",\"n\":", kpi->n);
    trace_perhaps(text, ",\"num\":", kpi->has_value, kpi->num);
    buffer_put(text, ",\"parts\":[");
    for (size_t i = 0; i < figure->part_count; i++) {
        const struct trace_part *part = &figure->parts[i];
        trace_number(text, i > 0 ? ",{\"n\":" : "{\"n\":", part->n);
        trace_string(text, ",\"of\":", part->of);
        trace_number(text, ",\"value\":", part->value);
        trace_string(text, ",\"what\":", part->what);
        buffer_put(text, "}");
    }
    trace_perhaps(text, "],\"ppm\":", counts, figure->ppm);
    trace_string(text, ",\"reason\":", figure->reason);
    trace_perhaps(text, ",\"value_micro\":", kpi->has_value, kpi->value_micro);
    buffer_put(text, "}");
}

static void
put_dimension(const struct trace_dimension *dimension, struct buffer *text)
{
    const struct points *points = &dimension->points;

    trace_perhaps(text, "{\"achievement\":", points->achievement != POINTS_NONE,
                  points->achievement);
    put_figure(",\"baseline\":", &dimension->baseline, text);
    trace_perhaps(text, ",\"improvement\":", points->improvement != POINTS_NONE,
                  points->improvement);
    trace_string(text, ",\"kpi\":", dimension->rule->kpi);
    put_figure(",\"period\":", &dimension->period, text);
    trace_perhaps(text, ",\"points\":", points->points != POINTS_NONE,
                  points->points);
    buffer_put(text, "}");
}

static void
put_score(const struct trace *trace, struct buffer *text)
{
    const struct points_score *score = &trace->outcome.score;

    buffer_put(text, ",\"score\":");
    if (!score->has_value) {
        buffer_put(text, "null");
        return;
    }
    trace_number(text, "{\"base_micro\":", score->base_micro);
    trace_number(text, ",\"consistency\":", score->consistency);
    trace_number(text, ",\"points_sum\":", score->points_sum);
    trace_perhaps(text, ",\"rank\":", trace->row->rank > 0, trace->row->rank);
    trace_number(text, ",\"score_micro\":", score->score_micro);
    trace_string(text,
                 ",\"weakest\":", trace->dimensions[score->weakest].rule->kpi);
    trace_number(text, ",\"weakest_den\":", score->weakest_den);
    trace_number(text, ",\"weakest_num\":", score->weakest_num);
    trace_number(text, ",\"weight_sum\":", score->weight_sum);
    buffer_put(text, "}");
}

static void
put_gate(const struct trace *trace, size_t index, struct buffer *text)
{
    const struct gate *gate = &trace->scheme->gates.gates[index];
    const struct gate_evidence *seen = &trace->outcome.gates.gates[index];

    trace_number(text, "{\"after_ppm\":", seen->after_ppm);
    trace_number(text, ",\"before_ppm\":", seen->before_ppm);
    trace_bool(text, ",\"failed\":", seen->failed);
    trace_string(text, ",\"id\":", gate->id);
    buffer_put(text, ",\"questions\":[");
    for (size_t i = 0; i < gate->question_count; i++) {
        enum gate_figure_id id = gate->questions[i].figure;
        const struct gate_figure *figure = &trace->gates.figures[id];
        trace_number(text, i > 0 ? ",{\"den\":" : "{\"den\":", figure->den);
        trace_string(text, ",\"figure\":", trace_figure_name(id));
        trace_number(text, ",\"num\":", figure->num);
        trace_string(text,
                     ",\"verdict\":", trace_verdict_name(seen->verdicts[i]));
        buffer_put(text, "}");
    }
    buffer_put(text, "]}");
}

static void
put_ladder(const struct trace *trace, struct buffer *text)
{
    const struct scheme_outcome *outcome = &trace->outcome;

    buffer_put(text, ",\"exchange\":null,\"gates\":[");
    for (size_t i = 0; i < trace->scheme->gates.count; i++) {
        buffer_put(text, i > 0 ? "," : "");
        put_gate(trace, i, text);
    }
    trace_number(text, "],\"payout\":{\"fen\":", outcome->gross.fen);
    trace_bool(text, ",\"insufficient\":", outcome->gates.insufficient);
    if (outcome->has_next)
        buffer_format(text, ",\"next\":[%" PRId64 ",%" PRId64 "]",
                      outcome->next.score_micro, outcome->next.ratio_ppm);
    else
        buffer_put(text, ",\"next\":null");
    trace_number(text, ",\"peer_ppm\":", trace->gates.peer_ppm);
    trace_number(text, ",\"ratio_ppm\":", outcome->gates.ratio_ppm);
    trace_number(text, ",\"residue\":", outcome->gross.residue);
    trace_bool(text, ",\"review\":", outcome->gates.review);
    trace_number(text, ",\"score_ratio_ppm\":", outcome->ratio_ppm);
    buffer_put(text, "}");
}

// Products of 128 bits are text: most readers of JSON have no such numbers.
static void
put_wide(struct buffer *text, const char *key, unsigned __int128 value)
{
    char digits[40];
    size_t at = sizeof digits - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value > 0);
    trace_string(text, key, &digits[at]);
}

static void
put_exchange(const struct trace *trace, struct buffer *text)
{
    const struct trace_exchange *exchange = &trace->exchange;

    trace_number(text, ",\"exchange\":{\"net_fen\":",
                 exchange->paid - exchange->withheld);
    trace_number(text, ",\"paid_fen\":", exchange->paid);
    trace_number(text, ",\"pot_fen\":", exchange->price.pot);
    put_wide(text, ",\"total\":", exchange->price.total);
    trace_number(text, ",\"withheld_fen\":", exchange->withheld);
    buffer_put(text, "},\"gates\":[],\"payout\":null");
}

void
render_trace_result(const struct trace *trace, struct buffer *text)
{
    buffer_put(text, "{\"dimensions\":[");
    for (size_t i = 0; i < trace->dimension_count; i++) {
        buffer_put(text, i > 0 ? "," : "");
        put_dimension(&trace->dimensions[i], text);
    }
    buffer_put(text, "]");
    if (trace->scheme->payout == SCHEME_EXCHANGE)
        put_exchange(trace, text);
    else
        put_ladder(trace, text);
    put_score(trace, text);
    buffer_put(text, "}");
}
