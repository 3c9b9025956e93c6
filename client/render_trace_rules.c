// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "client/render_trace_parts.h"

const char *
trace_figure_name(enum gate_figure_id figure)
{
    static const char *const names[GATE_FIGURE_COUNT] = {
#define X(name, text) [GATE_##name] = text,
        GATE_FIGURE_MAP(X)
#undef X
    };
    return names[figure];
}

const char *
trace_question_name(enum gate_form form)
{
    static const char *const names[] = {[GATE_AT_LEAST] = "at_least_ppm",
                                        [GATE_AT_MOST] = "at_most_ppm",
                                        [GATE_NOT_BELOW] = "not_below_ppm",
                                        [GATE_COUNT_AT_LEAST] = "at_least",
                                        [GATE_COUNT_AT_MOST] = "at_most"};
    return names[form];
}

const char *
trace_effect_name(enum gate_effect effect)
{
    static const char *const names[] = {[GATE_PEERS] = "peers",
                                        [GATE_FACTOR] = "factor",
                                        [GATE_CAP] = "cap",
                                        [GATE_PART] = "part",
                                        [GATE_ZERO] = "zero"};
    return names[effect];
}

const char *
trace_payout_name(const struct scheme *scheme)
{
    if (scheme->payout == SCHEME_EXCHANGE)
        return "exchange";
    return scheme->ladder.form == PAYOUT_TIERS ? "tiers" : "linear";
}

static void
put_counts(const char *key, const struct count_list *list, struct buffer *text)
{
    buffer_put(text, key);
    for (size_t i = 0; i < list->count; i++) {
        trace_string(text, i > 0 ? ",{\"id\":" : "{\"id\":",
                     count_name(list->counts[i]));
        trace_number(text, ",\"number\":", list->counts[i]);
        buffer_put(text, "}");
    }
}

static void
put_kpi(const struct rulebook *rulebook, const struct kpi_rule *rule,
        struct buffer *text)
{
    static const char *const forms[] = {
        [KPI_INDEX] = "index",       [KPI_NPS] = "nps",
        [KPI_SHARE] = "share",       [KPI_MEAN] = "mean",
        [KPI_GAP] = "gap",           [KPI_SLA] = "sla",
        [KPI_COUNTER] = "counter",   [KPI_RATIO] = "ratio",
        [KPI_QUANTILE] = "quantile", [KPI_GAPS] = "gaps"};
    bool first = true;

    buffer_put(text, ",\"kpi\":{\"classes\":[");
    for (uint32_t class = CLASS_NONE; class < CLASS_COUNT; class ++) {
        if (!(rule->class_mask >> class & 1))
            continue;
        trace_string(text, first ? "" : ",", trace_class_name(class));
        first = false;
    }
    trace_number(text, "],\"cut\":", rule->cut);
    put_counts(",\"den\":[", &rule->den, text);
    trace_number(text, "],\"detractor_cut\":", rule->detractor_cut);
    trace_string(text, ",\"form\":", forms[rule->form]);
    trace_string(text, ",\"id\":", rule->id);
    buffer_put(text, ",\"items\":[");
    for (size_t i = 0; i < rule->item_count; i++) {
        const struct item *item = rulebook_item(rulebook, rule->items[i]);
        trace_number(text,
                     i > 0 ? ",{\"hi\":" : "{\"hi\":", item ? item->hi : 0);
        trace_string(text, ",\"id\":", item ? item->id : "");
        trace_number(text, ",\"lo\":", item ? item->lo : 0);
        trace_number(text, ",\"number\":", rule->items[i]);
        trace_number(text, ",\"weight\":", rule->weights[i]);
        buffer_put(text, "}");
    }
    put_counts("],\"minus\":[", &rule->minus, text);
    put_counts("],\"num\":[", &rule->num, text);
    trace_number(text, "],\"scale\":", rule->scale);
    buffer_put(text, "}");
}

static void
put_shrink(const struct scheme_dimension *rule, struct buffer *text)
{
    if (!rule->is_shrunken) {
        buffer_put(text, ",\"shrink\":null");
        return;
    }
    trace_bool(text, ",\"shrink\":{\"flat\":", rule->shrink.is_flat);
    trace_number(text, ",\"mean_micro\":", rule->shrink.mean_micro);
    trace_number(text, ",\"strength_micro\":", rule->shrink.strength_micro);
    buffer_put(text, "}");
}

