// SPDX-License-Identifier: Apache-2.0
#include "common/access/access.h"

#include <stdlib.h>
#include <sysexits.h>

#include "common/access/watch.h"
#include "common/crypto/key_file.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

static const char *const door_names[] = {"terminals", "collectors", "queries",
                                         "feed"};

struct access {
    struct transport *transport;
    struct key_pair *own; // NULL: no keys
    uint8_t aggregator_key[Z85_KEY_BYTES];
    bool knows_aggregator;
    struct curve_client client;
    struct watch *watch; // of a program that serves, with keys
    struct guard *guard;
};

// --- Opening -----------------------------------------------------------------

static enum status
load_key(struct key_pair **out, const char *path, int *exit_code)
{
    char problem[KEY_PROBLEM_MAX], text[LOG_VALUE_MAX];

    enum status status = key_file_load(path, KEY_CURVE, out, problem);
    if (status == STATUS_OK)
        return status;
    *exit_code = status == STATUS_UNAVAILABLE ? EX_NOPERM
                 : status == STATUS_SYSTEM    ? EX_OSERR
                                              : EX_CONFIG;
    log_error("key-refused", "reason=%s", log_value(text, span_text(problem)));
    return status;
}

static const char *
own_key_file(const struct config *config, enum config_program program)
{
    switch (program) {
    case CONFIG_AGGREGATOR:
        return config->aggregator.key;
    case CONFIG_COLLECTOR:
        return config->collector.key;
    case CONFIG_REPORTER:
        return config->reporter.key;
    case CONFIG_CONSOLE:
        return config->console.key;
    case CONFIG_TERMINAL:
        return config->terminal.key;
    }
    return "";
}

static bool
role_may_enter(enum access_door door, enum role role)
{
    bool reads =
        role == ROLE_REPORTER || role == ROLE_HQ || role == ROLE_AUDITOR;

    switch (door) {
    case ACCESS_TERMINALS:
        return reads || role == ROLE_DEALER;
    case ACCESS_COLLECTORS:
        return role == ROLE_COLLECTOR;
    case ACCESS_QUERIES:
        return reads || role == ROLE_COLLECTOR;
    case ACCESS_FEED:
        return reads;
    }
    return false;
}

static bool
door_named(struct span name, enum access_door *door)
{
    for (int i = ACCESS_TERMINALS; i <= ACCESS_FEED; i++)
        if (span_equal(name, span_text(door_names[i]))) {
            *door = (enum access_door)i;
            return true;
        }
    return false;
}

// admits answers the guard, in its thread.
static bool
admits(void *context, struct span domain, const uint8_t key[Z85_KEY_BYTES],
       struct span address)
{
    struct access *access = context;
    enum access_door door;

    (void)address;
    if (!door_named(domain, &door) ||
        !role_may_enter(door, watch_role(access->watch, key)))
        return false;
    return door != ACCESS_FEED || watch_listener(access->watch, key);
}

static enum status
open_guard(struct access *access, const char *keyring, int *exit_code)
{
    const struct guard_question question = {access, admits};

    enum status status = watch_open(&access->watch, keyring);
    if (status != STATUS_OK) {
        *exit_code = status == STATUS_SYSTEM ? EX_OSERR : EX_CONFIG;
        return status;
    }
    status = guard_open(&access->guard, access->transport, &question);
    if (status != STATUS_OK)
        log_error("guard-failed", "reason=\"%s\"", status_text(status));
    return status;
}

static enum status
open_keys(struct access *access, const struct config *config,
          enum config_program program, int *exit_code)
{
    bool serves = program != CONFIG_CONSOLE && program != CONFIG_TERMINAL;

    enum status status =
        load_key(&access->own, own_key_file(config, program), exit_code);
    if (status != STATUS_OK)
        return status;
    access->knows_aggregator =
        z85_key_read(span_text(config->aggregator_key), access->aggregator_key);
    access->client =
        (struct curve_client){access->aggregator_key, access->own->public_key,
                              access->own->secret_key};
    return serves ? open_guard(access, config->keyring, exit_code) : STATUS_OK;
}

