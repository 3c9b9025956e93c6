// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "common/config/config_parts.h"
#include "common/config/endpoint.h"
#include "common/config/programme.h"
#include "common/config/text.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024 };

static const uint64_t map_bytes_min = 1 << 20;
static const uint64_t map_bytes_max = (uint64_t)64 << 40;

static const struct config defaults = {
    .programme = "programme.yaml",
    .dealers = "dealers.csv",
    .aggregator = {.listen = "tcp://127.0.0.1:7071",
                   .queries = "tcp://127.0.0.1:7072",
                   .data = "/var/lib/dealerpulse",
                   .journal_bytes = (uint64_t)1 << 40,
                   .state_bytes = (uint64_t)1 << 40,
                   .reserve_bytes = (uint64_t)256 << 20,
                   .checkpoint_events = 400000,
                   .checkpoint_ms = 1000},
    .collector = {.name = "collector-1",
                  .listen_count = 1,
                  .listen = {{.endpoint = "tcp://127.0.0.1:7070"}},
                  .aggregator = "tcp://127.0.0.1:7071",
                  .queries = "tcp://127.0.0.1:7072",
                  .credit = 4096},
    .reporter = {.queries = "tcp://127.0.0.1:7072",
                 .publish = "tcp://127.0.0.1:7073",
                 .http = "127.0.0.1:8080",
                 .refresh_ms = 500},
    .alerts = {.contact_ms = DAY_MS, .window_ms = 7 * (uint64_t)DAY_MS},
    .terminal = {.name = "terminal-1",
                 .role = "dealer",
                 .spool = "/var/lib/dealerpulse-terminal/spool.db",
                 .spool_bytes = (uint64_t)1 << 30,
                 .collector_count = 1,
                 .collectors = {{.endpoint = "tcp://127.0.0.1:7070"}}},
};

void
config_path(const struct place *place, struct node node, char out[PATH_MAX])
{
    char told[PATH_MAX];

    (void)text_copy(span_text(out), told, sizeof told); // the default
    if (node_kind(node) != NODE_ABSENT && !node_text(node, told, sizeof told))
        return;
    if (told[0] == '\0')
        return;
    if (told[0] == '/' || place->folder == 0) {
        memcpy(out, told, strlen(told) + 1);
        return;
    }
    if (place->folder + strlen(told) >= PATH_MAX) {
        node_problem(node, "is too long a path with the file's folder");
        return;
    }
    memcpy(out, place->path, place->folder);
    memcpy(out + place->folder, told, strlen(told) + 1);
}

void
config_endpoint(struct node node, char out[ENDPOINT_MAX])
{
    if (node_text(node, out, ENDPOINT_MAX) && !endpoint_valid(out))
        node_problem(node, "must be an endpoint such as tcp://127.0.0.1:7070");
}

// Names go into logs and handshakes.
static void
read_name(struct node node, char out[33])
{
    if (node_text(node, out, 33) && !text_is_word(span_text(out), 32))
        node_problem(node, "must be 1 to 32 printable ASCII characters, no "
                           "spaces");
}

// read_ms reads a duration, or a bare number of milliseconds.
static void
read_ms(struct node node, int64_t max_ms, uint64_t *out)
{
    int64_t ms = (int64_t)*out;
    bool plain, good;
    struct span text = node_raw(node, &plain);
    int64_t ignored;

    if (text_whole(text, &ignored))
        good = node_whole(node, 1, max_ms, &ms);
    else
        good = node_duration(node, max_ms, &ms);
    if (good && ms < 1)
        node_problem(node, "must be at least 1 ms");
    *out = (uint64_t)ms;
}

static void
read_aggregator(const struct place *place, struct node node,
                struct aggregator_config *config)
{
    int64_t events = (int64_t)config->checkpoint_events;

