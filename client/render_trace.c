// SPDX-License-Identifier: Apache-2.0
#include "client/render_trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/render_trace_parts.h"
#include "common/domain/sort.h"

enum { PACK_FORM = 1 };

void
trace_number(struct buffer *text, const char *key, int64_t value)
{
    buffer_format(text, "%s%" PRId64, key, value);
}

void
trace_perhaps(struct buffer *text, const char *key, bool there, int64_t value)
{
    if (there)
        trace_number(text, key, value);
    else
        buffer_format(text, "%snull", key);
}

void
trace_string(struct buffer *text, const char *key, const char *value)
{
    buffer_put(text, key);
    buffer_json(text, value);
}

void
trace_bool(struct buffer *text, const char *key, bool value)
{
    buffer_format(text, "%s%s", key, value ? "true" : "false");
}

void
trace_notes(const struct trace *trace, const char *notes[TRACE_NOTES_MAX + 1])
{
    const struct scheme *scheme = trace->scheme;
    const struct gate_caps *caps = &scheme->gates.caps;
    size_t count = 0;

    if (!trace->is_signed)
        notes[count++] = "not issued: a later event may change every figure";
    if (!trace->base_given)
        notes[count++] = "the base is assumed: no ledger of bases yet";
    if (scheme->payout == SCHEME_EXCHANGE)
        notes[count++] = "all bases are taken to be equal to this one";
    else
        notes[count++] = "the peers' ratio is the lower median of this period, "
                         "not of the last FINAL statements";
    if (scheme->has_budget)
        notes[count++] = "the budget is not applied: it needs every base";
    if (caps->has_rise || caps->has_fall)
        notes[count++] = "caps are not applied: they need the period before";
    notes[count] = NULL;
}

static void
put_hex(struct buffer *text, const char *key, const uint8_t *bytes,
        size_t length)
{
    buffer_format(text, "%s\"", key);
    for (size_t i = 0; i < length; i++)
        buffer_format(text, "%02x", bytes[i]);
    buffer_put(text, "\"");
}

static void
put_source(const struct trace *trace, struct buffer *text)
{
    const struct trace_source *source = &trace->source;

    trace_string(text,
                 ",\"source\":{\"code\":", "dealerpulse " PROJECT_VERSION);
    put_hex(text, ",\"dealers_hash\":", source->dealers_hash, TRACE_HASH_SIZE);
    trace_number(text, ",\"fold_version\":", source->fold_version);
    put_hex(text, ",\"head\":", source->head, TRACE_HASH_SIZE);
    trace_number(text, ",\"incarnation\":", source->incarnation);
    buffer_format(text,
                  ",\"journal_position\":%" PRIu64 ",\"position\":%" PRIu64,
                  source->journal_position, trace->position);
    trace_string(text, ",\"programme\":", trace->rulebook->id);
    put_hex(text, ",\"programme_hash\":", source->programme_hash,
            TRACE_HASH_SIZE);
    trace_number(text, ",\"programme_version\":", trace->rulebook->version);
    put_hex(text, ",\"store\":", source->store, TRACE_STORE_SIZE);
    buffer_put(text, "}");
}

// --- What came in ------------------------------------------------------------

static void
put_window(const char *key, const struct trace_window *window,
           struct buffer *text)
{
    // In the order of their names.
    static const uint32_t classes[] = {CLASS_COMPLEX, CLASS_EMERGENCY,
                                       CLASS_GENERAL, CLASS_HARD, CLASS_NONE};
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    buffer_format(text, "%s{\"counters\":[", key);
    for (uint32_t i = 0; i < window->tally->used; i++) {
        uint32_t number = window->tally->counters[i];
        buffer_format(text, "%s[%u,%u,%u,%" PRId64 "]", i > 0 ? "," : "",
                      number >> 24, number >> 8 & 0xffff, number & 0xff,
                      window->tally->values[i]);
    }
    month_name(window->first, first);
    month_name(window->last, last);
    buffer_format(text, "],\"first\":\"%s\",\"last\":\"%s\",\"not_due\":{",
                  first, last);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        buffer_format(text, "%s\"%s\":%" PRId64, i > 0 ? "," : "",
                      trace_class_name(classes[i]),
                      window->unanswered[classes[i]]);
    buffer_put(text, "}}");
}

