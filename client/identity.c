// SPDX-License-Identifier: Apache-2.0
#include "client/identity.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/crypto/key_file.h"
#include "common/crypto/sign.h"

struct identity {
    struct key_pair *link; // NULL: in the clear
    struct key_pair *sign; // NULL: events are not signed
};

static enum dealerpulse_status
load(struct key_pair **out, enum key_kind kind, const char *path, char *error,
     size_t error_size)
{
    char problem[KEY_PROBLEM_MAX];

    if (!path || path[0] == '\0')
        return DEALERPULSE_OK;
    enum status status = key_file_load(path, kind, out, problem);
    if (status == STATUS_OK)
        return DEALERPULSE_OK;
    (void)snprintf(error, error_size, "%s", problem);
    return status == STATUS_UNAVAILABLE ? DEALERPULSE_EXPOSED
           : status == STATUS_SYSTEM    ? DEALERPULSE_SYSTEM
                                        : DEALERPULSE_INVALID;
}

enum dealerpulse_status
identity_open(struct identity **out, const struct dealerpulse_options *options,
              char *error, size_t error_size)
{
    struct identity *identity = calloc(1, sizeof *identity);
    if (!identity)
        return DEALERPULSE_SYSTEM;
    enum dealerpulse_status status =
        load(&identity->link, KEY_CURVE, options->key_file, error, error_size);
    if (status == DEALERPULSE_OK)
        status = load(&identity->sign, KEY_SIGN, options->sign_key_file, error,
                      error_size);
    if (status != DEALERPULSE_OK) {
        identity_close(identity);
        return status;
    }
    *out = identity;
    return DEALERPULSE_OK;
}

void
identity_close(struct identity *identity)
{
    if (!identity)
        return;
    key_pair_free(identity->link);
    key_pair_free(identity->sign);
    free(identity);
}

const char *
identity_address(const struct identity *identity, const char *name,
                 struct address *address)
{
    const char *mark = strchr(name, '#');
    size_t length = mark ? (size_t)(mark - name) : strlen(name);
    const struct key_pair *own = identity ? identity->link : NULL;

    *address = (struct address){.has_keys = own != NULL};
    if (length >= sizeof address->endpoint)
        return "the collector's endpoint is too long";
    memcpy(address->endpoint, name, length);
    if (mark && !own)
        return "this collector serves with keys, and this terminal has none";
    if (!mark && own)
        return "this collector's public key is not known; this terminal does "
               "not speak in the clear";
    if (!mark)
        return NULL;
    if (!z85_key_read(span_text(mark + 1), address->server_key))
        return "what follows the # is not a public key";
    address->client = (struct curve_client){address->server_key,
                                            own->public_key, own->secret_key};
    return NULL;
}

bool
identity_sign(const struct identity *identity, struct span body,
              uint8_t signature[64])
{
    if (!identity || !identity->sign)
        return false;
    sign_make(identity->sign, body, signature);
    return true;
}
