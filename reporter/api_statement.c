// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "client/render_trace.h"
#include "reporter/api.h"
#include "reporter/api_parts.h"

// read_dealer takes the name between the last two slashes of the path.
static void
read_dealer(const char *path, char dealer[TARGET_PATH_MAX])
{
    const char *end = strrchr(path, '/'), *begin = end;

    while (begin[-1] != '/')
        begin -= 1;
    memcpy(dealer, begin, (size_t)(end - begin));
    dealer[end - begin] = '\0';
}

static void
complain(struct response *response, enum status status, int64_t base)
{
    if (status == STATUS_NOT_FOUND)
        response_problem(response, 404, no_dealer_sentence);
    else if (status == STATUS_MALFORMED)
        response_problem(response, 404, no_rebate_sentence);
    else if (status == STATUS_FULL && base >= 0)
        response_problem(response, 400,
                         "with this base a sum or product leaves what can be "
                         "computed; try a smaller one");
    else if (status == STATUS_FULL)
        response_problem(response, 500,
                         "a sum or product leaves what can be computed");
    else
        response_problem(response, 500, "out of memory");
}

static void
give(struct response *response, const struct snapshot *snapshot,
     const struct selected *selected, const struct target *target, int64_t base)
{
    const struct trace_source source =
        book_source(snapshot->book, &snapshot->facts);
    char dealer[TARGET_PATH_MAX];
    struct buffer text = {0};
    struct trace *trace;

    read_dealer(target->path, dealer);
    enum status status = trace_open(&trace, &selected->material, &source,
                                    selected->selection.first,
                                    selected->selection.last, dealer, base);
    if (status != STATUS_OK) {
        complain(response, status, base);
        return;
    }
    render_trace_json(trace, &text);
    trace_close(trace);
    response_text(response, api_json_type, &text);
}

void
api_statement(const struct site *site, const struct target *target,
              const struct request *request, struct response *response)
{
    struct selected selected = {.period = target_param(target, "period")};
    const char *wanted = target_param(target, "base");
    int64_t base = -1;

    if (wanted && !trace_base_read(wanted, &base)) {
        response_problem(response, 400,
                         "the base is 0 to 1000000000000000 fen");
        return;
    }
    struct snapshot *snapshot = api_select(site, request, response, &selected);
    if (!snapshot)
        return;
    give(response, snapshot, &selected, target, base);
    snapshot_drop(snapshot);
}
