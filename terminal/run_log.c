// SPDX-License-Identifier: Apache-2.0
#include "terminal/run_log.h"

#include <inttypes.h>
#include <string.h>

#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "terminal/clock_skew.h"

// Never one line per event: so many a minute, the rest is in the counts.
enum { REPORT_MS = 60000, OUTCOME_LINES = 20, SKEW_MS = 3600000 };

void
run_log_init(struct run_log *log)
{
    *log = (struct run_log){.reported_at = clock_steady_ms(),
                            .skew_at = INT64_MIN,
                            .lines_left = OUTCOME_LINES};
}

void
run_log_outcome(void *context, const struct dealerpulse_outcome *outcome)
{
    char text[LOG_VALUE_MAX], field[LOG_VALUE_MAX];
    struct run_log *log = context;

    if ((outcome->kind != DEALERPULSE_REJECTED &&
         outcome->kind != DEALERPULSE_RETRY) ||
        log->lines_left == 0)
        return;
    log->lines_left -= 1;
    log_line(outcome->kind == DEALERPULSE_REJECTED ? LOG_LEVEL_WARNING
                                                   : LOG_LEVEL_NOTICE,
             outcome->kind == DEALERPULSE_REJECTED ? "event-rejected"
                                                   : "event-to-retry",
             "seq=%" PRIu64 " code=%s field=%s text=%s", outcome->seq,
             outcome->code_name, log_value(field, span_text(outcome->field)),
             log_value(text, span_text(outcome->text)));
}

static void
log_link(const struct dealerpulse_state *before,
         const struct dealerpulse_state *now)
{
    char text[LOG_VALUE_MAX];

    if (now->refusal && (now->refusal != before->refusal ||
                         now->links_total != before->links_total))
        log_warning("collector-refused", "collector=%s code=%u text=%s",
                    now->collector, now->refusal,
                    log_value(text, span_text(now->refusal_text)));
    // From one look to the next a link may have gone and another have come.
    bool is_other = now->links_total != before->links_total;
    bool was_up = before->link == DEALERPULSE_LINK_UP;
    bool is_up = now->link == DEALERPULSE_LINK_UP;
    if (was_up && (!is_up || is_other))
        log_warning("link-lost", "waiting=%" PRIu64 " next=%s", now->waiting,
                    now->collector);
    if (is_up && (!was_up || is_other))
        log_notice("link-up", "collector=%s waiting=%" PRIu64, now->collector,
                   now->waiting);
}

// log_store: a person should know when headquarters' store is another one.
static void
log_store(const struct dealerpulse_state *before,
          const struct dealerpulse_state *now)
{
    if (now->resent_total > before->resent_total)
        log_notice("events-asked-again", "events=%" PRIu64,
                   now->resent_total - before->resent_total);
    if (!before->has_store)
        return;
    if (memcmp(now->store, before->store, sizeof now->store) != 0)
        log_warning("store-changed",
                    "kept=%" PRIu64 " text=\"another store answers; events "
                    "accepted by the one before are not sent again, unless "
                    "you say spool retry --kept\"",
                    now->kept);
    else if (now->incarnation != before->incarnation)
        log_notice("store-restored", "incarnation=%u", now->incarnation);
}

static void
log_clock(struct run_log *log, const struct dealerpulse_state *state)
{
    char text[CLOCK_SKEW_TEXT_MAX];
    int64_t now = clock_steady_ms();

    if (!state->has_clock || !clock_skew_text(state->clock_offset_ms, text)) {
        log->skew_at = INT64_MIN;
        return;
    }
    if (log->skew_at != INT64_MIN && now - log->skew_at < SKEW_MS)
        return;
    log->skew_at = now;
    log_warning("clock-skew", "offset_ms=%" PRId64 " text=\"%s\"",
                state->clock_offset_ms, text);
}

static void
log_counts(struct run_log *log, const struct dealerpulse_state *state)
{
    int64_t now = clock_steady_ms();

    if (now - log->reported_at < REPORT_MS)
        return;
    log->reported_at = now;
    log->lines_left = OUTCOME_LINES;
    log_info("spool",
             "waiting=%" PRIu64 " retry=%" PRIu64 " rejected=%" PRIu64
             " kept=%" PRIu64 " accepted_total=%" PRIu64
             " duplicate_total=%" PRIu64 " bytes=%" PRIu64,
             state->waiting, state->retry, state->rejected, state->kept,
             state->accepted_total, state->duplicate_total, state->bytes);
}

void
run_log_state(struct run_log *log, const struct dealerpulse_state *state)
{
    log_link(&log->state, state);
    log_store(&log->state, state);
    log_clock(log, state);
    log_counts(log, state);
    log->state = *state;
    if (log->trouble != DEALERPULSE_OK)
        log_notice("spool-well", "waiting=%" PRIu64, state->waiting);
    log->trouble = DEALERPULSE_OK;
}

void
run_log_trouble(struct run_log *log, enum dealerpulse_status status,
                const char *text)
{
    char value[LOG_VALUE_MAX];
    int64_t now = clock_steady_ms();

    if (status == log->trouble && now - log->trouble_at < REPORT_MS)
        return;
    log->trouble = status;
    log->trouble_at = now;
    log_error("spool-failed", "text=%s", log_value(value, span_text(text)));
}
