// SPDX-License-Identifier: Apache-2.0
#include "client/dealerpulse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/handle.h"
#include "client/lock.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"
#include "common/wire/event_code.h"

static const uint64_t SPOOL_BYTES = UINT64_C(1) << 30;
static const char SOFTWARE[] = "libdealerpulse " PROJECT_VERSION;

enum dealerpulse_status
handle_fail(struct dealerpulse *pulse, enum dealerpulse_status status,
            const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(pulse->error, sizeof pulse->error, format, arguments);
    va_end(arguments);
    return status;
}

enum dealerpulse_status
status_public(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return DEALERPULSE_OK;
    case STATUS_AGAIN:
        return DEALERPULSE_AGAIN;
    case STATUS_NOT_FOUND:
        return DEALERPULSE_NOT_FOUND;
    case STATUS_MALFORMED:
        return DEALERPULSE_INVALID;
    case STATUS_FULL:
        return DEALERPULSE_FULL;
    case STATUS_BUSY:
        return DEALERPULSE_BUSY;
    case STATUS_CORRUPT:
        return DEALERPULSE_CORRUPT;
    case STATUS_STOPPED:
    case STATUS_UNAVAILABLE:
    case STATUS_SYSTEM:
        return DEALERPULSE_SYSTEM;
    }
    abort(); // every status is listed above
}

enum dealerpulse_status
handle_status(struct dealerpulse *pulse, enum status status)
{
    const char *why = pulse->spool ? spool_error(pulse->spool) : "";

    if (why[0])
        snprintf(pulse->error, sizeof pulse->error, "%s", why);
    else
        snprintf(pulse->error, sizeof pulse->error, "%s", status_text(status));
    return status_public(status);
}

// --- Opening -----------------------------------------------------------------

static bool
fits(const char *text, size_t capacity)
{
    return text && text[0] && strlen(text) < capacity;
}

static enum dealerpulse_status
check_options(struct dealerpulse *pulse,
              const struct dealerpulse_options *options)
{
    const char *wrong = NULL;

    if (!options->spool || !options->spool[0])
        wrong = "the spool needs a path";
    else if (options->store_only)
        return DEALERPULSE_OK;
    else if (!fits(options->name, sizeof pulse->name))
        wrong = "the terminal needs a name of 1 to 32 bytes";
    else if (options->role != DEALERPULSE_DEALER &&
             options->role != DEALERPULSE_HQ &&
             options->role != DEALERPULSE_AUDITOR)
        wrong = "the role is neither dealer, hq nor auditor";
    else if (options->role == DEALERPULSE_DEALER && options->dealer_count == 0)
        wrong = "a dealer's terminal names the dealers it speaks for";
    else if (options->dealer_count > HELLO_DEALERS_MAX)
        wrong = "a terminal speaks for at most 1000 dealers";
    else if (options->collector_count == 0)
        wrong = "no collector is named";
    for (size_t i = 0; !wrong && i < options->dealer_count; i++)
        if (!fits(options->dealers[i], DEALER_ID_MAX + 1))
            wrong = "a dealer id has 1 to 32 bytes";
    if (wrong)
        return handle_fail(pulse, DEALERPULSE_INVALID, "%s", wrong);
    return DEALERPULSE_OK;
}

static bool
copy_options(struct dealerpulse *pulse,
             const struct dealerpulse_options *options)
{
    const char *software = options->software ? options->software : SOFTWARE;
    size_t count = options->store_only ? 0 : options->dealer_count;

    pulse->on_outcome = options->on_outcome;
    pulse->context = options->context;
    snprintf(pulse->name, sizeof pulse->name, "%s",
             options->name ? options->name : "");
    snprintf(pulse->software, sizeof pulse->software, "%s", software);
    pulse->dealer_texts = calloc(count + 1, sizeof *pulse->dealer_texts);
    pulse->dealers = calloc(count + 1, sizeof *pulse->dealers);
    if (!pulse->dealer_texts || !pulse->dealers)
        return false;
    for (size_t i = 0; i < count; i++) {
        strcpy(pulse->dealer_texts[i], options->dealers[i]);
        pulse->dealers[i] = pulse->dealer_texts[i];
    }
    return true;
}

static bool
sign_body(const void *context, struct span body, uint8_t signature[64])
{
    return identity_sign(context, body, signature);
}