static void
put_dimension(const struct trace *trace,
              const struct trace_dimension *dimension, struct buffer *text)
{
    static const char *const forms[] = {[POINTS_OF_HUNDRED] = "hundred",
                                        [POINTS_OF_NPS] = "nps",
                                        [POINTS_OF_UNIT] = "unit",
                                        [POINTS_OF_THOUSAND] = "thousand"};
    const struct scheme_dimension *rule = dimension->rule;

    trace_number(text, "{\"benchmark_ppm\":", rule->scale.benchmark);
    trace_number(text, ",\"floor_ppm\":", rule->scale.floor);
    trace_string(text, ",\"form\":", forms[rule->form]);
    put_kpi(trace->rulebook, &dimension->kpi, text);
    trace_bool(text, ",\"lower_is_better\":", rule->lower_is_better);
    trace_number(text, ",\"min_n\":", rule->min_n);
    trace_string(text, ",\"part\":",
                 rule->part < GATE_PARTS_MAX ? trace->scheme->parts[rule->part]
                                             : NULL);
    put_shrink(rule, text);
    trace_number(text, ",\"threshold_ppm\":", rule->scale.threshold);
    trace_number(text, ",\"weight_ppm\":", rule->weight_ppm);
    buffer_put(text, "}");
}

static void
put_gate(const struct scheme *scheme, const struct gate *gate,
         struct buffer *text)
{
    trace_number(text, "{\"amount_ppm\":", gate->amount_ppm);
    trace_string(text, ",\"effect\":", trace_effect_name(gate->effect));
    trace_string(text, ",\"id\":", gate->id);
    trace_string(text, ",\"part\":",
                 gate->effect == GATE_PART ? scheme->parts[gate->part] : NULL);
    buffer_put(text, ",\"questions\":[");
    for (size_t i = 0; i < gate->question_count; i++) {
        const struct gate_question *question = &gate->questions[i];
        buffer_put(text, i > 0 ? "," : "");
        trace_string(text, "{\"figure\":", trace_figure_name(question->figure));
        trace_string(text, ",\"form\":", trace_question_name(question->form));
        trace_number(text, ",\"limit\":", question->limit);
        trace_number(text, ",\"min_n\":", question->min_den);
        buffer_put(text, "}");
    }
    trace_number(text, "],\"review_from\":", gate->review_count);
    buffer_put(text, "}");
}

static void
put_payout(const struct scheme *scheme, struct buffer *text)
{
    const struct payout_ladder *ladder = &scheme->ladder;

    trace_perhaps(text, ",\"payout\":{\"budget_fen\":", scheme->has_budget,
                  scheme->budget);
    trace_string(text, ",\"form\":", trace_payout_name(scheme));
    trace_number(text, ",\"max_rate_ppm\":", scheme->max_rate_ppm);
    buffer_put(text, ",\"steps\":[");
    for (size_t i = 0; i < ladder->count; i++)
        buffer_format(text, "%s[%" PRId64 ",%" PRId64 "]", i > 0 ? "," : "",
                      ladder->steps[i].score_micro, ladder->steps[i].ratio_ppm);
    trace_number(text, "],\"withhold_ppm\":", scheme->withhold_ppm);
    buffer_put(text, "}");
}

void
render_trace_rules(const struct trace *trace, struct buffer *text)
{
    const struct scheme *scheme = trace->scheme;
    const struct gate_caps *caps = &scheme->gates.caps;

    trace_perhaps(text, "{\"caps\":{\"fall_ppm\":", caps->has_fall,
                  caps->fall_ppm);
    trace_perhaps(text, ",\"rise_ppm\":", caps->has_rise, caps->rise_ppm);
    trace_number(text, "},\"consistency\":", scheme->consistency);
    buffer_put(text, ",\"dimensions\":[");
    for (size_t i = 0; i < trace->dimension_count; i++) {
        buffer_put(text, i > 0 ? "," : "");
        put_dimension(trace, &trace->dimensions[i], text);
    }
    buffer_put(text, "],\"gates\":[");
    for (size_t i = 0; i < scheme->gates.count; i++) {
        buffer_put(text, i > 0 ? "," : "");
        put_gate(scheme, &scheme->gates.gates[i], text);
    }
    buffer_put(text, "]");
    put_payout(scheme, text);
    buffer_put(text, "}");
}
