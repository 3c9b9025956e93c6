// SPDX-License-Identifier: Apache-2.0
#include "reporter/metrics.h"

#include <inttypes.h>

static void
metric(struct buffer *text, const char *name, const char *kind,
       const char *help)
{
    buffer_format(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void
gauge(struct buffer *text, const char *name, const char *help, uint64_t value)
{
    metric(text, name, "gauge", help);
    buffer_format(text, "%s %" PRIu64 "\n", name, value);
}

// seconds_since writes an age with milliseconds, NaN for never.
static void
seconds_since(struct buffer *text, const char *name, const char *help,
              int64_t now_ms, int64_t then_ms)
{
    int64_t age = now_ms > then_ms ? now_ms - then_ms : 0;

    metric(text, name, "gauge", help);
    if (then_ms == 0)
        buffer_format(text, "%s NaN\n", name);
    else
        buffer_format(text, "%s %" PRId64 ".%03" PRId64 "\n", name, age / 1000,
                      age % 1000);
}

static void
counters_text(const struct counters *counters, struct buffer *text)
{
#define X(field, name, kind, help)                                             \
    metric(text, name, kind, help);                                            \
    buffer_format(                                                             \
        text, "%s %" PRIu64 "\n", name,                                        \
        atomic_load_explicit(&counters->field, memory_order_relaxed));
    COUNTER_MAP(X)
#undef X
}

static void
snapshot_text(const struct site *site, struct buffer *text)
{
    struct snapshot *snapshot = shelf_hold(site->shelf);

    gauge(text, "dealerpulse_reporter_position",
          "checkpoint of the aggregator that is shown",
          snapshot ? snapshot->table->position : 0);
    gauge(text, "dealerpulse_reporter_dealers", "dealers in the directory",
          snapshot ? snapshot->book->directory->dealer_count : 0);
    gauge(text, "dealerpulse_reporter_months", "months with data",
          snapshot ? snapshot->month_count : 0);
    gauge(text, "dealerpulse_reporter_tally_rows", "tally rows held in memory",
          snapshot ? snapshot->table->row_count : 0);
    snapshot_drop(snapshot);
}

// aggregator_text is what the aggregator last said of itself.
static void
aggregator_text(const struct counters *counters, const struct request *request,
                struct buffer *text)
{
    seconds_since(text, "dealerpulse_aggregator_commit_age_seconds",
                  "since the aggregator's last commit", request->wall_ms,
                  atomic_load(&counters->last_commit_at_ms));
    gauge(text, "dealerpulse_aggregator_unfolded_milliseconds",
          "age of the oldest commit that no figure shows yet",
          atomic_load(&counters->unfolded_ms));
    gauge(text, "dealerpulse_aggregator_intake_held",
          "1 while there is no room and events are put off",
          atomic_load(&counters->intake_held));
    gauge(text, "dealerpulse_aggregator_reader_milliseconds",
          "how long the oldest snapshot of the store has been held",
          atomic_load(&counters->reader_ms));
}

void
metrics_answer(const struct site *site, const struct target *target,
               const struct request *request, struct response *response)
{
    const struct counters *counters = site->counters;
    struct buffer text = {0};
    const char *why;

    (void)target;
    metric(&text, "dealerpulse_build_info", "gauge", "which version this is");
    buffer_put(&text, "dealerpulse_build_info{program=\"dealerpulse-reporter\","
                      "version=\"" PROJECT_VERSION "\"} 1\n");
    gauge(&text, "dealerpulse_reporter_ready",
          "1 while the figures shown are current",
          site_is_ready(site, request->steady_ms, &why));
    snapshot_text(site, &text);
    gauge(&text, "dealerpulse_aggregator_journal_position",
          "last commit on the aggregator's disk",
          atomic_load(&counters->journal_position));
    aggregator_text(counters, request, &text);
    seconds_since(&text, "dealerpulse_reporter_answer_age_seconds",
                  "since the aggregator last answered", request->steady_ms,
                  atomic_load(&counters->answered_steady_ms));
    seconds_since(&text, "dealerpulse_reporter_snapshot_age_seconds",
                  "since figures last changed", request->steady_ms,
                  atomic_load(&counters->snapshot_steady_ms));
    gauge(&text, "dealerpulse_reporter_snapshot_milliseconds",
          "how long the last snapshot took to take and publish",
          atomic_load(&counters->refresh_ms));
    counters_text(counters, &text);
    response_text(response, "text/plain; version=0.0.4; charset=utf-8", &text);
}

void
livez_answer(const struct site *site, const struct target *target,
             const struct request *request, struct response *response)
{
    static const char alive[] = "alive\n";

    (void)site;
    (void)target;
    (void)request;
    response_lent(response, "text/plain; charset=utf-8", (const uint8_t *)alive,
                  sizeof alive - 1);
}

void
readyz_answer(const struct site *site, const struct target *target,
              const struct request *request, struct response *response)
{
    static const char ready[] = "ready\n";
    const char *why;

    (void)target;
    if (site_is_ready(site, request->steady_ms, &why)) {
        response_lent(response, "text/plain; charset=utf-8",
                      (const uint8_t *)ready, sizeof ready - 1);
        return;
    }
    response_problem(response, 503, why);
    response->retry_after_s = 1;
}