static enum dealerpulse_status
open_session(struct dealerpulse *pulse,
             const struct dealerpulse_options *options,
             const struct spool_head *head)
{
    struct spool_peer *peer = &pulse->peer;

    struct session_options wanted = {
        .name = pulse->name,
        .role = (enum role)options->role, // of the same numbers
        .dealers = pulse->dealers,
        .dealer_count = options->dealer_count,
        .software = pulse->software,
        .epoch = head->epoch,
        .previous_epoch = head->previous_epoch,
        .previous_last_seq = head->previous_last_seq,
    };

    if (spool_peer(pulse->spool, peer) != STATUS_OK)
        return handle_status(pulse, STATUS_CORRUPT);
    pulse->peer_stored = *peer;
    pulse->peer_put_at = clock_steady_ms();
    wanted.store.known = peer->has_store;
    wanted.store.incarnation = peer->incarnation;
    memcpy(wanted.store.id, peer->store, SPOOL_STORE_SIZE);

    random_fill(&wanted.seed, sizeof wanted.seed);
    enum dealerpulse_status opened = identity_open(
        &pulse->identity, options, pulse->error, sizeof pulse->error);
    if (opened != DEALERPULSE_OK)
        return opened;
    wanted.sign = sign_body;
    wanted.sign_context = pulse->identity;
    wanted.signs = options->sign_key_file && options->sign_key_file[0];
    pulse->settlements = calloc(SETTLEMENTS_MAX, sizeof *pulse->settlements);
    if (!pulse->settlements ||
        session_open(&pulse->session, &wanted) != STATUS_OK ||
        transport_open(&pulse->transport, 1) != STATUS_OK)
        return handle_fail(pulse, DEALERPULSE_SYSTEM,
                           "out of memory or descriptors");
    for (size_t i = 0; i < options->collector_count; i++)
        session_learn(pulse->session, span_text(options->collectors[i]));
    if (session_view(pulse->session).endpoint[0] == '\0')
        return handle_fail(pulse, DEALERPULSE_INVALID,
                           "\"%.100s\" is no endpoint; it looks like "
                           "tcp://collector.example:7070",
                           options->collectors[0]);
    return DEALERPULSE_OK;
}

// open_parts opens spool, lock and session, in this order.
static enum dealerpulse_status
open_parts(struct dealerpulse *pulse, const struct dealerpulse_options *options)
{
    uint64_t bytes = options->spool_bytes ? options->spool_bytes : SPOOL_BYTES;
    struct spool_head head;

    if (crypto_start() != STATUS_OK || !copy_options(pulse, options))
        return handle_fail(pulse, DEALERPULSE_SYSTEM, "out of memory");
    enum status status = spool_open(&pulse->spool, options->spool, bytes,
                                    options->must_exist, pulse->error);
    if (status != STATUS_OK) {
        char why[SPOOL_ERROR_MAX];
        memcpy(why, pulse->error, sizeof why);
        enum dealerpulse_status result = handle_status(pulse, status);
        memcpy(pulse->error, why, sizeof why);
        return result;
    }
    if ((status = spool_head(pulse->spool, &head)) != STATUS_OK)
        return handle_status(pulse, status);
    id_maker_init(&pulse->ids, &head.last_id);
    if (options->store_only)
        return DEALERPULSE_OK;

    status = sender_lock(options->spool, &pulse->lock);
    if (status == STATUS_BUSY)
        return handle_fail(pulse, DEALERPULSE_BUSY,
                           "another program sends from the spool %.300s",
                           options->spool);
    if (status != STATUS_OK)
        return handle_fail(pulse, DEALERPULSE_SYSTEM,
                           "cannot lock %.300s.sender", options->spool);
    return open_session(pulse, options, &head);
}

enum dealerpulse_status
dealerpulse_open(struct dealerpulse **out,
                 const struct dealerpulse_options *options)
{
    struct dealerpulse *pulse = calloc(1, sizeof *pulse);
    if (!pulse)
        return DEALERPULSE_SYSTEM;
    pulse->lock = -1;
    for (size_t i = 0; i < FRAMES_MAX; i++)
        frame_init(&pulse->frames[i]);

    enum dealerpulse_status status = check_options(pulse, options);
    if (status == DEALERPULSE_OK)
        status = open_parts(pulse, options);
    if (status != DEALERPULSE_OK) {
        if (options->error && options->error_size > 0)
            snprintf(options->error, options->error_size, "%s", pulse->error);
        dealerpulse_close(pulse);
        return status;
    }
    *out = pulse;
    return DEALERPULSE_OK;
}

void
dealerpulse_close(struct dealerpulse *pulse)
{
    if (!pulse)
        return;
    for (size_t i = 0; i < FRAMES_MAX; i++)
        frame_close(&pulse->frames[i]);
    outbox_close(pulse->outbox);
    transport_close(pulse->transport);
    session_close(pulse->session);
    identity_close(pulse->identity);
    sender_unlock(pulse->lock);
    spool_close(pulse->spool);
    free(pulse->settlements);
    free(pulse->dealers);
    free(pulse->dealer_texts);
    free(pulse);
}

const char *
dealerpulse_error(const struct dealerpulse *pulse)
{
    return pulse->error;
}
