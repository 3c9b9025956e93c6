// SPDX-License-Identifier: Apache-2.0
#include "reporter/webhook.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "common/crypto/digest.h"
#include "common/crypto/hmac.h"
#include "common/crypto/pem.h"
#include "common/crypto/token.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "reporter/dispatch.h"

enum {
    LOOK_MS = 1000,
    CONNECT_MS = 5000,
    ANSWER_MS = 15000,
    FIRST_WAIT_MS = 1000,
    LAST_WAIT_MS = 300000,
};

struct webhook {
    const struct webhook_config *config; // lent, as the next three
    const struct alerts_config *alerts;
    struct shelf *shelf;
    struct counters *counters;
    struct dispatch *dispatch;
    char *secret;
    CURL *curl;
    pthread_t thread;
    bool has_thread;
    int stop_fd;
    unsigned failures; // in a row
};

// rest waits; true: it is to end.
static bool
rest(const struct webhook *webhook, int ms)
{
    struct pollfd stop = {.fd = webhook->stop_fd, .events = POLLIN};

    return poll(&stop, 1, ms) > 0;
}

// backoff_ms doubles with every failure; a quarter more at random keeps many
// senders from coming back at once.
static int
backoff_ms(unsigned failures)
{
    int wait = FIRST_WAIT_MS;
    uint16_t dice;

    for (unsigned i = 1; i < failures && wait < LAST_WAIT_MS; i++)
        wait *= 2;
    wait = wait < LAST_WAIT_MS ? wait : LAST_WAIT_MS;
    random_fill(&dice, sizeof dice);
    return wait + wait / 4 * dice / UINT16_MAX;
}

// --- One POST ----------------------------------------------------------------

static size_t
drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count; // whatever they answer; the status says it
}

static int
look_whether_to_end(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
                    curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return rest(context, 0) ? 1 : 0;
}

static bool
add_header(struct curl_slist **headers, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*headers, text);

    if (longer)
        *headers = longer;
    return longer != NULL;
}

static bool
sign(const struct webhook *webhook, const struct parcel_out *parcel,
     struct curl_slist **headers)
{
    char line[256], hex[2 * HMAC_BYTES + 1], key[64];
    uint8_t mac[HMAC_BYTES];
    struct buffer message = {0};
    int64_t at = clock_wall_ms() / 1000;

    buffer_format(&message, "%" PRId64 ".%s", at, parcel->body);
    if (message.failed)
        return false;
    hmac_sha256(span_text(webhook->secret),
                span_of((const uint8_t *)message.data, (uint32_t)message.used),
                mac);
    buffer_fini(&message);
    hex_write(span_of(mac, sizeof mac), hex);
    (void)snprintf(line, sizeof line,
                   "Dealerpulse-Signature: t=%" PRId64 ",v1=%s", at, hex);
    (void)snprintf(key, sizeof key, "Idempotency-Key: %.*s", DELIVERY_ID_TEXT,
                   parcel->id);
    return add_header(headers, line) && add_header(headers, key) &&
           add_header(headers, "Content-Type: application/json") &&
           add_header(headers, "Expect:");
}

static void
set_options(const struct webhook *webhook, const struct parcel_out *parcel,
            struct curl_slist *headers, char problem[CURL_ERROR_SIZE])
{
    CURL *curl = webhook->curl;

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, webhook->config->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "dealerpulse/" PROJECT_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, parcel->body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_to_end);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, webhook);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
}

// post returns the status of the answer, 0 when none came.
static long
post(const struct webhook *webhook, const struct parcel_out *parcel,
     char problem[CURL_ERROR_SIZE])
{
    struct curl_slist *headers = NULL;
    long http = 0;

    problem[0] = '\0';
    if (sign(webhook, parcel, &headers)) {
        set_options(webhook, parcel, headers, problem);
        CURLcode code = curl_easy_perform(webhook->curl);
        if (code == CURLE_OK)
            curl_easy_getinfo(webhook->curl, CURLINFO_RESPONSE_CODE, &http);
        else if (problem[0] == '\0')
            (void)snprintf(problem, CURL_ERROR_SIZE, "%s",
                           curl_easy_strerror(code));
    } else {
        (void)snprintf(problem, CURL_ERROR_SIZE, "out of memory");
    }
    curl_slist_free_all(headers);
    return http;
}

// --- What became of it -------------------------------------------------------

static enum delivery_result
judge(long http)
{
    if (http >= 200 && http < 300)
        return DELIVERY_DELIVERED;
    return http >= 400 && http < 500 && http != 408 && http != 425 &&
                   http != 429
               ? DELIVERY_REFUSED
               : DELIVERY_FAILED;
}

// note writes the line; what is not certain to be in the file is told again.
static bool
note(struct webhook *webhook, const struct parcel_out *parcel,
     enum delivery_result result, long http, const char *problem)
{
    struct delivery_line line = {.result = result,
                                 .http = http,
                                 .problem = problem[0] ? problem : NULL,
                                 .body = parcel->body};
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm parts;

