// SPDX-License-Identifier: Apache-2.0
#include "reporter/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <microhttpd.h>

#include "common/crypto/token.h"
#include "reporter/address.h"
#include "reporter/errand.h"
#include "reporter/guest.h"
#include "reporter/live.h"
#include "reporter/login.h"
#include "reporter/reply.h"

enum {
    CONNECTIONS_MAX = 512,
    CONNECTIONS_PER_IP_MAX = 256, // a proxy in front is one address
    CONNECTION_BYTES = 32768,
    CONNECTION_IDLE_S = 10,
    ETAG_LIST_MAX = 1024,
};

struct http {
    struct MHD_Daemon *daemon;
    struct live *live;
    struct errands *errands;
    const struct site *site; // lent
    struct door *door;       // lent; NULL: nobody is asked for a token
    bool is_secure;          // TLS
    char name[ADDRESS_HOST_MAX];
    bool any_address, local;
    uint16_t port;
};

static bool
host_fits(struct http *http, struct MHD_Connection *connection)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                   MHD_HTTP_HEADER_HOST);
    return host_allowed(host, http->name, http->any_address);
}

// A request while it comes in, and while its answer is made elsewhere.
struct exchange {
    char *raw; // the address as sent; NULL: no memory
    bool has_begun, is_too_long;
    size_t length;
    char body[LOGIN_BODY_MAX + 1];
    bool is_sent; // its errand: it is back when the library asks again
    struct errand errand;
    struct guest guest; // who sent it
    char etags[ETAG_LIST_MAX + 1];
};

static struct request
request_of(const struct guest *guest)
{
    const char *etags = MHD_lookup_connection_value(
        guest->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);

    return (struct request){
        .if_none_match = etags && strlen(etags) <= ETAG_LIST_MAX ? etags : NULL,
        .wall_ms = guest->caller.wall_ms,
        .steady_ms = guest->caller.steady_ms,
        .viewer = guest->viewer,
    };
}

static void
answer_target(struct http *http, struct guest *guest, struct response *response)
{
    const struct request request = request_of(guest);

    site_answer(http->site, guest->raw, &request, response);
    guest_record(guest, response);
}

// come_back makes the library ask again, on its own thread.
static void
come_back(struct errand *errand)
{
    const struct exchange *exchange = errand->context;

    MHD_resume_connection(exchange->guest.connection);
}

// send_errand has a long answer made elsewhere; false: not now.
static bool
send_errand(struct http *http, struct exchange *exchange)
{
    struct errand *errand = &exchange->errand;

    if (errands_is_full(http->errands))
        return false;
    errand->raw = exchange->raw;
    errand->request = request_of(&exchange->guest);
    if (errand->request.if_none_match) {
        strcpy(exchange->etags, errand->request.if_none_match);
        errand->request.if_none_match = exchange->etags;
    }
    errand->done = come_back;
    errand->context = exchange;
    exchange->is_sent = true;
    // First: it may be back at once.
    MHD_suspend_connection(exchange->guest.connection);
    errands_send(http->errands, errand);
    return true;
}

static void
refuse_errand(struct response *response)
{
    response_problem(response, 503,
                     "several files are being made already; ask again soon");
    response->retry_after_s = 5;
}

static bool
asks_for_stream(const char *method, const char *raw)
{
    static const char path[] = "/api/v1/stream";

    return strcmp(method, "GET") == 0 && strcmp(raw, path) == 0;
}

static enum MHD_Result
give(struct http *http, struct MHD_Connection *connection,
     struct response *response)
{
    return reply_give(connection, response, http->is_secure,
                      http->site->counters);
}

// stream answers with server-sent events instead of a body.
static enum MHD_Result
stream(struct http *http, struct guest *guest)
{
    struct response response = {0};
    struct target target = {0};
    struct request request = {.viewer = guest->viewer};
    bool is_full;

    if (site_refuses(http->site, SHOWS_OWN, &target, &request, &response))
        return give(http, guest->connection, &response);
    enum MHD_Result result =
        live_listen(http->live, guest->connection, &guest->viewer, &is_full,
                    reply_safe_headers);
    if (!is_full) {
        reply_count(http->site->counters, MHD_HTTP_OK);
        return result;
    }
    response_problem(&response, 503, "too many pages listen already");
    response.retry_after_s = 30;
    return give(http, guest->connection, &response);
}

// answer_guest answers a request that has come in whole.
static enum MHD_Result
answer_guest(struct http *http, struct guest *guest, const char *method,
             struct exchange *exchange)
{
    struct response response = {0};

    if (!host_fits(http, guest->connection))
        response_problem(&response, 421,
                         "this address is served under another name; see "
                         "--host");
    else if (guest_is_login(guest))
        guest_login(guest, method,
                    exchange->is_too_long ? NULL : exchange->body, &response);
    else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        response_problem(&response, 405,
                         "this site is only read: use GET or HEAD");
    else if (guest_knock(guest, &response)) {
        if (asks_for_stream(method, guest->raw))
            return stream(http, guest);
        exchange->guest = *guest;
        if (!site_is_long(guest->raw))
            answer_target(http, guest, &response);
        else if (send_errand(http, exchange))
            return MHD_YES;
        else
            refuse_errand(&response);
    }
    return give(http, guest->connection, &response);
}

// take_body keeps a part of a form.
static void
take_body(struct exchange *exchange, const char *bytes, size_t count)
{
    size_t room = LOGIN_BODY_MAX - exchange->length;

    exchange->is_too_long |= count > room;
    if (count > room)
        return;
    memcpy(exchange->body + exchange->length, bytes, count);
    exchange->length += count;
    // A NUL would hide what comes after it.
    exchange->is_too_long |= memchr(bytes, '\0', count) != NULL;
}