// By score and ratio, best first: nobody is told by the order.
static bool
better(const void *a, const void *b, const void *rule)
{
    const struct scheme_outcome *left = *(struct scheme_outcome *const *)a;
    const struct scheme_outcome *right = *(struct scheme_outcome *const *)b;

    (void)rule;
    if (left->score.score_micro != right->score.score_micro)
        return left->score.score_micro > right->score.score_micro;
    return left->gates.ratio_ppm > right->gates.ratio_ppm;
}

static void
put_standing(const struct scores *scores, struct buffer *text)
{
    const struct scheme_outcome **order =
        calloc(scores->count + 1, sizeof(struct scheme_outcome *));
    size_t count = 0;

    if (!order) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < scores->count; i++)
        if (scores->rows[i].rank > 0)
            order[count++] = &scores->rows[i].outcome;
    sort_rows(order, count, sizeof *order, better, NULL);
    buffer_put(text, ",\"standing\":[");
    for (size_t i = 0; i < count; i++)
        buffer_format(text, "%s[%" PRId64 ",%" PRId64 "]", i > 0 ? "," : "",
                      order[i]->score.score_micro, order[i]->gates.ratio_ppm);
    free(order);
    buffer_put(text, "]");
}

static bool
larger(const void *a, const void *b, const void *rule)
{
    (void)rule;
    return *(const int64_t *)a > *(const int64_t *)b;
}

// Scores of those with too small a sample: an exchange pays them, too.
static void
put_others(const struct scores *scores, struct buffer *text)
{
    int64_t *order = calloc(scores->count + 1, sizeof *order);
    size_t count = 0;

    if (!order) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < scores->count; i++)
        if (scores->rows[i].rank == 0 &&
            scores->rows[i].outcome.score.has_value)
            order[count++] = scores->rows[i].outcome.score.score_micro;
    sort_rows(order, count, sizeof *order, larger, NULL);
    buffer_put(text, ",\"others\":[");
    for (size_t i = 0; i < count; i++)
        buffer_format(text, "%s%" PRId64, i > 0 ? "," : "", order[i]);
    free(order);
    buffer_put(text, "]");
}

static void
put_input(const struct trace *trace, struct buffer *text)
{
    trace_number(text, ",\"input\":{\"base_fen\":", trace->base);
    trace_bool(text, ",\"base_given\":", trace->base_given);
    put_window(",\"baseline\":", &trace->baseline, text);
    buffer_format(text, ",\"peers\":{\"count\":%zu", trace->scores->count);
    put_others(trace->scores, text);
    put_standing(trace->scores, text);
    buffer_format(text, ",\"tied_before\":%" PRIu64 "}",
                  trace->exchange.tied_before);
    put_window(",\"period\":", &trace->period, text);
    buffer_put(text, "}");
}

// Instants of the calendar, ms since 1970 in UTC.
static void
put_close(const struct close *close, struct buffer *text)
{
    trace_number(text, "{\"calendar\":{\"decisions_ms\":", close->decisions);
    trace_number(text, ",\"end_ms\":", close->end);
    trace_number(text, ",\"final_ms\":", close->final);
    trace_number(text, ",\"provisional_ms\":", close->provisional);
    trace_number(text, ",\"review_ms\":", close->review);
    buffer_put(text, "}");
}

void
render_trace_figures(const struct trace *trace, struct buffer *text)
{
    trace_string(text, "{\"dealer\":", trace->dealer);
    put_input(trace, text);
    buffer_put(text, ",\"result\":");
    render_trace_result(trace, text);
    buffer_put(text, ",\"rules\":");
    render_trace_rules(trace, text);
    buffer_put(text, "}\n");
}

void
render_trace_json(const struct trace *trace, struct buffer *text)
{
    const char *notes[TRACE_NOTES_MAX + 1];

    trace_notes(trace, notes);
    put_close(&trace->close, text);
    trace_string(text, ",\"dealer\":", trace->dealer);
    trace_number(text, ",\"form\":", PACK_FORM);
    put_input(trace, text);
    for (size_t i = 0; notes[i]; i++)
        trace_string(text, i > 0 ? "," : ",\"notes\":[", notes[i]);
    buffer_put(text, "],\"result\":");
    render_trace_result(trace, text);
    buffer_put(text, ",\"rules\":");
    render_trace_rules(trace, text);
    trace_bool(text, ",\"signed\":", trace->is_signed);
    put_source(trace, text);
    trace_string(text, ",\"state\":", close_state_name(trace_state(trace)));
    buffer_put(text, "}\n");
}
