// SPDX-License-Identifier: Apache-2.0
#include "reporter/reply.h"

#include <stdio.h>

#include "reporter/gzip.h"

#define POLICY(form)                                                           \
    "default-src 'none'; script-src 'self'; style-src 'self'; "                \
    "img-src 'self'; connect-src 'self'; base-uri 'none'; "                    \
    "form-action " form "; frame-ancestors 'none'"

struct header {
    const char *name, *value;
};

static const struct header safe_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    // Keep it for whom it is, but ask whether it changed.
    {"Cache-Control", "private, no-cache"},
    {"Vary", "Accept-Encoding, Authorization, Cookie"},
};

// A form is sent with where it comes from, which login_read wants to see.
static const struct header plain[] = {
    {"Content-Security-Policy", POLICY("'none'")},
    {"Referrer-Policy", "no-referrer"},
};
static const struct header with_form[] = {
    {"Content-Security-Policy", POLICY("'self'")},
    {"Referrer-Policy", "same-origin"},
};

void
reply_count(struct counters *counters, unsigned status)
{
    counters_add(status < 300   ? &counters->http_2xx
                 : status < 400 ? &counters->http_3xx
                 : status < 500 ? &counters->http_4xx
                                : &counters->http_5xx);
}

static bool
add(struct MHD_Response *wire, const char *name, const char *value)
{
    return MHD_add_response_header(wire, name, value) == MHD_YES;
}

static bool
add_list(struct MHD_Response *wire, const struct header *list, size_t count)
{
    bool good = true;

    for (size_t i = 0; i < count; i++)
        good &= add(wire, list[i].name, list[i].value);
    return good;
}

static bool
add_common(struct MHD_Response *wire)
{
    return add_list(wire, safe_headers,
                    sizeof safe_headers / sizeof safe_headers[0]);
}

bool
reply_safe_headers(struct MHD_Response *wire)
{
    return add_common(wire) &&
           add_list(wire, plain, sizeof plain / sizeof plain[0]);
}

static bool
add_content(struct MHD_Response *wire, const struct response *response)
{
    char text[192];
    bool good = true;

    if (response->type)
        good &= add(wire, "Content-Type", response->type);
    if (response->etag[0]) {
        // Packed bytes are the same answer, not the same bytes: a weak tag.
        snprintf(text, sizeof text, "%s%s", response->is_packed ? "W/" : "",
                 response->etag);
        good &= add(wire, "ETag", text);
    }
    if (response->is_packed)
        good &= add(wire, "Content-Encoding", "gzip");
    if (response->filename[0]) {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"",
                 response->filename);
        good &= add(wire, "Content-Disposition", text);
    }
    return good;
}

static bool
add_answer(struct MHD_Response *wire, const struct response *response,
           bool is_secure)
{
    char text[16];
    bool good = true;

    if (response->status == 401)
        good &= add(wire, "WWW-Authenticate", "Bearer realm=\"dealerpulse\"");
    if (response->status == 405)
        good &= add(wire, "Allow", "GET, HEAD");
    if (response->retry_after_s > 0) {
        snprintf(text, sizeof text, "%u", response->retry_after_s);
        good &= add(wire, "Retry-After", text);
    }
    if (response->location)
        good &= add(wire, "Location", response->location);
    for (size_t i = 0; i < 2; i++)
        if (response->cookies[i][0])
            good &= add(wire, "Set-Cookie", response->cookies[i]);
    if (is_secure)
        good &= add(wire, "Strict-Transport-Security", "max-age=31536000");
    return good;
}

static bool
add_headers(struct MHD_Response *wire, const struct response *response,
            bool is_secure)
{
    bool good = response->has_form
                    ? add_common(wire) &&
                          add_list(wire, with_form,
                                   sizeof with_form / sizeof with_form[0])
                    : reply_safe_headers(wire);

    return good && add_content(wire, response) &&
           add_answer(wire, response, is_secure);
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

// wrap makes the library's response, which takes the body.
static struct MHD_Response *
wrap(struct response *response)
{
    struct MHD_Response *wire;

    if (response->is_file) {
        wire = MHD_create_response_from_fd64(response->length, response->fd);
        response->is_file = !wire;
        return wire;
    }
    // The library only reads persistent memory, whatever its type says.
    void *bytes =
        response->body ? response->body : (void *)(uintptr_t)response->lent;
    wire = MHD_create_response_from_buffer(
        response->length, bytes,
        response->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (wire)
        response->body = NULL;
    return wire;
}

enum MHD_Result
reply_give(struct MHD_Connection *connection, struct response *response,
           bool is_secure, struct counters *counters)
{
    pack(connection, response);
    struct MHD_Response *wire = wrap(response);
    if (!wire) {
        response_fini(response);
        return MHD_NO; // closes the connection
    }

    enum MHD_Result result =
        add_headers(wire, response, is_secure)
            ? MHD_queue_response(connection, response->status, wire)
            : MHD_NO;
    MHD_destroy_response(wire);
    reply_count(counters, response->status);
    response_fini(response);
    return result;
}
