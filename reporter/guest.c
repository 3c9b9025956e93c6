// SPDX-License-Identifier: Apache-2.0
#include "reporter/guest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/crypto/token.h"
#include "common/runtime/clock.h"
#include "reporter/login.h"
#include "reporter/site.h"
#include "reporter/target.h"

enum { SHOWN_MAX = 256, SESSION_MAX_S = 12 * 3600 };

static const char *
header(const struct guest *guest, const char *name)
{
    return MHD_lookup_connection_value(guest->connection, MHD_HEADER_KIND,
                                       name);
}

// --- From where --------------------------------------------------------------

static void
describe_v6(struct caller *caller, const struct in6_addr *address)
{
    const uint8_t *bytes = address->s6_addr;

    // An IPv4 caller of an IPv6 socket is one address, not all of them.
    for (size_t i = 0; i < 8; i++)
        caller->address = caller->address << 8 |
                          bytes[IN6_IS_ADDR_V4MAPPED(address) ? i + 8 : i];
    (void)inet_ntop(AF_INET6, address, caller->text, sizeof caller->text);
}

static void
describe(struct caller *caller, const struct sockaddr *name)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (name && name->sa_family == AF_INET) {
        memcpy(&v4, name, sizeof v4);
        caller->address = ntohl(v4.sin_addr.s_addr);
        (void)inet_ntop(AF_INET, &v4.sin_addr, caller->text,
                        sizeof caller->text);
    } else if (name && name->sa_family == AF_INET6) {
        memcpy(&v6, name, sizeof v6);
        describe_v6(caller, &v6.sin6_addr);
    }
}

void
guest_begin(struct guest *guest, struct MHD_Connection *connection,
            struct door *door, const char *raw, bool is_secure)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    *guest = (struct guest){
        .connection = connection,
        .door = door,
        .raw = raw,
        .is_secure = is_secure,
        .caller = {.wall_ms = clock_wall_ms(), .steady_ms = clock_steady_ms()}};
    describe(&guest->caller, info ? info->client_addr : NULL);
}

// --- Who ---------------------------------------------------------------------

// shown copies the token a request shows; false: none.  One that is too long
// is cut, and so is a wrong one.
static bool
shown(const struct guest *guest, char token[SHOWN_MAX])
{
    static const char scheme[] = "Bearer ";
    const char *said = header(guest, MHD_HTTP_HEADER_AUTHORIZATION);

    if (!said)
        return cookie_value(header(guest, MHD_HTTP_HEADER_COOKIE), login_cookie,
                            token, SHOWN_MAX);
    if (strncasecmp(said, scheme, sizeof scheme - 1) == 0)
        said += sizeof scheme - 1;
    (void)snprintf(token, SHOWN_MAX, "%s", said);
    return true;
}

static void
turn_away(struct guest *guest, enum knock knock, int64_t wait_ms,
          struct response *response)
{
    if (knock == KNOCK_DAMPED) {
        response_problem(response, 429,
                         "too many wrong tokens came from your address");
        response->retry_after_s = (unsigned)(wait_ms / 1000 + 1);
        return; // not recorded: it would fill the file
    }
    (void)door_audit(guest->door, &guest->viewer, "unknown-token", guest->raw,
                     401, &guest->caller);
    response_problem(response, 401, sign_in_sentence);
}

// identify finds out who shows a token, if one is shown.
static bool
identify(struct guest *guest, struct response *response)
{
    char token[SHOWN_MAX];
    int64_t wait_ms = 0;

    if (!shown(guest, token))
        return true;
    enum knock knock = door_knock(guest->door, span_text(token), &guest->caller,
                                  &guest->viewer, &wait_ms);
    bytes_wipe(token, sizeof token);
    if (knock == KNOCK_KNOWN)
        return true;
    turn_away(guest, knock, wait_ms, response);
    if (!header(guest, MHD_HTTP_HEADER_AUTHORIZATION))
        login_forget(response, guest->is_secure);
    return false;
}

bool
guest_knock(struct guest *guest, struct response *response)
{
    if (!guest->door)
        guest->viewer = viewer_everything;
    return !guest->door || !site_needs_token(guest->raw) ||
           identify(guest, response);
}

// --- Signing in and out ------------------------------------------------------

static bool
is_at(const char *raw, const char *path)
{
    size_t length = strlen(path);
    return strncmp(raw, path, length) == 0 &&
           (raw[length] == '\0' || raw[length] == '?');
}

bool
guest_is_login(const struct guest *guest)
{
    return guest->door &&
           (is_at(guest->raw, login_path) || is_at(guest->raw, login_out_path));
}

