// SPDX-License-Identifier: Apache-2.0
//
// contribution_survey: one survey while it is evaluated.
#pragma once

#include "common/domain/contribution_parts.h"

// survey_answer returns the answer to an item, or ANSWER_NOT_APPLICABLE.
uint8_t survey_answer(const struct member *facts, uint16_t item);

// survey_response returns the response that counts, the first complete one that
// is no resurvey; NULL when there is none.
const struct live *survey_response(const struct live *lives, size_t count);