    memcpy(line.id, parcel->id, sizeof line.id);
    if (gmtime_r(&now, &parts))
        (void)strftime(line.at, sizeof line.at, "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (deliveries_append(webhook->config->log, &line))
        return true;
    log_error("deliveries-failed", "file=%s reason=\"%s\"",
              webhook->config->log, strerror(errno));
    return false;
}

static void
tell_change(struct webhook *webhook, bool failed, long http,
            const char *problem)
{
    char shown[LOG_VALUE_MAX];

    if (failed && webhook->failures++ == 0)
        log_warning("webhook-failed", "http=%ld problem=%s", http,
                    log_value(shown, span_text(problem)));
    if (!failed && webhook->failures > 0) {
        log_notice("webhook-again", "after=%u", webhook->failures);
        webhook->failures = 0;
    }
}

// deliver tells one parcel; false: nothing more for now.
static bool
deliver(struct webhook *webhook, const struct parcel_out *parcel)
{
    char problem[CURL_ERROR_SIZE];

    long http = post(webhook, parcel, problem);
    if (http == 0 && rest(webhook, 0))
        return false; // we broke it off ourselves
    enum delivery_result result = judge(http);
    bool noted = note(webhook, parcel, result, http, problem);
    counters_add(result == DELIVERY_DELIVERED ? &webhook->counters->delivered
                 : result == DELIVERY_REFUSED
                     ? &webhook->counters->delivery_refusals
                     : &webhook->counters->delivery_failures);
    tell_change(webhook, result == DELIVERY_FAILED || !noted, http, problem);
    return webhook->failures == 0;
}

// --- The thread --------------------------------------------------------------

static size_t
next_parcels(struct webhook *webhook, struct parcel_out parcels[DISPATCH_BATCH])
{
    struct snapshot *snapshot = shelf_hold(webhook->shelf);
    struct alerts_shown alerts = {0};
    size_t count = 0;

    bool has_alerts = shelf_hold_alerts(webhook->shelf, &alerts);
    // Alerts that are not whole may be over already.
    if (snapshot)
        count = dispatch_next(webhook->dispatch, snapshot,
                              alerts.is_whole ? alerts.list : NULL,
                              webhook->alerts, clock_wall_ms(), parcels);
    if (has_alerts)
        alert_list_close(alerts.list);
    snapshot_drop(snapshot);
    return count;
}

static bool
deliver_batch(struct webhook *webhook)
{
    struct parcel_out parcels[DISPATCH_BATCH];
    bool goes_on = true;

    size_t count = next_parcels(webhook, parcels);
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && !rest(webhook, 0) && deliver(webhook, &parcels[i]);
        free(parcels[i].body);
    }
    return goes_on && count == DISPATCH_BATCH;
}

static void *
run(void *closure)
{
    struct webhook *webhook = closure;
    int wait_ms = 0;

    while (!rest(webhook, wait_ms)) {
        wait_ms = LOOK_MS;
        if (dispatch_look(webhook->dispatch) != STATUS_OK) {
            tell_change(webhook, true, 0,
                        "the file of deliveries cannot be read");
            continue;
        }
        if (deliver_batch(webhook))
            wait_ms = 0;
        else if (webhook->failures > 0)
            wait_ms = backoff_ms(webhook->failures);
    }
    return NULL;
}

enum status
webhook_open(struct webhook **out, const struct webhook_config *config,
             const struct alerts_config *alerts, struct shelf *shelf,
             struct counters *counters, char problem[WEBHOOK_PROBLEM_MAX])
{
    struct webhook *webhook = calloc(1, sizeof *webhook);

    (void)snprintf(problem, WEBHOOK_PROBLEM_MAX, "out of memory");
    if (!webhook)
        return STATUS_SYSTEM;
    *webhook = (struct webhook){.config = config,
                                .alerts = alerts,
                                .shelf = shelf,
                                .counters = counters,
                                .stop_fd = eventfd(0, EFD_CLOEXEC)};
    enum status status = secret_load(config->secret, &webhook->secret, problem);
    if (status == STATUS_OK) {
        (void)snprintf(problem, WEBHOOK_PROBLEM_MAX,
                       "%s cannot be read, or there is no memory or no thread",
                       config->log);
        status = dispatch_open(&webhook->dispatch, config->log);
    }
    if (status == STATUS_OK &&
        (webhook->stop_fd < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 ||
         !(webhook->curl = curl_easy_init())))
        status = STATUS_SYSTEM;
    if (status == STATUS_OK) {
        webhook->has_thread =
            pthread_create(&webhook->thread, NULL, run, webhook) == 0;
        status = webhook->has_thread ? STATUS_OK : STATUS_SYSTEM;
    }
    if (status == STATUS_OK)
        *out = webhook;
    else
        webhook_close(webhook);
    return status;
}

void
webhook_close(struct webhook *webhook)
{
    if (!webhook)
        return;
    if (webhook->has_thread) {
        (void)eventfd_write(webhook->stop_fd, 1);
        pthread_join(webhook->thread, NULL);
    }
    if (webhook->stop_fd >= 0)
        (void)close(webhook->stop_fd);
    if (webhook->curl)
        curl_easy_cleanup(webhook->curl);
    dispatch_close(webhook->dispatch);
    pem_free(webhook->secret);
    free(webhook);
}