static void
show_page(const struct guest *guest, struct response *response)
{
    struct target target;
    const char *problem = target_read(&target, guest->raw);
    const char *lang =
        header(guest, MHD_HTTP_HEADER_ACCEPT_LANGUAGE); // the first one counts

    if (problem) {
        response_problem(response, 400, problem);
        return;
    }
    const char *asked = target_param(&target, "lang");
    login_page(response, asked ? asked : lang, "", 200, guest->is_secure);
}

static void
give_up(struct response *response)
{
    response_problem(response, 503,
                     "the audit file cannot be written, so nothing is done "
                     "that has to be in it");
    response->retry_after_s = 30;
}

static void
sign_in(struct guest *guest, const char *token, const char *lang,
        struct response *response)
{
    int64_t wait_ms;
    enum knock knock = door_knock(guest->door, span_text(token), &guest->caller,
                                  &guest->viewer, &wait_ms);

    if (knock == KNOCK_DAMPED) {
        login_page(response, lang, "wait", 429, guest->is_secure);
        response->retry_after_s = (unsigned)(wait_ms / 1000 + 1);
        return;
    }
    bool known = knock == KNOCK_KNOWN;
    if (!door_audit(guest->door, &guest->viewer,
                    known ? "sign-in" : "unknown-token", login_path,
                    known ? 303 : 401, &guest->caller)) {
        give_up(response);
        return;
    }
    if (!known) {
        login_page(response, lang, "wrong", 401, guest->is_secure);
        return;
    }
    int64_t left_s =
        (door_until(guest->door, &guest->viewer) - guest->caller.wall_ms) /
        1000;
    login_let_in(response, token,
                 left_s < SESSION_MAX_S ? left_s : SESSION_MAX_S, lang,
                 guest->is_secure);
}

static void
sign_out(struct guest *guest, const char *lang, struct response *response)
{
    struct response ignored = {0};

    if (identify(guest, &ignored))
        (void)door_audit(guest->door, &guest->viewer, "sign-out",
                         login_out_path, 200, &guest->caller);
    response_fini(&ignored);
    login_let_out(response, lang, guest->is_secure);
}

// turn_form_away counts it as a wrong token, so that nobody fills the audit
// file with them.
static void
turn_form_away(struct guest *guest, struct response *response)
{
    int64_t wait_ms;
    enum knock knock = door_knock(guest->door, span_text(""), &guest->caller,
                                  &guest->viewer, &wait_ms);

    if (knock == KNOCK_UNKNOWN)
        (void)door_audit(guest->door, &guest->viewer, "foreign-form",
                         guest->raw, 403, &guest->caller);
    response_problem(response, 403,
                     "this form did not come from the page /login of this "
                     "site; open that page again");
}

static void
take_form(struct guest *guest, const char *body, struct response *response)
{
    char token[SHOWN_MAX], word[LOGIN_WORD_TEXT + 1];
    const char *lang;
    struct login_form form = {
        .host = header(guest, MHD_HTTP_HEADER_HOST),
        .origin = header(guest, MHD_HTTP_HEADER_ORIGIN),
        .fetch_site = header(guest, "Sec-Fetch-Site"),
        .type = header(guest, MHD_HTTP_HEADER_CONTENT_TYPE),
        .body = body,
    };

    if (cookie_value(header(guest, MHD_HTTP_HEADER_COOKIE), login_word_cookie,
                     word, sizeof word))
        form.word = word;
    if (!login_read(&form, token, sizeof token, &lang))
        turn_form_away(guest, response);
    else if (is_at(guest->raw, login_out_path))
        sign_out(guest, lang, response);
    else
        sign_in(guest, token, lang, response);
    bytes_wipe(token, sizeof token);
}

void
guest_login(struct guest *guest, const char *method, const char *body,
            struct response *response)
{
    bool is_read = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

    if (is_read && is_at(guest->raw, login_path))
        show_page(guest, response);
    else if (strcmp(method, "POST") != 0)
        response_problem(response, 405,
                         is_read ? "signing out is a form of the page /login"
                                 : "this is a page with a form: use GET or "
                                   "POST");
    else if (!body)
        response_problem(response, 413, "the form is too long");
    else
        take_form(guest, body, response);
}

void
guest_record(struct guest *guest, struct response *response)
{
    bool leaves = response->filename[0] != '\0';

    if (!guest->door || (!leaves && !response->is_refused))
        return;
    if (door_audit(guest->door, &guest->viewer,
                   response->is_refused ? "refused" : "download", guest->raw,
                   response->status, &guest->caller) ||
        response->is_refused)
        return;
    response_fini(response);
    give_up(response);
}