// answer is called by the library once the headers are there, again for each
// part of a body, at its end, and when an errand is back.  `state` is what
// keep_raw made.
static enum MHD_Result
answer(void *closure, struct MHD_Connection *connection, const char *url,
       const char *method, const char *version, const char *upload,
       size_t *upload_size, void **state)
{
    struct http *http = closure;
    struct exchange *exchange = *state;
    struct response response = {0};
    struct guest guest;

    (void)url;
    (void)version;
    if (!exchange || !exchange->raw) {
        response_problem(&response, 500, "out of memory");
        return give(http, connection, &response);
    }
    if (exchange->is_sent) {
        guest_record(&exchange->guest, &exchange->errand.response);
        return give(http, connection, &exchange->errand.response);
    }
    guest_begin(&guest, connection, http->door, exchange->raw, http->is_secure);
    bool takes_body = guest_is_login(&guest) && strcmp(method, "POST") == 0;
    if (*upload_size > 0) { // perhaps a body that nobody asked for
        if (takes_body)
            take_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (takes_body && !exchange->has_begun) {
        exchange->has_begun = true;
        return MHD_YES;
    }
    return answer_guest(http, &guest, method, exchange);
}

// keep_raw copies the request target before the library decodes it: decoding
// is target_read's, bounded and tested.
static void *
keep_raw(void *closure, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);

    (void)closure;
    (void)connection;
    if (exchange)
        exchange->raw = strndup(uri, TARGET_MAX + 1);
    return exchange;
}

static void
drop_raw(void *closure, struct MHD_Connection *connection, void **state,
         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *state;

    (void)closure;
    (void)connection;
    (void)code;
    if (exchange) {
        response_fini(&exchange->errand.response);
        free(exchange->raw);
        bytes_wipe(exchange->body, sizeof exchange->body);
    }
    free(exchange);
    *state = NULL;
}

// start hands a listening socket to the library, which closes it.
static struct MHD_Daemon *
start(struct http *http, int listener, const struct http_guard *guard)
{
    const struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)guard->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)guard->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    const struct MHD_OptionItem nothing[] = {{MHD_OPTION_END, 0, NULL}};

    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
            (http->is_secure ? MHD_USE_TLS : MHD_NO_FLAG),
        0, NULL, NULL, answer, http, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_IDLE_S,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)CONNECTIONS_PER_IP_MAX,
        MHD_OPTION_URI_LOG_CALLBACK, keep_raw, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, drop_raw, NULL, MHD_OPTION_ARRAY,
        http->is_secure ? secure : nothing, MHD_OPTION_END);
}

// may_serve: other machines only see what tokens and TLS protect.
static bool
may_serve(const struct address *bound, const char *address,
          const struct http_guard *guard, char problem[HTTP_PROBLEM_MAX])
{
    if (bound->loopback || (guard->door && guard->certificate))
        return true;
    (void)snprintf(problem, HTTP_PROBLEM_MAX,
                   "%s can be reached from other machines: that needs "
                   "reporter.%s, see Who sees what in docs/OPERATIONS.md",
                   address,
                   guard->door ? "tls_certificate and reporter.tls_key"
                               : "tokens");
    return false;
}

static struct http *
make(const struct site *site, const struct address *bound,
     const char *extra_host, const struct http_guard *guard)
{
    struct http *http = calloc(1, sizeof *http);

    if (!http)
        return NULL;
    http->site = site;
    http->door = guard->door;
    http->is_secure = guard->certificate != NULL;
    http->port = bound->port;
    http->any_address = bound->any;
    http->local = bound->loopback;
    snprintf(http->name, sizeof http->name, "%s",
             extra_host ? extra_host : bound->host);
    return http;
}

enum status
http_open_guarded(struct http **out, const struct site *site,
                  const char *address, const char *extra_host,
                  const struct http_guard *guard,
                  char problem[HTTP_PROBLEM_MAX])
{
    struct address bound;
    int listener;

    enum status status =
        address_listen(&bound, &listener, address, problem, HTTP_PROBLEM_MAX);
    if (status != STATUS_OK)
        return status;
    if (!may_serve(&bound, address, guard, problem)) {
        (void)close(listener);
        return STATUS_MALFORMED;
    }
    struct http *http = make(site, &bound, extra_host, guard);
    if (http && live_open(&http->live, site->shelf, guard->door) == STATUS_OK &&
        errands_open(&http->errands, site) == STATUS_OK)
        http->daemon = start(http, listener, guard);
    if (!http || !http->daemon) { // the listener is gone with the process
        if (http) {
            errands_close(http->errands);
            live_close(http->live);
        }
        free(http);
        snprintf(problem, HTTP_PROBLEM_MAX, "the HTTP server cannot start%s",
                 guard->certificate ? "; are reporter.tls_certificate and "
                                      "reporter.tls_key a pair, as PEM?"
                                    : "");
        return guard->certificate ? STATUS_MALFORMED : STATUS_SYSTEM;
    }
    *out = http;
    return STATUS_OK;
}

enum status
http_open(struct http **out, const struct site *site, const char *address,
          const char *extra_host, char problem[HTTP_PROBLEM_MAX])
{
    static const struct http_guard none;

    return http_open_guarded(out, site, address, extra_host, &none, problem);
}

void
http_close(struct http *http)
{
    if (!http)
        return;
    live_end(http->live); // no stop while a connection is suspended
    errands_end(http->errands);
    MHD_stop_daemon(http->daemon);
    errands_close(http->errands); // nobody sends any more
    live_close(http->live);
    free(http);
}

void
http_wake(struct http *http)
{
    live_wake(http->live);
}

uint16_t
http_port(const struct http *http)
{
    return http->port;
}

bool
http_is_local(const struct http *http)
{
    return http->local;
}