    (void)node_map(node);
    config_endpoint(node_get(node, "listen"), config->listen);
    config_endpoint(node_get(node, "queries"), config->queries);
    config_path(place, node_get(node, "data"), config->data);
    config_path(place, node_get(node, "key"), config->key);
    node_size(node_get(node, "journal_bytes"), map_bytes_min, map_bytes_max,
              &config->journal_bytes);
    node_size(node_get(node, "state_bytes"), map_bytes_min, map_bytes_max,
              &config->state_bytes);
    node_size(node_get(node, "reserve_bytes"), 0, map_bytes_max,
              &config->reserve_bytes);
    node_whole(node_get(node, "checkpoint_events"), 1, 1000000000, &events);
    config->checkpoint_events = (uint64_t)events;
    read_ms(node_get(node, "checkpoint_ms"), 3600000, &config->checkpoint_ms);
}

static void
read_collector(const struct place *place, struct node node,
               struct collector_config *config)
{
    int64_t credit = config->credit;
    int64_t quota = config->quota, burst = config->burst;

    (void)node_map(node);
    read_name(node_get(node, "name"), config->name);
    config_path(place, node_get(node, "key"), config->key);
    config_listeners(place, node, config);
    config_endpoint(node_get(node, "aggregator"), config->aggregator);
    config_endpoint(node_get(node, "queries"), config->queries);
    node_whole(node_get(node, "credit"), 1, 1000000, &credit);
    node_whole(node_get(node, "quota"), 0, 1000000, &quota);
    node_whole(node_get(node, "burst"), 0, 10000000, &burst);
    config->credit = (uint32_t)credit;
    config->quota = (uint32_t)quota;
    config->burst = (uint32_t)burst;
}

static void
read_reporter(const struct place *place, struct node node,
              struct reporter_config *config)
{
    (void)node_map(node);
    config_endpoint(node_get(node, "queries"), config->queries);
    config_endpoint(node_get(node, "publish"), config->publish);
    struct node http = node_get(node, "http");
    if (node_text(http, config->http, sizeof config->http) &&
        !endpoint_http_valid(config->http))
        node_problem(http, "must be host:port such as 127.0.0.1:8080");
    read_ms(node_get(node, "refresh_ms"), 3600000, &config->refresh_ms);
    config_path(place, node_get(node, "key"), config->key);
    (void)node_text(node_get(node, "host"), config->host, sizeof config->host);
    config_path(place, node_get(node, "tokens"), config->tokens);
    config_path(place, node_get(node, "audit"), config->audit);
    config_path(place, node_get(node, "tls_certificate"),
                config->tls_certificate);
    config_path(place, node_get(node, "tls_key"), config->tls_key);
}

static void
read_console(const struct place *place, struct node node,
             const struct reporter_config *reporter,
             struct console_config *config)
{
    (void)node_map(node);
    (void)text_copy(span_text(reporter->queries), config->queries,
                    sizeof config->queries);
    (void)text_copy(span_text(reporter->key), config->key, sizeof config->key);
    config_endpoint(node_get(node, "queries"), config->queries);
    if (node_kind(node_get(node, "key")) != NODE_ABSENT)
        config_path(place, node_get(node, "key"), config->key);
}

static void
read_alerts(struct node node, struct alerts_config *config)
{
    (void)node_map(node);
    read_ms(node_get(node, "contact"), 90 * (int64_t)DAY_MS,
            &config->contact_ms);
    read_ms(node_get(node, "window"), 366 * (int64_t)DAY_MS,
            &config->window_ms);
}

static bool
starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

// In the clear only this machine is told anything.
static bool
url_is_safe(const char *url)
{
    return starts(url, "https://") || starts(url, "http://127.0.0.1") ||
           starts(url, "http://localhost") || starts(url, "http://[::1]");
}

static void
read_webhook(const struct place *place, struct node node,
             struct webhook_config *config)
{
    struct node url = node_get(node, "url");

    (void)node_map(node);
    if (node_text(url, config->url, sizeof config->url) &&
        !url_is_safe(config->url))
        node_problem(url, "must begin with https://, or with http:// and this "
                          "machine");
    config_path(place, node_get(node, "secret"), config->secret);
    config_path(place, node_get(node, "log"), config->log);
    if (config->url[0] != '\0' &&
        (config->secret[0] == '\0' || config->log[0] == '\0'))
        node_problem(node, "needs secret (the file that signs) and log (the "
                           "file of deliveries) beside url");
}

