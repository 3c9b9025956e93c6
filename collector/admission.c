// SPDX-License-Identifier: Apache-2.0
#include "collector/admission.h"

static bool
is_name(struct span name)
{
    if (name.length == 0 || name.length > PEER_NAME_MAX)
        return false;
    for (uint32_t i = 0; i < name.length; i++)
        if (name.data[i] <= 0x20 || name.data[i] >= 0x7f)
            return false;
    return true;
}

static struct refusal
judge_dealers(struct repeated dealers)
{
    struct span dealer;
    uint32_t count = 0;
    while (hello_next_dealer(&dealers, &dealer)) {
        if (!is_name(dealer))
            return (struct refusal){CODE_BAD_FIELD,
                                    "a dealer id has 1 to 32 printable bytes"};
        if (span_equal(dealer, span_text("HQ")))
            return (struct refusal){CODE_NOT_PERMITTED,
                                    "a dealer does not speak for HQ"};
        count++;
    }
    if (count == 0)
        return (struct refusal){CODE_MISSING_FIELD,
                                "a dealer's terminal names its dealers"};
    if (count > HELLO_DEALERS_MAX)
        return (struct refusal){CODE_TOO_LARGE,
                                "a terminal speaks for at most 1000 dealers"};
    return (struct refusal){CODE_NONE, NULL};
}

struct refusal
admission_judge(const struct hello *hello)
{
    if (!is_name(hello->name))
        return (struct refusal){CODE_BAD_FIELD,
                                "a terminal's name has 1 to 32 printable "
                                "bytes"};
    switch (hello->role) {
    case ROLE_DEALER:
        return judge_dealers(hello->dealers);
    case ROLE_HQ:
    case ROLE_AUDITOR:
    case ROLE_REPORTER:
        return (struct refusal){CODE_NONE, NULL};
    case ROLE_NONE:
        return (struct refusal){CODE_MISSING_FIELD, "HELLO names no role"};
    case ROLE_COLLECTOR:
        return (struct refusal){CODE_NOT_PERMITTED,
                                "a collector talks to the aggregator"};
    }
    return (struct refusal){CODE_BAD_FIELD, "there is no such role"};
}

// take_dealers copies the declared dealers.  False without memory.
static bool
take_dealers(struct session *session, const struct hello *hello)
{
    struct repeated dealers = hello->dealers;
    struct span dealer;
    uint32_t count = 0;

    if (session->role != ROLE_DEALER)
        return true;
    while (hello_next_dealer(&dealers, &dealer))
        count++;
    if (!dealer_set_init(&session->dealers, count))
        return false;
    dealers = hello->dealers;
    while (hello_next_dealer(&dealers, &dealer))
        dealer_set_add(&session->dealers, dealer);
    return true;
}

struct session *
admission_make(struct sessions *sessions, const struct peer *peer,
               const struct hello *hello, uint64_t id, int64_t now_ms)
{
    struct session *session = sessions_find(sessions, peer);
    if (session)
        sessions_remove(sessions, session);
    session = sessions_add(sessions, peer);
    if (!session)
        return NULL;
    session->id = id;
    session->role = hello->role;
    session->epoch = hello->epoch;
    session->last_seq = hello->last_seq;
    session->heard_at_ms = now_ms;
    session->name_length = (uint8_t)hello->name.length;
    memcpy(session->name, hello->name.data, hello->name.length);
    if (!take_dealers(session, hello)) {
        sessions_remove(sessions, session);
        return NULL;
    }
    return session;
}
