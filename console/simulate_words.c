// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_words.h"

#include <stddef.h>

enum { ONE_IN = 8 };

static const char *const praise[] = {
    "\xe6\x9c\x8d\xe5\x8a\xa1\xe5\xbe\x88\xe5\xa5\xbd", // very good service
    "The advisor explained every item on the bill.",
    "\xe4\xba\xa4\xe8\xbd\xa6\xe5\x87\x86\xe6\x97\xb6", // the car on time
    "Friendly and quick.",
};
static const char *const blame[] = {
    "\xe7\xad\x89\xe4\xba\x86\xe4\xb8\xa4\xe4\xb8\xaa\xe5\xb0\x8f\xe6\x97\xb6",
    // two hours of waiting
    "The noise is still there after the repair.",
    "\xe4\xbb\xb7\xe6\xa0\xbc\xe5\xa4\xaa\xe8\xb4\xb5", // too expensive
    "Nobody called me back.",
};

const char *
words_of(const struct event *event, uint8_t salt[WORDS_SALT_SIZE])
{
    uint8_t lot = event->id.bytes[EVENT_ID_SIZE - 1];

    if (event->type != EVENT_SURVEY_RESPONSE ||
        event->survey.answer_count == 0 || lot % ONE_IN != 0)
        return NULL;
    words_salt_imported(span_of(event->id.bytes, EVENT_ID_SIZE), salt);
    const struct answer *first = &event->survey.answers[0];
    return (first->value > 7 ? praise : blame)[lot / ONE_IN % 4];
}
