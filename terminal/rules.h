// SPDX-License-Identifier: Apache-2.0
//
// rules: what the programme at hand tells of an answer.
//
// The collector judges by the published programme; this one only helps to name
// the column, because a refusal does not say which of the answers was wrong.
#pragma once

#include "common/domain/rulebook.h"

// rules_at_hand loads the programme, NULL when there is none or it is wrong.
// The caller gives it to programme_free.
struct rulebook *rules_at_hand(const char *path);

// rules_suspect returns the first item of a survey response that its
// questionnaire lacks or whose answer is off its scale; 0 for none, or when the
// rules (which may be NULL) do not know the questionnaire.
uint16_t rules_suspect(const struct rulebook *rules, const struct event *event);
