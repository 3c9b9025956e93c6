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
complain(struct response *response, enum status status)
{
    if (status == STATUS_NOT_FOUND)
        response_problem(response, 404,
                         "there is no dealer of this id; /api/v1/dealers "
                         "lists them");
    else if (status == STATUS_MALFORMED)
        response_problem(response, 404,
                         "the published programme has no rebate");
    else if (status == STATUS_FULL)
        response_problem(response, 500, "a product leaves 128 bits");
    else
        response_problem(response, 500, "out of memory");
}

static void
give(struct response *response, const struct snapshot *snapshot,
     const struct material *material, const struct selection *selection,
     const struct target *target)
{
    const struct trace_source source =
        book_source(snapshot->book, &snapshot->facts);
    char dealer[TARGET_PATH_MAX];
    struct buffer text = {0};
    struct trace *trace;
    const char *wanted = target_param(target, "base");
    int64_t base = -1;

    if (wanted && !trace_base_read(wanted, &base)) {
        response_problem(response, 400,
                         "the base is 0 to 1000000000000000 fen");
        return;
    }
    read_dealer(target->path, dealer);
    enum status status = trace_open(&trace, material, &source, selection->first,
                                    selection->last, dealer, base);
    if (status != STATUS_OK) {
        complain(response, status);
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
    char problem[SELECTION_PROBLEM_MAX];
    struct selection selection;

    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return;
    struct material material = snapshot_material(snapshot, request->wall_ms);
    enum status status =
        selection_make(&selection, &material, target_param(target, "period"),
                       NULL, NULL, problem);
    if (status == STATUS_MALFORMED || status == STATUS_NOT_FOUND)
        response_problem(response, status == STATUS_MALFORMED ? 400 : 404,
                         problem);
    else if (status != STATUS_OK)
        response_problem(response, 500, "out of memory");
    else if (!api_unchanged(response, snapshot, request))
        give(response, snapshot, &material, &selection, target);
    snapshot_drop(snapshot);
}
