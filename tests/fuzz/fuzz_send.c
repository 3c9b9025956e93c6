// SPDX-License-Identifier: Apache-2.0
//
// One event as JSON, as dealerpulse-terminal send reads it: what is taken, a
// collector can read; the rest has a reason.
#include "common/wire/event_code.h"
#include "terminal/event_json.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct draft draft;
    static const struct event_id id = {{1, 2, 3}};
    struct fault fault = {.code = CODE_NONE};
    struct event again;
    json_error_t error;

    json_t *object =
        json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, &error);
    if (!object)
        return 0;
    if (json_is_object(object) && event_json_read(object, &draft, &fault) &&
        draft_encode(&draft, &id, &fault)) {
        must(event_read(span_of(draft.body, draft.length), &again).code ==
                 CODE_NONE,
             "a collector can read what is sent");
        must(event_id_equal(&again.id, &id) && again.type == draft.event.type &&
                 again.occurred_at == draft.event.occurred_at,
             "it is the event that was written");
    } else if (json_is_object(object)) {
        must(fault.code != CODE_NONE, "what is refused has a reason");
    }
    json_decref(object);
    return 0;
}
