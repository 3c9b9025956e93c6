// SPDX-License-Identifier: Apache-2.0
#include "reporter/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/choices.h"
#include "client/render.h"
#include "client/selection.h"

static const char json_type[] = "application/json; charset=utf-8";

// hold returns the snapshot to answer from, or answers that there is none.
static struct snapshot *
hold(const struct site *site, struct response *response)
{
    struct snapshot *snapshot = shelf_hold(site->shelf);

    if (!snapshot) {
        response_problem(response, 503,
                         "no figures have come from the aggregator yet");
        response->retry_after_s = 1;
    }
    return snapshot;
}

// write_etag names everything an answer depends on besides its address: the
// store and its checkpoint, rules, dealers, which months are OPEN, and this
// program.
static void
write_etag(char etag[ETAG_MAX], const struct snapshot *snapshot,
           const struct request *request)
{
    const struct store_facts *facts = &snapshot->facts;
    const struct book *book = snapshot->book;
    unsigned open = 0;

    for (size_t i = 0; i < snapshot->month_count; i++)
        open += month_is_open(book->rulebook, snapshot->months[i],
                              request->wall_ms);
    snprintf(
        etag, ETAG_MAX,
        "\"%02x%02x%02x%02x.%" PRIu32 ".%" PRIu64 ".%02x%02x%02x%02x."
        "%02x%02x%02x%02x.%u.%s\"",
        facts->store[0], facts->store[1], facts->store[2], facts->store[3],
        facts->incarnation, snapshot->table->position, book->programme_hash[0],
        book->programme_hash[1], book->programme_hash[2],
        book->programme_hash[3], book->dealers_hash[0], book->dealers_hash[1],
        book->dealers_hash[2], book->dealers_hash[3], open, PROJECT_VERSION);
}

static bool
unchanged(struct response *response, const struct snapshot *snapshot,
          const struct request *request)
{
    char etag[ETAG_MAX];

    write_etag(etag, snapshot, request);
    return response_unchanged(response, request, etag);
}

// --- What can be asked -------------------------------------------------------

static void
periods_json(struct buffer *text, const struct choices *choices)
{
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    buffer_put(text, "{\"default\":");
    buffer_json(text, choices->count > 0 ? choices->list[0].id : NULL);
    buffer_put(text, ",\"periods\":[");
    for (size_t i = 0; i < choices->count; i++) {
        const struct choice *choice = &choices->list[i];
        month_name(choice->first, first);
        month_name(choice->last, last);
        buffer_put(text, i > 0 ? ",\n{\"id\":" : "\n{\"id\":");
        buffer_json(text, choice->id);
        buffer_format(text, ",\"first\":\"%s\",\"last\":\"%s\",\"open\":%s}",
                      first, last, choice->open ? "true" : "false");
    }
    buffer_put(text, "]}\n");
}

void
api_periods(const struct site *site, const struct target *target,
            const struct request *request, struct response *response)
{
    struct choices choices;
    struct buffer text = {0};

    (void)target;
    struct snapshot *snapshot = hold(site, response);
    if (!snapshot)
        return;
    if (!unchanged(response, snapshot, request)) {
        if (periods_of(&choices, snapshot->months, snapshot->month_count,
                       snapshot->book->rulebook,
                       request->wall_ms) == STATUS_OK) {
            periods_json(&text, &choices);
            choices_fini(&choices);
            response_text(response, json_type, &text);
        } else {
            response_problem(response, 500, "out of memory");
        }
    }
    snapshot_drop(snapshot);
}

