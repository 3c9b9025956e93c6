// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "client/render.h"
#include "reporter/api.h"
#include "reporter/api_parts.h"
#include "reporter/exports.h"
#include "reporter/paging.h"

// How a ranking is wanted: as text of some format, or as a workbook.
struct form {
    bool is_workbook;
    enum render_format format;
    struct paging paging;
};

// name_file proposes a file name without anything a file system minds.
static void
name_file(struct response *response, const struct ranking *ranking,
          const char *ending)
{
    snprintf(response->filename, sizeof response->filename, "ranking-%s-%s.%s",
             ranking->rule.id, ranking->period, ending);
    for (char *at = response->filename; *at; at++)
        if (strchr(":\"\\/", *at))
            *at = '-';
}

// render_page renders the rows of a page; in JSON it says of what, first.
static void
render_page(struct ranking *ranking, const struct form *form,
            struct buffer *text)
{
    struct buffer whole = {0};
    struct page_facts facts;

    paging_cut(&form->paging, ranking, &facts);
    if (form->format != RENDER_JSON) {
        render(ranking, form->format, text);
        return;
    }
    render(ranking, form->format, &whole);
    buffer_put(text, "{");
    paging_json(&facts, text);
    buffer_put(text, ",");
    if (whole.failed || whole.used == 0)
        text->failed = true;
    else
        buffer_bytes(text, whole.data + 1, whole.used - 1); // without its "{"
    buffer_fini(&whole);
}

// give renders a ranking in a format into the response.
static void
give(struct response *response, struct ranking *ranking,
     const struct form *form)
{
    static const char *const types[] = {
        [RENDER_TABLE] = "text/plain; charset=utf-8",
        [RENDER_JSON] = "application/json; charset=utf-8",
        [RENDER_CSV] = "text/csv; charset=utf-8; header=present"};
    struct buffer text = {0};

    if (form->paging.is_wanted)
        render_page(ranking, form, &text);
    else
        render(ranking, form->format, &text);
    response_text(response, types[form->format], &text);
    if (form->format == RENDER_CSV)
        name_file(response, ranking, "csv");
}

static void
give_up(struct response *response, enum status status)
{
    response_problem(response, 500,
                     status == STATUS_FULL
                         ? "a sum in this window leaves 64 bits"
                         : "out of memory");
}

static void
rank(const struct snapshot *snapshot, const struct selection *selection,
     const struct request *request, const struct form *form,
     struct response *response)
{
    const struct book *book = snapshot->book;
    struct figures *figures = NULL;
    struct ranking *ranking = NULL;

    enum status status =
        figures_open(&figures, book->rulebook, book->directory, snapshot->table,
                     selection->first, selection->last, request->wall_ms);
    if (status == STATUS_OK)
        status = ranking_open(&ranking, figures, &selection->rule,
                              selection->scope, selection->period);
    if (status == STATUS_OK)
        give(response, ranking, form);
    else
        give_up(response, status);
    ranking_close(ranking);
    figures_close(figures);
}

void
api_rankings(const struct site *site, const struct target *target,
             const struct request *request, struct response *response)
{
    struct selected selected = {.period = target_param(target, "period"),
                                .kpi = target_param(target, "kpi"),
                                .scope = target_param(target, "scope")};
    struct form form = {.format = RENDER_JSON};

    const char *wanted = target_param(target, "format");
    form.is_workbook = wanted && strcmp(wanted, "xlsx") == 0;
    if (wanted && !form.is_workbook &&
        !render_format_of(wanted, &form.format)) {
        response_problem(response, 400, "format is json, csv, xlsx or table");
        return;
    }
    const char *wrong = paging_read(&form.paging, target);
    if (!wrong && form.is_workbook && form.paging.is_wanted)
        wrong = "a workbook holds all rows; leave find, limit, offset out";
    if (wrong) {
        response_problem(response, 400, wrong);
        return;
    }
    struct snapshot *snapshot = api_select(site, request, response, &selected);
    if (!snapshot)
        return;
    if (form.is_workbook)
        exports_give(snapshot, &selected, request, EXPORT_RANKING, EXPORT_XLSX,
                     NULL, response);
    else
        rank(snapshot, &selected.selection, request, &form, response);
    snapshot_drop(snapshot);
}
