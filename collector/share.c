// SPDX-License-Identifier: Apache-2.0
//
// Who may send how much: what keeps one terminal from slowing the others.
//
// Terminals that send at the moment share CREDIT_SHARED between them, so one
// that floods has no more on the way than any other, and waits longest.  A
// quota, where there is one, caps what a terminal sends a second.  Either only
// makes credit smaller: who keeps to it is never refused.
#include "collector/state.h"

enum { SECOND_MS = 1000, PAUSE_MS = 1000 };

void
core_count_active(struct core *core, struct instant now)
{
    if (now.steady_ms - core->second_at_ms < SECOND_MS)
        return;
    core->second_at_ms = now.steady_ms;
    core->second++;
    core->active_before = core->active;
    core->active = 0;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

// fair_share is generous while few send, and while the link takes it; 0 when
// what is granted would have to be refused.
static uint32_t
fair_share(const struct core *core)
{
    uint32_t active =
        core->active > core->active_before ? core->active : core->active_before;
    uint32_t room = link_room(&core->link);
    uint32_t share = least(CREDIT_SHARED / (active > 0 ? active : 1), room / 4);

    if (room < LINK_BATCH_EVENTS_MAX)
        return 0;
    return share < CREDIT_LEAST ? CREDIT_LEAST : share;
}

uint32_t
core_grant(struct core *core, struct instant now, struct session *session)
{
    uint32_t credit = least(fair_share(core), core->options.credit);
    uint32_t left =
        quota_left(&core->quota, session->quota_name, now.steady_ms);

    if (left < credit) // what is unanswered was paid for
        credit = least(credit, session->unanswered + left);
    if (!core_is_ready(core))
        credit = 0;
    if (credit < session->credit &&
        (now.steady_ms >= session->credit_until_ms ||
         session->credit >= session->credit_before)) {
        session->credit_before = session->credit;
        session->credit_until_ms = now.steady_ms + CREDIT_LINGERS_MS;
    }
    session->credit = credit;
    return credit;
}

// allowance is twice what was granted: a batch may be sent again before its
// receipt has arrived.
static uint32_t
allowance(struct instant now, const struct session *session)
{
    uint32_t most = session->credit;

    if (now.steady_ms < session->credit_until_ms &&
        session->credit_before > most)
        most = session->credit_before;
    return 2 * (most > CREDIT_LEAST ? most : CREDIT_LEAST);
}

bool
core_admits(struct core *core, struct instant now, struct session *session,
            uint32_t events, uint32_t *after_ms)
{
    if (session->active_in != core->second + 1) {
        session->active_in = core->second + 1; // never 0
        core->active++;
    }
    *after_ms = 0;
    bool admitted = session->unanswered + events <= allowance(now, session) &&
                    quota_take(&core->quota, session->quota_name, events,
                               now.steady_ms, after_ms);
    if (!admitted)
        *after_ms += PAUSE_MS + core_pause(core);
    return admitted;
}
