// SPDX-License-Identifier: Apache-2.0
#include "reporter/site.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "reporter/api.h"
#include "reporter/metrics.h"
#include "reporter/page.h"

enum { READY_WITHIN_MS = 10000, FOLDED_WITHIN_MS = 60000, HOST_MAX = 256 };

static const struct route routes[] = {
    {"/", page_answer, {"period", "kpi", "scope", "lang", "dealer"}},
    {"/ranking", page_answer, {"period", "kpi", "scope", "lang", "dealer"}},
    {"/app.js", page_answer, {NULL}},
    {"/card.js", page_answer, {NULL}},
    {"/chart.js", page_answer, {NULL}},
    {"/charts.js", page_answer, {NULL}},
    {"/format.js", page_answer, {NULL}},
    {"/overview.css", page_answer, {NULL}},
    {"/overview.js", page_answer, {NULL}},
    {"/page.js", page_answer, {NULL}},
    {"/words.js", page_answer, {NULL}},
    {"/style.css", page_answer, {NULL}},
    {"/icon.svg", page_answer, {NULL}},
    {"/api/v1/periods", api_periods, {NULL}},
    {"/api/v1/kpis", api_kpis, {NULL}},
    {"/api/v1/scopes", api_scopes, {NULL}},
    {"/api/v1/dealers", api_dealers, {NULL}},
    {"/api/v1/dealers/*", api_dealer, {"period", "scope"}},
    {"/api/v1/dealers/*/statement", api_statement, {"period", "base"}},
    {"/api/v1/rankings",
     api_rankings,
     {"period", "kpi", "scope", "format", "find", "limit", "offset"}},
    {"/api/v1/overview", api_overview, {"period", "kpi", "scope"}},
    {"/api/v1/health", api_health, {NULL}},
    {"/livez", livez_answer, {NULL}},
    {"/readyz", readyz_answer, {NULL}},
    {"/metrics", metrics_answer, {NULL}},
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
    if (!unknown_param(route, &target, response))
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
