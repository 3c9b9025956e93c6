// SPDX-License-Identifier: Apache-2.0
//
// Whatever event_read takes, protobuf-c takes too and understands the same;
// and writing it again changes nothing.
#include "common/wire/event_code.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mirror.h"

static void
rewrite_keeps(const struct event *event)
{
    uint8_t body[EVENT_BODY_MAX], twice[EVENT_BODY_MAX];
    struct event again;
    size_t length = event_write(event, body, sizeof body);

    must(length > 0, "an event that was read can be written");
    must(event_read(span_of(body, length), &again).code == CODE_NONE,
         "an event that was written can be read");
    must(events_differ(event, &again) == NULL, "rewriting changes nothing");
    must(event_write(&again, twice, sizeof twice) == length &&
             memcmp(body, twice, length) == 0,
         "what was written is canonical");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body = span_of(data, size);
    struct event event;
    struct mirror mirror;

    if (event_read(body, &event).code)
        return 0;
    must(mirror_open(&mirror, body), "protobuf-c takes what event_read takes");
    must(events_differ(&event, &mirror.event) == NULL, "both read the same");
    mirror_close(&mirror);
    rewrite_keeps(&event);
    return 0;
}
