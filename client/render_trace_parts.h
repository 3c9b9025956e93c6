// SPDX-License-Identifier: Apache-2.0
//
// render_trace_parts: what the files that render a trace share.
#pragma once

#include "client/render_trace.h"

// The members `rules` and `result` of the pack.
void render_trace_rules(const struct trace *trace, struct buffer *text);
void render_trace_result(const struct trace *trace, struct buffer *text);

// Words of the rules, as programme.yaml has them.
const char *trace_figure_name(enum gate_figure_id figure);
const char *trace_question_name(enum gate_form form);
const char *trace_effect_name(enum gate_effect effect);
const char *trace_verdict_name(enum gate_verdict verdict);
const char *trace_payout_name(const struct scheme *scheme);

// A key (",\"n\":" and the like) and a number, or null.
void trace_number(struct buffer *text, const char *key, int64_t value);
void trace_perhaps(struct buffer *text, const char *key, bool there,
                   int64_t value);
void trace_string(struct buffer *text, const char *key, const char *value);
void trace_bool(struct buffer *text, const char *key, bool value);
