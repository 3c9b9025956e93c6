// SPDX-License-Identifier: Apache-2.0
#include "reporter/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "common/runtime/clock.h"
#include "reporter/address.h"
#include "reporter/gzip.h"
#include "reporter/live.h"

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
    const struct site *site; // lent
    char name[ADDRESS_HOST_MAX];
    bool any_address, local;
    uint16_t port;
};

static const struct {
    const char *name, *value;
} safe_headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; "
     "img-src 'self'; connect-src 'self'; base-uri 'none'; "
     "form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cache-Control", "no-cache"}, // keep it, but ask whether it changed
};

static void
count(struct counters *counters, unsigned status)
{
    counters_add(status < 300   ? &counters->http_2xx
                 : status < 400 ? &counters->http_3xx
                 : status < 500 ? &counters->http_4xx
                                : &counters->http_5xx);
}

static bool
add_safe_headers(struct MHD_Response *wire)
{
    bool good = true;

    for (size_t i = 0; i < sizeof safe_headers / sizeof *safe_headers; i++)
        good &= MHD_add_response_header(wire, safe_headers[i].name,
                                        safe_headers[i].value) == MHD_YES;
    return good;
}

static bool
add_headers(struct MHD_Response *wire, const struct response *response)
{
    char text[192];
    bool good = add_safe_headers(wire);

    if (response->type)
        good &= MHD_add_response_header(wire, "Content-Type", response->type) ==
                MHD_YES;
    if (response->etag[0]) {
        // Packed bytes are the same answer, not the same bytes: a weak tag.
        snprintf(text, sizeof text, "%s%s", response->is_packed ? "W/" : "",
                 response->etag);
        good &= MHD_add_response_header(wire, "ETag", text) == MHD_YES;
    }
    if (response->is_packed)
        good &= MHD_add_response_header(wire, "Content-Encoding", "gzip") ==
                MHD_YES;
    good &= MHD_add_response_header(wire, "Vary", "Accept-Encoding") == MHD_YES;
    if (response->status == 405)
        good &= MHD_add_response_header(wire, "Allow", "GET, HEAD") == MHD_YES;
    if (response->retry_after_s > 0) {
        snprintf(text, sizeof text, "%u", response->retry_after_s);
        good &= MHD_add_response_header(wire, "Retry-After", text) == MHD_YES;
    }
    if (response->filename[0]) {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"",
                 response->filename);
        good &= MHD_add_response_header(wire, "Content-Disposition", text) ==
                MHD_YES;
    }
    return good;
}

// pack makes a body smaller for an asker who takes that.
static void
pack(struct MHD_Connection *connection, struct response *response)
{
    const char *accepted = MHD_lookup_connection_value(
        connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);

    if (gzip_accepted(accepted) && gzip_is_worth_it(response))
        (void)gzip_pack(response); // as it is does, too
}

// give hands the response to the library, its body included.
static enum MHD_Result
give(struct http *http, struct MHD_Connection *connection,
     struct response *response)
{
    pack(connection, response);
    // The library only reads persistent memory, whatever its type says.
    void *bytes =
        response->body ? response->body : (void *)(uintptr_t)response->lent;
    struct MHD_Response *wire = MHD_create_response_from_buffer(
        response->length, bytes,
        response->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!wire) {
        response_fini(response);
        return MHD_NO; // closes the connection
    }
    response->body = NULL; // taken

    enum MHD_Result result =
        add_headers(wire, response)
            ? MHD_queue_response(connection, response->status, wire)
            : MHD_NO;
    MHD_destroy_response(wire);
    count(http->site->counters, response->status);
    response_fini(response);
    return result;
}

static bool
host_fits(struct http *http, struct MHD_Connection *connection)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                   MHD_HTTP_HEADER_HOST);
    return host_allowed(host, http->name, http->any_address);
}

