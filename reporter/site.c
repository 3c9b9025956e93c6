// SPDX-License-Identifier: Apache-2.0
#include "reporter/site.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "reporter/api.h"
#include "reporter/api_parts.h"
#include "reporter/exports.h"
#include "reporter/metrics.h"
#include "reporter/page.h"
#include "reporter/pantry.h"

const char sign_in_sentence[] =
    "a token is needed here, and a good one: sign in at /login, or send it as "
    "`Authorization: Bearer ...`";
const char no_dealer_sentence[] =
    "there is no dealer of this id; /api/v1/dealers lists them";
const char no_rebate_sentence[] = "the published programme has no rebate";

enum { READY_WITHIN_MS = 10000, FOLDED_WITHIN_MS = 60000, HOST_MAX = 256 };

// What a route shows decides who may ask (viewer.h).  One that says nothing is
// for headquarters alone.
static const struct route routes[] = {
    {"/",
     SHOWS_NOTHING,
     page_answer,
     {"period", "kpi", "scope", "lang", "dealer"}},
    {"/ranking",
     SHOWS_NOTHING,
     page_answer,
     {"period", "kpi", "scope", "lang", "dealer"}},
    {"/dealer",
     SHOWS_NOTHING,
     page_answer,
     {"period", "kpi", "scope", "lang", "dealer"}},
    {"/rebate", SHOWS_NOTHING, page_answer, {"period", "kpi", "scope", "lang"}},
    {"/alerts",
     SHOWS_NOTHING,
     page_answer,
     {"period", "kpi", "scope", "lang", "dealer", "what", "state"}},
    {"/alerts.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/card.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/chart.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/charts.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/dealer.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/format.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/overview.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/page.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/panels.css", SHOWS_NOTHING, page_answer, {NULL}},
    {"/ranking.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/rebate.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/statement.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/view.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/words.js", SHOWS_NOTHING, page_answer, {NULL}},
    {"/style.css", SHOWS_NOTHING, page_answer, {NULL}},
    {"/icon.svg", SHOWS_NOTHING, page_answer, {NULL}},
    {"/api/v1/me", SHOWS_OWN, api_me, {NULL}},
    {"/api/v1/periods", SHOWS_OWN, api_periods, {NULL}},
    {"/api/v1/kpis", SHOWS_OWN, api_kpis, {NULL}},
    {"/api/v1/scopes", SHOWS_OWN, api_scopes, {NULL}},
    {"/api/v1/dealers", SHOWS_OWN, api_dealers, {NULL}},
    {"/api/v1/dealers/*", SHOWS_DEALER, api_dealer, {"period", "scope"}},
    {"/api/v1/dealers/*/statement",
     SHOWS_DEALER,
     api_statement,
     {"period", "base"}},
    {"/api/v1/dealers/*/export",
     SHOWS_DEALER,
     exports_dealer,
     {"period", "kpi", "scope", "format"}},
    {"/api/v1/exports/ranking",
     SHOWS_RANKING,
     exports_ranking,
     {"period", "kpi", "scope", "format"}},
    {"/api/v1/exports/kpis",
     SHOWS_RANKING,
     exports_kpis,
     {"period", "kpi", "scope", "format"}},
    {"/api/v1/exports/statements",
     SHOWS_EVERYTHING,
     exports_statements,
     {"period", "format"}},
    {"/api/v1/rankings",
     SHOWS_RANKING,
     api_rankings,
     {"period", "kpi", "scope", "format", "find", "limit", "offset"}},
    {"/api/v1/overview",
     SHOWS_RANKING,
     api_overview,
     {"period", "kpi", "scope"}},
    {"/api/v1/alerts",
     SHOWS_OWN,
     api_alerts,
     {"dealer", "what", "state", "limit", "offset"}},
    {"/api/v1/what-if",
     SHOWS_EVERYTHING,
     api_what_if,
     {"period", "consistency", "max_rate_ppm", "weights", "thresholds", "steps",
      "limit"}},
    {"/api/v1/health", SHOWS_OWN, api_health, {NULL}},
    {"/livez", SHOWS_NOTHING, livez_answer, {NULL}},
    {"/readyz", SHOWS_NOTHING, readyz_answer, {NULL}},
    {"/metrics", SHOWS_EVERYTHING, metrics_answer, {NULL}},
};

