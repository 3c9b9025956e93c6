// SPDX-License-Identifier: Apache-2.0
//
// entity_parts: what entity.c and entity_code.c share.
#pragma once

#include "common/domain/entity.h"

// Which facts of an event a kind of entity remembers.
enum facts {
    FACTS_NONE,
    FACTS_SURVEY,
    FACTS_VISIT,
    FACTS_COMPLAINT,
    FACTS_ACTION,
    FACTS_VERDICT,
    FACTS_NOTICE,
};

// facts_of tells them from the type, for CORRECT from its target's.
enum facts facts_of(enum entity_kind kind, enum event_type type,
                    enum event_type target_type);

// says_of is the type whose facts a member has, EVENT_NONE for other controls
// than CORRECT.
static inline enum event_type
says_of(enum event_type type, enum event_type target_type)
{
    if (type == EVENT_CORRECT)
        return target_type;
    return event_type_is_control(type) ? EVENT_NONE : type;
}

// takes_back: UNVOID and RELEASE, which name a second control.
static inline bool
takes_back(enum event_type type)
{
    return type == EVENT_UNVOID || type == EVENT_RELEASE;
}
