// SPDX-License-Identifier: Apache-2.0
//
// event_fast: events as our own writer puts them (event_write), the way nearly
// all of them come; internal to event_code.
//
// What these functions take, the rules of event_read.c and event_read_survey.c
// take too and read the same (tests/unit/test_event_fast.c).  What they do not
// take may be right or wrong: it is read again by those rules, which say what
// is the matter.
#pragma once

#include "common/domain/event.h"

// head_fast fills all but type and payload from a body whose fields ascend,
// with a payload at its end.  False: anything else.
bool head_fast(struct span body, struct event *event, uint32_t *type,
               struct span *payload);

// survey_fast reads a response to a questionnaire's version with items in
// ascending order, numbers of one byte, and nothing else.
bool survey_fast(struct span bytes, struct survey *survey);
