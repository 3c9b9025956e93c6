// SPDX-License-Identifier: Apache-2.0
//
// alert: what somebody should look at, and by when.
//
// Read from the same sets as the figures (entity.h) and by the same rules
// (contribution.h), so a void, a correction or a late answer takes an alert
// back as it takes back a figure.  It is never folded: it knows no clock, and
// whether a deadline is near or past is for whoever reads it at some instant.
//
//   DETRACTOR  the response of a survey that counts answers the item of an NPS
//              at or below its detractor cut (the first such KPI of the
//              rulebook valid when it was answered)
//   CASE       a complaint without a RESPONSE, RESOLVED or CLOSED, by its
//              deadline (contribution_case.c); and an emergency that is neither
//              RESOLVED nor CLOSED, by its next update
#pragma once

#include "common/domain/entity.h"

enum alert_kind { ALERT_NONE, ALERT_DETRACTOR, ALERT_CASE, ALERT_KIND_COUNT };

// All zero: nothing to look at.
struct alert {
    enum alert_kind kind;
    uint32_t dealer;       // whose it is now
    struct event_id event; // that it began with: the response, the opening
    int64_t at;            // answered; received
    // Of a case; due 0: that clock does not run.
    enum complaint_class class; // whose clock answer_due is
    int64_t answer_due;
    int64_t updated_at, update_due; // the last update, or since when
    // Of a detractor.
    uint16_t item;
    uint8_t value;
};

// alert_of tells what a set calls for.
void alert_of(const struct entity_key *key, const struct entity *entity,
              const struct rulebook_history *history, struct alert *alert);

enum alert_state { ALERT_OPEN, ALERT_NEAR, ALERT_LATE, ALERT_STATE_COUNT };

// alert_state_at tells how a deadline stands: NEAR when less than a quarter of
// the time since `from` is left, LATE when it is over.
enum alert_state alert_state_at(int64_t from, int64_t due, int64_t now);