void
api_scopes(const struct site *site, const struct target *target,
           const struct request *request, struct response *response)
{
    struct choices choices;
    struct buffer text = {0};

    (void)target;
    struct snapshot *snapshot = hold(site, response);
    if (!snapshot)
        return;
    if (!unchanged(response, snapshot, request)) {
        if (scopes_of(&choices, snapshot->book->directory) == STATUS_OK) {
            buffer_put(&text, "{\"default\":\"nation\",\"scopes\":[");
            for (size_t i = 0; i < choices.count; i++) {
                buffer_put(&text, i > 0 ? "," : "");
                buffer_json(&text, choices.list[i].id);
            }
            buffer_put(&text, "]}\n");
            choices_fini(&choices);
            response_text(response, json_type, &text);
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
        [KPI_INDEX] = "index",  [KPI_NPS] = "nps", [KPI_SHARE] = "share",
        [KPI_MEAN] = "mean",    [KPI_GAP] = "gap", [KPI_SLA] = "sla",
        [KPI_COUNTER] = "count"};
    return names[form];
}

static void
kpi_json(struct buffer *text, const struct kpi_rule *rule)
{
    buffer_put(text, "{\"id\":");
    buffer_json(text, rule->id);
    buffer_put(text, ",\"name_en\":");
    buffer_json(text, rule->name_en);
    buffer_put(text, ",\"name_zh\":");
    buffer_json(text, rule->name_zh);
    buffer_format(text,
                  ",\"form\":\"%s\",\"min_n\":%" PRIu32 ",\"flag_ppm\":%" PRIu32
                  ",\"lower_is_better\":%s}",
                  form_name(rule->form), rule->min_n, rule->flag_ppm,
                  rule->lower_is_better ? "true" : "false");
}

void
api_kpis(const struct site *site, const struct target *target,
         const struct request *request, struct response *response)
{
    struct choices choices;
    struct buffer text = {0};

    (void)target;
    struct snapshot *snapshot = hold(site, response);
    if (!snapshot)
        return;
    const struct rulebook *rulebook = snapshot->book->rulebook;
    if (unchanged(response, snapshot, request)) {
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
        kpi_json(&text, rule);
    }
    buffer_put(&text, "]}\n");
    choices_fini(&choices);
    response_text(response, json_type, &text);
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
                  {"size", row->size},     {"status", row->status}};

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
    struct snapshot *snapshot = hold(site, response);
    if (!snapshot)
        return;
    if (!unchanged(response, snapshot, request)) {
        const struct directory *directory = snapshot->book->directory;
        buffer_put(&text, "{\"dealers\":[");
        for (size_t i = 0; i < directory->dealer_count; i++) {
            buffer_put(&text, i > 0 ? ",\n" : "\n");
            dealer_json(&text, &directory->dealers[directory->by_id[i]],
                        request->wall_ms);
        }
        buffer_put(&text, "]}\n");
        response_text(response, json_type, &text);
    }
    snapshot_drop(snapshot);
}

// --- Rankings ----------------------------------------------------------------

// give renders a ranking in a format into the response.
static void
give(struct response *response, const struct ranking *ranking,
     enum render_format format)
{
    static const char *const types[] = {
        [RENDER_TABLE] = "text/plain; charset=utf-8",
        [RENDER_JSON] = json_type,
        [RENDER_CSV] = "text/csv; charset=utf-8; header=present"};
    struct buffer text = {0};

    render(ranking, format, &text);
    response_text(response, types[format], &text);
    if (format == RENDER_CSV)
        snprintf(response->filename, sizeof response->filename,
                 "ranking-%s-%s.csv", ranking->rule.id, ranking->period);
    for (char *at = response->filename; *at; at++)
        if (*at == ':' || *at == '"' || *at == '\\' || *at == '/')
            *at = '-';
}

static void
rank(const struct snapshot *snapshot, const struct selection *selection,
     const struct request *request, enum render_format format,
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
        give(response, ranking, format);
    else
        response_problem(response, 500,
                         status == STATUS_FULL
                             ? "a sum in this window leaves 64 bits"
                             : "out of memory");
    ranking_close(ranking);
    figures_close(figures);
}

void
api_rankings(const struct site *site, const struct target *target,
             const struct request *request, struct response *response)
{
    char problem[SELECTION_PROBLEM_MAX];
    struct selection selection;
    enum render_format format = RENDER_JSON;

    const char *wanted = target_param(target, "format");
    if (wanted && !render_format_of(wanted, &format)) {
        response_problem(response, 400, "format is json, csv or table");
        return;
    }
    struct snapshot *snapshot = hold(site, response);
    if (!snapshot)
        return;
    enum status status = selection_make(
        &selection, snapshot->book->rulebook, snapshot->book->directory,
        snapshot->months, snapshot->month_count, request->wall_ms,
        target_param(target, "period"), target_param(target, "kpi"),
        target_param(target, "scope"), problem);
    if (status == STATUS_MALFORMED || status == STATUS_NOT_FOUND)
        response_problem(response, status == STATUS_MALFORMED ? 400 : 404,
                         problem);
    else if (status != STATUS_OK)
        response_problem(response, 500, "out of memory");
    else if (!unchanged(response, snapshot, request))
        rank(snapshot, &selection, request, format, response);
    snapshot_drop(snapshot);
}