// leads_to: a star in a route stands for one name.
static bool
leads_to(const char *route, const char *path)
{
    for (; *route; route++) {
        size_t length = *route == '*' ? strcspn(path, "/") : 1;
        if (*route == '*' ? length == 0 : *route != *path)
            return false;
        path += length;
    }
    return *path == '\0';
}

static const struct route *
find_route(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (leads_to(routes[i].path, path))
            return &routes[i];
    return NULL;
}

static bool
knows(const struct route *route, const char *name)
{
    for (size_t i = 0; route->params[i]; i++)
        if (strcmp(route->params[i], name) == 0)
            return true;
    return false;
}

// unknown_param answers a parameter nobody reads, rather than ignoring it: a
// misspelt one would show the wrong figures.
static bool
unknown_param(const struct route *route, const struct target *target,
              struct response *response)
{
    for (size_t i = 0; i < target->param_count; i++) {
        if (knows(route, target->params[i].name))
            continue;
        struct buffer text = {0};
        buffer_put(&text, "there is no parameter \"");
        buffer_put(&text, target->params[i].name);
        buffer_put(&text, "\" here; it takes ");
        for (size_t j = 0; route->params[j]; j++) {
            buffer_put(&text, j > 0 ? ", " : "");
            buffer_put(&text, route->params[j]);
        }
        buffer_put(&text, route->params[0] ? "" : "none");
        response_problem(response, 400, text.data ? text.data : "parameter");
        buffer_fini(&text);
        return true;
    }
    return false;
}

bool
site_is_long(const char *raw)
{
    struct target target;

    if (target_read(&target, raw))
        return false;
    const struct route *route = find_route(target.path);
    const char *format = target_param(&target, "format");
    return route && (strstr(route->path, "/export") ||
                     (format && strcmp(format, "xlsx") == 0));
}

const struct viewer *
site_viewer(const struct site *site, const struct request *request)
{
    return site->asks_tokens ? &request->viewer : &viewer_everything;
}

bool
site_needs_token(const char *raw)
{
    struct target target;

    if (target_read(&target, raw) != NULL)
        return false; // refused whoever asks
    const struct route *route = find_route(target.path);
    return !route ? strncmp(target.path, "/api/", 5) == 0
                  : route->shows != SHOWS_NOTHING;
}

static void
refuse(enum ruling ruling, struct response *response)
{
    switch (ruling) {
    case RULING_ALLOWED:
        return;
    case RULING_SIGN_IN:
        response_problem(response, 401, sign_in_sentence);
        return;
    case RULING_FORBIDDEN:
        response_problem(response, 403,
                         "your token does not reach so far; /api/v1/me tells "
                         "what it shows");
        response->is_refused = true;
        return;
    case RULING_HIDDEN: // word for word what a dealer that is not gets
        response_problem(response, 404, no_dealer_sentence);
        response->is_refused = true;
        return;
    case RULING_NOT_YET:
        response_problem(response, 503,
                         "no figures have come from the aggregator yet");
        response->retry_after_s = 1;
        return;
    }
}

bool
site_refuses(const struct site *site, enum shows shows, struct target *target,
             const struct request *request, struct response *response)
{
    struct snapshot *snapshot = shelf_hold(site->shelf);

    enum ruling ruling = viewer_judge(
        site_viewer(site, request), shows, target,
        snapshot ? snapshot->book->directory : NULL, request->wall_ms);
    snapshot_drop(snapshot);
    refuse(ruling, response);
    return ruling != RULING_ALLOWED;
}