static void
answer_target(struct http *http, struct MHD_Connection *connection,
              const char *raw, struct response *response)
{
    const char *etags = MHD_lookup_connection_value(
        connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
    struct request request = {
        .if_none_match = etags && strlen(etags) <= ETAG_LIST_MAX ? etags : NULL,
        .wall_ms = clock_wall_ms(),
        .steady_ms = clock_steady_ms(),
    };
    site_answer(http->site, raw, &request, response);
}

static bool
asks_for_stream(const char *method, const char *raw)
{
    static const char path[] = "/api/v1/stream";

    return strcmp(method, "GET") == 0 && raw && strcmp(raw, path) == 0;
}

// stream answers with server-sent events instead of a body.
static enum MHD_Result
stream(struct http *http, struct MHD_Connection *connection)
{
    struct response response = {0};
    bool is_full;

    enum MHD_Result result =
        live_listen(http->live, connection, &is_full, add_safe_headers);
    if (!is_full) {
        count(http->site->counters, MHD_HTTP_OK);
        return result;
    }
    response_problem(&response, 503, "too many pages listen already");
    response.retry_after_s = 30;
    return give(http, connection, &response);
}

// answer is called by the library once the headers are there.  `raw` is what
// keep_raw made of the request line.
static enum MHD_Result
answer(void *closure, struct MHD_Connection *connection, const char *url,
       const char *method, const char *version, const char *upload,
       size_t *upload_size, void **raw)
{
    struct http *http = closure;
    struct response response = {0};

    (void)url;
    (void)version;
    (void)upload;
    if (*upload_size > 0) { // a body that nobody asked for
        *upload_size = 0;
        return MHD_YES;
    }
    if (!host_fits(http, connection))
        response_problem(&response, 421,
                         "this address is served under another name; see "
                         "--host");
    else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        response_problem(&response, 405,
                         "this site is only read: use GET or HEAD");
    else if (!*raw)
        response_problem(&response, 500, "out of memory");
    else if (asks_for_stream(method, *raw))
        return stream(http, connection);
    else
        answer_target(http, connection, *raw, &response);
    return give(http, connection, &response);
}

// keep_raw copies the request target before the library decodes it: decoding
// is target_read's, bounded and tested.
static void *
keep_raw(void *closure, const char *uri, struct MHD_Connection *connection)
{
    (void)closure;
    (void)connection;
    return strndup(uri, TARGET_MAX + 1);
}

static void
drop_raw(void *closure, struct MHD_Connection *connection, void **raw,
         enum MHD_RequestTerminationCode code)
{
    (void)closure;
    (void)connection;
    (void)code;
    free(*raw);
    *raw = NULL;
}

// start hands a listening socket to the library, which closes it.
static struct MHD_Daemon *
start(struct http *http, int listener)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME,
        0, NULL, NULL, answer, http, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_IDLE_S,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)CONNECTIONS_PER_IP_MAX,
        MHD_OPTION_URI_LOG_CALLBACK, keep_raw, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, drop_raw, NULL, MHD_OPTION_END);
}

enum status
http_open(struct http **out, const struct site *site, const char *address,
          const char *extra_host, char problem[HTTP_PROBLEM_MAX])
{
    struct address bound;
    int listener;

    enum status status =
        address_listen(&bound, &listener, address, problem, HTTP_PROBLEM_MAX);
    if (status != STATUS_OK)
        return status;
    struct http *http = calloc(1, sizeof *http);
    if (http) {
        http->site = site;
        http->port = bound.port;
        http->any_address = bound.any;
        http->local = bound.loopback;
        snprintf(http->name, sizeof http->name, "%s",
                 extra_host ? extra_host : bound.host);
        if (live_open(&http->live, site->shelf) == STATUS_OK)
            http->daemon = start(http, listener);
    }
    if (!http || !http->daemon) { // the listener is gone with the process
        if (http)
            live_close(http->live);
        free(http);
        snprintf(problem, HTTP_PROBLEM_MAX, "the HTTP server cannot start");
        return STATUS_SYSTEM;
    }
    *out = http;
    return STATUS_OK;
}

void
http_close(struct http *http)
{
    if (!http)
        return;
    live_end(http->live); // no stop while a connection is suspended
    MHD_stop_daemon(http->daemon);
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