enum status
access_open(struct access **out, struct transport *transport,
            const struct config *config, enum config_program program,
            int *exit_code)
{
    const char *problem = config_keys_problem(config, program);
    struct access *access = calloc(1, sizeof *access);

    *exit_code = EX_OSERR;
    if (!access)
        return STATUS_SYSTEM;
    access->transport = transport;
    enum status status = STATUS_OK;
    if (problem) {
        log_error("start-refused", "reason=\"%s\"", problem);
        *exit_code = EX_CONFIG;
        status = STATUS_MALFORMED;
    } else if (config_has_keys(config, program)) {
        status = open_keys(access, config, program, exit_code);
    }
    if (status != STATUS_OK) {
        access_close(access);
        return status;
    }
    *out = access;
    return STATUS_OK;
}

void
access_close(struct access *access)
{
    if (!access)
        return;
    guard_close(access->guard);
    watch_close(access->watch);
    key_pair_free(access->own);
    free(access);
}

bool
access_has_keys(const struct access *access)
{
    return access->own != NULL;
}

const struct curve_client *
access_client(const struct access *access)
{
    return access->own && access->knows_aggregator ? &access->client : NULL;
}

// --- Sockets -----------------------------------------------------------------

bool
access_is_allowed(const struct access *access, const char *endpoint)
{
    if (access->own || endpoint_is_local(endpoint))
        return true;
    log_error("start-refused",
              "endpoint=%s reason=\"without keys only loopback is served; "
              "docs/OPERATIONS.md says how to switch them on\"",
              endpoint);
    return false;
}

// note_failure logs why an endpoint was not bound.
static enum status
note_failure(const char *endpoint, enum status status, int *exit_code)
{
    if (status == STATUS_OK)
        return status;
    log_error("bind-failed", "endpoint=%s reason=\"%s\"", endpoint,
              status_text(status));
    *exit_code = status == STATUS_MALFORMED ? EX_CONFIG
                 : status == STATUS_BUSY || status == STATUS_UNAVAILABLE
                     ? EX_UNAVAILABLE
                     : EX_OSERR;
    return status;
}

enum status
access_inbox(struct access *access, struct inbox **out, enum access_door door,
             const char *endpoint, int64_t max_bytes, const char *key_file,
             uint8_t *public_key, int *exit_code)
{
    struct key_pair *other = NULL;
    enum status status = STATUS_OK;

    if (!access_is_allowed(access, endpoint)) {
        *exit_code = EX_CONFIG;
        return STATUS_MALFORMED;
    }
    if (!access->own)
        return note_failure(
            endpoint, inbox_open(out, access->transport, endpoint, max_bytes),
            exit_code);
    if (key_file && key_file[0] != '\0')
        status = load_key(&other, key_file, exit_code);
    if (status != STATUS_OK)
        return status;
    const struct key_pair *pair = other ? other : access->own;
    const struct curve_server server = {access->guard, door_names[door],
                                        pair->secret_key};
    if (public_key)
        memcpy(public_key, pair->public_key, Z85_KEY_BYTES);
    status =
        inbox_open_curve(out, access->transport, endpoint, max_bytes, &server);
    key_pair_free(other);
    return note_failure(endpoint, status, exit_code);
}

enum status
access_publisher(struct access *access, struct publisher **out,
                 const char *endpoint, int *exit_code)
{
    if (!access_is_allowed(access, endpoint)) {
        *exit_code = EX_CONFIG;
        return STATUS_MALFORMED;
    }
    if (!access->own)
        return note_failure(endpoint,
                            publisher_open(out, access->transport, endpoint),
                            exit_code);
    const struct curve_server server = {access->guard, door_names[ACCESS_FEED],
                                        access->own->secret_key};
    return note_failure(
        endpoint,
        publisher_open_curve(out, access->transport, endpoint, &server),
        exit_code);
}

// --- Asking ------------------------------------------------------------------

const struct keyring *
access_keyring(struct access *access)
{
    return access->watch ? watch_newest(access->watch) : NULL;
}

bool
access_admits(struct access *access, enum access_door door,
              const struct peer *peer, enum role *role)
{
    *role = ROLE_NONE;
    if (!access->own)
        return true;
    if (peer->has_key)
        *role = watch_role(access->watch, peer->key);
    return role_may_enter(door, *role);
}

bool
access_feed_is_stale(struct access *access)
{
    return access->watch && watch_listeners_stale(access->watch);
}

uint64_t
access_refusals(const struct access *access)
{
    return access->guard ? guard_refusals(access->guard) : 0;
}
