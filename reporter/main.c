// SPDX-License-Identifier: Apache-2.0
//
// dealerpulse-reporter: rankings over HTTP and on a feed.
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/access/access.h"
#include "common/config/config.h"
#include "common/crypto/digest.h"
#include "common/crypto/pem.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "common/runtime/stop.h"
#include "reporter/address.h"
#include "reporter/http.h"
#include "reporter/refresh.h"
#include "reporter/webhook.h"

const char *argp_program_version = "dealerpulse-reporter " PROJECT_VERSION;

enum { LOOK_MS = 500 };

struct options {
    const char *config, *http, *queries, *publish, *host;
};

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 0},
    {"http", 'w', "HOST:PORT", 0, "Serve the page and the API here", 0},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 0},
    {"publish", 'p', "ENDPOINT", 0, "Publish the feed here", 0},
    {"host", 'n', "NAME", 0, "Browsers may also use this host name", 0},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'c':
        options->config = argument;
        return 0;
    case 'w':
        options->http = argument;
        return 0;
    case 'q':
        options->queries = argument;
        return 0;
    case 'p':
        options->publish = argument;
        return 0;
    case 'n':
        options->host = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// Everything the reporter has open.
struct reporter {
    struct config whole;
    struct reporter_config config;
    int stop_fd;
    struct transport *transport;
    struct access *access;
    struct ask *ask;
    struct publish *publish;
    struct shelf *shelf;
    struct door *door;
    struct webhook *webhook; // NULL: nobody is told
    char *certificate, *key; // PEM
    struct http *http;
    struct counters counters;
    struct site site;
};

static bool
override(char to[ENDPOINT_MAX], const char *from)
{
    if (!from)
        return true;
    if (strlen(from) >= ENDPOINT_MAX)
        return false;
    strcpy(to, from);
    return true;
}

// configure returns an exit code: 0, or why the settings will not do.
static int
configure(struct reporter *reporter, const struct options *options)
{
    struct problems problems = {0};
    struct config *config = &reporter->whole;

    if (config_load(options->config, config, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    reporter->config = config->reporter;
    if (!override(reporter->config.http, options->http) ||
        !override(reporter->config.queries, options->queries) ||
        !override(reporter->config.publish, options->publish)) {
        log_error("option-too-long", "max=%d", ENDPOINT_MAX - 1);
        return EX_USAGE;
    }
    struct address address;
    if (address_split(&address, reporter->config.http))
        return 0;
    log_error("cannot-start",
              "part=http at=%s reason=\"not an address like "
              "127.0.0.1:8080\"",
              reporter->config.http);
    return EX_CONFIG;
}

static int
exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
    case STATUS_STOPPED:
        return 0;
    case STATUS_MALFORMED:
        return EX_CONFIG;
    case STATUS_BUSY:
    case STATUS_UNAVAILABLE:
        return EX_UNAVAILABLE;
    case STATUS_AGAIN:
    case STATUS_NOT_FOUND:
    case STATUS_FULL:
    case STATUS_CORRUPT:
    case STATUS_SYSTEM:
        return EX_SOFTWARE;
    }
    abort(); // every status is listed above
}

static int
refuse(const char *what, const char *where, enum status status)
{
    log_error("cannot-start", "part=%s at=%s reason=\"%s\"", what, where,
              status_text(status));
    return exit_code(status);
}

static int
open_sockets(struct reporter *reporter)
{
    const struct reporter_config *config = &reporter->config;
    int code = EX_OSERR;

    enum status status = transport_open(&reporter->transport, 1);
    if (status != STATUS_OK)
        return refuse("transport", "-", status);
    status = access_open(&reporter->access, reporter->transport,
                         &reporter->whole, CONFIG_REPORTER, &code);
    if (status != STATUS_OK)
        return code;
    status =
        ask_open_curve(&reporter->ask, reporter->transport, config->queries,
                       access_client(reporter->access), reporter->stop_fd);
    if (status != STATUS_OK)
        return refuse("queries", config->queries, status);
    status =
        publish_open_guarded(&reporter->publish, reporter->access,
                             config->publish, (uint64_t)clock_wall_ms(), &code);
    return status == STATUS_OK ? 0 : code;
}

// open_door reads who may see what, and what TLS needs.
static int
open_door(struct reporter *reporter)
{
    const struct reporter_config *config = &reporter->config;
    const char *lacks = config_reader_problem(config);
    char problem[KEY_PROBLEM_MAX];

    if (lacks) {
        log_error("cannot-start", "part=http reason=\"%s\"", lacks);
        return EX_CONFIG;
    }
    if (config->tokens[0] != '\0') {
        enum status status =
            door_open(&reporter->door, config->tokens, config->audit);
        if (status != STATUS_OK)
            return status == STATUS_UNAVAILABLE ? EX_NOPERM
                   : status == STATUS_SYSTEM    ? EX_CANTCREAT
                                                : EX_CONFIG;
    }
    if (config->tls_key[0] == '\0')
        return 0;
    enum status status = pem_load(config->tls_certificate, false,
                                  &reporter->certificate, problem);
    if (status == STATUS_OK)
        status = pem_load(config->tls_key, true, &reporter->key, problem);
    if (status == STATUS_OK)
        return 0;
    log_error("cannot-start", "part=tls reason=\"%s\"", problem);
    return status == STATUS_UNAVAILABLE ? EX_NOPERM : EX_CONFIG;
}

