// SPDX-License-Identifier: Apache-2.0
#include "reporter/api.h"

#include <inttypes.h>
#include <string.h>

#include "client/choices.h"
#include "client/render_periods.h"
#include "reporter/api_parts.h"

// list_periods lists them, and which one is shown when none is asked for.
static void
list_periods(const struct snapshot *snapshot, const struct request *request,
             struct response *response)
{
    struct material material = snapshot_material(snapshot, request->wall_ms);
    char problem[SELECTION_PROBLEM_MAX];
    struct selection selection;
    struct choices choices;
    struct buffer text = {0};

    enum status status =
        selection_make(&selection, &material, NULL, NULL, NULL, problem);
    bool usual = status == STATUS_OK;
    // Whatever keeps a month from being shown, the list does not need it.
    if (status != STATUS_SYSTEM)
        status = periods_of(&choices, material.months, material.month_count,
                            material.rulebook, request->wall_ms);
    if (status != STATUS_OK) {
        response_problem(response, 500, status_text(status));
        return;
    }
    render_periods_json(&choices, usual ? selection.period : NULL, &text);
    choices_fini(&choices);
    response_text(response, api_json_type, &text);
}

void
api_periods(const struct site *site, const struct target *target,
            const struct request *request, struct response *response)
{
    (void)target;
    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return;
    if (!api_unchanged(response, snapshot, request))
        list_periods(snapshot, request, response);
    snapshot_drop(snapshot);
}

// scopes_json lists the scopes a viewer may see rankings of; the default is
// null for one who sees none.
static void
scopes_json(struct buffer *text, const struct choices *choices,
            const struct viewer *viewer)
{
    char own[TOKEN_SCOPE_TEXT];
    bool is_first = true;

    viewer_scope(viewer, own);
    buffer_put(text, "{\"default\":");
    buffer_json(text, viewer->reach == REACH_HQ       ? "nation"
                      : viewer->reach == REACH_REGION ? own
                                                      : NULL);
    buffer_put(text, ",\"scopes\":[");
    for (size_t i = 0; i < choices->count; i++) {
        const char *id = choices->list[i].id;
        if (viewer->reach != REACH_HQ && strcmp(id, own) != 0)
            continue;
        buffer_put(text, is_first ? "" : ",");
        buffer_json(text, id);
        is_first = false;
    }
    buffer_put(text, "]}\n");
}

void
api_scopes(const struct site *site, const struct target *target,
           const struct request *request, struct response *response)
{
    struct choices choices;
    struct buffer text = {0};

    (void)target;
    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return;
    if (!api_unchanged(response, snapshot, request)) {
        const struct book *book = snapshot->book;
        if (scopes_of(&choices, book->rulebook, book->directory) == STATUS_OK) {
            scopes_json(&text, &choices, site_viewer(site, request));
            choices_fini(&choices);
            response_text(response, api_json_type, &text);
        } else {
            response_problem(response, 500, "out of memory");
        }
    }
    snapshot_drop(snapshot);
}

static const char *
form_name(enum kpi_form form)
{
    static const char *const names[] = {
        [KPI_INDEX] = "index",       [KPI_NPS] = "nps",
        [KPI_SHARE] = "share",       [KPI_MEAN] = "mean",
        [KPI_GAP] = "gap",           [KPI_SLA] = "sla",
        [KPI_COUNTER] = "count",     [KPI_RATIO] = "ratio",
        [KPI_QUANTILE] = "quantile", [KPI_GAPS] = "gaps"};
    return names[form];
}

// item_json: an item a KPI is made of, its scale and its part of the weight.
static void
item_json(struct buffer *text, const struct item *item, uint32_t weight,
          bool is_first)
{
    if (!item)
        return;
    buffer_put(text, is_first ? "{\"id\":" : ",{\"id\":");
    buffer_json(text, item->id);
    buffer_format(text, ",\"lo\":%u,\"hi\":%u,\"weight\":%" PRIu32 "}",
                  item->lo, item->hi, weight);
}