static bool
read_terminal_dealers(struct node list, struct terminal_config *config)
{
    size_t count = node_count(list);

    if (!node_list(list) || count == 0)
        return true;
    if (count > CONFIG_DEALERS_MAX) {
        node_problem(list, "must list at most %d dealers", CONFIG_DEALERS_MAX);
        return true;
    }
    config->dealers = calloc(count, sizeof *config->dealers);
    if (!config->dealers)
        return false;
    config->dealer_count = count;
    for (size_t i = 0; i < count; i++) {
        char *dealer = config->dealers[i];
        struct node node = node_at(list, i);
        read_name(node, dealer);
        if (strcmp(dealer, "HQ") == 0)
            node_problem(node, "HQ is no dealer; say role: hq");
        for (size_t j = 0; dealer[0] && j < i; j++)
            if (strcmp(dealer, config->dealers[j]) == 0)
                node_problem(node, "is listed twice");
    }
    return true;
}

static bool
read_terminal(const struct place *place, struct node node,
              struct terminal_config *config)
{
    static const char *const roles[] = {"dealer", "hq", "auditor"};
    size_t role;

    (void)node_map(node);
    read_name(node_get(node, "name"), config->name);
    if (node_choice(node_get(node, "role"), roles, 3, &role))
        (void)text_copy(span_text(roles[role]), config->role,
                        sizeof config->role);
    config_path(place, node_get(node, "spool"), config->spool);
    node_size(node_get(node, "spool_bytes"), map_bytes_min, map_bytes_max,
              &config->spool_bytes);
    config_path(place, node_get(node, "key"), config->key);
    config_path(place, node_get(node, "sign_key"), config->sign_key);
    config_collectors(node_get(node, "collectors"), config);
    return read_terminal_dealers(node_get(node, "dealers"), config);
}

static enum status
read_root(const struct place *place, struct tree *tree, struct config *config)
{
    struct node root = tree_root(tree);

    (void)node_map(root);
    config_path(place, node_get(root, "programme"), config->programme);
    config_path(place, node_get(root, "dealers"), config->dealers);
    config_path(place, node_get(root, "keyring"), config->keyring);
    config_key(node_get(root, "aggregator_key"), config->aggregator_key);
    read_aggregator(place, node_get(root, "aggregator"), &config->aggregator);
    read_collector(place, node_get(root, "collector"), &config->collector);
    read_reporter(place, node_get(root, "reporter"), &config->reporter);
    read_alerts(node_get(root, "alerts"), &config->alerts);
    read_webhook(place, node_get(root, "webhook"), &config->webhook);
    read_console(place, node_get(root, "console"), &config->reporter,
                 &config->console);
    if (!read_terminal(place, node_get(root, "terminal"), &config->terminal))
        return STATUS_SYSTEM;
    return tree_finish(tree) ? STATUS_OK : STATUS_MALFORMED;
}

enum status
config_read(struct span text, const char *path, struct config *config,
            struct problems *problems)
{
    const char *slash = strrchr(path, '/');
    struct place place = {path, slash ? (size_t)(slash - path) + 1 : 0};
    struct tree *tree;

    *config = defaults;
    enum status status = tree_open(&tree, text, path, problems);
    if (status != STATUS_OK)
        return status;
    status = read_root(&place, tree, config);
    tree_close(tree);
    if (status != STATUS_OK)
        config_free(config);
    return status;
}

enum status
config_load(const char *path, struct config *config, struct problems *problems)
{
    char *data;
    size_t length;

    *config = defaults;
    memcpy(config->console.queries, config->reporter.queries,
           sizeof config->console.queries);
    if (!path)
        return STATUS_OK;
    enum status status =
        file_take(path, FILE_BYTES_MAX, &data, &length, problems);
    if (status != STATUS_OK)
        return status;
    status = config_read(span_of(data, length), path, config, problems);
    free(data);
    return status;
}

void
config_free(struct config *config)
{
    free(config->terminal.dealers);
    config->terminal.dealers = NULL;
    config->terminal.dealer_count = 0;
}
