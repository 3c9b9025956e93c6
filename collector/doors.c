// SPDX-License-Identifier: Apache-2.0
#include "collector/doors.h"

#include <stdio.h>

#include "common/runtime/log.h"
#include "common/wire/envelope.h"

// name writes what terminals are told of a door.
static void
name(struct door *door, const struct listener *listener,
     const uint8_t *public_key)
{
    char key[Z85_KEY_TEXT + 1] = "";
    const char *endpoint = listener->advertise[0] != '\0'
                               ? listener->advertise
                               : inbox_endpoint(door->inbox);

    if (public_key)
        z85_key_write(public_key, key);
    if (endpoint_is_everywhere(endpoint)) {
        log_warning("not-advertised",
                    "endpoint=%s note=\"terminals cannot be told of it: name "
                    "this host in `advertise`\"",
                    endpoint);
        return;
    }
    (void)snprintf(door->known_as, sizeof door->known_as, "%s%s%s", endpoint,
                   public_key ? "#" : "", key);
    log_info("listening", "endpoint=%s", door->known_as);
}

enum status
doors_open(struct doors *doors, struct access *access,
           const struct collector_config *config, int *exit_code)
{
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct listener *listener = &config->listen[i];
        struct door *door = &doors->list[doors->count];
        uint8_t key[Z85_KEY_BYTES];

        enum status status = access_inbox(
            access, &door->inbox, ACCESS_TERMINALS, listener->endpoint,
            FRAME_MAX, listener->key, key, exit_code);
        if (status != STATUS_OK)
            return status;
        doors->count++;
        name(door, listener, access_has_keys(access) ? key : NULL);
    }
    return STATUS_OK;
}

void
doors_close(struct doors *doors, int linger_ms)
{
    for (size_t i = 0; i < doors->count; i++)
        inbox_close_after(doors->list[i].inbox, linger_ms);
    doors->count = 0;
}

uint64_t
doors_strangers(const struct doors *doors)
{
    uint64_t strangers = 0;

    for (size_t i = 0; i < doors->count; i++)
        strangers += inbox_strangers(doors->list[i].inbox);
    return strangers;
}