static int
open_site(struct reporter *reporter, const char *host)
{
    char problem[HTTP_PROBLEM_MAX];

    reporter->shelf = shelf_open();
    if (!reporter->shelf)
        return refuse("shelf", "-", STATUS_SYSTEM);
    reporter->site = (struct site){.shelf = reporter->shelf,
                                   .counters = &reporter->counters,
                                   .asks_tokens = reporter->door != NULL,
                                   .alerts = reporter->whole.alerts};
    struct http_guard guard = {.door = reporter->door,
                               .certificate = reporter->certificate,
                               .key = reporter->key};
    if (!host && reporter->config.host[0] != '\0')
        host = reporter->config.host;
    enum status status =
        http_open_guarded(&reporter->http, &reporter->site,
                          reporter->config.http, host, &guard, problem);
    if (status == STATUS_OK)
        return 0;
    log_error("cannot-start", "part=http at=%s reason=\"%s\"",
              reporter->config.http, problem);
    return exit_code(status);
}

// rest waits, and lets streams look twice a second whether they may go on.
// True: it was asked to stop.
static bool
rest(struct reporter *reporter, int64_t rest_ms)
{
    int64_t end = clock_steady_ms() + rest_ms;

    for (int64_t left = rest_ms; left > 0; left = end - clock_steady_ms()) {
        struct waitable stop = {.fd = reporter->stop_fd};
        if (wait_any(&stop, 1, left < LOOK_MS ? left : LOOK_MS) == STATUS_OK &&
            stop_asked(reporter->stop_fd))
            return true;
        http_wake(reporter->http);
    }
    return false;
}

static void
tell_pages(void *http)
{
    http_wake(http);
}

// serve refreshes until asked to stop.
static void
serve(struct reporter *reporter)
{
    struct refresh refresh = {
        .ask = reporter->ask,
        .shelf = reporter->shelf,
        .publish = reporter->publish,
        .counters = &reporter->counters,
        .site = &reporter->site,
        .shown = tell_pages,
        .listen = reporter->http,
        .refresh_ms = (int64_t)reporter->config.refresh_ms,
        .window_ms = (int64_t)reporter->whole.alerts.window_ms,
    };
    int64_t rest_ms;

    while (refresh_once(&refresh, &rest_ms) == STATUS_OK) {
        publish_look(reporter->publish);
        http_wake(reporter->http);
        if (rest(reporter, rest_ms))
            break;
    }
    watchlist_fini(&refresh.alerts);
}

// open_webhook starts to tell somebody of alerts, if anybody is to be told.
static int
open_webhook(struct reporter *reporter)
{
    const struct config *config = &reporter->whole;
    char problem[WEBHOOK_PROBLEM_MAX];

    if (config->webhook.url[0] == '\0')
        return 0;
    enum status status =
        webhook_open(&reporter->webhook, &config->webhook, &config->alerts,
                     reporter->shelf, &reporter->counters, problem);
    if (status == STATUS_OK)
        return 0;
    log_error("cannot-start", "part=webhook reason=\"%s\"", problem);
    return status == STATUS_UNAVAILABLE ? EX_NOPERM
           : status == STATUS_SYSTEM    ? EX_OSERR
                                        : EX_CONFIG;
}

static void
close_all(struct reporter *reporter)
{
    webhook_close(reporter->webhook);
    http_close(reporter->http);
    door_close(reporter->door);
    pem_free(reporter->certificate);
    pem_free(reporter->key);
    shelf_close(reporter->shelf);
    publish_close(reporter->publish);
    ask_close(reporter->ask);
    access_close(reporter->access);
    transport_close(reporter->transport);
    if (reporter->stop_fd >= 0)
        stop_close(reporter->stop_fd);
    config_free(&reporter->whole);
}

static void
announce(const struct reporter *reporter)
{
    const struct reporter_config *config = &reporter->config;

    log_notice("reporter-started",
               "http=%s port=%u publish=%s queries=%s tokens=%s tls=%s",
               config->http, http_port(reporter->http), config->publish,
               config->queries, reporter->door ? "yes" : "no",
               reporter->key ? "yes" : "no");
}

int
main(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Publishes dealer rankings over HTTP and on a feed."};
    struct options options = {0};
    static struct reporter reporter; // too large for the stack

    reporter.stop_fd = -1;

    argp_err_exit_status = EX_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = configure(&reporter, &options);
    if (code != 0)
        return code;

    reporter.stop_fd = stop_open(); // first: all threads inherit it
    if (reporter.stop_fd < 0 || crypto_start() != STATUS_OK)
        return refuse("process", "-", STATUS_SYSTEM);
    code = open_door(&reporter);
    if (code == 0)
        code = open_sockets(&reporter);
    if (code == 0)
        code = open_site(&reporter, options.host);
    if (code == 0)
        code = open_webhook(&reporter);
    if (code == 0) {
        announce(&reporter);
        serve(&reporter);
        log_notice(
            "reporter-stopped", "published=%llu",
            (unsigned long long)atomic_load(&reporter.counters.published));
    }
    close_all(&reporter);
    return code;
}