static void
kpi_json(struct buffer *text, const struct rulebook *rulebook,
         const struct kpi_rule *rule)
{
    buffer_put(text, "{\"id\":");
    buffer_json(text, rule->id);
    buffer_put(text, ",\"name_en\":");
    buffer_json(text, rule->name_en);
    buffer_put(text, ",\"name_zh\":");
    buffer_json(text, rule->name_zh);
    buffer_format(text,
                  ",\"form\":\"%s\",\"min_n\":%" PRIu32 ",\"flag_ppm\":%" PRIu32
                  ",\"lower_is_better\":%s,\"items\":[",
                  form_name(rule->form), rule->min_n, rule->flag_ppm,
                  rule->lower_is_better ? "true" : "false");
    for (size_t i = 0; i < rule->item_count; i++)
        item_json(text, rulebook_item(rulebook, rule->items[i]),
                  rule->form == KPI_INDEX ? rule->weights[i] : 1, i == 0);
    buffer_put(text, "]}");
}

void
api_kpis(const struct site *site, const struct target *target,
         const struct request *request, struct response *response)
{
    struct choices choices;
    struct buffer text = {0};

    (void)target;
    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return;
    const struct rulebook *rulebook = snapshot->book->rulebook;
    if (api_unchanged(response, snapshot, request)) {
        snapshot_drop(snapshot);
        return;
    }
    if (kpis_of(&choices, rulebook) != STATUS_OK) {
        response_problem(response, 500, "out of memory");
        snapshot_drop(snapshot);
        return;
    }
    buffer_put(&text, "{\"programme\":");
    buffer_json(&text, rulebook->id);
    buffer_format(&text, ",\"version\":%" PRIu32 ",\"kpis\":[",
                  rulebook->version);
    for (size_t i = 0; i < choices.count; i++) {
        struct kpi_rule made;
        const struct kpi_rule *rule =
            rulebook_kpi(rulebook, choices.list[i].id, &made);
        if (!rule)
            continue;
        buffer_put(&text, i > 0 ? ",\n" : "\n");
        kpi_json(&text, rulebook, rule);
    }
    buffer_put(&text, "]}\n");
    choices_fini(&choices);
    response_text(response, api_json_type, &text);
    snapshot_drop(snapshot);
}

static void
dealer_json(struct buffer *text, const struct dealer *dealer, int64_t now_ms)
{
    const struct dealer_row *row = dealer_at(dealer, now_ms);
    const struct {
        const char *key, *value;
    } fields[] = {{"dealer", dealer->id},  {"name", row->name},
                  {"region", row->region}, {"brand", row->brand},
                  {"size", row->size},     {"group", row->group},
                  {"status", row->status}};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        buffer_format(text, "%c\"%s\":", i > 0 ? ',' : '{', fields[i].key);
        buffer_json(text, fields[i].value);
    }
    buffer_put(text, "}");
}

void
api_dealers(const struct site *site, const struct target *target,
            const struct request *request, struct response *response)
{
    struct buffer text = {0};

    (void)target;
    struct snapshot *snapshot = api_hold(site, response);
    if (!snapshot)
        return;
    if (!api_unchanged(response, snapshot, request)) {
        const struct directory *directory = snapshot->book->directory;
        const struct viewer *viewer = site_viewer(site, request);
        bool is_first = true;
        buffer_put(&text, "{\"dealers\":[");
        for (size_t i = 0; i < directory->dealer_count; i++) {
            const struct dealer *dealer =
                &directory->dealers[directory->by_id[i]];
            if (!viewer_sees(viewer, dealer, request->wall_ms))
                continue;
            buffer_put(&text, is_first ? "\n" : ",\n");
            dealer_json(&text, dealer, request->wall_ms);
            is_first = false;
        }
        buffer_put(&text, "]}\n");
        response_text(response, api_json_type, &text);
    }
    snapshot_drop(snapshot);
}
