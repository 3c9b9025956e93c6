// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "client/alert_lines.h"
#include "reporter/api.h"
#include "reporter/api_parts.h"
#include "reporter/paging.h"

enum { ROWS_USUAL = 1000 };

// For whom the lines are.
struct reader {
    const struct viewer *viewer;
    const struct directory *directory;
    int64_t now_ms;
};

static bool
admits(void *context, const char *id)
{
    const struct reader *reader = context;
    const struct dealer *dealer =
        directory_find(reader->directory, span_text(id));

    // One whom the directory knows no more is headquarters' business.
    return dealer ? viewer_sees(reader->viewer, dealer, reader->now_ms)
                  : reader->viewer->reach == REACH_HQ;
}

static bool
is_one_of(const char *wanted, const char *(*name)(size_t), size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!wanted || strcmp(wanted, name(i)) == 0)
            return true;
    return false;
}

static const char *
what_name(size_t i)
{
    return alert_what_name((enum alert_what)i);
}

static const char *
state_name(size_t i)
{
    return alert_state_name((enum alert_state)i);
}

static const char *
read_question(const struct target *target, struct alert_question *question,
              struct paging *paging)
{
    const char *wrong = paging_read(paging, target);

    if (wrong)
        return wrong;
    if (paging->limit == SIZE_MAX)
        paging->limit = ROWS_USUAL;
    question->dealer = target_param(target, "dealer");
    question->what = target_param(target, "what");
    question->state = target_param(target, "state");
    if (!is_one_of(question->what, what_name, ALERT_WHAT_COUNT))
        return "what is detractor, complaint or emergency";
    if (!is_one_of(question->state, state_name, ALERT_STATE_COUNT))
        return "state is open, near or late";
    return NULL;
}

static void
give(struct response *response, const struct alerts_shown *alerts,
     const struct book *book, const struct alert_question *question,
     const struct paging *paging)
{
    struct buffer text = {0};
    struct alert_lines lines;

    if (alert_lines_make(&lines, alerts->list, question) != STATUS_OK) {
        response_problem(response, 500, "out of memory");
        return;
    }
    buffer_format(&text,
                  "{\"position\":%" PRIu64 ",\"now_ms\":%" PRId64
                  ",\"complete\":%s,\"page\":{\"offset\":%zu,\"found\":%zu},",
                  alerts->list->position, question->now_ms,
                  alerts->is_whole && !alerts->list->is_cut ? "true" : "false",
                  paging->offset, lines.count);
    alert_lines_json(&lines, paging->offset, paging->limit, book->directory,
                     book->rulebook, question->now_ms, &text);
    buffer_put(&text, "}\n");
    alert_lines_fini(&lines);
    response_text(response, api_json_type, &text);
}

void
api_alerts(const struct site *site, const struct target *target,
           const struct request *request, struct response *response)
{
    struct alert_question question = {
        .now_ms = request->wall_ms,
        .contact_ms = (int64_t)site->alerts.contact_ms,
        .since_ms = request->wall_ms - (int64_t)site->alerts.window_ms};
    struct alerts_shown alerts;
    struct paging paging;

    const char *wrong = read_question(target, &question, &paging);
    if (wrong) {
        response_problem(response, 400, wrong);
        return;
    }
    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return;
    struct reader reader = {site_viewer(site, request),
                            snapshot->book->directory, request->wall_ms};
    question.admits = admits;
    question.context = &reader;
    if (shelf_hold_alerts(site->shelf, &alerts)) {
        give(response, &alerts, snapshot->book, &question, &paging);
        alert_list_close(alerts.list);
    } else {
        response_problem(response, 503,
                         "the aggregator has not told of any alerts yet");
        response->retry_after_s = 1;
    }
    snapshot_drop(snapshot);
}