// is_kept: what many ask for again and again, and takes long to make.
static bool
is_kept(const struct route *route, const char *raw)
{
    return (route->shows == SHOWS_RANKING || route->shows == SHOWS_DEALER) &&
           !site_is_long(raw);
}

// answer_kept answers from what was made of the snapshot before, or makes it.
static void
answer_kept(const struct site *site, const struct route *route,
            const struct target *target, const char *raw,
            const struct request *request, struct response *response)
{
    struct snapshot *snapshot = api_hold(site, response);

    if (!snapshot)
        return;
    if (!api_unchanged(response, snapshot, request) &&
        !pantry_take(snapshot->pantry, raw, response->etag, response)) {
        char etag[ETAG_MAX];
        strcpy(etag, response->etag);
        *response = (struct response){0};
        route->answer(site, target, request, response);
        // Unless another snapshot came in between.
        if (response->status == 200 && strcmp(etag, response->etag) == 0)
            pantry_put(snapshot->pantry, raw, &request->viewer,
                       !request->is_ahead, response);
    }
    snapshot_drop(snapshot);
}

void
site_answer(const struct site *site, const char *raw,
            const struct request *request, struct response *response)
{
    struct target target;

    *response = (struct response){0};
    const char *problem = target_read(&target, raw);
    if (problem) {
        response_problem(response, 400, problem);
        return;
    }
    const struct route *route = find_route(target.path);
    if (!route) {
        response_problem(response, 404,
                         "there is nothing at this address; the figures are "
                         "under /api/v1/rankings");
        return;
    }
    if (unknown_param(route, &target, response) ||
        site_refuses(site, route->shows, &target, request, response))
        return;
    if (is_kept(route, raw))
        answer_kept(site, route, &target, raw, request, response);
    else
        route->answer(site, &target, request, response);
}

bool
site_is_ready(const struct site *site, int64_t steady_ms, const char **why)
{
    int64_t answered = atomic_load(&site->counters->answered_steady_ms);

    if (atomic_load(&site->counters->snapshot_steady_ms) == 0)
        *why = "no figures have come from the aggregator yet";
    else if (steady_ms - answered > READY_WITHIN_MS)
        *why = "the aggregator has not answered for more than ten seconds; "
               "the figures shown are the last ones it gave";
    else if (atomic_load(&site->counters->unfolded_ms) > FOLDED_WITHIN_MS)
        *why = "the aggregator has committed events for more than a minute "
               "that no figure shows yet";
    else
        *why = NULL;
    return *why == NULL;
}

// split_port cuts ":8080" off a copy of the header and takes the brackets of
// an IPv6 address away.
static bool
split_port(char *host)
{
    char *end = strchr(host, ']');

    if (host[0] == '[') {
        if (!end)
            return false;
        *end = 0;
        memmove(host, host + 1, strlen(host + 1) + 1);
        end += 1; // where ":port" was, in the header as sent
    } else {
        end = host + strcspn(host, ":");
        if (*end == 0)
            return true;
    }
    if (*end == ':') {
        *end = 0;
        end += 1;
        if (*end == 0)
            return false;
    }
    return end[strspn(end, "0123456789")] == 0;
}

bool
host_allowed(const char *host, const char *name, bool any_address)
{
    char copy[HOST_MAX];
    struct in6_addr address;

    if (!host || strlen(host) >= sizeof copy)
        return false;
    strcpy(copy, host);
    if (!split_port(copy))
        return false;
    if (strcasecmp(copy, "localhost") == 0 || strcmp(copy, "127.0.0.1") == 0 ||
        strcmp(copy, "::1") == 0)
        return true;
    if (name && name[0] && strcasecmp(copy, name) == 0)
        return true;
    return any_address && (inet_pton(AF_INET, copy, &address) == 1 ||
                           inet_pton(AF_INET6, copy, &address) == 1);
}
