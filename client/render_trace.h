// SPDX-License-Identifier: Apache-2.0
//
// render_trace: a trace as the disclosure pack, and as text to read.
//
// The pack is JSON in one canonical form, so that whoever recomputes it gets
// the same bytes: keys ascending, no white space, integers only, "<" written
// as \u003c, one line end.  Its members are described in docs/REBATE.md;
// tests/support/recompute.py makes `result` anew from all the others.
#pragma once

#include "client/buffer.h"
#include "client/trace.h"

void render_trace_json(const struct trace *trace, struct buffer *text);

// render_trace_figures adds the members that say what was counted, by which
// rules, and what came of it, as an object: equal bytes, equal figures.
void render_trace_figures(const struct trace *trace, struct buffer *text);

// render_trace_text writes what was earned; explained, every step before it.
void render_trace_text(const struct trace *trace, bool explained,
                       struct buffer *text);

// What is stood in for while periods cannot be closed: sentences, ended by
// NULL.
enum { TRACE_NOTES_MAX = 6 };
void trace_notes(const struct trace *trace,
                 const char *notes[TRACE_NOTES_MAX + 1]);
