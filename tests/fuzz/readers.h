// SPDX-License-Identifier: Apache-2.0
//
// readers: what every reader of a configuration file owes.
#pragma once

#include "common/config/problem.h"
#include "common/config/text.h"
#include "common/status.h"
#include "tests/fuzz/fuzz.h"

// judge: a text is taken or refused; what is refused has a reason, and a person
// can be shown it.
static inline void
judge(enum status status, const struct problems *problems)
{
    must(status == STATUS_OK || status == STATUS_MALFORMED,
         "a text is taken or refused");
    must((status == STATUS_OK) == (problems->count == 0),
         "what is refused has a reason");
    for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++)
        must(problems->list[i].text[0] &&
                 text_is_clean(span_text(problems->list[i].key)) &&
                 text_is_clean(span_text(problems->list[i].text)),
             "a reason is fit for a screen");
}
