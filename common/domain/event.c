// SPDX-License-Identifier: Apache-2.0
#include "common/domain/event.h"

#include <string.h>

// Numbered in proto/event.proto; their fields come with the rulebook.
#define LATER_TYPE_MAP(X)                                                      \
    X(APPEAL_OPENED, 72)                                                       \
    X(APPEAL_DECIDED, 73)                                                      \
    X(INTEGRITY_FLAG, 74)                                                      \
    X(CONFIG_PUBLISHED, 80)                                                    \
    X(PERIOD_CLOSED, 81)                                                       \
    X(STATEMENT_ISSUED, 82)                                                    \
    X(STATEMENT_FINAL, 83)                                                     \
    X(RESTATEMENT, 84)                                                         \
    X(PAYMENT, 85)                                                             \
    X(CLAWBACK, 86)                                                            \
    X(DEALER_STATUS, 87)

bool
event_type_folded(uint32_t number)
{
    switch (number) {
#define X(name, number) case number:
        EVENT_TYPE_MAP(X)
#undef X
        return true;
    default:
        return false;
    }
}

bool
event_type_known(uint32_t number)
{
    switch (number) {
#define X(name, number) case number:
        EVENT_TYPE_MAP(X)
        LATER_TYPE_MAP(X)
#undef X
        return true;
    default:
        return false;
    }
}

bool
event_type_is_control(enum event_type type)
{
    return type >= EVENT_VOID && type <= EVENT_RELEASE;
}

const char *
event_type_name(uint32_t number)
{
    switch (number) {
#define X(name, number)                                                        \
    case number:                                                               \
        return #name;
        EVENT_TYPE_MAP(X)
        LATER_TYPE_MAP(X)
#undef X
    default:
        return "UNKNOWN";
    }
}

bool
event_before(int64_t occurred_a, const struct event_id *a, int64_t occurred_b,
             const struct event_id *b)
{
    if (occurred_a != occurred_b)
        return occurred_a < occurred_b;
    return memcmp(a->bytes, b->bytes, EVENT_ID_SIZE) < 0;
}

bool
event_id_equal(const struct event_id *a, const struct event_id *b)
{
    return memcmp(a->bytes, b->bytes, EVENT_ID_SIZE) == 0;
}

bool
event_id_is_zero(const struct event_id *id)
{
    static const struct event_id zero;

    return event_id_equal(id, &zero);
}
